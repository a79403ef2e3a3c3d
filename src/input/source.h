/* SPDX-License-Identifier: ISC */
#pragma once

/* The bytes of one log as they lie on the disk or come down a pipe, before anything is unpacked.
 *
 * A source looks at its first bytes without losing them, counts what was taken, and can start
 * again if it is no pipe.  It holds a look-ahead of a fixed size and nothing else.  One thread at a
 * time reads; source_taken() and source_interrupt() may be called from another. */

#include "base/diag.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct source;

/* path "-" is standard input.  -ENOENT, -EACCES, -EISDIR, -EMEDIUMTYPE (a device, a FIFO, a
 * socket; the pipe that a shell's <(command) names is taken) ... with a diagnosis. */
int source_open(const char *path, struct source **ret, struct diag *d);
struct source *source_free(struct source *s);

/* -EISDIR or -EMEDIUMTYPE for what stat(2) says is no regular file. */
int source_check_type(const char *name, mode_t mode, struct diag *d);

const char *source_name(const struct source *s); /* as the user wrote it, or "standard input" */
bool source_seekable(const struct source *s);
int64_t source_size(const struct source *s); /* -1 when not known */
int64_t source_time(const struct source *s); /* mtime of a regular file, else now */
int64_t source_taken(const struct source *s);

/* The next bytes, not taken: at least `least` (up to 4 KiB) of them, fewer only at the end.  They
 * stay valid until the next call.  An empty slice is the end. */
int source_look(struct source *s, size_t least, struct slice *ret, struct diag *d);
void source_take(struct source *s, size_t n); /* of the bytes that were looked at */

/* Up to size bytes, taken; 0 at the end. */
ssize_t source_read(struct source *s, void *p, size_t size, struct diag *d);

/* For a regular file that is still written: reads on where it has grown since its end was found. */
void source_resume(struct source *s);
int source_descriptor(const struct source *s); /* the source's */

int source_rewind(struct source *s, struct diag *d);

/* Makes a read that waits for a pipe, and all later ones, return -ECANCELED. */
void source_interrupt(struct source *s);

DEFINE_CLEANUP(struct source, source_free);
#define _cleanup_source_ _cleanup_(source_free_p)
