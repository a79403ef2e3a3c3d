/* SPDX-License-Identifier: ISC */
#pragma once

/* Proves a pattern file by its own samples.
 *
 * Each sample's lines are read as a log of their own and must give exactly the facts it lists, in
 * order; `not` lines must give none; every pattern must be reached; no line may be taken by two
 * (`ignore` and `also` excepted); a pattern's literal must stand in every line its regex takes.
 * What fails is told with the line of the file and, where a line was taken by no pattern, how far
 * the nearest pattern came. */

#include "parse/pattern_set.h"

/* Calls fail() for each thing that is disproved; returns how many were. */
size_t prove_mta(const struct pattern_set *set, const struct mta *mta,
    void (*fail)(void *context, const char *path, unsigned line, const char *text), void *context);

/* Reads the pattern files of the directories and refuses a file that its own samples disprove. */
int patterns_load(
    const char *const *directories, size_t count, struct pattern_set **ret, struct diag *d);
