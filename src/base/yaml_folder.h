/* SPDX-License-Identifier: ISC */
#pragma once

/* The YAML files of folders, where a later folder's file takes the place of an earlier one's of the
 * same name: that is how an admin's own replace those that were installed.
 *
 * A path may also be a file.  Only names that end in .yaml count, and none that begins with a dot.
 * The files are in order of their names, whatever folder they are in.  {0} is an empty list;
 * yaml_folder_free() gives its texts back, also after a failure. */

#include "base/diag.h"

struct yaml_folder {
	char **paths;
	size_t count;
};

int yaml_folder_list(
    const char *const *paths, size_t count, struct yaml_folder *ret, struct diag *d);
void yaml_folder_free(struct yaml_folder *folder);

/* What stands behind the last slash. */
const char *yaml_file_name(const char *path);

#define _cleanup_yaml_folder_ _cleanup_(yaml_folder_free)
