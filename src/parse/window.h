/* SPDX-License-Identifier: ISC */
#pragma once

/* Where to look at a literal: the few bytes of it that the scan of a block searches, and the bucket
 * in which it does so.
 *
 * A bucket knows, for each place of a window, the low and the high halves of the bytes that its
 * windows have there, and takes every byte that is made of such halves.  Every place of a log that
 * looks like some window costs a comparison, so a literal's window is one whose bytes seldom stand
 * together in mail logs, in a bucket to which it adds the least. */

#include "base/slice.h"
#include <stdint.h>

#define WINDOW 4  /* bytes; of a shorter literal all */
#define BUCKETS 8 /* a bit of a byte each */

static inline size_t window_length(struct slice text)
{
	return text.n < WINDOW ? text.n : WINDOW;
}

#define WINDOW_HASHES 65536

/* Of a whole window; p may be any WINDOW bytes. */
static inline size_t window_hash(const char *p)
{
	_Static_assert(sizeof(uint32_t) == WINDOW, "a window is half a word");
	return slice_half_word(p) * UINT32_C(2654435761) >> 16;
}

struct window {
	size_t offset; /* in the literal */
	unsigned bucket;
};

void windows_choose(const struct slice *literals, size_t count, struct window *ret);
