/* SPDX-License-Identifier: ISC */
#pragma once

/* Time stamps of one log, read in order.
 *
 * A stamp without a year takes the year that puts it nearest before the time of the log, at most a
 * day after it, and never goes back within a log; Feb 29 takes a leap year.  With a year given by
 * hand the first line is in that year and the log goes on from there.  A yearless log that must
 * span more than twelve months cannot be read without that year: clock_spans_too_long() tells.
 *
 * A stamp without a zone is local time of `zone`.  An hour that daylight saving repeats is taken as
 * the earlier one, unless the order of the lines shows the later.  Hours are cached by the bytes of
 * the stamp up to the hour, so a line costs a comparison; nothing here calls strptime or mktime. */

#include "base/slice.h"
#include "base/zone.h"
#include <stdbool.h>
#include <stdint.h>

#define TIME_UNKNOWN INT64_MIN

struct clock {
	const struct zone *zone; /* of stamps that name none; borrowed */
	int64_t log_time;	 /* when the log was last written, or now; UTC seconds */
	int year;		 /* of the first line, by hand; 0: found from log_time */

	/* Below is the clock's own. */
	int current_year;
	int64_t latest; /* the latest yearless stamp so far */
	bool spans_too_long;
	char cache_key[40];
	size_t cache_length;
	int64_t cache_hour;
};

void clock_init(struct clock *c, const struct zone *zone, int64_t log_time, int year);
static inline bool clock_spans_too_long(const struct clock *c)
{
	return c->spans_too_long;
}

/* Each reads a stamp at the front of text and returns its length, 0 if there is none.  A stamp that
 * cannot be true (more than a day after log_time, before 1990) gives TIME_UNKNOWN with its length.
 */
size_t clock_rfc3164(struct clock *c, struct slice text,
    int64_t *ret); /* Nov  3 10:01:51[.149621], also with a year in front or behind */
size_t clock_iso(struct clock *c, struct slice text,
    int64_t *ret); /* 2026-11-23T10:01:51[.149621][Z|+00:00|+0000], or a space for the T and the
		      zone set off by one */
size_t clock_asctime(
    struct clock *c, struct slice text, int64_t *ret); /* Mon Nov 23 10:01:51 2026 */
size_t clock_full(
    struct clock *c, struct slice text, int64_t *ret); /* Tue 2026-11-24 02:14:33 UTC */
size_t clock_unix(struct clock *c, struct slice text, int64_t *ret); /* 1795486473[.149621] */
