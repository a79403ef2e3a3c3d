/* SPDX-License-Identifier: ISC */
#include "parse/header_kind.h"

/* Exim 4.7x to 4.99, src/src/log.c and tod.c: `YYYY-MM-DD HH:MM:SS[.mmm] [+zzzz] [[pid]] text`.
 * Into syslog it writes the same again, without the stamp under syslog_timestamp=false, and in
 * parts of 870 bytes that are marked `[1/3] `, or `[1\3] ` where the text itself had line ends. */

static const struct slice exim = SLICE("exim");

static size_t digits(struct slice text, size_t at)
{
	size_t n = 0;

	while (at + n < text.n && text.p[at + n] >= '0' && text.p[at + n] <= '9')
		n++;
	return n;
}

static void take_split_mark(struct slice *text)
{
	size_t part, parts;

	if (text->n == 0 || *text->p != '[')
		return;
	part = digits(*text, 1);
	if (part == 0 || 1 + part >= text->n ||
	    (text->p[1 + part] != '/' && text->p[1 + part] != '\\'))
		return;
	parts = digits(*text, 2 + part);
	if (parts && slice_starts(slice_skip(*text, 2 + part + parts), SLICE("] ")))
		*text = slice_skip(*text, 4 + part + parts);
}

static struct slice take_pid(struct slice *text)
{
	struct slice pid;
	size_t n;

	if (text->n == 0 || *text->p != '[')
		return SLICE_NONE;
	n = digits(*text, 1);
	if (n == 0 || !slice_starts(slice_skip(*text, 1 + n), SLICE("] ")))
		return SLICE_NONE;
	pid = slice_first(slice_skip(*text, 1), n);
	*text = slice_skip(*text, 3 + n);
	return pid;
}

/* The date is set off by a space, which no syslog daemon writes. */
static bool take_own_stamp(struct clock *clock, struct slice *text, struct stamp *ret)
{
	return text->n > 10 && text->p[4] == '-' && text->p[10] == ' ' &&
	       header_stamp(clock, text, ret);
}

static bool is_exim(struct slice ident)
{
	return slice_starts(ident, exim) &&
	       (ident.n == exim.n || (ident.n == exim.n + 1 && digits(ident, exim.n) == 1));
}

static bool own_file(struct clock *clock, struct slice line, struct header *ret)
{
	struct header h = {.ident = exim};
	struct stamp stamp;

	header_container_skip(&line);
	if (!take_own_stamp(clock, &line, &stamp))
		return false;
	header_time(&h, &stamp);
	h.pid = take_pid(&line);
	h.message = line;
	*ret = h;
	return true;
}

bool header_exim(struct header_front *f, struct header *ret)
{
	struct header h;
	struct stamp stamp;
	struct slice pid;

	if (own_file(f->clock, f->line, ret))
		return true;
	if (!header_tagged(f) || !is_exim(f->syslog.ident))
		return false;
	h = f->syslog;
	h.ident = exim;
	take_split_mark(&h.message);
	/* A zone makes it the better of the two; one that could not be told is better than none. */
	if (take_own_stamp(f->clock, &h.message, &stamp) &&
	    (stamp.has_zone || h.time == TIME_UNKNOWN) && stamp.time != TIME_UNKNOWN)
		header_time(&h, &stamp);
	pid = take_pid(&h.message);
	if (pid.p)
		h.pid = pid;
	*ret = h;
	return true;
}
