/* SPDX-License-Identifier: ISC */
#include "report/significance.h"

#include <math.h>

int significance_of_shares(int64_t part_a, int64_t whole_a, int64_t part_b, int64_t whole_b)
{
	double a = (double)whole_a, b = (double)whole_b;
	double pooled = (double)(part_a + part_b) / (a + b);
	double rarer = pooled < 0.5 ? pooled : 1 - pooled, smaller = a < b ? a : b;
	double difference;

	if (whole_a <= 0 || whole_b <= 0 || smaller * rarer < SIGNIFICANCE_LEAST)
		return -1;
	difference = (double)part_b / b - (double)part_a / a;
	return fabs(difference) > SIGNIFICANCE_Z * sqrt(pooled * (1 - pooled) * (1 / a + 1 / b));
}

int significance_of_counts(int64_t a, int64_t seconds_a, int64_t b, int64_t seconds_b)
{
	double sum = (double)(a + b);
	double p = (double)seconds_b / (double)(seconds_a + seconds_b);
	double rarer = p < 0.5 ? p : 1 - p;

	if (seconds_a <= 0 || seconds_b <= 0 || sum * rarer < SIGNIFICANCE_LEAST)
		return -1;
	return fabs((double)b - sum * p) > SIGNIFICANCE_Z * sqrt(sum * p * (1 - p));
}
