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

/* [name  | ][<PRI>]STAMP, and the whole header of RFC 5424 or [HOST ]IDENT[pid]: behind it. */
void header_front_read(struct header_front *f);

/* True if the front begins with a stamp; the rest is then at the host or the ident. */
static inline bool header_envelope(struct header_front *f)
{
	if (!f->read)
		header_front_read(f);
	return f->enveloped;
}

/* True if the front is a whole header as syslog writes it. */
static inline bool header_tagged(struct header_front *f)
{
	return header_envelope(f) && f->tagged;
}

/* A stamp and the space after it. */
bool header_stamp(struct clock *clock, struct slice *text, struct stamp *ret);
void header_time(struct header *h, const struct stamp *stamp);

bool header_syslog(struct header_front *f, struct header *ret);
bool header_exim(struct header_front *f, struct header *ret);
bool header_dovecot(struct header_front *f, struct header *ret);
bool header_esa(struct header_front *f, struct header *ret);
