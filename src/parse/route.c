/* SPDX-License-Identifier: ISC */
#include "parse/route.h"

#include "base/memory.h"
#include <stdlib.h>

#define WORD_BITS 64

struct route {
	size_t *first; /* place of each MTA; behind the last the number of places */
	size_t *mta;   /* of each place */
	size_t words;  /* of a set of places */
	uint64_t *wanted;
	uint64_t *by_literal; /* a set of places for each */
};

static void add_pattern(struct route *r, const struct literal_bits *bits, size_t place)
{
	for (size_t i = 0; i < LITERALS_MAX; i++)
		if (bits->word[i / WORD_BITS] >> (i % WORD_BITS) & 1)
			r->by_literal[i * r->words + place / WORD_BITS] |= UINT64_C(1)
									   << (place % WORD_BITS);
}

struct route *route_new(const struct mta *const *mtas, size_t count)
{
	struct route *r = memory_alloc(sizeof(*r));
	size_t place = 0;

	r->first = memory_array(count + 1, sizeof(*r->first));
	for (size_t i = 0; i < count; i++)
		r->first[i + 1] = r->first[i] + mtas[i]->pattern_count;
	r->mta = memory_array(r->first[count], sizeof(*r->mta));
	r->words = (r->first[count] + WORD_BITS - 1) / WORD_BITS;
	r->wanted = memory_array(r->words, sizeof(*r->wanted));
	r->by_literal = memory_array(LITERALS_MAX * r->words, sizeof(*r->by_literal));
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < mtas[i]->pattern_count; k++) {
			r->mta[place] = i;
			add_pattern(r, &mtas[i]->patterns[k].bits, place++);
		}
	return r;
}

struct route *route_free(struct route *r)
{
	if (!r)
		return NULL;
	free(r->first);
	free(r->mta);
	free(r->wanted);
	free(r->by_literal);
	free(r);
	return NULL;
}

void route_line(struct route *r, const struct literal_bits *found)
{
	memset(r->wanted, 0, r->words * sizeof(*r->wanted));
	for (size_t i = 0; i < ARRAY_SIZE(found->word); i++)
		for (uint64_t left = found->word[i]; left; left &= left - 1) {
			size_t number = i * WORD_BITS + (size_t)__builtin_ctzll(left);
			const uint64_t *more = r->by_literal + number * r->words;

			for (size_t w = 0; w < r->words; w++)
				r->wanted[w] |= more[w];
		}
}

size_t route_next(const struct route *r, size_t from)
{
	size_t word = from / WORD_BITS;
	uint64_t left;

	if (word >= r->words)
		return SIZE_MAX;
	left = r->wanted[word] & UINT64_MAX << (from % WORD_BITS);
	while (!left) {
		if (++word == r->words)
			return SIZE_MAX;
		left = r->wanted[word];
	}
	return word * WORD_BITS + (size_t)__builtin_ctzll(left);
}

size_t route_mta(const struct route *r, size_t place)
{
	return r->mta[place];
}

size_t route_first(const struct route *r, size_t mta)
{
	return r->first[mta];
}
