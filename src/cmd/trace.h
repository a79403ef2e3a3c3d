/* SPDX-License-Identifier: ISC */
#pragma once

/* The identity of a log while it is read, and the rungs by which shorter copies of it will be
 * known (store/stream.h): at the ends of its first lines, and every RUNG_EVERY bytes. */

#include "input/identity.h"
#include "store/stream.h"

struct trace {
	struct identity *identity; /* of the bytes before offset; borrowed */
	struct rungs *rungs;	   /* where marks are put; borrowed */
	int64_t offset, rung;
	char *begin; /* IDENTITY_HEAD bytes, for the first that it is given; borrowed, or NULL */
	size_t begin_length;
};

/* Goes on where the identity stands, `offset` bytes after the log's beginning. */
static inline struct trace trace_begin(
    struct identity *identity, int64_t offset, struct rungs *rungs)
{
	return (struct trace){
	    .identity = identity, .rungs = rungs, .offset = offset, .rung = offset};
}

/* The next bytes in order. */
void trace_bytes(struct trace *trace, struct slice bytes);

/* Where it stands, after whole lines. */
void trace_position(struct trace *trace, struct position *ret);
