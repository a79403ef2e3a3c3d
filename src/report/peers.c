/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "report/census.h"
#include "report/filter.h"
#include "report/listing.h"
#include <string.h>

/* Views peers and users: which protocol and suite a peer, or a user who logged in, uses.
 *
 * Sessions are counted, or where the log tells of none, handshakes (and the column is empty).  What
 * the counters know and no peer is named for is in rows without one: by policy only weak peers are
 * named, and a list without the others would read as if there were none. */

enum { WHO = LISTING_WHO, PROTOCOL, CIPHER };

struct gathering {
	struct listing listing;
	bool users;
	struct diag *d;
};

/* What is counted of a tuple's row: sessions where there are any. */
static bool is_asked_for(const struct gathering *g, const struct tuple *t, const struct flow *flow)
{
	int session, handshake;

	if (t->fact == FACT_FAILURE || !flow || !filter_tuple(g->listing.report->request, t) ||
	    filter_apart(g->listing.report->request, t))
		return false;
	if (g->users)
		return t->fact == FACT_SESSION && t->auth == 1;
	flow_units(flow, t, &session, &handshake);
	return t->fact == FACT_SESSION || session == UNIT_NOT_ANY;
}

static const char *cipher_of(const struct gathering *g, const struct tuple *t)
{
	return g->listing.report->request->raw ? t->cipher_raw : t->cipher;
}

static int need(struct gathering *g, const struct tuple *t, const char *who, const char *cipher,
    struct listed **ret)
{
	const char *const names[LISTING_NAMES] = {
	    [WHO] = who, [PROTOCOL] = protocol_name(t->protocol), [CIPHER] = cipher};

	return listing_need(&g->listing, t, names, ret, g->d);
}

static const struct flow *flow_of(struct gathering *g, const struct tuple *t)
{
	return evidence_flow(&g->listing.report->evidence, t, g->listing.report->by_host);
}

/* All of it is nobody's at first; what a peer is named for is taken away again. */
static int add_count(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	struct gathering *g = context;
	struct listed *row;
	int failed;

	if (!is_asked_for(g, t, flow_of(g, t)))
		return 0;
	failed = need(g, t, "", "", &row);
	if (failed || !row)
		return failed;
	row->n += n;
	listing_seen(row, 0, hour);
	return 0;
}

static int add_peer(void *context, const struct peer_day *peer)
{
	struct gathering *g = context;
	const struct tuple *t = peer->tuple;
	const char *who = g->users ? peer->user : peer->peer;
	int64_t n = peer->sessions + peer->handshakes; /* one of them is 0 */
	struct listed *row;
	int failed;

	if (!*who || !is_asked_for(g, t, flow_of(g, t)))
		return 0;
	failed = need(g, t, "", "", &row);
	if (failed || !row)
		return failed;
	row->n -= n;
	failed = need(g, t, who, cipher_of(g, t), &row);
	if (failed || !row)
		return failed;
	row->n += n;
	listing_met(&g->listing, row, peer);
	return 0;
}

static struct cell peer(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(row->peer);
}

static struct cell protocol(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, PROTOCOL);
}

static struct cell cipher(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, CIPHER);
}

static struct cell sessions(const struct listing *l _unused_, const struct listed *row)
{
	return row->common.unit == UNIT_NOT_ANY ? (struct cell){0} : cell_count(row->n);
}

/* What nobody is named for is of several suites. */
static bool suite_told(const struct listed *row)
{
	return *row->names[WHO] != '\0';
}

static const struct listing_column columns[] = {
    {{.name = "peer", .kept = true}, peer},
    {{.name = "net", .spare = 4}, listing_net},
    {{.name = "user"}, listing_user},
    {{.name = "protocol"}, protocol},
    {{.name = "cipher", .spare = 2}, cipher},
    {{.name = "sessions", .type = COLUMN_COUNT}, sessions},
    {{.name = "first_seen", .title = "first seen", .type = COLUMN_TIME, .spare = 5},
	listing_first_seen},
    {{.name = "last_seen", .title = "last seen", .type = COLUMN_TIME, .spare = 3},
	listing_last_seen},
    {{.name = "verdict"}, listing_verdict},
};

/* What a narrow table can do without: in a list of peers the users, and the other way. */
static void choose_columns(bool users, struct listing_column to[ARRAY_SIZE(columns)])
{
	memcpy(to, columns, sizeof(columns));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (strcmp(to[i].column.name, users ? "peer" : "user") == 0)
			to[i].column.spare = 1;
}

static int build(struct report *report, const struct view *view, bool users, struct diag *d)
{
	const struct query query = listing_query(report);
	struct listing_column chosen[ARRAY_SIZE(columns)];
	const struct listing_view list = {
	    .name = view->name,
	    .columns = chosen,
	    .column_count = ARRAY_SIZE(columns),
	    .suite_told = suite_told,
	};
	struct gathering g = {.users = users, .d = d};
	bool complete;
	int failed = census_is_complete(report, &complete, d);

	if (failed)
		return failed;
	choose_columns(users, chosen);
	listing_init(&g.listing, report, &list);
	failed = query_counts(report->store, &query, add_count, &g, d);
	if (!failed)
		failed = query_peers(report->store, &query, add_peer, &g, d);
	if (!failed)
		listing_write(&g.listing);
	if (!failed)
		listing_empty(&g.listing, users ? "Logins" : "Peers",
		    users ? "none that succeeded, as far as the log tells"
			  : "all of it is internal, or nothing but failures");
	listing_free(&g.listing);
	return failed;
}

int peers_build(struct report *report, const struct view *view, struct diag *d)
{
	return build(report, view, false, d);
}

int users_build(struct report *report, const struct view *view, struct diag *d)
{
	return build(report, view, true, d);
}
