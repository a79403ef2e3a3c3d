/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/table.h"
#include "report/census.h"
#include "report/filter.h"
#include "report/listing.h"
#include <errno.h>
#include <string.h>

/* View plaintext: who still sends mail, fetches it or logs in in clear text, and whether they can
 * do better.
 *
 * A row is a peer, recipient domain and user with sessions in clear text that carried mail (or in
 * which a login succeeded).  What is known of the peer beside them is of all its sessions with that
 * server in that direction and service; whether it ever used TLS, of all that the store holds. */

enum { WHO = LISTING_WHO, DOMAIN, USER };

#define PEERS (1 << 20)

struct conduct {
	int64_t tried, failed; /* STARTTLS, in the period */
	bool tls;	       /* ever */
};

/* The same of a row, as far as it is known. */
struct known {
	bool starttls;
	int64_t tried, failed;
	bool ever_tls, never_tls;
};

struct gathering {
	struct listing listing;
	struct table *conducts; /* by flow and peer */
	struct buffer key;
	struct query query;
	bool complete; /* who is not in the store did not speak */
	struct diag *d;
};

static int64_t carried(const struct tuple *t)
{
	return t->fact == FACT_SESSION && t->protocol == PROTOCOL_NONE &&
	       (t->unit == UNIT_LOGIN ? t->auth : t->mail) == 1;
}

static bool passes(const struct gathering *g, const struct tuple *t)
{
	const struct report_request *request = g->listing.report->request;

	return filter_tuple(request, t) && !filter_apart(request, t);
}

static int need(struct gathering *g, const struct tuple *t, const char *peer, const char *domain,
    const char *user, struct listed **ret)
{
	const char *const names[LISTING_NAMES] = {[WHO] = peer, [DOMAIN] = domain, [USER] = user};

	return listing_need(&g->listing, t, names, ret, g->d);
}

static int add_count(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	struct gathering *g = context;
	struct listed *row;
	int failed;

	if (!carried(t) || !passes(g, t))
		return 0;
	failed = need(g, t, "", "", "", &row);
	if (failed || !row)
		return failed;
	row->n += n;
	listing_seen(row, 0, hour);
	return 0;
}

static struct slice conduct_key(struct gathering *g, const struct tuple *t, const char *peer)
{
	int parts[] = {t->direction, t->service};

	buffer_clear(&g->key);
	buffer_append(&g->key, parts, sizeof(parts));
	buffer_append(&g->key, t->mta, strlen(t->mta) + 1);
	if (g->listing.report->by_host)
		buffer_append(&g->key, t->host, strlen(t->host) + 1);
	buffer_append(&g->key, peer, strlen(peer) + 1);
	return buffer_slice(&g->key);
}

static bool within(const struct gathering *g, const struct peer_day *peer)
{
	return peer->last_seen >= g->query.since && peer->first_seen < g->query.until;
}

static int add_conduct(struct gathering *g, const struct peer_day *peer)
{
	const struct tuple *t = peer->tuple;
	struct conduct *conduct = table_add(g->conducts, conduct_key(g, t, peer->peer), NULL);

	if (!conduct)
		return diag_set(g->d, E2BIG, NULL, 0, 0,
		    "the store has more than %d peers: choose a filter", PEERS);
	if (t->fact == FACT_HANDSHAKE || (t->fact == FACT_SESSION && t->protocol != PROTOCOL_NONE))
		conduct->tls = true;
	if (!within(g, peer) || t->fact == FACT_SESSION || strcmp(t->reason, "tls-required") == 0)
		return 0;
	conduct->tried += peer->handshakes + peer->failures;
	conduct->failed += peer->failures;
	return 0;
}

static int add_peer(void *context, const struct peer_day *peer)
{
	struct gathering *g = context;
	const struct tuple *t = peer->tuple;
	struct listed *row;
	int failed;

	if (!passes(g, t) || !*peer->peer)
		return 0;
	failed = add_conduct(g, peer);
	if (failed || !carried(t) || !within(g, peer))
		return failed;
	failed = need(g, t, "", "", "", &row);
	if (failed || !row)
		return failed;
	row->n -= peer->sessions;
	failed = need(g, t, peer->peer, peer->domain, peer->user, &row);
	if (failed || !row)
		return failed;
	row->n += peer->sessions;
	listing_met(&g->listing, row, peer);
	return 0;
}

/* STARTTLS is only known to have been tried or not where the log tells of handshakes. */
static bool tells_of_tls(const struct flow *flow)
{
	for (int unit = 0; unit < UNIT_MAX; unit++)
		if (flow->handshakes[unit] || flow->failures[unit])
			return true;
	return false;
}

static void add_conducts(struct gathering *g)
{
	for (size_t i = 0; i < g->listing.row_count; i++) {
		struct listed *row = &g->listing.rows[i];
		struct known *known = row->own;
		const struct conduct *conduct =
		    table_get(g->conducts, conduct_key(g, &row->common.tuple, row->names[WHO]));

		if (!conduct || strcmp(row->names[WHO], QUERY_OTHER) == 0)
			continue;
		known->starttls = tells_of_tls(row->common.flow);
		known->tried = conduct->tried;
		known->failed = conduct->failed;
		known->ever_tls = conduct->tls;
		known->never_tls = !conduct->tls && g->complete && known->starttls;
	}
}

static struct cell peer(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, WHO);
}

static struct cell domain(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, DOMAIN);
}

static struct cell sessions_mail(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(row->n);
}

static struct cell starttls_tried(const struct listing *l _unused_, const struct listed *row)
{
	const struct known *known = row->own;

	return known->starttls ? cell_count(known->tried) : (struct cell){0};
}

static struct cell starttls_failed(const struct listing *l _unused_, const struct listed *row)
{
	const struct known *known = row->own;

	return known->starttls ? cell_count(known->failed) : (struct cell){0};
}

static struct cell ever_tls(const struct listing *l _unused_, const struct listed *row)
{
	const struct known *known = row->own;

	return cell_flag(known->ever_tls ? 1 : known->never_tls ? 0 : -1);
}

/* If clear text were refused: who never used TLS would stay away, who did would use it again. */
static struct cell verdict(const struct listing *l _unused_, const struct listed *row)
{
	const struct known *known = row->own;

	return cell_text(known->ever_tls ? "ok" : known->never_tls ? "breaks" : "unknown");
}

static const struct listing_column columns[] = {
    {{.name = "peer", .kept = true}, peer},
    {{.name = "net", .spare = 4}, listing_net},
    {{.name = "domain"}, domain},
    {{.name = "user"}, listing_user},
    {{.name = "sessions_mail", .title = "with mail", .type = COLUMN_COUNT}, sessions_mail},
    {{.name = "starttls_tried", .title = "tried TLS", .type = COLUMN_COUNT, .spare = 3},
	starttls_tried},
    {{.name = "starttls_failed", .title = "failed", .type = COLUMN_COUNT, .spare = 2},
	starttls_failed},
    {{.name = "ever_tls", .title = "ever TLS", .type = COLUMN_FLAG}, ever_tls},
    {{.name = "last_seen", .title = "last seen", .type = COLUMN_TIME, .spare = 1},
	listing_last_seen},
    {{.name = "verdict"}, verdict},
};

static const struct listing_view list = {
    .name = "plaintext",
    .columns = columns,
    .column_count = ARRAY_SIZE(columns),
    .own_size = sizeof(struct known),
};

int plaintext_build(struct report *report, const struct view *view _unused_, struct diag *d)
{
	const struct query all = {.since = INT64_MIN, .until = INT64_MAX};
	struct gathering g = {
	    .conducts = table_new(sizeof(struct conduct), PEERS),
	    .query = listing_query(report),
	    .d = d,
	};
	int failed = census_is_complete(report, &g.complete, d);

	listing_init(&g.listing, report, &list);
	if (!failed)
		failed = query_counts(report->store, &g.query, add_count, &g, d);
	if (!failed)
		failed = query_peers(report->store, &all, add_peer, &g, d);
	if (!failed) {
		add_conducts(&g);
		listing_write(&g.listing);
		listing_empty(&g.listing, "Clear text",
		    report->evidence.sessions_known
			? "no session in clear text carried mail, of those whose protocol the log "
			  "tells"
			: "the log does not tell");
	}
	listing_free(&g.listing);
	table_free(g.conducts);
	buffer_free(&g.key);
	return failed;
}
