/* SPDX-License-Identifier: ISC */
#pragma once

/* The header of a log line: time, host, ident (the program's name), pid, and where the message
 * begins.  One parser a kind, in one table; a pattern file names the kind its MTA writes.
 *
 *   syslog    RFC 3164 (day padded by space or zero, fractions of a second), RFC 3339 stamps in a
 *             file, RFC 5424, a leading <PRI>, no host (a raw /dev/log datagram), journalctl's
 *             short, short-precise, short-iso, short-iso-precise, short-full, short-unix and
 *             short-monotonic, docker compose's `name  | `, Solaris's `[ID n mail.info]`, the
 *             priority in words (BusyBox, s6, FreeBSD), a level in the host's place
 *   exim      its own `YYYY-MM-DD HH:MM:SS[.mmm] [+zzzz] [[pid]] `, or inside syslog (ident exim),
 *             with or without its own stamp again, and the `[1/2] ` of split lines
 *   dovecot   its own file (`Nov 24 02:05:15 imap-login: Info: `, any of the stamps above), or
 *             inside syslog (`dovecot[1]: imap-login: `); ident is the process that speaks, the
 *             level's word is dropped, and there is no pid: it is the log process's
 *   esa       `Mon Nov 23 10:01:51 2026 Info: ` (ident esa), or inside syslog with or without the
 *             stamp again (`<22>Nov 23 10:20:01 esa1 mail_logs: Info: `, ident the subscription's
 *             name), also without a host; a CEF line
 *   exchange  a CSV line with a UTC stamp in its first field; the message begins at the second
 *   plain     what the idents of the pattern file say it is (parse/pattern.h): here all that
 *             stands behind docker compose's `name  | ` is the message.  Where the line has a
 *             header of syslog as well, that is told beside it: the MTA that it names wrote what
 *             is behind (journald and syslog take what a program writes to its console)
 *
 * The first header that is right wins: nothing is looked for to the right of it, and what stands
 * there makes no difference.  A line without an ident (`last message repeated 3 times`) has no
 * header.  Slices point into the line, or at a word of the program ("exim", "esa", "exchange").
 * The parsers know no pattern and keep no state but the clock's. */

#include "base/slice.h"
#include "parse/clock.h"
#include <stdbool.h>

enum header_kind {
	HEADER_SYSLOG,
	HEADER_EXIM,
	HEADER_DOVECOT,
	HEADER_ESA,
	HEADER_EXCHANGE,
	HEADER_PLAIN,
	HEADER_KIND_MAX,
};

struct header {
	int64_t time;	   /* UTC seconds; TIME_UNKNOWN if the header has none that can be true */
	bool bad_time;	   /* a stamp was there and cannot be true (clock.h) */
	struct slice host; /* SLICE_NONE if not told */
	struct slice ident, pid;
	struct slice message;
	struct slice inner; /* plain: what stands behind a header of syslog, if the line has one */
};

/* The kind of that name in a pattern file, -EINVAL if there is none. */
int header_kind_from(struct slice word);
const char *header_kind_name(enum header_kind kind);

/* The front of one line, whatever the kind of its header: what several kinds begin with is read
 * once, by the first that asks. */
struct header_front {
	struct clock *clock;
	struct slice line; /* without its line end */

	/* Below is the header parsers' own. */
	bool read, enveloped, tagged;
	bool whole;	      /* RFC 5424: nothing is left to read */
	struct stamp stamp;   /* of the envelope */
	struct slice rest;    /* behind the envelope */
	struct header header; /* of the envelope: time, and where it is whole all else */
	struct header syslog; /* the same with host, ident, pid and message */
};

static inline void header_front_init(struct header_front *f, struct clock *clock, struct slice line)
{
	f->clock = clock;
	f->line = line;
	f->read = false;
}

/* True if the line has a header of that kind. */
bool header_read(enum header_kind kind, struct header_front *front, struct header *ret);

/* The same for a line that one kind is asked of. */
bool header_parse(
    enum header_kind kind, struct clock *clock, struct slice line, struct header *ret);

/* What an ident read off the front of a plain line: so many bytes in all, and the stamp, SLICE_NONE
 * if there was none.  A stamp of no form that the clock knows cannot be true. */
void header_take_plain(struct header *h, struct clock *clock, size_t length, struct slice stamp);
