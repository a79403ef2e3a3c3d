/* SPDX-License-Identifier: ISC */
#pragma once

/* The feed of journals that other machines sent, in the files of a folder (input/journal_folder.h).
 *
 * Where it stands is kept for each file, with the counts, and so what a machine sends late is
 * counted like what came in time.  Entries that come again are known by their machine, boot and
 * time, and are not counted again.  Files that are gone when the service comes back, and were not
 * read to their end, are a gap. */

#include "cmd/config.h"
#include "cmd/feed.h"

/* path: of the folder, or of one journal file.  units NULL or ended by NULL. */
struct feed *feed_folder_new(
    struct feed_environment *e, const char *path, char *const *units, enum config_trust trust);
