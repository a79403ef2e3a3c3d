/* SPDX-License-Identifier: ISC */
#pragma once

/* Counters in memory, between the lines of a log and a transaction of the store.
 *
 * A fact becomes (hour, tuple of dimensions) + 1.  Strangers choose what stands in a log, so every
 * table has a bound: a dimension whose dictionary is full, and a text longer than
 * AGGREGATE_TEXT_MAX, is counted under "(other)", and how many facts that happened to is kept by
 * dimension.  Totals are always exact, and protocol, direction, service and fact are never folded:
 * nobody can hide a TLSv1.0 by inventing names.  (Of spellings that are no protocol, the first
 * AGGREGATE_PROTOCOLS are kept; they all mean "unknown".)
 *
 * A fact whose time is not known counts in hour 0.  The dictionary outlives aggregate_clear(), so
 * that its bounds hold for the store and not for one batch; aggregate_know() tells it what the
 * store has already.  Texts are owned by the aggregate.
 *
 * Beside the counters it fills the tables of coverage, peers, minutes and reasons, which are
 * cleared with it; peers once it has a policy for them. */

#include "base/macros.h"
#include "parse/fact.h"
#include "parse/parser.h"
#include "store/coverage_table.h"
#include "store/minute_table.h"
#include "store/peer_table.h"
#include "store/reason_table.h"
#include "store/vocabulary.h"
#include <stdbool.h>
#include <stdint.h>

#define AGGREGATE_TUPLES 65536 /* beyond, the texts and bits of a new combination are folded */

/* When the counters should be committed; above there is room for what some blocks more bring. */
#define AGGREGATE_NEARLY_FULL (64 * 1024)

struct aggregate_tuple {
	int64_t id; /* in the store's dictionary, 0 if not known; belongs to who commits */
	struct slice text[TEXT_MAX]; /* valid UTF-8, "" if not told */
	enum fact_kind fact;
	enum direction direction;
	enum service service;
	enum unit unit;
	bool internal;
	enum verify verify;
	int bits, resumed, mail, auth;
	bool peers_left; /* nobody will ask for its peers */
	int64_t untimed; /* what is counted in hour 0 */
};

struct aggregate;

struct aggregate *aggregate_new(void);
struct aggregate *aggregate_free(struct aggregate *a);

void aggregate_fact(struct aggregate *a, const struct fact *fact);
void aggregate_line(struct aggregate *a, const struct line_report *report);

/* A text that the store's dictionary holds: it takes its place within the bound. */
void aggregate_know(struct aggregate *a, enum aggregate_text dimension, struct slice text);

bool aggregate_empty(const struct aggregate *a);
bool aggregate_nearly_full(const struct aggregate *a);
size_t aggregate_rows(const struct aggregate *a); /* that a commit would write, about */

struct coverage_table *aggregate_coverage(struct aggregate *a);
struct peer_table *aggregate_peers(struct aggregate *a);
struct minute_table *aggregate_minutes(struct aggregate *a);
struct reason_table *aggregate_reasons(struct aggregate *a);

/* From now on minutes are not counted, for who will not ask. */
void aggregate_leave_minutes(struct aggregate *a);

/* Peers are gathered of those tuples only of which asks() is true.  To be called before anything is
 * counted; asks() is called with each tuple's first fact, and context lives as long as facts come.
 */
typedef bool (*aggregate_asks_fn)(void *context, const struct aggregate_tuple *tuple);
void aggregate_peers_of(struct aggregate *a, aggregate_asks_fn asks, void *context);

/* Facts of before such a time (UTC seconds; 0: none) are past what a store keeps of peers, minutes
 * or reasons, and are not gathered only to be left out at the commit. */
struct aggregate_since {
	int64_t peers, minutes, reasons;
};
void aggregate_since(struct aggregate *a, const struct aggregate_since *since);

/* Counters and folds to zero; the dictionary stays. */
void aggregate_clear(struct aggregate *a);

/* Every tuple's id to 0: the store's dictionary is not the one that they were looked up in. */
void aggregate_forget_ids(struct aggregate *a);

/* Walking, in the order in which things were first or last counted.  {0} is the start; nothing may
 * be counted meanwhile. */
struct aggregate_cursor {
	void *at;
	bool in_counters;
};

struct aggregate_count {
	int64_t hour, n;
	struct aggregate_tuple *tuple;
};
bool aggregate_next_count(
    struct aggregate *a, struct aggregate_cursor *cursor, struct aggregate_count *ret);

/* Facts that were folded in this dimension since the last clear.  The pseudo-dimension TEXT_MAX is
 * for combinations and hours that had no room. */
int64_t aggregate_folded(const struct aggregate *a, enum aggregate_text dimension);

DEFINE_CLEANUP(struct aggregate, aggregate_free);
#define _cleanup_aggregate_ _cleanup_(aggregate_free_p)
