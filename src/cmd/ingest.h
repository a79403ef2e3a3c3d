/* SPDX-License-Identifier: ISC */
#pragma once

/* One log after another into a store, each line once.
 *
 * A log is looked for among the store's streams; what is new of it goes through the pipeline into
 * counters, and those are committed with the position every commit_bytes of input, when the
 * counters are nearly full, and at the end of the log.  An unfinished last line is left for the
 * next time. */

#include "base/buffer.h"
#include "base/diag.h"
#include "base/zone.h"
#include "cmd/config.h"
#include "cmd/progress.h"
#include "input/reader.h"
#include "store/aggregate.h"
#include "store/commit.h"
#include "store/store.h"

#define INGEST_COMMIT_BYTES (64 * 1024 * 1024)

struct ingest_counts {
	int64_t lines, facts[FACT_KIND_MAX], outcomes[OUTCOME_MAX];
};

struct ingest {
	/* The caller's. */
	struct store *store;
	const struct pattern_set *patterns;
	const struct zone *zone;
	const char *host;		 /* of lines that name none, or NULL */
	const struct networks *internal; /* the site's own, or NULL */
	int year;
	bool overlap_allowed;
	/* The store is in memory, and forgotten: a last line without LF is read, too, and what is
	 * found goes into it part by part. */
	bool one_shot;
	bool single; /* and one log is all there is: no other can be its copy */
	int64_t commit_bytes;
	struct import import;
	struct progress *progress;

	/* Its own, from ingest_begin() to ingest_end(). */
	struct parser *parser;
	struct aggregate *aggregate;
	struct buffer sessions;
	struct ingest_counts counts;
	int64_t untrusted;    /* entries of journals that were left out, their senders being none of
				 mail's */
	int64_t evicted;      /* by the parser, at the last commit */
	int64_t last_event;   /* stamp of the latest line */
	struct buffer source; /* the last one's name */
	const char *class;
};

struct ingest_result {
	enum stream_verdict verdict;
	int64_t new_bytes;
	bool unfinished;	      /* a last line without LF was left */
	struct ingest_counts counted; /* of this log, committed */
};

int ingest_begin(struct ingest *in, struct diag *d);
void ingest_end(struct ingest *in);

/* 0, or a negative errno with a diagnosis; result is set in every case, as a log that breaks off is
 * counted up to there.  -EEXIST: lines of it may be counted already, and it cannot be told which.
 * -ERANGE: its stamps have no year and span more than twelve months; nothing of it is counted.
 * -ENOSPC, -EBUSY, -ESTALE, -EROFS of the store (ingest_is_fatal): there is no use in going on. */
int ingest_log(struct ingest *in, struct reader *reader, struct ingest_result *ret, struct diag *d);
bool ingest_is_fatal(int error);

/* Mail's entries of a journal from `since` on (UTC seconds, INT64_MIN: all); where as in
 * input/journal.h, units and trust as in cmd/journal_trust.h.  Nothing is remembered of what was
 * read: for a store that is not kept. */
int ingest_journal(struct ingest *in, const char *where, char *const *units,
    enum config_trust trust, int64_t since, struct diag *d);

/* The end of everything: open sessions end and what they prove is counted.  For a store that is not
 * kept; in one that is, they go on with the next log. */
int ingest_finish(struct ingest *in, struct diag *d);
