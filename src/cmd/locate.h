/* SPDX-License-Identifier: ISC */
#pragma once

/* Finds out what of a log is counted already, by reading it as far as a stream that begins alike
 * reaches.  A log that begins like none is not read at all. */

#include "base/diag.h"
#include "input/identity.h"
#include "input/reader.h"
#include "store/stream.h"

struct located {
	enum stream_verdict verdict;
	struct stream stream;	   /* what it is or begins like; id 0 for STREAM_NEW */
	char *name, *source;	   /* what the stream is called */
	struct identity *identity; /* of the bytes before where the reader stands */

	/* A stream that goes on beyond where the log is equal to it, and how far that is; 0: none.
	 */
	struct stream longer;
	int64_t agreed;
};

/* Leaves the reader at stream.at.offset for STREAM_CONTINUED, anywhere for STREAM_COUNTED, else at
 * the start of the log.
 * Of a pipe that begins like a known log, what is read is kept until then (input/reader.h). */
int locate(struct store *s, struct reader *reader, struct located *ret, struct diag *d);
/* Whether the log holds all that is counted of its stream. */
bool located_is_whole(const struct located *found);
/* Places the reader at an offset, and tells what the log is up to there.  1, or 0 if it does not
 * reach so far. */
int locate_at(struct store *s, struct reader *reader, int64_t offset, struct located *located,
    struct position *ret, struct diag *d);
void located_free(struct located *located);

#define _cleanup_located_ _cleanup_(located_free)
