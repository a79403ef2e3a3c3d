/* SPDX-License-Identifier: ISC */
#pragma once

/* A tally beside that of another period.
 *
 * The other period's tally has the same rows: what only one of the two counted is in both, with
 * counts of 0.  Over time it is laid over the report's from beginning to beginning, so that a
 * bucket stands beside the same hours after the beginning; weekdays and hours of the day stay what
 * they are.  Where the other period is not known (past.h), what is told of it is empty. */

#include "report/past.h"

struct beside {
	struct past *past; /* NULL: not known */
	struct tally_plan plan;
	struct tally tally;
};

/* For a tally that was not sorted.  -EINVAL if buckets would have no partner, or stand beside what
 * is kept by the day only. */
int beside_collect(struct report *report, const struct tally_plan *plan, struct tally *tally,
    struct beside *ret, struct diag *d);
void beside_free(struct beside *beside);
#define _cleanup_beside_ _cleanup_(beside_free)

/* The same row in the other period, in *ret; NULL: not known. */
const struct view_row *beside_row(
    struct beside *beside, const struct view_row *row, struct view_row *ret);

/* Behind a column of the view, for people: how a share changed. */
void beside_add_change(const struct column *column, struct result *result);
struct cell *beside_put_change(const struct view_column *column, const struct view_row *row,
    const struct view_row *other, struct cell *cell);

/* Behind all columns, for programs and wide tables: what counts and shares were. */
void beside_add_before(const struct tally_view *view, struct result *result);
void beside_put_before(
    const struct tally_view *view, const struct view_row *other, struct cell *cell);
