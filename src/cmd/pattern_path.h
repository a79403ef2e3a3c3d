/* SPDX-License-Identifier: ISC */
#pragma once

/* Where the pattern files are.
 *
 * What --patterns names, else $MAILTLS_PATTERNS; else those beside the program (of the source tree
 * for one in its build folder, ../share/mailtls/patterns for an installed one), else those of the
 * folder that it was built for; and, over them, those of the folders that the configuration names,
 * else of /etc/mailtls/patterns. */

#include "cmd/config.h"
#include "parse/pattern_set.h"

struct pattern_path {
	char **paths;
	size_t count;
};

void pattern_path_find(const char *given, const struct config *config, struct pattern_path *ret);
/* Leaves of each folder only its file of reasons, or nothing if it has none. */
void pattern_path_keep_reasons(struct pattern_path *path);
void pattern_path_free(struct pattern_path *path);

/* Finds and loads them; what is wrong is logged. */
int pattern_path_load(const char *given, const struct config *config, struct pattern_set **ret);
