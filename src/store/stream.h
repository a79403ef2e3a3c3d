/* SPDX-License-Identifier: ISC */
#pragma once

/* Streams: logs that are known by their content, whatever they are called now.
 *
 * A log that is to be counted is compared with the streams of the store by the search below, which
 * reads nothing itself: it says at which offsets it wants to know the log's position, is told, and
 * gives a verdict.  Without a stream that begins alike nothing is asked.
 *
 *	stream_search_begin(store, first bytes, &search)
 *	while ((offset = stream_search_next(search)) > 0)
 *		hash the log up to offset: stream_search_at(search, position), or
 *		if it ends before: stream_search_end(search, position at its end), and stop
 *	stream_search_verdict(search, &stream)
 *
 * Rungs are earlier positions of a stream.  A copy that is shorter than what is counted is known if
 * it ends at a rung: each line end in the first 4 KiB, every 4 MiB, the last 256 commits.  One that
 * ends elsewhere cannot be told from another log that began alike: that is said, not guessed. */

#include "base/diag.h"
#include "base/macros.h"
#include "base/slice.h"
#include "input/identity.h"
#include "parse/fact.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

#define RUNG_EVERY (4 * 1024 * 1024)
#define RUNG_COMMITS 256

struct stream {
	int64_t id; /* 0: not in the store */
	bool closed;
	struct position at; /* all before is counted */
};

enum stream_verdict {
	STREAM_NEW,	  /* count it from its first byte */
	STREAM_CONTINUED, /* count what comes after stream.at.  If it is closed and anything comes,
			     this is no log that grew: it may be several put together */
	STREAM_COUNTED,	  /* all of it is counted */
	STREAM_SHORTER,	  /* shorter than a stream that begins alike, and it cannot be told */
};

struct stream_search;

int stream_search_begin(
    struct store *s, struct slice first, struct stream_search **ret, struct diag *d);
struct stream_search *stream_search_free(struct stream_search *search);
int64_t stream_search_next(const struct stream_search *search);
void stream_search_at(struct stream_search *search, const struct position *at);
int stream_search_end(struct stream_search *search, const struct position *end, struct diag *d);

/* What a stream is called: last, and when it was first read. */
struct stream_names {
	const char *last, *source;
};

/* ret is the stream for CONTINUED, COUNTED and SHORTER; its names are valid as long as the search.
 */
enum stream_verdict stream_search_verdict(
    const struct stream_search *search, struct stream *ret, struct stream_names *ret_names);

/* For a log that is new, counted or shorter: how far it was equal to a stream that goes on beyond
 * that, as far as rungs tell, and that stream; 0 if to none. */
int64_t stream_search_agreed(const struct stream_search *search, struct stream *ret);

/* Whether bytes, at least STREAM_JOIN_LEAST of them, begin like a stream other than `except`: what
 * follows the end of a known log must not be the beginning of another.  Its name, "" if none, is
 * appended. */
#define STREAM_JOIN_LEAST 256
int stream_begins(
    struct store *s, struct slice bytes, int64_t except, struct buffer *ret_name, struct diag *d);

/* The number of the newest stream: two imports of one log at a time are told by it. */
int stream_newest(struct store *s, int64_t *ret, struct diag *d);

/* The newest stream of a source that may still grow, 0 if there is none. */
int stream_last(
    struct store *s, const char *class, struct slice source, int64_t *ret, struct diag *d);

/* Notes that all of it is read and that it will not grow: it was found compressed. */
int stream_close(struct store *s, int64_t stream, struct diag *d);

/* Positions to remember; made while a log is read. */
struct rungs {
	struct position *at;
	size_t count, size;
};
void rungs_add(struct rungs *rungs, const struct position *at);
void rungs_free(struct rungs *rungs);

/* A log that is being counted: what the next commit moves its stream to. */
struct stream_move {
	struct slice name;   /* what it is called */
	struct stream to;    /* id 0: the first commit makes it */
	int64_t committed;   /* the offset that the store knows */
	int64_t newest;	     /* stream_newest() when it was looked for */
	struct rungs *rungs; /* marks since the last commit; emptied by it */
};

/* For store/commit.c, inside its transaction: makes the stream (to.id is set) or moves it, read at
 * `now`.  -ESTALE if somebody else counted the same log meanwhile. */
int stream_write(
    struct store *s, struct stream_move *move, int64_t source, int64_t now, struct diag *d);

/* For store/prune.c, inside its transaction: of logs that were not read for so long, where commits
 * ended goes, by which one that a crash cut short is known; and later the marks, by which a part of
 * one is. */
#define STREAM_COMMITS_KEPT (30 * INT64_C(86400))
#define STREAM_MARKS_KEPT (400 * INT64_C(86400))
int stream_prune(struct store *s, int64_t now, struct diag *d);

DEFINE_CLEANUP(struct stream_search, stream_search_free);
#define _cleanup_stream_search_ _cleanup_(stream_search_free_p)
