/* SPDX-License-Identifier: ISC */
#pragma once

/* A word among those that are known, by its place there: what an enum's value is called in files
 * and options, and back. */

#include "base/slice.h"

/* Its place, or -EINVAL. */
int word_find(const char *const *words, size_t count, struct slice word);
int word_find_anycase(const char *const *words, size_t count, struct slice word);
