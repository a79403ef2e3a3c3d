/* SPDX-License-Identifier: ISC */
#include "report/disabled.h"

#include "base/macros.h"
#include "base/memory.h"
#include "base/table.h"
#include "report/census.h"
#include "report/filter.h"
#include "report/provider.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { WHO = LISTING_WHO, KIND, ITEM };

#define PEERS (1 << 21)

/* Of a row: who it names. */
#define OF_USER "user"
#define OF_PEER "peer"
#define OF_NOBODY ""
#define OF_DOMAIN "domain"
#define MAY_BE "?"

struct gathering {
	struct listing listing;
	struct table *conducts;	       /* by flow, kind and name */
	struct service_seen *services; /* of each flow of the evidence */
	unsigned char *matches;	       /* of each tuple's id and item, 0: not asked yet */
	size_t match_count;
	struct buffer key;
	struct diag *d;
};

static const struct disable *switched_off(const struct gathering *g)
{
	return &g->listing.report->disable;
}

/* Asked once for each combination of dimensions, however many peers have it.  The last is for all
 * items together. */
static enum match ask(struct gathering *g, const struct tuple *t, size_t item)
{
	const struct disable *set = switched_off(g);
	const struct subject subject = {
	    .protocol = t->protocol,
	    .suite = &t->suite,
	    .suite_name = t->cipher,
	    .group = t->group,
	    .post_quantum = t->post_quantum,
	    .signature = t->signature,
	};
	size_t place = (size_t)t->id * (DISABLE_MAX + 1) + item, size;
	enum scope scope = judge_scope(t->service);

	if (place >= g->match_count) {
		size = (place + 1) * 2;
		g->matches = memory_grow(g->matches, size, 1);
		memset(g->matches + g->match_count, 0, size - g->match_count);
		g->match_count = size;
	}
	if (!g->matches[place])
		g->matches[place] =
		    (unsigned char)(1 + (item < DISABLE_MAX ? disable_item_match(&set->items[item],
								  scope, &subject)
							    : disable_match(set, scope, &subject)));
	return (enum match)(g->matches[place] - 1);
}

static bool passes(const struct gathering *g, const struct tuple *t)
{
	const struct report_request *request = g->listing.report->request;

	return t->fact != FACT_FAILURE && filter_tuple(request, t) && !filter_apart(request, t);
}

static int carried(const struct tuple *t)
{
	return t->fact != FACT_SESSION ? -1 : t->unit == UNIT_LOGIN ? t->auth : t->mail;
}

static struct service_seen *service_of(struct gathering *g, const struct tuple *t)
{
	struct evidence *e = &g->listing.report->evidence;
	const struct flow *flow = evidence_flow(e, t, g->listing.report->by_host);

	return flow ? &g->services[flow - e->flows] : NULL;
}

static int need(struct gathering *g, const struct tuple *t, const char *who, const char *kind,
    size_t item, struct listed **ret)
{
	const char *const names[LISTING_NAMES] = {
	    [WHO] = who, [KIND] = kind, [ITEM] = switched_off(g)->items[item].name};
	int failed = listing_need(&g->listing, t, names, ret, g->d);

	if (*ret)
		((struct use *)(*ret)->own)->item = item;
	return failed;
}

static void add(struct listed *row, const struct tuple *t, int64_t handshakes, int64_t sessions)
{
	struct use *use = row->own;

	use->handshakes += handshakes;
	use->sessions += sessions;
	use->mail += carried(t) == 1 ? sessions : 0;
	use->mail_known += carried(t) != -1 ? sessions : 0;
	if (!use->latest || tuple_strength(t) > tuple_strength(use->latest))
		use->latest = tuple_strength(t) > 0 ? t : use->latest;
}

/* All of it is nobody's at first; what is named is taken away again. */
static int add_count(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	struct gathering *g = context;
	struct service_seen *seen = passes(g, t) ? service_of(g, t) : NULL;
	int failed = 0;

	if (!seen)
		return 0;
	seen->protocols |= 1u << t->protocol;
	seen->clear |= t->protocol == PROTOCOL_NONE && carried(t) == 1;
	for (size_t i = 0; !failed && i < switched_off(g)->count; i++) {
		enum match m = ask(g, t, i);
		struct listed *row;

		if (m == MATCH_NO)
			continue;
		failed = need(g, t, "", m == MATCH_YES ? OF_NOBODY : MAY_BE, i, &row);
		if (failed || !row)
			continue;
		add(row, t, t->fact == FACT_HANDSHAKE ? n : 0, t->fact == FACT_SESSION ? n : 0);
		((struct use *)row->own)->may_be = m != MATCH_YES;
		listing_seen(row, 0, hour);
	}
	return failed;
}

static int need_conduct(struct gathering *g, const struct tuple *t, const char *kind,
    const char *who, struct conduct **ret)
{
	int parts[] = {t->direction, t->service};

	buffer_clear(&g->key);
	buffer_append(&g->key, parts, sizeof(parts));
	buffer_append(&g->key, t->mta, strlen(t->mta) + 1);
	if (g->listing.report->by_host)
		buffer_append(&g->key, t->host, strlen(t->host) + 1);
	buffer_append(&g->key, kind, strlen(kind) + 1);
	buffer_text_add(&g->key, who);
	*ret = table_add(g->conducts, buffer_slice(&g->key), NULL);
	return *ret ? 0
		    : diag_set(g->d, E2BIG, NULL, 0, 0,
			  "the store has more than %d peers: choose a filter", PEERS);
}

static void behave(struct gathering *g, struct conduct *c, const struct peer_day *peer)
{
	const struct tuple *t = peer->tuple;

	if (t->protocol == PROTOCOL_NONE) {
		c->clear |= carried(t) == 1;
		return;
	}
	if (tuple_strength(t) > 0) {
		if (!c->best || tuple_strength(t) > tuple_strength(c->best))
			c->best = t;
		if (!c->worst || tuple_strength(t) < tuple_strength(c->worst))
			c->worst = t;
	}
	if (ask(g, t, DISABLE_MAX) == MATCH_NO) {
		if (!c->stays || peer->first_seen < c->first_stays)
			c->first_stays = peer->first_seen;
		c->stays = true;
	}
	c->strict |= t->direction == DIRECTION_OUT &&
		     (t->verify == VERIFY_VERIFIED || t->verify == VERIFY_DANE);
}

static void meet_use(struct gathering *g, struct use *use, const struct peer_day *peer)
{
	if (peer->day && peer->day != use->last_day) {
		use->days++;
		use->last_day = peer->day;
	}
	if (!use->name && *peer->name && strcmp(peer->name, "unknown") != 0)
		use->name = result_text(g->listing.result, peer->name);
}

static int add_use(struct gathering *g, const struct peer_day *peer, const char *kind,
    const char *who, size_t item)
{
	struct listed *row;
	int failed = need(g, peer->tuple, "", OF_NOBODY, item, &row);

	if (failed || !row)
		return failed;
	add(row, peer->tuple, -peer->handshakes, -peer->sessions);
	failed = need(g, peer->tuple, who, kind, item, &row);
	if (failed || !row)
		return failed;
	add(row, peer->tuple, peer->handshakes, peer->sessions);
	meet_use(g, row->own, peer);
	listing_met(&g->listing, row, peer);
	return 0;
}

static int add_peer(void *context, const struct peer_day *peer)
{
	struct gathering *g = context;
	const struct tuple *t = peer->tuple;
	bool user = *peer->user != '\0';
	const char *kind = user ? OF_USER : OF_PEER, *who = user ? peer->user : peer->peer;
	struct conduct *of_address, *of_user;
	int failed;

	if (!*peer->peer || strcmp(peer->peer, QUERY_OTHER) == 0 || !passes(g, t))
		return 0;
	failed = need_conduct(g, t, OF_PEER, peer->peer, &of_address);
	if (failed)
		return failed;
	behave(g, of_address, peer);
	if (user) {
		failed = need_conduct(g, t, OF_USER, who, &of_user);
		if (failed)
			return failed;
		behave(g, of_user, peer);
	}
	for (size_t i = 0; !failed && i < switched_off(g)->count; i++) {
		if (ask(g, t, i) != MATCH_YES)
			continue;
		if (peer->sessions)
			of_address->items |= 1u << i;
		failed = add_use(g, peer, kind, who, i);
	}
	return failed;
}

/* A connection has a handshake, of its address, and often a session, of its user: that is not one
 * more who would break. */
static bool is_shadow(struct gathering *g, const struct listed *row, const struct use *use)
{
	struct conduct *c;

	return strcmp(row->names[KIND], OF_PEER) == 0 && !use->sessions &&
	       need_conduct(g, &row->common.tuple, OF_PEER, row->names[WHO], &c) == 0 &&
	       c->items & 1u << use->item;
}

static void decide(struct gathering *g)
{
	for (size_t i = 0; i < g->listing.row_count; i++) {
		struct listed *row = &g->listing.rows[i];
		struct use *use = row->own;
		struct conduct *c = NULL;

		row->n = use->sessions ? use->sessions : use->handshakes;
		if (is_shadow(g, row, use))
			row->n = 0;
		if (*row->names[WHO])
			need_conduct(g, &row->common.tuple, row->names[KIND], row->names[WHO], &c);
		use->conduct = c;
		use->peers = *row->names[WHO] ? 1 : 0;
		outcome_decide(switched_off(g), service_of(g, &row->common.tuple), row, use);
		/* A server takes the highest version of a client: who came with an old one after a
		 * newer one is two clients, or one that tries again with less. */
		use->mixed = use->outcome == OUTCOME_OK && row->last_seen >= c->first_stays;
	}
}

/* Peers of one domain with the same outcome become one row. */
static void merge(struct listed *into, struct listed *row)
{
	struct use *to = into->own, *from = row->own;

	into->n += row->n;
	listing_seen(into, row->first_seen, row->last_seen);
	to->sessions += from->sessions;
	to->handshakes += from->handshakes;
	to->mail += from->mail;
	to->mail_known += from->mail_known;
	to->peers += from->peers;
	to->mixed += from->mixed;
	to->days = to->peers == 1 ? from->days : 0;
	row->n = 0;
	if (to->peers > 1) {
		into->peer = NULL;
		to->conduct = NULL;
		if (into->net && (!row->net || strcmp(into->net, row->net) != 0))
			into->net = NULL;
	} else {
		into->peer = row->peer;
		into->net = row->net;
		to->conduct = from->conduct;
		to->outcome = from->outcome;
		to->basis = from->basis;
	}
}

static int group_by_domain(struct gathering *g)
{
	size_t count = g->listing.row_count;
	int failed = 0;

	for (size_t i = 0; !failed && i < count; i++) {
		struct use *use = g->listing.rows[i].own;
		_cleanup_buffer_ struct buffer domain = {0}, kind = {0};
		struct listed *into;

		if (g->listing.rows[i].n <= 0 || !use->name ||
		    strcmp(g->listing.rows[i].names[KIND], OF_PEER) != 0)
			continue;
		provider_of(use->name, &domain);
		if (!domain.n)
			continue;
		buffer_printf(
		    &kind, OF_DOMAIN " %d %s %d", (int)use->outcome, use->basis, use_is_idle(use));
		failed =
		    need(g, &g->listing.rows[i].common.tuple, domain.p, kind.p, use->item, &into);
		if (!failed && into)
			merge(into, &g->listing.rows[i]); /* need() may have moved the rows */
	}
	return failed;
}

/* By what is switched off; who carried mail before who only knocked; the worst first. */
static int compare(const struct listed *a, const struct listed *b)
{
	const struct use *x = a->own, *y = b->own;
	int order = (x->item > y->item) - (x->item < y->item);

	if (!order)
		order = use_is_idle(x) - use_is_idle(y);
	return order ? order : (int)x->outcome - (int)y->outcome;
}

/* A server that is told its lowest version speaks SSL no more when TLSv1.0 goes, so who used it
 * loses it, too; and nobody falls back to it. */
static int add_older(struct report *report, struct diag *d)
{
	static const enum protocol older[] = {PROTOCOL_SSLV2, PROTOCOL_SSLV3};
	struct disable *set = &report->disable;
	const struct evidence *e = &report->evidence;
	unsigned seen = 0;
	int failed = 0;

	for (size_t i = 0; i < e->counted_count; i++)
		seen |= 1u << e->counted[i].tuple.protocol;
	for (size_t i = 0; !failed && i < ARRAY_SIZE(older) && set->count < DISABLE_MAX; i++) {
		const char *name = protocol_name(older[i]);
		char text[120];

		if (!(seen & 1u << older[i]) || disable_takes_protocol(set, SCOPE_MX, older[i]) ||
		    !disable_takes_protocol(set, SCOPE_MX, PROTOCOL_TLSV1_0))
			continue;
		failed = disable_add(set, name, NULL, d);
		snprintf(text, sizeof(text), "%s was used, too, and goes with TLSv1.0", name);
		evidence_warn(&report->evidence, text);
	}
	return failed;
}

static int gather(struct gathering *g, struct report *report)
{
	const struct query query = listing_query(report);
	int failed = add_older(report, g->d);

	if (!failed)
		failed = query_counts(report->store, &query, add_count, g, g->d);
	if (!failed)
		failed = query_peers(report->store, &query, add_peer, g, g->d);
	if (failed)
		return failed;
	decide(g);
	return report->by_domain ? group_by_domain(g) : 0;
}

int disabled_build(struct report *report, const struct view *view, struct diag *d)
{
	struct listing_column columns[DISABLED_COLUMNS];
	const struct listing_view list = {
	    .name = view->name,
	    .columns = columns,
	    .column_count = DISABLED_COLUMNS,
	    .own_size = sizeof(struct use),
	    .compare = compare,
	};
	struct gathering g = {
	    .conducts = table_new(sizeof(struct conduct), PEERS),
	    .services = memory_array(report->evidence.flow_count + 1, sizeof(*g.services)),
	    .d = d,
	};
	bool complete;
	int failed;

	disabled_choose_columns(report, columns);
	listing_init(&g.listing, report, &list);
	failed = gather(&g, report);
	if (!failed && disabled_unnamed(&g.listing))
		failed = census_is_complete(report, &complete, d);
	if (!failed) {
		disabled_warn(report, &g.listing);
		listing_write(&g.listing);
		listing_empty(&g.listing, "Used what would be gone",
		    "nobody, of whom the log tells the protocol and suite");
		disabled_impact(report, &g.listing);
		disabled_settings(report);
	}
	listing_free(&g.listing);
	table_free(g.conducts);
	free(g.services);
	free(g.matches);
	buffer_free(&g.key);
	return failed;
}
