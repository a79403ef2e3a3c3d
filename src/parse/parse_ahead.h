/* SPDX-License-Identifier: ISC */
#pragma once

/* The blocks of a log through a parser, in three stages: a block is read, is matched
 * (parse/matches.h), and what was found is taken to the sessions.
 *
 * Each of several threads has a stage of its own and takes another's when that is not ready: so a
 * stage mostly stays with one processor, and none waits while there is work.  Each stage has the
 * blocks in the order of the log and one at a time, but from one to the next in another thread:
 * what is called here, the consumer's functions too, must not care which.
 *
 * Until it is done the parser is given blocks in no other way, and its clock is not asked for: that
 * is the matcher's, which runs ahead.  The threads beside the caller's take no signals. */

#include "base/diag.h"
#include "parse/parser.h"

/* One for each stage, and one for whoever is done first. */
#define PARSE_AHEAD_SLOTS 4

/* Slots are numbers, taken in turn, for what the caller keeps of each block. */
struct parse_ahead {
	/* Reads the next block into a slot, the last one of which is done with: 1, 0 at the end, or
	 * a negative errno with a diagnosis.  The text, which may be empty, must stay as it is
	 * until the slot is read into again. */
	int (*read)(void *context, unsigned slot, struct slice *ret_text, struct diag *d);
	/* The block of a slot was parsed.  A negative errno with a diagnosis ends it all. */
	int (*parsed)(void *context, unsigned slot, struct diag *d);
	/* Makes a read that waits end, as no more is wanted; NULL where none can wait.  Also called
	 * when none waits. */
	void (*interrupt)(void *context);
	bool read_here; /* in the caller's thread alone */
	void *context;
};

/* 0, or the error that ended it: of `parsed`, or of `read` after all blocks before it were parsed.
 * threaded: by as many threads as there are processors for, as far as they are to be had; else the
 * caller's does it all. */
int parse_ahead(
    struct parser *parser, const struct parse_ahead *stages, bool threaded, struct diag *d);
