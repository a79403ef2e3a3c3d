/* SPDX-License-Identifier: ISC */
#pragma once

/* Where the folders of data files are: pattern files, policies.
 *
 * What an option names, else the kind's variable of the environment; else the folder beside the
 * program (of the source tree for one in its build folder, ../share/mailtls/ for an installed one),
 * else the one that it was built for; and, over it, the site's own, else that of /etc/mailtls. */

#include <stddef.h>

struct data_kind {
	const char *folder;   /* its name, wherever it is */
	const char *variable; /* of the environment */
	const char *file;     /* that is in it: a folder of another program's has none */
	const char *built_for;
};

struct data_path {
	char **paths;
	size_t count;
};

/* own: the site's, ended by NULL; empty: it names none. */
void data_path_find(
    const struct data_kind *kind, const char *given, char *const *own, struct data_path *ret);
void data_path_free(struct data_path *path);
