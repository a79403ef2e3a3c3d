/* SPDX-License-Identifier: ISC */
#include "cmd/trace.h"

static void keep_beginning(struct trace *trace, struct slice bytes)
{
	size_t room = trace->begin ? IDENTITY_HEAD - trace->begin_length : 0;
	size_t n = bytes.n < room ? bytes.n : room;

	if (n)
		memcpy(trace->begin + trace->begin_length, bytes.p, n);
	trace->begin_length += n;
}

/* The ends of a log's first lines are remembered, so that a copy of only them is known again. */
static struct slice first_lines(struct trace *trace, struct slice bytes)
{
	struct position at;

	while (bytes.n && trace->offset < IDENTITY_HEAD) {
		size_t n = slice_find(bytes, '\n'), whole = n < bytes.n ? n + 1 : n;

		identity_update(trace->identity, slice_first(bytes, whole));
		trace->offset += (int64_t)whole;
		if (whole > n) {
			identity_position(trace->identity, &at);
			rungs_add(trace->rungs, &at);
		}
		bytes = slice_skip(bytes, whole);
	}
	return bytes;
}

void trace_bytes(struct trace *trace, struct slice bytes)
{
	keep_beginning(trace, bytes);
	bytes = first_lines(trace, bytes);
	identity_update(trace->identity, bytes);
	trace->offset += (int64_t)bytes.n;
}

void trace_position(struct trace *trace, struct position *ret)
{
	identity_position(trace->identity, ret);
	if (ret->offset - trace->rung < RUNG_EVERY)
		return;
	rungs_add(trace->rungs, ret);
	trace->rung = ret->offset;
}
