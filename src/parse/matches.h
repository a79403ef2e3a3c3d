/* SPDX-License-Identifier: ISC */
#pragma once

/* What a matcher found in one block, kept until it is played: so blocks can be matched by another
 * thread, ahead of the sessions that their lines belong to.
 *
 * {0} is empty.  What is played points into the block's text, which stays the caller's, into the
 * matcher's pattern set, and at the host's name that the matcher was told of its log. */

#include "base/buffer.h"
#include "parse/matcher.h"

struct matches {
	struct slice text; /* the block */
	struct buffer found;
	struct line_counts counts; /* of the log, up to the end of this block */
};

void matches_free(struct matches *m);

/* Forgets what was there and matches this block, of which lines are what the scan found. */
void matches_find(struct matches *m, struct matcher *matcher, struct slice text,
    const struct literal_lines *lines);

/* Tells the sink what matcher_block() would have. */
void matches_play(const struct matches *m, const struct matcher_sink *sink);
