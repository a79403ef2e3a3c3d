/* SPDX-License-Identifier: ISC */
#include "report/regression.h"

#include <errno.h>
#include <math.h>

#define NORMAL_QUANTILE 1.959963984540054

struct weekday {
	size_t count;
	double day, value; /* their sums, then their means */
};

static int weekday_of(const struct regression_point *point)
{
	return point->day % REGRESSION_WEEK;
}

static int take_means(const struct regression_point *points, size_t count,
    struct weekday week[REGRESSION_WEEK], struct regression *line)
{
	int met = 0;

	for (size_t i = 0; i < count; i++) {
		struct weekday *weekday = &week[weekday_of(&points[i])];

		weekday->count++;
		weekday->day += points[i].day;
		weekday->value += points[i].value;
	}
	for (int i = 0; i < REGRESSION_WEEK; i++) {
		if (!week[i].count)
			continue;
		met++;
		week[i].day /= (double)week[i].count;
		week[i].value /= (double)week[i].count;
		line->day += week[i].day;
		line->level += week[i].value;
		line->doubt += 1 / (double)week[i].count;
	}
	if (met) {
		line->day /= met;
		line->level /= met;
		line->doubt /= met * met;
	}
	return met;
}

int regression_fit(const struct regression_point *points, size_t count, struct regression *ret)
{
	struct weekday week[REGRESSION_WEEK] = {0};
	struct regression line = {.points = count, .r2 = -1};
	double both = 0, values = 0, unexplained;

	line.freedom = (int)count - take_means(points, count, week, &line) - 1;
	for (size_t i = 0; i < count; i++) {
		const struct weekday *weekday = &week[weekday_of(&points[i])];
		double day = points[i].day - weekday->day;
		double value = points[i].value - weekday->value;

		line.spread += day * day;
		both += day * value;
		values += value * value;
	}
	if (line.freedom < 1 || line.spread <= 0)
		return -ENODATA;
	line.slope = both / line.spread;
	unexplained = fmax(values - line.slope * both, 0);
	line.deviation = sqrt(unexplained / line.freedom);
	if (values > 0)
		line.r2 = 1 - unexplained / values;
	*ret = line;
	return 0;
}

double regression_at(const struct regression *line, double day)
{
	return line->level + line->slope * (day - line->day);
}

/* Cornish and Fisher's expansion. */
double regression_quantile(int freedom)
{
	const double z = NORMAL_QUANTILE, n = freedom;
	const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z, z9 = z7 * z * z;

	return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
	       (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n) +
	       (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * n * n * n * n);
}

double regression_range(const struct regression *line, double day)
{
	double away = day - line->day;

	return regression_quantile(line->freedom) * line->deviation *
	       sqrt(1 + line->doubt + away * away / line->spread);
}

bool regression_has_slope(const struct regression *line)
{
	return fabs(line->slope) >
	       regression_quantile(line->freedom) * line->deviation / sqrt(line->spread);
}
