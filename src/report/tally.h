/* SPDX-License-Identifier: ISC */
#pragma once

/* Counters added up by what a view asks for, and the totals that its shares are part of.
 *
 * A row is one combination of bucket, host (if asked for), mta, direction, service, unit of the
 * session, unit of the handshake and the plan's dimensions; what stands apart (internal traffic)
 * has rows of its own.  Its total sums the rows of the same time, host, mta, direction, service and
 * units: what a share is taken of.  A row's tuple is the first that was counted in it: only the
 * fields that the plan's dimensions fix say something about the whole row.  What was counted with a
 * time that cannot be true is in bucket 0, like everything without a bucket.  Texts are the
 * store's; the plan and the evidence are borrowed. */

#include "report/dimension.h"
#include "report/evidence.h"

#define TALLY_DIMENSIONS (REPORT_DIMENSIONS + 2)
#define TALLY_ROWS (1 << 21) /* a year of hours with 200 combinations each */

struct tally_plan {
	const struct dimension *dimensions[TALLY_DIMENSIONS];
	size_t dimension_count;
	enum bucket bucket;
	int64_t shift; /* seconds from an hour to that whose bucket it is in */
	const struct zone *zone;
	bool by_host, raw;
	const struct report_request *request; /* says what stands apart */
	bool no_apart;			      /* what stands apart is not looked at */
	bool failures;			      /* are looked at too */
	bool handshakes_only;		      /* sessions and failures are not looked at */
};

struct counts {
	int64_t handshakes, sessions, failures;
	int64_t group_known, post_quantum; /* of the handshakes */
	int64_t mail, mail_known;	   /* sessions that carried mail or logged in; that tell */
};

struct tally_row {
	int64_t bucket;
	const struct flow *flow;
	int unit, handshake_unit; /* or UNIT_NOT_ANY */
	bool apart;		  /* internal: part of no share */
	bool absent; /* whether its flow had such sessions in the period is not known */
	bool handshakes_known, failures_known; /* the flow has any in the period */
	struct tuple tuple;
	struct dimension_value values[TALLY_DIMENSIONS];
	struct counts counts;
	int64_t last_seen;	  /* UTC seconds of the start of the last hour, 0 not known */
	int64_t peers, new_peers; /* -1: not known (census.h) */
	size_t total;
	const char **spellings; /* of the cipher, as logged, in the order they were met */
	size_t spelling_count;
};

struct tally {
	const struct tally_plan *plan;
	struct evidence *evidence;
	const char *peer; /* whose facts are added, "" at first: nobody's by name */
	struct tally_row *rows;
	size_t row_count, row_room;
	struct counts *totals;
	size_t total_count, total_room;
	struct table *row_numbers, *total_numbers; /* of keys */
	struct buffer key;
};

void tally_init(struct tally *t, const struct tally_plan *plan, struct evidence *evidence);
void tally_free(struct tally *t);

/* A counter that passed the filters.  -E2BIG when there are more than TALLY_ROWS rows. */
int tally_add(struct tally *t, int64_t hour, const struct tuple *tuple, int64_t n);

/* A row of another tally with the same dimensions: if it is none here, it becomes one of nothing.
 */
int tally_add_absent(struct tally *t, const struct tally_row *other);

/* The row that is about the same as one of another tally, or NULL; not once it is sorted. */
const struct tally_row *tally_find_like(struct tally *t, const struct tally_row *other);

/* Buckets, or a dimension that is of time. */
bool tally_is_over_time(const struct tally *t);

/* Whether any of them is less than a day. */
bool tally_plan_is_by_hour(const struct tally_plan *plan);

/* The number of the row that a tuple was counted in, SIZE_MAX if it was in none; not of a tally
 * over time, and not once it is sorted. */
size_t tally_find(struct tally *t, const struct tuple *tuple);

/* The most first, then by name.  BY_TIME: buckets and times of day come before that.  BY_FLOW: the
 * rows of a flow stand together, the flow with the most first, and in it protocols by their age.
 * BY_FAILURES: it is these that are looked at.  The order does not depend on the order in which
 * counters came. */
enum tally_order { BY_WEIGHT = 0, BY_TIME = 1, BY_FLOW = 2, BY_FAILURES = 4 };
void tally_sort(struct tally *t, unsigned order);

static inline const struct counts *tally_total(const struct tally *t, const struct tally_row *row)
{
	return &t->totals[row->total];
}

#define _cleanup_tally_ _cleanup_(tally_free)
