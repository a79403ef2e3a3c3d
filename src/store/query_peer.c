/* SPDX-License-Identifier: ISC */
#include "store/query.h"

#include "store/commit_peer.h"
#include "store/handle.h"
#include "store/query_time.h"
#include "store/schema.h"
#include <errno.h>
#include <time.h>

#define DAY 86400

/* sqlite ends its texts with a NUL that it does not count. */
static const char *text(const struct statement *st, int column)
{
	return column_text(st, column).p;
}

/* The days that the query's hours are of; day 0 as hour 0. */
static int64_t first_day(const struct query *query)
{
	int64_t hour = query_first_hour(query);

	return hour > 0 && hour < DAY ? 1 : hour > 0 ? hour - hour % DAY : hour;
}

static int read_peer(
    struct store *store, const struct statement *st, struct peer_day *ret, struct diag *d)
{
	*ret = (struct peer_day){
	    .day = column_integer(st, 0),
	    .peer = text(st, 1),
	    .user = text(st, 2),
	    .domain = text(st, 3),
	    .tuple = query_tuple(store, column_integer(st, 4)),
	    .name = text(st, 5),
	    .net = text(st, 6),
	    .weak = column_integer(st, 7) != 0,
	    .first_seen = column_integer(st, 8),
	    .last_seen = column_integer(st, 9),
	    .handshakes = column_integer(st, 10),
	    .sessions = column_integer(st, 11),
	    .sessions_mail = column_integer(st, 12),
	    .failures = column_integer(st, 13),
	};
	if (!ret->tuple)
		return diag_set(d, EBADMSG, NULL, 0, 0,
		    "'%s' is damaged: a peer has lost its dimensions", store->name);
	return 0;
}

int query_peers(struct store *store, const struct query *query, query_peer_fn row, void *context,
    struct diag *d)
{
	struct statement *st;
	struct peer_day peer;
	int r = database_query(store->db, d, &st, sql_named("query/peers"), "ii", first_day(query),
	    query_end_hour(query));

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		r = read_peer(store, st, &peer, d);
		if (r == 0)
			r = row(context, &peer);
		if (r != 0)
			statement_reset(st);
	}
	return r;
}

/* Everything of the queried time was kept, from its first second on; gone: what was before that was
 * let go of. */
static bool is_complete(struct store *store, const struct query *query,
    const struct peer_policy *policy, int64_t first, int64_t gone)
{
	int64_t since = query->since > first ? query->since : first;

	if (policy->peers != PEERS_ALL || policy->addresses == PEER_ADDRESSES_NONE)
		return false;
	if (store->mode == STORE_MEMORY)
		return !store->peers_left;
	return since >= policy->changed && since >= gone;
}

int query_peer_knowledge(
    struct store *store, const struct query *query, struct peer_knowledge *ret, struct diag *d)
{
	struct peer_knowledge knowledge = {0};
	struct statement *st;
	int64_t first = 0, last = 0, gone = 0;
	int r = peer_policy_read(store, &knowledge.policy, d);

	if (r == 0)
		r = retention_gone(store, &gone, d);
	if (r == 0)
		r = query_span(store, &first, &last, d);
	if (r < 0 && r != -ENODATA)
		return r;
	r = database_query(store->db, d, &st, sql_named("query/peers-span"), "ii", first_day(query),
	    query_end_hour(query));
	if (r == 0)
		r = statement_step(st, d);
	if (r < 0)
		return r;
	knowledge.first_day = column_integer(st, 0);
	knowledge.last_day = column_integer(st, 1);
	knowledge.other = column_integer(st, 2);
	statement_reset(st);
	knowledge.complete = is_complete(store, query, &knowledge.policy, first, gone);
	*ret = knowledge;
	return 0;
}

int query_reasons(struct store *store, const struct query *query, query_reason_fn row,
    void *context, struct diag *d)
{
	struct statement *st;
	int r = database_query(store->db, d, &st, sql_named("query/reasons"), "ii",
	    first_day(query), query_end_hour(query));

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		r = row(context, &(struct reason_day){
				     .day = column_integer(st, 0),
				     .mta = text(st, 1),
				     .direction = direction_from(column_text(st, 2)),
				     .service = service_from(column_text(st, 3)),
				     .internal = column_integer(st, 4) != 0,
				     .reason = text(st, 5),
				     .raw = text(st, 6),
				     .n = column_integer(st, 7),
				 });
		if (r != 0)
			statement_reset(st);
	}
	return r;
}

int query_minutes(struct store *store, const struct query *query, query_minute_fn row,
    void *context, struct diag *d)
{
	struct statement *st;
	int r = database_query(store->db, d, &st, sql_named("query/minutes"), "ii",
	    query_first_hour(query), query_end_hour(query));

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		r = row(context, &(struct minute_row){
				     .minute = column_integer(st, 0),
				     .host = text(st, 1),
				     .direction = direction_from(column_text(st, 2)),
				     .internal = column_integer(st, 3) != 0,
				     .handshakes = column_integer(st, 4),
				     .failures = column_integer(st, 5),
				 });
		if (r != 0)
			statement_reset(st);
	}
	return r;
}
