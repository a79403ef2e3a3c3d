/* SPDX-License-Identifier: ISC */
#pragma once

/* The word that somebody who mistyped one most likely meant.
 *
 * The one with the fewest letters added, left out, changed or swapped with their neighbour,
 * whatever their case; the first of several.  NULL where there is none to choose from, or where the
 * word is longer than NEAREST_MAX. */

#include "base/buffer.h"
#include <stddef.h>

#define NEAREST_MAX 64

const char *nearest_word(const char *word, const char *const *words, size_t count);

/* The same, and NULL where it does not begin alike: then it is not likely meant. */
const char *nearest_meant(const char *word, const char *const *words, size_t count);

/* What a diagnosis of a word that is none of these ends with: which was likely meant, and all. */
void nearest_advise(struct buffer *to, const char *word, const char *const *words, size_t count);
