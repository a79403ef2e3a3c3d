/* SPDX-License-Identifier: ISC */
#pragma once

/* For store/commit.c, inside its transaction: what was seen of peers, minutes and reasons goes into
 * the store, and, if log is not 0, is noted as what that log of an import added.  The tuples' ids
 * are known by then.
 *
 * Of a day the store keeps at most PEERS_A_DAY peers (those that are there first) in
 * PEER_ROWS_A_DAY rows, and REASONS_A_DAY different words of failures; what is beyond counts for
 * "(other)". */

#include "base/diag.h"
#include "store/minute_table.h"
#include "store/peer_table.h"
#include "store/reason_table.h"

#define PEERS_A_DAY 5000
#define PEERS_A_DAY_IN_MEMORY 50000 /* of a store that is not kept */
#define PEER_ROWS_PER_PEER 8	    /* on the average of a day */
#define REASONS_A_DAY 500

struct store;

/* Where a commit's rows go.  What would be pruned at `now` is not written; 0: nothing is old. */
struct commit_target {
	struct store *store;
	int64_t log, now;
};

int commit_peers(const struct commit_target *to, const struct peer_table *peers, struct diag *d);
int commit_minutes(
    const struct commit_target *to, const struct minute_table *minutes, struct diag *d);
int commit_reasons(
    const struct commit_target *to, const struct reason_table *reasons, struct diag *d);
