/* SPDX-License-Identifier: ISC */
#pragma once

/* Bytes that went by, kept in an unlinked file in $TMPDIR (/var/tmp) to be read once more.
 *
 * No failure to keep them is one of the reading that they come from: it is told when they are asked
 * for again. */

#include "base/diag.h"
#include <stddef.h>
#include <sys/types.h>

struct replay;

struct replay *replay_new(void);
struct replay *replay_free(struct replay *r);

void replay_keep(struct replay *r, const void *p, size_t n);

/* From now on they are read and not kept; again, if it was so already.  A negative errno if not all
 * were kept, with a diagnosis in which `name` is what was read. */
int replay_start(struct replay *r, const char *name, struct diag *d);

/* Up to size bytes, taken or only looked at; 0 when all were taken. */
ssize_t replay_read(struct replay *r, void *p, size_t size, struct diag *d);
ssize_t replay_peek(struct replay *r, void *p, size_t size, struct diag *d);
