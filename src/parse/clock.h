/* SPDX-License-Identifier: ISC */
#pragma once

/* Time stamps of one log, read in order.
 *
 * A stamp without a year takes the year that puts it nearest before the time of the log, at most a
 * day after it; Feb 29 takes a leap year.  A log never goes back: a stamp half a year before the
 * latest one says that it spans more than twelve months and cannot be read without a year, which
 * clock_spans_too_long() tells.  (Going back less is disorder: relays deliver late, and Dec 31 may
 * follow Jan 1.)  With a year given by hand the first line is in that year and the log goes on from
 * there; a stamp more than a month before the latest one is then of the next year.
 *
 * A stamp without a zone is local time of `zone`.  An hour that daylight saving repeats is taken as
 * the earlier one, unless the order of the lines shows the later.  Hours are cached by the bytes of
 * the stamp up to the hour, so a line costs a comparison; nothing here calls strptime or mktime. An
 * hour in which the zone or the year changes is not cached.
 *
 * A clock may be copied.  A live reader moves log_time on. */

#include "base/slice.h"
#include "base/zone.h"
#include <stdbool.h>
#include <stdint.h>

#define TIME_UNKNOWN INT64_MIN

enum clock_form {
	CLOCK_RFC3164,
	CLOCK_ISO,
	CLOCK_ASCTIME,
	CLOCK_FULL,
	CLOCK_COMMON,
	CLOCK_FORM_MAX,
};

/* The hour of the last stamp of one form. */
struct clock_hour {
	char key[24]; /* the stamp's bytes up to the hour */
	size_t length;
	int64_t start;	  /* of the hour, as if its text were UTC */
	int64_t offset;	  /* of `zone` throughout the hour, or CLOCK_OFFSET_VARIES */
	int64_t log_time; /* that the year was found by */
	int year;
	bool has_year, possible; /* possible: there is such a day and hour */
};

struct stamp {
	int64_t time; /* UTC seconds, or TIME_UNKNOWN if it cannot be true */
	bool has_year, has_zone;
};

/* The last stamp: the next line's is mostly the same. */
struct clock_last {
	char key[32];
	size_t length; /* 0: none */
	int64_t log_time;
	struct stamp stamp;
};

struct clock {
	const struct zone *zone; /* of stamps that name none; borrowed; NULL is UTC */
	int64_t log_time;	 /* when the log was last written, or now; UTC seconds */
	int year;		 /* of the first line, by hand; 0: found from log_time */

	/* Below is the clock's own. */
	int current_year;
	int64_t latest;	      /* the latest yearless stamp so far, or TIME_UNKNOWN */
	int64_t latest_local; /* the latest stamp without a zone so far, or TIME_UNKNOWN */
	bool spans_too_long;
	struct clock_hour hours[CLOCK_FORM_MAX];
	struct clock_last last;
};

/* year 0: to be found from log_time. */
void clock_init(struct clock *c, const struct zone *zone, int64_t log_time, int year);
static inline bool clock_spans_too_long(const struct clock *c)
{
	return c->spans_too_long;
}

/* Each reads a stamp at the front of text and returns its length, 0 if there is none.  A stamp that
 * cannot be true (more than a day after log_time, before 1990, Feb 30) gives TIME_UNKNOWN with its
 * length.  Fractions of a second are read over. */

/* Nov  3 10:01:51[.149621], also with a year before the month, after the day or after the time */
size_t clock_rfc3164(struct clock *c, struct slice text, struct stamp *ret);
/* 2026-11-23T10:01:51[.149621][Z|+00:00|+0000], or a space for the T and the zone set off by one;
 * also 2026/11/23 */
size_t clock_iso(struct clock *c, struct slice text, struct stamp *ret);
/* Mon Nov 23 10:01:51 2026 */
size_t clock_asctime(struct clock *c, struct slice text, struct stamp *ret);
/* Tue 2026-11-24 02:14:33 UTC; the name of any other zone is read over, a numeric one is not */
size_t clock_full(struct clock *c, struct slice text, struct stamp *ret);
/* 23/Nov/2026:10:01:51[.149621][ +0000], of the Common Log Format */
size_t clock_common(struct clock *c, struct slice text, struct stamp *ret);
/* 1795486473[.149621] */
size_t clock_unix(struct clock *c, struct slice text, struct stamp *ret);
/* @4000000069240a8d1c2b3a44, as multilog writes them */
size_t clock_tai64n(struct clock *c, struct slice text, struct stamp *ret);
/* Any of these, told by its first bytes. */
size_t clock_any(struct clock *c, struct slice text, struct stamp *ret);
