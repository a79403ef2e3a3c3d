/* SPDX-License-Identifier: ISC */
#pragma once

/* Where the pattern files are.
 *
 * What --patterns names, else $MAILTLS_PATTERNS; else the installed ones (or, for a program that
 * runs from its build folder, those of the source tree) and, over them, those of
 * /etc/mailtls/patterns. */

#include "parse/pattern_set.h"

#define PATTERN_PATHS_MAX 2

struct pattern_path {
	char *paths[PATTERN_PATHS_MAX];
	size_t count;
};

void pattern_path_find(const char *given, struct pattern_path *ret);
void pattern_path_free(struct pattern_path *path);

/* Finds and loads them; what is wrong is logged. */
int pattern_path_load(const char *given, struct pattern_set **ret);
