/* SPDX-License-Identifier: ISC */
#pragma once

/* The word that somebody who mistyped one most likely meant.
 *
 * The one with the fewest letters added, left out, changed or swapped with their neighbour,
 * whatever their case; the first of several.  NULL where there is none to choose from, or where the
 * word is longer than NEAREST_MAX. */

#include <stddef.h>

#define NEAREST_MAX 64

const char *nearest_word(const char *word, const char *const *words, size_t count);
