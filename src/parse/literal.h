/* SPDX-License-Identifier: ISC */
#pragma once

/* Finds the lines of a block that hold any of a set of literals, and all literals in each.
 *
 * The whole block is searched at once, by a vector scan of four-byte fingerprints where the
 * processor has AVX2 and by the same tables byte for byte where not; both give the same answers.  A
 * line that holds no literal is never looked at.  LFs are counted on the way. */

#include "base/buffer.h"
#include "base/macros.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>

#define LITERALS_MAX 512
#define LITERAL_LENGTH_MIN 3

struct literal_bits {
	uint64_t word[LITERALS_MAX / 64];
};

struct literal_set;

/* Literals are copied; equal ones get numbers of their own.  NULL if there are more than
 * LITERALS_MAX or one is shorter than LITERAL_LENGTH_MIN.  portable: never use the vector scan. */
struct literal_set *literal_set_new(const struct slice *literals, size_t count, bool portable);
struct literal_set *literal_set_free(struct literal_set *set);
bool literal_set_is_vector(const struct literal_set *set);

/* Calls line() for each line of the block that holds a literal, without its LF, in order; returns
 * the number of LFs.  The block ends with LF. */
typedef void (*literal_line_fn)(void *context, struct slice line, const struct literal_bits *found);
size_t literal_scan(
    const struct literal_set *set, struct slice block, literal_line_fn line, void *context);

/* What a scan told of a block, kept, so that another thread can go on with it: lines point into the
 * block.  {0} is empty; whoever has it frees its buffer. */
struct literal_lines {
	struct buffer found;
	size_t newlines;
};
/* Forgets what was there before. */
void literal_lines_find(
    struct literal_lines *lines, const struct literal_set *set, struct slice block);
void literal_lines_tell(const struct literal_lines *lines, literal_line_fn line, void *context);

/* The literals in one piece of text. */
void literal_find(const struct literal_set *set, struct slice text, struct literal_bits *ret);

static inline void literal_bits_set(struct literal_bits *bits, unsigned number)
{
	bits->word[number / 64] |= UINT64_C(1) << (number % 64);
}

static inline void literal_bits_add(struct literal_bits *to, const struct literal_bits *more)
{
	for (size_t i = 0; i < LITERALS_MAX / 64; i++)
		to->word[i] |= more->word[i];
}

static inline bool literal_bits_meet(const struct literal_bits *a, const struct literal_bits *b)
{
	for (size_t i = 0; i < LITERALS_MAX / 64; i++)
		if (a->word[i] & b->word[i])
			return true;
	return false;
}

DEFINE_CLEANUP(struct literal_set, literal_set_free);
