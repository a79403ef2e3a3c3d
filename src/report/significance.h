/* SPDX-License-Identifier: ISC */
#pragma once

/* Whether two numbers differ by more than chance explains: 1 yes, 0 no, -1 the data cannot say.
 *
 * Both tests are two-sided, at a probability of one in a thousand (|z| > 3.29): a report compares
 * many numbers at once, of which one in twenty would else be called significant.  They take what is
 * counted for independent, which mail is not quite: it comes in bursts, and much of it from few.
 * Where fewer than SIGNIFICANCE_LEAST are expected on any side, the normal distribution that they
 * rest on is none, and nothing is said. */

#include <stdint.h>

#define SIGNIFICANCE_Z 3.2905267314919255
#define SIGNIFICANCE_LEAST 5

/* Parts of wholes: the two-proportion z-test, with the pooled share. */
int significance_of_shares(int64_t part_a, int64_t whole_a, int64_t part_b, int64_t whole_b);

/* Counts of periods that may differ in length: the test of equal Poisson rates, given their sum. */
int significance_of_counts(int64_t a, int64_t seconds_a, int64_t b, int64_t seconds_b);
