/* SPDX-License-Identifier: ISC */
#pragma once

/* How numbers and times are written.
 *
 * For people: thousands separators, a percent sign, local time.  Nothing is rounded into 0 or
 * 100 %: "<0.1%" is not none, ">99.9%" is not all, "=" is no change and "+<0.1" is one.  For
 * programs: six decimals and UTC ISO 8601, where likewise the least share that is not 0 is 0.000001
 * and the greatest below 1 is 0.999999. */

#include "base/buffer.h"
#include "base/zone.h"
#include <stdbool.h>
#include <stdint.h>

void figure_count(struct buffer *to, int64_t count);		/* 1,234,567 */
void figure_share(struct buffer *to, double fraction);		/* 31.2% */
void figure_change(struct buffer *to, double change);		/* +1.2, points of a share */
void figure_count_difference(struct buffer *to, int64_t count); /* +1,234 */
void figure_number(struct buffer *to, double number);		/* 142.9 */
void figure_difference(struct buffer *to, double number);	/* +142.9 */
void figure_time(struct buffer *to, const struct zone *zone, int64_t t); /* 2026-11-23 10:00 */
void figure_date(struct buffer *to, const struct zone *zone, int64_t t); /* 2026-11-23 */
bool figure_is_midnight(const struct zone *zone, int64_t t);
void figure_seconds(struct buffer *to, int64_t seconds); /* 2 h 5 min */

/* "1 line", "1,234 lines". */
void figure_of(struct buffer *to, int64_t count, const char *one, const char *many);

double figure_fraction(double fraction);		  /* rounded to six decimals as above */
void figure_six(struct buffer *to, double fraction);	  /* 0.312500 */
void figure_signed_six(struct buffer *to, double change); /* -0.012500 */
double figure_signed_fraction(double change);
double figure_nine(double number);		     /* rounded to nine digits */
void figure_exact(struct buffer *to, double number); /* the same: 142.857143 */
void figure_iso(struct buffer *to, int64_t t);
