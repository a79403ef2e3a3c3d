/* SPDX-License-Identifier: ISC */
#pragma once

/* The blocks of a log through a parser, in three stages side by side: a thread reads blocks,
 * another matches them (parse/matches.h), and the caller's takes what was found to the sessions.
 *
 * Until it is done the parser is given blocks in no other way, and its clock is not asked for: that
 * is the matcher's, which runs ahead.  The consumer's functions are called in the caller's thread
 * and in the order of the log.  The other threads take no signals. */

#include "base/diag.h"
#include "parse/parser.h"

/* One for each stage, and some for whoever is done first: with few the stages wait for each other.
 */
#define PARSE_AHEAD_SLOTS 6

/* Slots are numbers, taken in turn, for what the caller keeps of each block. */
struct parse_ahead {
	/* Reads the next block into a slot, the last one of which is done with: 1, 0 at the end, or
	 * a negative errno with a diagnosis.  The text, which may be empty, must stay as it is
	 * until the slot is read into again.  In another thread. */
	int (*read)(void *context, unsigned slot, struct slice *ret_text, struct diag *d);
	/* The block of a slot was parsed.  A negative errno with a diagnosis ends it all. */
	int (*parsed)(void *context, unsigned slot, struct diag *d);
	/* Makes a read that waits end, as no more is wanted; NULL where none can wait. */
	void (*interrupt)(void *context);
	void *context;
};

/* 0, or the error that ended it: of `parsed`, or of `read` after all blocks before it were parsed.
 * threaded: where there is more than one processor, and threads are to be had; else one stage after
 * the other, in the caller's thread. */
int parse_ahead(
    struct parser *parser, const struct parse_ahead *stages, bool threaded, struct diag *d);
