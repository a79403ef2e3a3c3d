/* SPDX-License-Identifier: ISC */
#pragma once

/* One log through the house: reader -> framing -> parser, whose consumer gets the facts.
 *
 * The caller opens the log and owns the reader, the parser and what the consumer keeps; the
 * pipeline only moves blocks from one to the next, and tells the caller of each, so that it can
 * commit, show progress or stop.  With `ahead` several threads share the work
 * (parse/parse_ahead.h): what is called then is called by any of them, in order and by one at a
 * time; reader and trace are theirs until pipeline_read() returns. */

#include "base/zone.h"
#include "cmd/trace.h"
#include "input/framing.h"
#include "parse/parser.h"

/* A block that was read, and where its log stands behind it. */
struct pipeline_block {
	struct block block;
	struct position at;	 /* how far; with a trace what was read, too, */
	struct rungs rungs;	 /* the marks on the way there, */
	size_t begun;		 /* and how much of trace.begin there is */
	struct reader_info info; /* of the reader then */
	struct framing_counts counts;
};

struct pipeline {
	struct parser *parser;
	const struct zone *zone; /* of stamps that name none */
	int year;		 /* of the first line, 0 to find it by the log's age */
	const char *host;	 /* of lines that name none, NULL if not known */
	bool unfinished;	 /* read a last line without LF too: nothing will be added to it */
	bool ahead;
	struct trace *trace; /* is told every decompressed byte; or NULL */
	/* Called when a block was parsed, or is an unfinished line that is not to be: a negative
	 * result ends the reading and is passed on.  May be NULL. */
	int (*block)(void *context, const struct pipeline_block *block, struct diag *d);
	void *context;
};

struct pipeline_counts {
	struct line_counts parser;
	struct framing_counts framing;
	bool unfinished; /* there was a last line without LF, read or not */
};

/* Reads the log from where its reader stands, `offset` bytes after its beginning, to its end.
 * -ERANGE with a diagnosis: its stamps have no year and span more than twelve months.  ret is set
 * in every case, to what was read, and is up to date whenever block is called. */
int pipeline_read(const struct pipeline *p, struct reader *reader, int64_t offset,
    struct pipeline_counts *ret, struct diag *d);
