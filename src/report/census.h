/* SPDX-License-Identifier: ISC */
#pragma once

/* How many peers stand behind each row of a tally, and how many of them are new.
 *
 * census_take() fills in the rows' peers and new_peers, which stay -1 (not known) unless every fact
 * of the row, by the counters of the same whole days, belongs to a peer that the store names: a
 * number of peers is never one of those only that happened to be kept.  A peer is new if the store
 * does not name it for the row's kind before the report's period; that is known only of a period
 * with a beginning, before which peers were kept, and only if newcomers are asked for.  Not for a
 * tally over time, whose rows stay as they are.  To be taken before the tally is sorted. */

#include "report/tally.h"
#include "report/view.h"

/* Whether everybody who spoke in the days of the period is named; if not, the report gets a hint
 * that says so. */
int census_is_complete(struct report *report, bool *ret_complete, struct diag *d);

int census_take(struct report *report, struct tally *tally, bool newcomers, struct diag *d);
