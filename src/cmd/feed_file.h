/* SPDX-License-Identifier: ISC */
#pragma once

/* The feed of a log's files: the one that is written and what rotation makes of it
 * (input/family.h).
 *
 * Files are known by their content, so that renaming, copying, compressing, and stopping in the
 * middle of any of that lose nothing and count nothing twice.  The oldest is read first.  A copy of
 * a file that is still open here waits until that one is done with. */

#include "cmd/feed.h"

/* path: absolute, may be a glob(7) pattern.  host may be NULL; the zone is borrowed. */
struct feed *feed_file_new(
    struct feed_environment *e, const char *path, const char *host, const struct zone *zone);
