/* SPDX-License-Identifier: ISC */
#pragma once

/* Where the pattern files are: what --patterns names, else as cmd/data_path.h says; a site's own
 * folders are those that its configuration names. */

#include "cmd/config.h"
#include "cmd/data_path.h"
#include "parse/pattern_set.h"

void pattern_path_find(const char *given, const struct config *config, struct data_path *ret);
/* Leaves of each folder only its file of reasons, or nothing if it has none. */
void pattern_path_keep_reasons(struct data_path *path);

/* Finds and loads them; what is wrong is logged. */
int pattern_path_load(const char *given, const struct config *config, struct pattern_set **ret);

/* What they say of MTAs to people only (parse/pattern_set.h). */
int pattern_path_load_notes(
    const char *given, const struct config *config, struct pattern_set **ret);
