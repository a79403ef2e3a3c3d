/* SPDX-License-Identifier: ISC */
#pragma once

/* A run of bytes that belongs to somebody else: a part of a read buffer, of a YAML document, of a
 * literal.  It may hold any byte, NUL included, and is not terminated.  {NULL, 0} says "not there";
 * {p, 0} says "there, and empty".  Whoever hands out a slice says how long it stays valid. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *p;
	size_t n;
};

#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
#define SLICE_NONE ((struct slice){NULL, 0})

/* For printf("%.*s", SLICE_FMT(s)): only for text that was escaped or is our own. */
#define SLICE_FMT(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct slice slice_of(const char *text)
{
	return (struct slice){text, text ? strlen(text) : 0};
}

static inline uint64_t slice_word(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

static inline uint32_t slice_half_word(const char *p)
{
	uint32_t half;

	memcpy(&half, p, sizeof(half));
	return half;
}

/* Most texts are short, and a call takes longer than to compare one: up to two words, which may
 * overlap, it is not made. */
static inline bool slice_equal(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	if (a.n > 16 || a.n < 4)
		return a.n == 0 || memcmp(a.p, b.p, a.n) == 0;
	if (a.n < 8)
		return slice_half_word(a.p) == slice_half_word(b.p) &&
		       slice_half_word(a.p + a.n - 4) == slice_half_word(b.p + b.n - 4);
	return slice_word(a.p) == slice_word(b.p) &&
	       slice_word(a.p + a.n - 8) == slice_word(b.p + b.n - 8);
}

static inline bool slice_is(struct slice s, const char *text)
{
	return slice_equal(s, slice_of(text));
}

/* Most do not, and their first bytes tell. */
static inline bool slice_starts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n &&
	       (prefix.n == 0 || (*s.p == *prefix.p && memcmp(s.p, prefix.p, prefix.n) == 0));
}

/* Cuts n bytes off the front. */
static inline struct slice slice_skip(struct slice s, size_t n)
{
	return (struct slice){s.p + n, s.n - n};
}

static inline struct slice slice_first(struct slice s, size_t n)
{
	return (struct slice){s.p, n};
}

/* The position of c, or s.n when it is not there. */
static inline size_t slice_find(struct slice s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : s.n;
}

/* Where texts differ most often, for a place that a few may share: their last bytes and length. */
static inline uint64_t slice_last(struct slice s)
{
	uint64_t word = s.n >= sizeof(word) ? slice_word(s.p + s.n - sizeof(word)) : 0;

	return word ^ (uint64_t)s.n << 32;
}

/* memcmp order, the shorter first among equals: one fixed order whatever the locale. */
static inline int slice_compare(struct slice a, struct slice b)
{
	int order = memcmp(a.p ? a.p : "", b.p ? b.p : "", a.n < b.n ? a.n : b.n);

	return order ? order : (a.n > b.n) - (a.n < b.n);
}
