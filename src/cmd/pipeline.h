/* SPDX-License-Identifier: ISC */
#pragma once

/* One log through the house: reader -> framing -> parser, whose consumer gets the facts.
 *
 * The caller opens the log and owns the reader, the parser and what the consumer keeps; the
 * pipeline only moves blocks from one to the next, and tells the caller of each, so that it can
 * commit, show progress or stop.  With `ahead` a second thread matches the blocks while the
 * caller's takes what was found in those before them: facts then come some blocks late, and all
 * else as without. */

#include "base/zone.h"
#include "input/framing.h"
#include "parse/parser.h"

struct pipeline {
	struct parser *parser;
	const struct zone *zone; /* of stamps that name none */
	int year;		 /* of the first line, 0 to find it by the log's age */
	const char *host;	 /* of lines that name none, NULL if not known */
	bool unfinished;	 /* read a last line without LF too: nothing will be added to it */
	bool ahead;
	/* All may be NULL.  bytes is told every decompressed byte.  block is called when a block
	 * was read; if it gives 1, settled is called next, as soon as all that was read is parsed.
	 * A negative result ends the reading and is passed on. */
	void (*bytes)(void *context, struct slice bytes);
	int (*block)(void *context, const struct block *block, struct diag *d);
	int (*settled)(void *context, struct diag *d);
	void *context;
};

struct pipeline_counts {
	struct line_counts parser;
	struct framing_counts framing;
	bool unfinished; /* there was a last line without LF, read or not */
};

/* Reads the log from where its reader stands, `offset` bytes after its beginning, to its end.
 * -ERANGE with a diagnosis: its stamps have no year and span more than twelve months.  ret is set
 * in every case, to what was read, and is up to date whenever settled is called. */
int pipeline_read(const struct pipeline *p, struct reader *reader, int64_t offset,
    struct pipeline_counts *ret, struct diag *d);
