/* SPDX-License-Identifier: ISC */
#pragma once

/* How far an import is, on the terminal: one line that is written over, a few times a second.
 * Nothing is written when stderr is no terminal or quiet is asked for. */

#include "base/macros.h"
#include <stdbool.h>
#include <stdint.h>

struct progress;

/* total: bytes on disk of all logs, -1 if not known. */
struct progress *progress_new(int64_t total, bool quiet);
struct progress *progress_free(struct progress *p);

/* A log begins, `size` bytes on disk (-1: not known); then how many of those are read, and the
 * decompressed bytes. */
void progress_log(struct progress *p, const char *name, int64_t size);
void progress_at(struct progress *p, int64_t consumed, int64_t bytes);

/* Takes the line away, so that something else can be said. */
void progress_clear(struct progress *p);

DEFINE_CLEANUP(struct progress, progress_free);
#define _cleanup_progress_ _cleanup_(progress_free_p)
