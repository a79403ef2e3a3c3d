/* SPDX-License-Identifier: ISC */
#pragma once

/* A list of who or what was seen: peers, users, failures.
 *
 * A row is one combination of host (if asked for), mta, direction, service, unit, what stands
 * apart, and up to LISTING_NAMES texts that the view names, the first of which is whom the row is
 * about. Texts are copied.  Peers are kept by UTC day, so a list of them is of whole days:
 * listing_query() widens the report's period to them, and the counters that a list is completed
 * from are read for the same time.  What a store does not name is in rows without a name, so that
 * the rows of a flow always add up to all of it. */

#include "report/view.h"

#define LISTING_NAMES 4
#define LISTING_WHO 0
#define LISTING_ROWS (1 << 20)
#define LISTING_DAY 86400

struct listed {
	struct tally_row common; /* what the common columns are filled from */
	const char *names[LISTING_NAMES];
	int64_t n;
	int64_t first_seen, last_seen; /* hours, 0 not known */

	/* Beside the names: what all that is counted in the row has in common, else NULL. */
	const char *peer, *net, *user;
	bool peer_met;

	void *own; /* what the view keeps beside, own_size bytes, zeroed at first */
};

struct listing_view;

struct listing {
	struct report *report;
	const struct listing_view *view;
	struct result *result;
	struct listed *rows;
	size_t row_count, row_room;
	struct table *numbers; /* of keys */
	struct buffer key;
};

struct listing_column {
	struct column column;
	struct cell (*fill)(const struct listing *l, const struct listed *row);
};

struct listing_view {
	const char *name;
	const struct listing_column *columns;
	size_t column_count;
	size_t own_size;
	size_t most; /* rows, unless --top says how many; 0: all */

	/* Of a view with the verdict of policies: whether a row is of one suite. */
	bool (*suite_told)(const struct listed *row);

	/* What comes before the most, NULL: nothing. */
	int (*compare)(const struct listed *a, const struct listed *b);
};

/* Adds the result to the report, with the common columns and the view's. */
void listing_init(struct listing *l, struct report *report, const struct listing_view *view);
void listing_free(struct listing *l);
#define _cleanup_listing_ _cleanup_(listing_free)

struct query listing_query(const struct report *report);

/* The row of a tuple and names, a new one if need be; valid until the next call.  *ret is NULL if
 * the report's period has nothing of the tuple's flow.  -E2BIG with a diagnosis. */
int listing_need(struct listing *l, const struct tuple *tuple,
    const char *const names[LISTING_NAMES], struct listed **ret, struct diag *d);

void listing_seen(struct listed *row, int64_t first, int64_t last);

/* What a peer's row of the store says beside the names. */
void listing_met(struct listing *l, struct listed *row, const struct peer_day *peer);

/* Rows with a count of 0 are left out; the most come first, as many as --top asks for. */
void listing_write(struct listing *l);

/* What a table says where the list is empty: no list may read as "nobody" without a reason. */
void listing_empty(struct listing *l, const char *title, const char *note);

/* A text, or not known. */
struct cell listing_name(const struct listed *row, size_t number);
struct cell listing_time(int64_t hour);

/* Cells that the lists share.  When it was last seen is told of a row that names somebody. */
struct cell listing_net(const struct listing *l, const struct listed *row);
struct cell listing_user(const struct listing *l, const struct listed *row);
struct cell listing_first_seen(const struct listing *l, const struct listed *row);
struct cell listing_last_seen(const struct listing *l, const struct listed *row);
struct cell listing_verdict(const struct listing *l, const struct listed *row);
