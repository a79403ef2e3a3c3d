/* SPDX-License-Identifier: ISC */
#pragma once

/* What the header parsers are made of; only parse/header*.c use it.
 *
 * `text` is always the rest of the line that is still to be read.  A function that takes something
 * off its front returns false, and leaves it as it was, if something else stands there. */

#include "parse/clock.h"
#include "parse/header.h"

/* All but exchange may stand after docker compose's `name  | `. */
void header_container_skip(struct slice *text);

/* Time, host, and of RFC 5424 lines ident, pid and message too. */
struct envelope {
	struct header header;
	struct stamp stamp;
	bool whole; /* RFC 5424: nothing is left to read */
};

/* [name  | ][<PRI>]STAMP and what RFC 5424 has after it; text is then at the host or the ident. */
bool header_envelope(struct clock *clock, struct slice *text, struct envelope *ret);

/* [HOST ]IDENT[pid]: and the message. */
bool header_tag(struct slice text, struct header *h);

/* A stamp and the space after it. */
bool header_stamp(struct clock *clock, struct slice *text, struct stamp *ret);
void header_time(struct header *h, const struct stamp *stamp);

bool header_syslog(struct clock *clock, struct slice line, struct header *ret);
bool header_exim(struct clock *clock, struct slice line, struct header *ret);
bool header_dovecot(struct clock *clock, struct slice line, struct header *ret);
bool header_esa(struct clock *clock, struct slice line, struct header *ret);
