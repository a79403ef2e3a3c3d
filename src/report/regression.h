/* SPDX-License-Identifier: ISC */
#pragma once

/* A straight line through a number of each day, beside the rhythm of the week.
 *
 * Ordinary least squares of  value = level of the weekday + slope * day.  The slope is that of the
 * line through what is left of values and days when their means of each weekday are taken off, so
 * quiet weekends neither bend it nor count as noise.  r2 is the part of what is left that the line
 * explains.  A level is that of a day of an average week: the mean over the weekdays that were met.
 *
 * Ranges are of 95 %, by Student's t with points - weekdays - 1 degrees of freedom. */

#include <stdbool.h>
#include <stddef.h>

#define REGRESSION_WEEK 7

struct regression_point {
	int day; /* consecutive; days that are apart by sevens are the same weekday */
	double value;
};

struct regression {
	size_t points;
	int freedom;
	double slope;	   /* a day */
	double r2;	   /* -1: all values of a weekday are the same */
	double day, level; /* a point that the line goes through */
	double deviation;  /* of a value from the line */
	double spread;	   /* of the days: the sum of their squares without their weekday's mean */
	double doubt;	   /* of the level, in squares of the deviation */
};

/* -ENODATA if there are too few points for a line and a range. */
int regression_fit(const struct regression_point *points, size_t count, struct regression *ret);

double regression_at(const struct regression *line, double day);

/* How far a single value of that day may be above or below. */
double regression_range(const struct regression *line, double day);

/* Whether the range of the slope leaves out 0. */
bool regression_has_slope(const struct regression *line);

/* The 97.5 % quantile of Student's t, for 5 degrees of freedom or more to four digits. */
double regression_quantile(int freedom);
