/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/table.h"
#include "report/census.h"
#include "report/filter.h"
#include "report/listing.h"
#include <errno.h>
#include <string.h>

/* View outbound: what enforcing TLS for mail that goes out would do.
 *
 * A row is a recipient domain (where the log tells) and a server that took its mail; deliveries are
 * counted as that MTA counts them.  If clear text were refused, mail would wait that goes to a
 * server which took its latest delivery in clear text; one that has since taken mail by TLS is not
 * waited for.  What nobody is named for is in rows without a server, as in the other lists. */

enum { MX = LISTING_WHO, DOMAIN };

struct deliveries {
	int64_t plaintext;
	int64_t verify[VERIFY_MAX]; /* of the others */
	int64_t last_plaintext, last_tls;
	bool waits; /* the server's latest was in clear text, to whatever domain */
};

struct server {
	int64_t last_plaintext, last_tls;
};

#define SERVERS (1 << 20)

struct gathering {
	struct listing listing;
	struct table *servers; /* by host (if asked for), mta and name */
	struct buffer key;
	struct diag *d;
};

static bool is_delivery(const struct gathering *g, const struct tuple *t)
{
	const struct report_request *request = g->listing.report->request;

	return t->fact == FACT_SESSION && t->direction == DIRECTION_OUT &&
	       filter_tuple(request, t) && !filter_apart(request, t);
}

static void seen(int64_t *last_plaintext, int64_t *last_tls, const struct tuple *t, int64_t hour)
{
	if (t->protocol == PROTOCOL_NONE && hour > *last_plaintext)
		*last_plaintext = hour;
	/* unknown may not have been encrypted at all */
	if (t->protocol != PROTOCOL_NONE && t->protocol != PROTOCOL_UNKNOWN && hour > *last_tls)
		*last_tls = hour;
}

static void add(struct listed *row, const struct tuple *t, int64_t n, int64_t hour)
{
	struct deliveries *own = row->own;

	row->n += n;
	*(t->protocol == PROTOCOL_NONE ? &own->plaintext : &own->verify[t->verify]) += n;
	seen(&own->last_plaintext, &own->last_tls, t, hour);
}

static struct slice server_key(struct gathering *g, const struct tuple *t, const char *mx)
{
	const char *const parts[] = {g->listing.report->by_host ? t->host : "", t->mta, mx};

	buffer_clear(&g->key);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		buffer_append(&g->key, parts[i], strlen(parts[i]) + 1);
	return buffer_slice(&g->key);
}

static int see_server(struct gathering *g, const struct tuple *t, const char *mx, int64_t hour)
{
	struct server *server = table_add(g->servers, server_key(g, t, mx), NULL);

	if (!server)
		return diag_set(g->d, E2BIG, NULL, 0, 0,
		    "the store has more than %d servers: choose a filter", SERVERS);
	seen(&server->last_plaintext, &server->last_tls, t, hour);
	return 0;
}

static void tell_who_waits(struct gathering *g)
{
	for (size_t i = 0; i < g->listing.row_count; i++) {
		struct listed *row = &g->listing.rows[i];
		struct deliveries *own = row->own;
		const struct server *server =
		    table_get(g->servers, server_key(g, &row->common.tuple, row->names[MX]));

		own->waits = server && server->last_plaintext >= server->last_tls;
	}
}

static int need(struct gathering *g, const struct tuple *t, const char *mx, const char *domain,
    struct listed **ret)
{
	const char *const names[LISTING_NAMES] = {[MX] = mx, [DOMAIN] = domain};

	return listing_need(&g->listing, t, names, ret, g->d);
}

static int add_count(void *context, int64_t hour _unused_, const struct tuple *t, int64_t n)
{
	struct gathering *g = context;
	struct listed *row;
	int failed;

	if (!is_delivery(g, t))
		return 0;
	failed = need(g, t, "", "", &row);
	if (!failed && row)
		add(row, t, n, 0);
	return failed;
}

static int add_peer(void *context, const struct peer_day *peer)
{
	struct gathering *g = context;
	const struct tuple *t = peer->tuple;
	const char *mx = *peer->name ? peer->name : peer->peer;
	struct listed *row;
	int failed;

	if (!*mx || strcmp(peer->peer, QUERY_OTHER) == 0 || !is_delivery(g, t))
		return 0;
	failed = need(g, t, "", "", &row);
	if (failed || !row)
		return failed;
	add(row, t, -peer->sessions, 0);
	failed = see_server(g, t, mx, peer->last_seen);
	if (!failed)
		failed = need(g, t, mx, peer->domain, &row);
	if (!failed && row)
		add(row, t, peer->sessions, peer->last_seen);
	return failed;
}

static const struct deliveries *own(const struct listed *row)
{
	return row->own;
}

static struct cell domain(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, DOMAIN);
}

static struct cell mx(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, MX);
}

static struct cell deliveries(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(row->n);
}

static struct cell plaintext(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(own(row)->plaintext);
}

/* What was not told of a certificate is in none of the next four. */
static struct cell untrusted(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(own(row)->verify[VERIFY_UNTRUSTED] + own(row)->verify[VERIFY_ANONYMOUS] +
			  own(row)->verify[VERIFY_NONE] + own(row)->verify[VERIFY_FAILED]);
}

static struct cell trusted(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(own(row)->verify[VERIFY_TRUSTED]);
}

static struct cell verified(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(own(row)->verify[VERIFY_VERIFIED]);
}

/* Postfix cannot tell DANE from verified: no number where its log never does. */
static struct cell dane(const struct listing *l, const struct listed *row)
{
	for (size_t i = 0; i < l->report->evidence.counted_count; i++) {
		const struct tuple *t = &l->report->evidence.counted[i].tuple;

		if (t->verify == VERIFY_DANE && strcmp(t->mta, row->common.tuple.mta) == 0)
			return cell_count(own(row)->verify[VERIFY_DANE]);
	}
	return (struct cell){0};
}

static struct cell last_plaintext(const struct listing *l _unused_, const struct listed *row)
{
	return listing_time(own(row)->last_plaintext);
}

static struct cell last_tls(const struct listing *l _unused_, const struct listed *row)
{
	return listing_time(own(row)->last_tls);
}

static struct cell would_defer(const struct listing *l _unused_, const struct listed *row)
{
	const struct deliveries *o = own(row);

	if (!*row->names[MX] && o->plaintext)
		return (struct cell){0};
	return cell_count(o->waits ? o->plaintext : 0);
}

/* Who took mail in clear text stands first. */
static int compare(const struct listed *a, const struct listed *b)
{
	return (own(b)->plaintext > own(a)->plaintext) - (own(b)->plaintext < own(a)->plaintext);
}

static const struct listing_column columns[] = {
    {{.name = "domain"}, domain},
    {{.name = "mx", .title = "server", .kept = true}, mx},
    {{.name = "deliveries", .type = COLUMN_COUNT}, deliveries},
    {{.name = "plaintext", .title = "clear", .type = COLUMN_COUNT}, plaintext},
    {{.name = "untrusted", .type = COLUMN_COUNT, .spare = 3}, untrusted},
    {{.name = "trusted", .type = COLUMN_COUNT, .spare = 3}, trusted},
    {{.name = "verified", .type = COLUMN_COUNT, .spare = 3}, verified},
    {{.name = "dane", .type = COLUMN_COUNT, .spare = 3}, dane},
    {{.name = "last_plaintext", .title = "last clear", .type = COLUMN_TIME, .spare = 2},
	last_plaintext},
    {{.name = "last_tls", .title = "last TLS", .type = COLUMN_TIME, .spare = 4}, last_tls},
    {{.name = "would_defer", .title = "would wait", .type = COLUMN_COUNT}, would_defer},
};

static const struct listing_view list = {
    .name = "outbound",
    .columns = columns,
    .column_count = ARRAY_SIZE(columns),
    .own_size = sizeof(struct deliveries),
    .compare = compare,
};

int outbound_build(struct report *report, const struct view *view _unused_, struct diag *d)
{
	const struct query query = listing_query(report);
	struct gathering g = {.servers = table_new(sizeof(struct server), SERVERS), .d = d};
	bool complete;
	int failed = census_is_complete(report, &complete, d);

	listing_init(&g.listing, report, &list);
	if (!failed)
		failed = query_counts(report->store, &query, add_count, &g, d);
	if (!failed)
		failed = query_peers(report->store, &query, add_peer, &g, d);
	if (!failed) {
		tell_who_waits(&g);
		listing_write(&g.listing);
		listing_empty(&g.listing, "Outbound",
		    "no delivery to another host, as far as the "
		    "log tells");
	}
	listing_free(&g.listing);
	table_free(g.servers);
	buffer_free(&g.key);
	return failed;
}
