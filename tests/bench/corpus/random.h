/* SPDX-License-Identifier: ISC */
#pragma once

/* SplitMix64: the same numbers on every machine for the same seed, which rand() does not promise.
 *
 * Never draw twice in one expression, nor in two arguments of one call: their order is the
 * compiler's.
 *
 * random_below() gives 0 to n - 1; its bias is below n / 2^32 and does not matter here.
 * random_skewed() prefers low numbers: a hundredth of the range takes a tenth of the draws, as a
 * few correspondents bring much of a server's mail. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline uint32_t random_below(struct random *r, uint32_t n)
{
	return (random_next(r) >> 32) * n >> 32;
}

static inline uint32_t random_skewed(struct random *r, uint32_t n)
{
	uint64_t x = random_next(r) >> 32;

	return (x * x >> 32) * n >> 32;
}

static inline bool random_percent(struct random *r, uint32_t percent)
{
	return random_below(r, 100) < percent;
}
