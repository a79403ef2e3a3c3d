/* SPDX-License-Identifier: ISC */
#pragma once

/* One transaction of the store: all of it or nothing.
 *
 * It adds the aggregate's counters, coverage and folds, what was read of the source, and, for an
 * import, moves the position of the log's stream and notes what was added, so that it can be taken
 * back; it replaces the saved sessions.  Because counters and position move together, a process
 * that ends anywhere has counted exactly the lines before the position that the store knows.
 *
 * On success the aggregate's counters are cleared.  On failure the store and the batch are as
 * before; trying again is right for -EBUSY and, once there is room, for -ENOSPC.  -ESTALE: another
 * import has counted the same log meanwhile. */

#include "base/diag.h"
#include "base/slice.h"
#include "store/aggregate.h"
#include "store/import.h"
#include "store/store.h"
#include <stdint.h>

/* Of one source, since its last commit. */
struct source_counts {
	int64_t lines, bytes, overlong, nul_bytes, bad_time, unparsed;
};

struct batch {
	struct aggregate *aggregate; /* only of lines of this source */
	struct slice source;	     /* the log's name; valid UTF-8 or not */
	const char *class;	     /* "file" or "journal" */
	struct source_counts read;
	struct import_log *log;	    /* NULL: not an import */
	struct slice session_state; /* SLICE_NONE: what is saved stays */
};

int store_commit(struct store *s, const struct batch *batch, struct diag *d);

/* Tells the aggregate what the store's dictionary holds, so that bounds hold for the store, and
 * which peers to keep; before the first fact.  The store must outlive the aggregate's facts. */
int store_prime(struct store *s, struct aggregate *a, struct diag *d);
