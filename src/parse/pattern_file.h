/* SPDX-License-Identifier: ISC */
#pragma once

/* Reads one pattern file into a struct mta, or says what is wrong with it and where.
 *
 * The grammar is in mailtls-patterns(5).  Everything is checked here that can be without running a
 * sample: keys, words, group names, that regexes compile, that literals are long enough.  Whether
 * the samples hold is parse/prove.h's to say.  The caller frees with mta_free(). */

#include "parse/pattern.h"

/* What it says of the MTA itself, and to people: hints and advice. */
int pattern_file_load(const char *path, struct mta **ret, struct diag *d);

/* Then its idents and patterns, once. */
int pattern_file_compile(struct mta *mta, struct diag *d);

struct mta *mta_free(struct mta *mta);

/* reasons.yaml: which words of a TLS library mean which class of failure. */
struct reason {
	char *text, *class;
};

int reasons_load(const char *path, struct reason **ret, size_t *ret_count, struct diag *d);
void reasons_free(struct reason *reasons, size_t count);

DEFINE_CLEANUP(struct mta, mta_free);
