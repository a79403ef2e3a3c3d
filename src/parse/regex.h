/* SPDX-License-Identifier: ISC */
#pragma once

/* One PCRE2 pattern: compiled once, matched often, bounded always.
 *
 * Bytes, not characters (no PCRE2_UTF: logs hold invalid UTF-8); anchored at the first byte of the
 * subject; `$` is the end only (PCRE2_DOLLAR_ENDONLY); a name may stand for several groups
 * (PCRE2_DUPNAMES).  A match that exceeds the step limit is REGEX_LIMIT, which is not "no match".
 *
 * What is matched often is compiled to machine code, which takes as long as some hundred matches do
 * and of which most expressions of a run have few.  Where the process may not map executable memory
 * (MemoryDenyWriteExecute=yes), or is told not to (MAILTLS_NO_JIT in the environment), and before,
 * the interpreter gives the same answers.  Of one regex there is one match at a time. */

#include "base/diag.h"
#include "base/macros.h"
#include "base/slice.h"

#define REGEX_GROUPS_MAX 64

enum { REGEX_LIMIT = -2, REGEX_NO_MATCH = 0, REGEX_MATCH = 1 };

struct regex;
struct regex_memory; /* where a match keeps its captures: one for each thread, for all patterns */

/* On a syntax error the diagnosis names the place inside the expression. whole: the subject's end
 * must be reached too. */
int regex_compile(struct slice expression, bool whole, struct regex **ret, struct diag *d);
struct regex *regex_free(struct regex *r);

struct regex_memory *regex_memory_new(void);
struct regex_memory *regex_memory_free(struct regex_memory *m);

int regex_match(struct regex *r, struct slice subject, struct regex_memory *m);

/* After REGEX_MATCH: what group number captured; SLICE_NONE if it took no part. */
struct slice regex_group(const struct regex_memory *m, struct slice subject, unsigned number);

/* The named groups: for each, calls with its name and number, in order of number. */
void regex_names(const struct regex *r,
    void (*name)(void *context, const char *name, unsigned number), void *context);

/* How many bytes of the subject the expression could take before it failed; compiled anew for this
 * (no start optimisation), so only for explaining. */
size_t regex_furthest(const struct regex *r, struct slice subject);

/* The number of match steps the interpreter needs for the subject (found by bisecting the match
 * limit): a measure of cost that no clock disturbs.  limit is the most that is tried. */
unsigned regex_steps(const struct regex *r, struct slice subject, unsigned limit);

/* Compiles it to machine code now, if that can be done; whether it is. */
bool regex_hurry(struct regex *r);

/* Whether this process can do so at all. */
bool regex_can_hurry(void);
struct slice regex_expression(const struct regex *r);

DEFINE_CLEANUP(struct regex, regex_free);
