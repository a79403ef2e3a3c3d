/* SPDX-License-Identifier: ISC */
#pragma once

/* An archive unpacked by a second thread while the caller works on what came before.
 *
 * A ring of three buffers of 256 KiB lies between the two.  The thread takes the archive and its
 * source for itself from readahead_new() to readahead_free(), which also stops a thread that waits
 * for a pipe.  It takes no signals. */

#include "base/diag.h"
#include "input/archive.h"
#include <sys/types.h>

struct readahead;

/* -EAGAIN (no more threads) with a diagnosis. */
int readahead_new(
    struct archive *archive, struct source *source, struct readahead **ret, struct diag *d);
struct readahead *readahead_free(struct readahead *a);

/* As archive_read(). */
ssize_t readahead_read(struct readahead *a, void *p, size_t size, struct diag *d);
