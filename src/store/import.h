/* SPDX-License-Identifier: ISC */
#pragma once

/* Imports: which logs each counted, how far, and taking one back.
 *
 * An import is one run of mailtls-import; it has a log for each file that it counted lines of.
 * Rows are written by the first commit of each (store/commit.h), so a run that finds nothing new
 * leaves no trace.  What a log added is kept for a time (store/retention.h), and can be taken back
 * exactly until then. */

#include "base/diag.h"
#include "store/store.h"
#include "store/stream.h"
#include <stdint.h>

struct import {
	int64_t id; /* 0 until the first commit */
	int64_t time;
	const char *arguments; /* as the user gave them; borrowed */
};

/* One log of an import, being counted. */
struct import_log {
	struct import *import;
	int64_t id;		  /* 0 until its first commit */
	struct stream from;	  /* where it stood when the import found it; id 0: a new one */
	struct stream_move *move; /* NULL: a journal, which is no stream and cannot be taken back */
	bool unnoted;		  /* what it adds, as that is not to be taken back */
};

/* Takes back what one log of an import added, in a transaction of its own: a file that turns out
 * to be unreadable.  The stream is where it was before. */
int import_take_back(struct store *s, int64_t log, struct diag *d);

/* Takes back a whole import.  -ENOENT: there is none of that number; -EBUSY: a later import counted
 * more of the same log, and must be undone before, or a service did, or it counted a journal;
 * -ENODATA: it is too old. */
int import_undo(struct store *s, int64_t import, struct diag *d);

/* Forgets what imports added that are too old: they cannot be undone any more. */
int import_prune(struct store *s, int64_t now, struct diag *d);

struct import_row {
	int64_t import, time, log;
	const char *name;
	int64_t from_byte, to_byte, lines, handshakes, sessions, failures;
	bool pruned;
};
typedef int (*import_row_fn)(void *context, const struct import_row *row);
int import_list(struct store *s, import_row_fn row, void *context, struct diag *d);

/* What an import added, by UTC day (its first second; 0: time not known), in order. */
struct import_day {
	int64_t day, handshakes, sessions, failures;
};
typedef int (*import_day_fn)(void *context, const struct import_day *day);
int import_days(struct store *s, int64_t import, import_day_fn row, void *context, struct diag *d);

/* For store/commit.c, inside its transaction and after the stream was moved. */
struct source_counts;
int import_write(struct store *s, struct import_log *log, struct slice name, int64_t source,
    const struct source_counts *read, const int64_t facts[FACT_KIND_MAX], struct diag *d);
