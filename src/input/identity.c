/* SPDX-License-Identifier: ISC */
#include "input/identity.h"

#include "base/memory.h"
#include <xxhash.h>

#define BLOCK_SIZE (1024 * 1024)

/* state runs over the chain value before this block and the block's bytes so far: its digest is the
 * partial hash, and at the block's end the next chain value. */
struct identity {
	unsigned char key[IDENTITY_KEY];
	XXH3_state_t *state;
	int64_t offset;
	size_t in_block;
	unsigned char chain[16];
	unsigned char head[IDENTITY_HEAD];
};

static void canonical(XXH128_hash_t hash, unsigned char ret[16])
{
	XXH128_canonical_t bytes;

	XXH128_canonicalFromHash(&bytes, hash);
	memcpy(ret, bytes.digest, 16);
}

static void begin_block(struct identity *i)
{
	i->in_block = 0;
	XXH3_128bits_reset_withSecret(i->state, i->key, sizeof i->key);
	XXH3_128bits_update(i->state, i->chain, sizeof i->chain);
}

struct identity *identity_new(const unsigned char key[IDENTITY_KEY])
{
	struct identity *i = memory_alloc(sizeof *i);

	memcpy(i->key, key, sizeof i->key);
	i->state = XXH3_createState(); /* wants an alignment that memory_alloc() does not promise */
	if (!i->state)
		abort();
	begin_block(i);
	return i;
}

struct identity *identity_free(struct identity *i)
{
	if (!i)
		return NULL;
	XXH3_freeState(i->state);
	free(i);
	return NULL;
}

static void keep_head(struct identity *i, struct slice bytes)
{
	size_t have = i->offset < IDENTITY_HEAD ? (size_t)i->offset : IDENTITY_HEAD;
	size_t n = IDENTITY_HEAD - have;

	memcpy(i->head + have, bytes.p, bytes.n < n ? bytes.n : n);
}

void identity_update(struct identity *i, struct slice bytes)
{
	if (i->offset < IDENTITY_HEAD && bytes.n > 0)
		keep_head(i, bytes);
	i->offset += (int64_t)bytes.n;
	while (bytes.n > 0) {
		size_t n = BLOCK_SIZE - i->in_block;

		if (n > bytes.n)
			n = bytes.n;
		XXH3_128bits_update(i->state, bytes.p, n);
		i->in_block += n;
		bytes = slice_skip(bytes, n);
		if (i->in_block == BLOCK_SIZE) {
			canonical(XXH3_128bits_digest(i->state), i->chain);
			begin_block(i);
		}
	}
}

void identity_position(const struct identity *i, struct position *ret)
{
	*ret = (struct position){
	    .offset = i->offset,
	    .head_length = i->offset < IDENTITY_HEAD ? i->offset : IDENTITY_HEAD,
	};
	memcpy(ret->chain, i->chain, sizeof ret->chain);
	canonical(XXH3_128bits_digest(i->state), ret->partial);
	canonical(XXH3_128bits_withSecret(i->head, (size_t)ret->head_length, i->key, sizeof i->key),
	    ret->head);
}

bool identity_begins(const struct identity *i, struct slice first)
{
	size_t n = first.n < IDENTITY_HEAD ? first.n : IDENTITY_HEAD;

	return (int64_t)n <= i->offset && memcmp(first.p, i->head, n) == 0;
}

bool position_equal(const struct position *a, const struct position *b)
{
	return a->offset == b->offset && memcmp(a->chain, b->chain, sizeof a->chain) == 0 &&
	       memcmp(a->partial, b->partial, sizeof a->partial) == 0;
}
