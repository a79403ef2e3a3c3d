/* SPDX-License-Identifier: ISC */
#pragma once

/* Being told that something happened to files: inotify(7), for one source.
 *
 * Watched are folders, for files that come, go or change their names, and files, for what is
 * written to them: not all files of a folder, as the other logs in /var/log would wake us all day.
 * Some file systems tell nothing of what other machines do; those are for the caller to look at
 * from time to time. */

#include "base/macros.h"
#include <stdbool.h>

struct watch;

/* -errno: inotify cannot be had, and all is to be looked at from time to time. */
int watch_new(struct watch **ret);
struct watch *watch_free(struct watch *w);
int watch_descriptor(const struct watch *w); /* readable when there is something */

/* Adding what is watched already changes nothing.  -ENOENT, -EACCES, -ENOSPC (too many) ... */
int watch_folder(struct watch *w, const char *path);
int watch_file(struct watch *w, int descriptor);

/* Takes all that is there: true if names in a folder changed, or a file went or was renamed, so
 * that it is to be found out anew which files there are. */
bool watch_take(struct watch *w);

DEFINE_CLEANUP(struct watch, watch_free);
#define _cleanup_watch_ _cleanup_(watch_free_p)
