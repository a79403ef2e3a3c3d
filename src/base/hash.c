/* SPDX-License-Identifier: ISC */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void round_once(struct state *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 = rotate(s->v0, 32) + s->v3;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 = rotate(s->v2, 32);
}

static void absorb(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	round_once(s);
	s->v0 ^= word;
}

uint64_t hash_bytes(const struct hash_seed *seed, struct slice bytes)
{
	struct state s = {
	    seed->a ^ 0x736f6d6570736575,
	    seed->b ^ 0x646f72616e646f6d,
	    seed->a ^ 0x6c7967656e657261,
	    seed->b ^ 0x7465646279746573,
	};
	uint64_t last = (uint64_t)bytes.n << 56;
	bool overlap = bytes.n >= 8; /* the last word may be read with bytes before it */

	for (; bytes.n >= 8; bytes = slice_skip(bytes, 8))
		absorb(&s, slice_word(bytes.p));
	if (overlap && bytes.n)
		last |= slice_word(bytes.p + bytes.n - 8) >> (64 - 8 * bytes.n);
	for (size_t i = 0; i < bytes.n && !overlap; i++)
		last |= (uint64_t)(unsigned char)bytes.p[i] << (8 * i);
	absorb(&s, last);
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		round_once(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

struct hash_seed hash_seed_random(void)
{
	struct hash_seed seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed)) {
		perror("mailtls: getrandom");
		exit(EXIT_FAILURE);
	}
	return seed;
}
