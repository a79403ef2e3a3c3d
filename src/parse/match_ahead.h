/* SPDX-License-Identifier: ISC */
#pragma once

/* Blocks matched by a second thread while the caller works on those before them.
 *
 * The thread takes the matcher for itself from match_ahead_new() to match_ahead_free(); what it
 * found comes back in the order of the blocks.  It takes no signals. */

#include "base/macros.h"
#include "parse/matches.h"
#include <stddef.h>

#define MATCH_AHEAD_MAX 3 /* blocks that were given and not taken back */

struct match_ahead;

/* -EAGAIN: no more threads. */
int match_ahead_new(struct matcher *matcher, struct match_ahead **ret);
/* Blocks that are still there are forgotten. */
struct match_ahead *match_ahead_free(struct match_ahead *a);

/* How many blocks were given and not taken back. */
size_t match_ahead_count(const struct match_ahead *a);

/* The text must stay until it is taken back.  Fewer than MATCH_AHEAD_MAX must be there. */
void match_ahead_give(struct match_ahead *a, struct slice text);

/* Waits for what was found in the oldest block that is there; valid until a block is given. */
const struct matches *match_ahead_take(struct match_ahead *a);

DEFINE_CLEANUP(struct match_ahead, match_ahead_free);
#define _cleanup_match_ahead_ _cleanup_(match_ahead_free_p)
