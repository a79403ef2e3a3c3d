/* SPDX-License-Identifier: ISC */
#pragma once

/* The files that one log lies in: the one that is written, and what rotation made of older parts.
 *
 * A path without wildcards is a log: its family is itself and what is called like it with a number
 * or a date behind (mail.log.1, mail.log.2.gz, mail.log-20261124.xz) or before its last dot
 * (mail-20261124.log).  What else begins like it is a log of its own: mail.log.errors may hold the
 * same lines once more.  A glob(7) pattern is the files that match, and their families.  Which of
 * them are the same log is told by their content, not here. */

#include "base/macros.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct family_file {
	char *path;
	uint64_t device, inode;
	int64_t size, mtime; /* bytes; nanoseconds */
	bool live;	     /* matches by its own name: may be written */
};

struct family {
	struct family_file *files; /* the oldest first, by mtime; live ones after all others */
	size_t count;
	bool missing; /* of a path without wildcards: it is not there, or no regular file */
};

#define FAMILY_MAX 4096 /* files; of more the oldest are left out */

/* What stat(2) tells of one, the rest is 0. */
struct stat;
void family_file_of(const struct stat *st, struct family_file *ret);

/* By device and inode: names change hands. */
bool family_file_is_same(const struct family_file *a, const struct family_file *b);

/* Whether rotation makes such an end of a name: a number behind a dot, a date, or "old", then the
 * extension that the log keeps ("": none), then what it is packed with; not nothing at all. */
bool family_is_rotation(const char *end, const char *extension);

/* Regular files only, symbolic links followed; what cannot be looked at is passed over. */
void family_find(const char *path, struct family *ret);
void family_free(struct family *family);

/* The file of a family that is the same one; NULL. */
const struct family_file *family_member(const struct family *family, const struct family_file *of);

/* The folder that the files of a path lie in; of a pattern with wildcards in its folders, the last
 * folder before them.  The caller frees it. */
char *family_folder(const char *path);

/* What to watch for files that come and go: that folder, and those that match the folders of a
 * pattern, at each of its levels. */
void family_folders(
    const char *path, void (*folder)(void *context, const char *folder), void *context);

#define _cleanup_family_ _cleanup_(family_free)
