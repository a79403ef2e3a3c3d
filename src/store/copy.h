/* SPDX-License-Identifier: ISC */
#pragma once

/* Copies of a store for other places, and the store itself written anew. */

#include "base/diag.h"
#include "store/store.h"
#include <stdint.h>

/* One consistent file, mode 0640, whatever a writer does meanwhile; it is on the disk when this
 * returns.  -EEXIST if there is something of that name. */
int store_backup(struct store *s, const char *to, struct diag *d);

/* Rolls up all hours that are old, and writes the file anew without the pages that hold nothing.  A
 * store that was made before it could give pages back one by one can do so from then on. */
int store_compact(struct store *s, int64_t now, struct diag *d);

/* The counters as JSON objects, one a line without its end, in the order of time and combination;
 * their members are the columns of the views. */
typedef int (*store_line_fn)(void *context, struct slice line);
int store_export(struct store *s, store_line_fn line, void *context, struct diag *d);
