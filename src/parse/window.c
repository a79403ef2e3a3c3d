/* SPDX-License-Identifier: ISC */
#include "parse/window.h"

#include "base/memory.h"
#include "parse/typical.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define HALVES 16
#define ROUNDS 3
#define PLACES 4 /* of a literal that are tried: those whose bytes stand together least */
/* How much more a place that holds the very bytes of a window costs than one that looks like it. */
#define REAL_COST 3

/* A bit for each half of a byte that may stand there. */
struct bucket {
	uint16_t low[WINDOW], high[WINDOW];
};

struct place {
	size_t offset;
	double equal; /* the share of a log's places that hold just these bytes */
};

struct chooser {
	const struct slice *literals;
	size_t count;
	struct window *windows; /* of the first `chosen` literals */
	size_t chosen;
	struct typical typical;
	/* Of bytes in typical lines: by the high half, for every set of four low ones. */
	unsigned sum[HALVES][4][HALVES];
};

static void fill_sums(struct chooser *c)
{
	for (unsigned high = 0; high < HALVES; high++)
		for (unsigned low = 0; low < HALVES; low++)
			for (unsigned set = 0; set < HALVES; set++)
				if (set >> (low & 3) & 1)
					c->sum[high][low >> 2][set] +=
					    c->typical.single[high << 4 | low];
}

/* Behind a window that is shorter any byte may follow. */
static void add_window(struct bucket *b, struct slice literal, size_t offset)
{
	for (size_t k = 0; k < WINDOW; k++) {
		unsigned char c = k < literal.n ? (unsigned char)literal.p[offset + k] : 0;

		b->low[k] |= k < literal.n ? (uint16_t)(1u << (c & 15)) : UINT16_MAX;
		b->high[k] |= k < literal.n ? (uint16_t)(1u << (c >> 4)) : UINT16_MAX;
	}
}

/* The share of a log's places that the bucket takes, as if bytes stood there independently of each
 * other. */
static double share_taken(const struct chooser *c, const struct bucket *b)
{
	double share = 1;

	for (size_t k = 0; k < WINDOW; k++) {
		unsigned sum = 0, low = b->low[k];

		for (unsigned left = b->high[k]; left; left &= left - 1) {
			const unsigned(*row)[HALVES] = c->sum[__builtin_ctz(left)];

			sum += row[0][low & 15] + row[1][low >> 4 & 15] + row[2][low >> 8 & 15] +
			       row[3][low >> 12];
		}
		share *= (double)sum / (double)c->typical.bytes;
	}
	return share;
}

/* By how often the bytes stand there, and where they do not, by how often each byte follows the one
 * before. */
static double share_equal(const struct chooser *c, struct slice literal, size_t offset)
{
	const unsigned char *p = (const unsigned char *)literal.p + offset;
	unsigned seen = literal.n < WINDOW ? 0 : c->typical.window[window_hash(literal.p + offset)];
	double share = (double)c->typical.single[p[0]] / (double)c->typical.bytes;

	for (size_t k = 0; k + 1 < window_length(literal); k++)
		share *= (c->typical.pair[p[k]][p[k + 1]] + 0.1) / (c->typical.single[p[k]] + 1.0);
	return seen ? (double)seen / (double)c->typical.bytes : share;
}

static size_t find_places(const struct chooser *c, struct slice literal, struct place ret[PLACES])
{
	size_t n = 0;

	for (size_t i = 0; i + window_length(literal) <= literal.n; i++) {
		struct place place = {i, share_equal(c, literal, i)};
		size_t at = n < PLACES ? n++ : PLACES;

		for (; at > 0 && place.equal < ret[at - 1].equal; at--)
			if (at < PLACES)
				ret[at] = ret[at - 1];
		if (at < PLACES)
			ret[at] = place;
	}
	return n;
}

/* The buckets of the windows that are chosen, but for one literal's. */
static void fill_buckets(const struct chooser *c, size_t without, struct bucket ret[BUCKETS])
{
	memset(ret, 0, BUCKETS * sizeof(*ret));
	for (size_t i = 0; i < c->chosen; i++)
		if (i != without)
			add_window(
			    &ret[c->windows[i].bucket], c->literals[i], c->windows[i].offset);
}

static void choose(struct chooser *c, size_t number)
{
	struct slice literal = c->literals[number];
	struct place places[PLACES];
	struct bucket buckets[BUCKETS];
	double before[BUCKETS], least = HUGE_VAL;
	size_t count = find_places(c, literal, places);

	fill_buckets(c, number, buckets);
	for (unsigned b = 0; b < BUCKETS; b++)
		before[b] = share_taken(c, &buckets[b]);
	for (size_t i = 0; i < count; i++)
		for (unsigned b = 0; b < BUCKETS; b++) {
			struct bucket with = buckets[b];
			double cost;

			add_window(&with, literal, places[i].offset);
			cost = share_taken(c, &with) - before[b] + REAL_COST * places[i].equal;
			if (cost < least) {
				least = cost;
				c->windows[number] = (struct window){places[i].offset, b};
			}
		}
}

void windows_choose(const struct slice *literals, size_t count, struct window *ret)
{
	struct chooser *c = memory_alloc(sizeof(*c));

	c->literals = literals;
	c->count = count;
	c->windows = ret;
	typical_count(&c->typical);
	fill_sums(c);
	/* What was chosen first is chosen anew with what came after it in view. */
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < count; i++) {
			choose(c, i);
			if (c->chosen == i)
				c->chosen++;
		}
	free(c);
}
