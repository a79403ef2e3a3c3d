/* SPDX-License-Identifier: ISC */
#pragma once

/* What a log is, told by its content: the name, inode and compression may all change.
 *
 * A position in a log is a keyed hash of every decompressed byte before it, XXH3-128 chained over
 * aligned blocks of 1 MiB (the library's streaming state cannot be saved, a chain value can) and
 * the hash of the partial block after the last full one.  Two logs with the same position up to an
 * offset are the same log up to there.  The key is random and secret per store, because peers
 * choose what stands in a log.  `head` is the hash of the first min(offset, 4096) bytes: a cheap
 * way to find the positions that are worth comparing. */

#include "base/macros.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>

#define IDENTITY_HEAD 4096
#define IDENTITY_KEY 192 /* bytes: XXH3's least secret is 136 */

struct position {
	int64_t offset;
	int64_t head_length;
	unsigned char head[16], chain[16], partial[16];
};

struct identity;

struct identity *identity_new(const unsigned char key[IDENTITY_KEY]);
struct identity *identity_free(struct identity *i);

/* The next bytes in order. */
void identity_update(struct identity *i, struct slice bytes);

/* Where it stands after all bytes that were given.  Costs about a microsecond: cheap enough for
 * once a block, too dear for once a line. */
void identity_position(const struct identity *i, struct position *ret);

/* Whether these are the first bytes of what it was given; at most IDENTITY_HEAD are compared. */
bool identity_begins(const struct identity *i, struct slice first);

/* One of a position's hashes as bytes; they belong to the position. */
static inline struct slice position_hash(const unsigned char hash[16])
{
	return (struct slice){(const char *)hash, 16};
}

/* The same log up to the same place. */
bool position_equal(const struct position *a, const struct position *b);

DEFINE_CLEANUP(struct identity, identity_free);
#define _cleanup_identity_ _cleanup_(identity_free_p)
