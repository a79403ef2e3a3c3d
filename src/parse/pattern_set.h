/* SPDX-License-Identifier: ISC */
#pragma once

/* All pattern files that are in force, loaded, compiled and proved by their own samples.
 *
 * A directory gives its *.yaml in order of their names; a file of a later directory takes the place
 * of one with the same name in an earlier one (an admin's own in /etc win).  A set is read-only
 * once it is loaded and outlives the parsers that use it. */

#include "base/diag.h"
#include "base/macros.h"
#include "base/slice.h"
#include <stddef.h>

struct pattern_set;

int pattern_set_load(
    const char *const *directories, size_t count, struct pattern_set **ret, struct diag *d);
struct pattern_set *pattern_set_free(struct pattern_set *set);

DEFINE_CLEANUP(struct pattern_set, pattern_set_free);
#define _cleanup_pattern_set_ _cleanup_(pattern_set_free_p)
