/* SPDX-License-Identifier: ISC */
#pragma once

/* The words that the names of cipher suites are made of.
 *
 * A name is cut at `-` and `_`; words compare without regard to case, and the two separators are
 * equal.  There are two tables, both of words and not of suites: how certificates and keys are
 * exchanged (one row per spelling, IANA's first), and the bulk ciphers with what each implies.
 * Everything here is bounded by SUITE_WORDS and points into the name that was given. */

#include "base/slice.h"

#define SUITE_WORDS 20
#define SUITE_UNKNOWN "?"

struct suite_words {
	struct slice word[SUITE_WORDS];
	size_t n;
};

struct key_exchange {
	const char *spelling; /* upper case, words joined with `_` */
	const char *kx, *auth;
};

struct bulk_cipher {
	const char *word, *enc;
	const char *mode; /* where the cipher has but one, else NULL */
	int bits;	  /* where the word alone tells, else -1 */
};

/* Appends the words of name, false when there are more than fit. */
bool suite_split(struct slice name, struct suite_words *words);

bool suite_word_is(struct slice word, const char *spelling);

/* The number that the whole word is, up to four digits, or -1. */
int suite_number(struct slice word);

/* The row whose spelling is the words [from, to), or NULL. */
const struct key_exchange *key_exchange_find(
    const struct suite_words *words, size_t from, size_t to);

/* The longest spelling that the words from `from` begin with, and where it ends, or NULL. */
const struct key_exchange *key_exchange_longest(
    const struct suite_words *words, size_t from, size_t *ret_end);

/* IANA's spelling, NULL when there is none. */
const char *key_exchange_iana(const char *kx, const char *auth);

/* A word like AES, AES256 or 3DES.  ret_size is the number glued to it, 0 without. */
const struct bulk_cipher *bulk_cipher_find(struct slice word, int *ret_size);

/* The effective bits of a key whose size the name writes so, -1 when it has no such size. */
int bulk_cipher_bits(const char *enc, int size);

/* Properties are compared by what they say: a caller may have made the struct itself. */
static inline bool is(const char *property, const char *value)
{
	return strcmp(property, value) == 0;
}

static inline bool known(const char *property)
{
	return !is(property, SUITE_UNKNOWN);
}
