/* SPDX-License-Identifier: ISC */
#pragma once

/* Taking values out of a YAML tree with a sentence for everything that is not as it should be.
 *
 * struct yaml_read carries the file's name and the diagnosis through a reader's functions.  All
 * return 0 or a negative errno with the diagnosis set; a key that is not there leaves *ret as it
 * was, unless `required`. */

#include "base/texts.h"
#include "base/yaml.h"

struct yaml_read {
	const char *path;
	struct diag *diag;
};

int yaml_fail(struct yaml_read *in, const struct yaml *at, const char *format, ...) _printf_(3, 4);

/* node must be a mapping whose keys are all among names (NULL-terminated); of one that is not, the
 * nearest name is told, or all of them. */
int yaml_want_map(
    struct yaml_read *in, const struct yaml *node, const char *const *names, const char *what);
int yaml_want_list(struct yaml_read *in, const struct yaml *node, const char *what);
int yaml_want_text(struct yaml_read *in, const struct yaml *node, const char *what);

int yaml_read_text(
    struct yaml_read *in, const struct yaml *map, const char *key, bool required, char **ret);
int yaml_read_flag(struct yaml_read *in, const struct yaml *map, const char *key, bool *ret);

/* A text or a list of texts; copies, NULL-terminated.  Nothing there gives an empty list. */
int yaml_read_texts(struct yaml_read *in, const struct yaml *map, const char *key, char ***ret);

/* One of the words that `from` knows (it gives a negative number for others). */
int yaml_read_word(struct yaml_read *in, const struct yaml *map, const char *key,
    int (*from)(struct slice word), int *ret);
