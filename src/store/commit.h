/* SPDX-License-Identifier: ISC */
#pragma once

/* One transaction of the store: all of it or nothing.
 *
 * It adds the aggregate's counters, coverage and folds, what was read of the source, and the gaps
 * in that; moves the positions of the logs that the counters are of; for an import notes what was
 * added, so that it can be taken back; and replaces the saved sessions.  Because counters and
 * positions move together, a process that ends anywhere has counted exactly the lines before the
 * positions that the store knows.
 *
 * On success the aggregate's counters are cleared.  On failure the store and the batch are as
 * before; trying again is right for -EBUSY and, once there is room, for -ENOSPC.  -ESTALE: somebody
 * else has counted the same log meanwhile.  -EEXIST: another class of source covers the hours. */

#include "base/diag.h"
#include "base/slice.h"
#include "store/aggregate.h"
#include "store/gap.h"
#include "store/import.h"
#include "store/journal_file.h"
#include "store/journal_position.h"
#include "store/store.h"
#include <stdint.h>

/* Of one source, since its last commit. */
struct source_counts {
	int64_t lines, bytes, overlong, nul_bytes, bad_time, unparsed;
	int64_t unfinished; /* lines whose end never came */
	int64_t untrusted;  /* entries of senders that are none of mail's */
	int64_t evicted;    /* sessions that were ended early, as there was no room for more */
};

/* What a service that follows the source says of it, UTC seconds. */
struct following {
	int64_t now;
};

#define OWNER_IMPORT "import" /* of the sessions that are open between imports */

struct batch {
	struct aggregate *aggregate; /* only of lines of this source */
	struct slice source;	     /* the log's name; valid UTF-8 or not */
	const char *class;	     /* "file" or "journal" */
	int64_t last_event;	     /* stamp of the latest line, UTC seconds; 0: none */
	struct source_counts read;
	struct stream_move *const *moves;
	size_t move_count;
	const struct journal_position *journal;	   /* NULL: not a journal's */
	const struct journal_file_position *files; /* those that moved */
	size_t file_count;
	const struct journal_boot *boots; /* likewise */
	size_t boot_count;
	const struct gap *gaps;
	size_t gap_count;
	const struct following *following; /* NULL: not a service */
	struct import_log *log;		   /* NULL: not an import; else of its one move, or
					    journal */

	/* Whose sessions are saved; SLICE_NONE: what is saved stays.  An owner that takes over has
	 * read on where imports were, and those have no open sessions any more. */
	const char *owner;
	struct slice sessions;
	bool takes_over;

	/* An import's lines of hours that another class of source covers are counted, too
	 * (store/overlap.h). */
	bool overlap_allowed;
};

int store_commit(struct store *s, const struct batch *batch, struct diag *d);

/* Tells the aggregate what the store's dictionary holds, so that bounds hold for the store, and
 * what else it keeps; before the first fact.  No commit will be of a time before `now` (UTC
 * seconds; 0 if that is not known).  The store must outlive the aggregate's facts. */
int store_prime(struct store *s, struct aggregate *a, int64_t now, struct diag *d);
