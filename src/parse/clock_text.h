/* SPDX-License-Identifier: ISC */
#pragma once

/* The parts that time stamps are written in, without any meaning; for parse/clock.c.
 *
 * Each reads at the front of text, or at its byte `at` (which may lie at or beyond the end), and
 * gives the length it read, 0 if what stands there is something else. */

#include "base/slice.h"
#include "base/zone.h"
#include <stdbool.h>
#include <stdint.h>

#define TEXT_MINUTE_LENGTH 6 /* :01:51 */
#define TEXT_YEAR_LENGTH 5   /* a space and 2026 */

struct zone_text {
	bool known;
	int64_t offset; /* seconds east of UTC */
};

/* All fill year, month, day and hour, the year with 0 if there is none; digits are checked, ranges
 * are not. */
size_t text_month_hour(struct slice text, struct civil *ret);  /* [2026 ]Nov  3[ 2026] 10 */
size_t text_iso_hour(struct slice text, struct civil *ret);    /* 2026-11-23T10, 2026/11/23 10 */
size_t text_common_hour(struct slice text, struct civil *ret); /* 23/Nov/2026:10 */

size_t text_weekday(struct slice text); /* "Mon " */
size_t text_fraction(struct slice text, size_t at);
size_t text_zone(struct slice text, size_t at, struct zone_text *ret);
size_t text_zone_name(struct slice text, size_t at, struct zone_text *ret);

/* True if :MM:SS stands there; then the seconds since the hour, or -1 if no clock shows that. */
bool text_minute(struct slice text, size_t at, int *ret_second_of_hour);

/* The year in " 2026" before a space or the end; 0 if there is none. */
int text_year_behind(struct slice text, size_t at);
