/* SPDX-License-Identifier: ISC */
#pragma once

/* A feed: one source that the service follows, a log's files or a journal.
 *
 * Each has a parser and counters of its own, so that a source that lags behind does not end the
 * sessions of another; the patterns are shared.  A commit of a feed is one transaction: its
 * counters, where it stands in its source, its open sessions and its gaps.  What kind of source it
 * is, only its functions know (feed_file.c, feed_journal.c); the service (service.h) calls them
 * from one thread and never while another runs.
 *
 * Errors are negative errno with a diagnosis.  What may mend itself (a file that is not there, not
 * readable, half written) is no error: it is waited for, and said once in feed->trouble. */

#include "base/buffer.h"
#include "base/diag.h"
#include "base/network.h"
#include "base/zone.h"
#include "parse/pattern_set.h"
#include "store/commit.h"
#include <stdint.h>

#define FEED_GAPS_MAX 32

struct feed;
struct feed_file;

struct feed_kind {
	const char *class; /* of its source */

	/* Asks the store where to go on; NULL: it asks later.  The saved sessions are asked for
	 * afterwards: had somebody else moved on meanwhile, the next commit would be stale. */
	int (*locate)(struct feed *feed, struct diag *d);
	int (*open)(struct feed *feed, struct diag *d); /* once; NULL: nothing is to be done */

	/* Reads about `budget` bytes.  1: there is more; 0: nothing more is there now.  -EAGAIN:
	 * what was read since the last commit must not count; that was said, and all begins again
	 * from the store. */
	int (*read)(struct feed *feed, int64_t budget, struct diag *d);

	/* For a commit: adds to the batch what moves, after making sure that what was read is on
	 * the disk, as what was counted will be. */
	int (*position)(struct feed *feed, struct batch *batch, struct diag *d);
	void (*committed)(struct feed *feed);

	/* All that is not committed is to be read again from where the store stands. */
	void (*forget)(struct feed *feed);

	/* Takes over what a feed of the same source, which is freed then, holds open and nobody
	 * could open again.  NULL: there is no such thing. */
	void (*inherit)(struct feed *feed, struct feed *from);

	/* Its open sessions as bytes, and back, and how many were ended early; NULL: those of
	 * feed->parser. */
	void (*save)(const struct feed *feed, struct buffer *to);
	void (*restore)(struct feed *feed, struct slice from);
	int64_t (*evicted)(const struct feed *feed);

	/* To wait on, with poll(2) events; -1: there is none. */
	int (*descriptor)(const struct feed *feed, uint32_t *ret_events);
	/* The descriptor was ready.  True: it is to be read at once; false: there is time to see
	 * what else comes. */
	bool (*woken)(struct feed *feed);
	/* Microseconds after which to read even if it is not, UINT64_MAX: never. */
	uint64_t (*patience)(const struct feed *feed);

	/* How far behind, in bytes or entries; -1 if it cannot be told. */
	int64_t (*lag)(const struct feed *feed);
	void (*free)(struct feed *feed);
};

/* What all feeds share; the service's. */
struct feed_environment {
	struct store *store;
	const struct pattern_set *patterns;
	const struct networks *internal;
	uint64_t poll; /* microseconds between looks at what tells nothing of itself */
	bool always_poll;
	const struct feed_file *files; /* the last feed of files that was made */

	/* Of one that is read to its end for an import, and not followed: NULL for the service. */
	struct import *import;
	bool overlap_allowed; /* as store/commit.h has it */
	int64_t commit_bytes; /* 0: as the service does */
};

struct feed {
	const struct feed_kind *kind;
	struct feed_environment *environment;
	char *name;		 /* of its source */
	char *host;		 /* of lines that name none, or NULL */
	const struct zone *zone; /* of stamps that name none; borrowed */
	char *owner;		 /* of its sessions in the store */
	struct parser *parser;	 /* NULL: its kind has several */
	struct aggregate *aggregate;
	bool takes_over; /* from imports, with its next commit */

	/* Since the last commit. */
	struct source_counts read;
	struct gap gaps[FEED_GAPS_MAX];
	size_t gap_count;
	int64_t bytes;	 /* read, whether counted in `read` already or not */
	bool dirty;	 /* there is something to commit */
	int64_t evicted; /* by the parser, up to then */

	struct following following;
	int64_t last_event;	      /* stamp of the latest line */
	int64_t facts[FACT_KIND_MAX]; /* since the service began */
	int64_t near_misses;
	struct import_log log; /* of an import */
	char *trouble;	       /* what is waited for, as it was said; NULL: nothing */
	struct buffer sessions;
};

/* For the kinds: what every feed has; strings are copied. */
void feed_init(struct feed *feed, const struct feed_kind *kind, struct feed_environment *e,
    const char *name, const char *host, const struct zone *zone);
struct feed *feed_free(struct feed *feed);

/* A parser that counts for the feed. */
struct parser *feed_parser(struct feed *feed);

/* Parses a block of lines of a journal, whose stamps name their year, and counts them as read of
 * the source; the block is empty then. */
void feed_parse_block(struct feed *feed, struct parser *parser, struct buffer *block);

int feed_open(struct feed *feed, struct diag *d);
int feed_commit(struct feed *feed, struct diag *d);
/* Whether to commit before more is read. */
bool feed_is_full(const struct feed *feed);

/* Begins anew from the store: after a failure, or with other patterns. */
int feed_reset(struct feed *feed, struct diag *d);

void feed_gap(struct feed *feed, const struct gap *gap);
/* Said once, until it changes, or left for the import to say.  NULL: it is over. */
void feed_trouble(struct feed *feed, const char *text);

DEFINE_CLEANUP(struct feed, feed_free);
#define _cleanup_feed_ _cleanup_(feed_free_p)
