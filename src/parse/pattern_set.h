/* SPDX-License-Identifier: ISC */
#pragma once

/* All pattern files that are in force, compiled, with one search for all their literals.
 *
 * A directory gives its *.yaml in the order of their names; a file of a later directory takes the
 * place of the one with the same name in an earlier (an admin's own in /etc win).  reasons.yaml is
 * not an MTA: it says which words mean which class of failure.  A set is read-only once it is
 * loaded and outlives the parsers that use it. */

#include "parse/pattern.h"
#include "parse/pattern_file.h"

struct pattern_set {
	struct mta **mtas;
	size_t count;
	struct reason *reasons;
	size_t reason_count;
	struct literal_set *literals;
	struct literal_bits near_miss; /* the words that make an untaken line a near miss */
};

/* paths are files or directories.  Nothing is proved yet: programs use patterns_load() of
 * parse/prove.h. */
int pattern_set_read(
    const char *const *paths, size_t count, struct pattern_set **ret, struct diag *d);

/* Only what is said of each MTA to people, hints and advice: no pattern is compiled, and no line
 * can be parsed with it. */
int pattern_set_read_notes(
    const char *const *paths, size_t count, struct pattern_set **ret, struct diag *d);

/* Searches literals byte for byte from now on: the portable scan, for comparing the two. */
void pattern_set_use_portable_scan(struct pattern_set *set);

/* Compiles all to machine code now (parse/regex.h), for comparing; whether all are. */
bool pattern_set_hurry(struct pattern_set *set);

struct pattern_set *pattern_set_free(struct pattern_set *set);

/* True if the text holds one of the words that make an untaken line a near miss. */
bool speaks_of_tls(struct slice text);

DEFINE_CLEANUP(struct pattern_set, pattern_set_free);
#define _cleanup_pattern_set_ _cleanup_(pattern_set_free_p)
