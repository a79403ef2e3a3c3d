/* SPDX-License-Identifier: ISC */
#include "parse/bucket.h"

#include "base/memory.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define HALVES 16

/* How often bytes stand in mail logs, summed up for each high half over every set of four low
 * halves. */
struct frequency {
	unsigned sum[HALVES][4][HALVES];
};

/* A bucket on its way; the one behind it that it would best be joined with, and what places of a
 * log both take together that they do not take one by one. */
struct cluster {
	struct bucket bucket;
	double taken, more;
	size_t partner;
	bool gone;
};

struct merging {
	struct frequency frequency;
	struct cluster *clusters;
	size_t count;
};

void bucket_of(const char *window, size_t length, struct bucket *ret)
{
	for (size_t k = 0; k < WINDOW; k++) {
		unsigned char c = k < length ? (unsigned char)window[k] : 0;

		ret->low[k] = k < length ? (uint16_t)(1u << (c & 15)) : UINT16_MAX;
		ret->high[k] = k < length ? (uint16_t)(1u << (c >> 4)) : UINT16_MAX;
	}
}

static void frequency_fill(struct frequency *f, const struct window_chooser *chooser)
{
	for (unsigned high = 0; high < HALVES; high++)
		for (unsigned low = 0; low < HALVES; low++)
			for (unsigned set = 0; set < HALVES; set++)
				if (set >> (low & 3) & 1)
					f->sum[high][low >> 2][set] +=
					    window_byte_count(chooser, high << 4 | low);
}

/* As if its bytes stood in a log independently of each other. */
static double places_taken(const struct frequency *f, const struct bucket *b)
{
	double taken = 1;

	for (size_t k = 0; k < WINDOW; k++) {
		unsigned sum = 0, low = b->low[k];

		for (unsigned left = b->high[k]; left; left &= left - 1) {
			const unsigned(*row)[HALVES] = f->sum[__builtin_ctz(left)];

			sum += row[0][low & 15] + row[1][low >> 4 & 15] + row[2][low >> 8 & 15] +
			       row[3][low >> 12];
		}
		taken *= sum;
	}
	return taken;
}

static void join(struct bucket *to, const struct bucket *more)
{
	for (size_t k = 0; k < WINDOW; k++) {
		to->low[k] |= more->low[k];
		to->high[k] |= more->high[k];
	}
}

static double more_together(
    const struct merging *m, const struct cluster *a, const struct cluster *b)
{
	struct bucket both = a->bucket;

	join(&both, &b->bucket);
	return places_taken(&m->frequency, &both) - a->taken - b->taken;
}

static void consider(struct merging *m, size_t number, size_t partner)
{
	struct cluster *c = &m->clusters[number];
	double more = more_together(m, c, &m->clusters[partner]);

	if (more < c->more) {
		c->more = more;
		c->partner = partner;
	}
}

static void find_partner(struct merging *m, size_t number)
{
	m->clusters[number].more = HUGE_VAL;
	for (size_t i = number + 1; i < m->count; i++)
		if (!m->clusters[i].gone)
			consider(m, number, i);
}

static size_t cheapest(const struct merging *m)
{
	size_t best = 0;

	for (size_t i = 0; i < m->count; i++)
		if (!m->clusters[i].gone &&
		    (m->clusters[best].gone || m->clusters[i].more < m->clusters[best].more))
			best = i;
	return best;
}

/* The one behind goes into the one before, and those that wanted either look anew. */
static void merge(struct merging *m, size_t to)
{
	struct cluster *c = &m->clusters[to];
	size_t from = c->partner;

	join(&c->bucket, &m->clusters[from].bucket);
	c->taken = places_taken(&m->frequency, &c->bucket);
	m->clusters[from].gone = true;
	m->clusters[from].partner = to;
	for (size_t i = 0; i < from; i++) {
		struct cluster *other = &m->clusters[i];

		if (other->gone)
			continue;
		if (i == to || other->partner == from || other->partner == to)
			find_partner(m, i);
		else if (i < to)
			consider(m, i, to);
	}
}

size_t buckets_merge(const struct window_chooser *chooser, const struct bucket *windows,
    size_t count, size_t *ret_number, struct bucket ret[BUCKETS])
{
	struct merging *m = memory_alloc(sizeof(*m));
	size_t left = count, n = 0;

	frequency_fill(&m->frequency, chooser);
	m->clusters = memory_array(count, sizeof(*m->clusters));
	m->count = count;
	for (size_t i = 0; i < count; i++)
		m->clusters[i] = (struct cluster){
		    .bucket = windows[i], .taken = places_taken(&m->frequency, &windows[i])};
	for (size_t i = 0; i < count; i++)
		find_partner(m, i);
	for (; left > BUCKETS; left--)
		merge(m, cheapest(m));
	/* What is gone went to one before it. */
	for (size_t i = 0; i < count; i++) {
		struct cluster *c = &m->clusters[i];

		if (!c->gone)
			ret[n] = c->bucket;
		ret_number[i] = c->gone ? ret_number[c->partner] : n++;
	}
	free(m->clusters);
	free(m);
	return n;
}
