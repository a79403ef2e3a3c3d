/* SPDX-License-Identifier: ISC */
#include "corpus.h"
#include <stdio.h>
#include <time.h>

/* Monday 2025-03-03 00:00:00 UTC.  In the past, as a stamp that lies ahead of the reader's clock is
 * none that can be true. */
#define START 1740960000

/* Mean milliseconds between two lines, by hour of day: a gigabyte spans more than two weeks. */
static const uint16_t pace[24] = {520, 560, 600, 600, 560, 500, 400, 300, 220, 170, 150, 150, 170,
    160, 150, 160, 180, 200, 240, 290, 330, 380, 420, 470};

static void render(struct stamp *t)
{
	static const char month[12][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t seconds = t->second;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	t->hour = tm.tm_hour;
	snprintf(t->hms, sizeof(t->hms), "%02d:%02d:%02d", tm.tm_hour % 24, tm.tm_min % 60,
	    tm.tm_sec % 61);
	snprintf(t->iso_day, sizeof(t->iso_day), "%04d-%02d-%02d", (tm.tm_year + 1900) % 10000,
	    tm.tm_mon % 12 + 1, tm.tm_mday % 32);
	snprintf(
	    t->rfc3164, sizeof(t->rfc3164), "%s %2d %s", month[tm.tm_mon], tm.tm_mday % 32, t->hms);
	snprintf(t->zero_padded, sizeof(t->zero_padded), "%s %02d %s", month[tm.tm_mon],
	    tm.tm_mday % 32, t->hms);
}

void stamp_start(struct stamp *t)
{
	t->second = START;
	t->microseconds = t->second * 1000000;
	render(t);
}

void stamp_advance(struct stamp *t, struct random *r)
{
	t->microseconds += random_below(r, 2000u * pace[t->hour]);
	if (t->microseconds / 1000000 == t->second)
		return;
	t->second = t->microseconds / 1000000;
	render(t);
}
