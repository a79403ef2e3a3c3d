/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "base/table.h"
#include "report/filter.h"
#include "report/listing.h"
#include <string.h>

/* View compliance: a policy, rule by rule.
 *
 * Sessions are counted, or handshakes where the log tells of no session.  A rule is judged alone,
 * so one session may deviate from several; what a rule would need and the log does not tell neither
 * conforms nor deviates.  Two rows are of no rule of the policy's: `all` (the whole policy: what is
 * ok or weak conforms) and `clear-text`.  Clear text has no suite, so other rules do not count it.
 * Who deviates most is of the whole days of the period, as peers are kept. */

enum { POLICY = LISTING_WHO, RULE, REQUIREMENT, DATE };

#define WHOLE_POLICY (-2)
#define CLEAR_TEXT (-1)
#define PEERS (1 << 21)
#define RULES_MAX 192

/* A rule of a policy, or one of the two that every policy has. */
struct checked {
	const struct policy *policy;
	enum condition_part part;
	int rule; /* WHOLE_POLICY, CLEAR_TEXT, or its number in the part */
};

struct compliance {
	size_t order;
	int64_t sessions, conforming, deviating, last;
	const char *worst; /* whom it was most often with */
	int64_t worst_n;
};

struct gathering {
	struct listing listing;
	struct checked rules[RULES_MAX];
	size_t rule_count;
	struct table *peers; /* how often, by row and peer */
	struct buffer key;
	unsigned char *matches; /* by id of a tuple and rule, 0: not asked yet */
	size_t match_count;
	bool full;
	struct diag *d;
};

static void add_rule(
    struct gathering *g, const struct policy *p, enum condition_part part, int rule)
{
	if (g->rule_count < RULES_MAX)
		g->rules[g->rule_count++] = (struct checked){p, part, rule};
}

static void choose_rules(struct gathering *g, const struct judge *judge)
{
	for (size_t i = 0; i < judge->count; i++) {
		const struct policy *p = judge->policies[i];

		add_rule(g, p, CONDITION_SUITE, WHOLE_POLICY);
		add_rule(g, p, CONDITION_SUITE, CLEAR_TEXT);
		for (int part = 0; part < CONDITION_PARTS; part++)
			for (size_t k = 0; k < p->rules[part].n; k++)
				if (p->rules[part].p[k].verdict > VERDICT_OK)
					add_rule(g, p, (enum condition_part)part, (int)k);
	}
}

static enum match breaks_policy(const struct checked *c, enum scope scope, const struct subject *s)
{
	struct judgement j = policy_judge(c->policy, CONDITION_SUITE, scope, s);

	if (j.verdict == VERDICT_UNKNOWN)
		return MATCH_UNKNOWN;
	return j.verdict > VERDICT_WEAK ? MATCH_YES : MATCH_NO;
}

static enum match breaks(const struct checked *c, const struct tuple *t)
{
	const struct subject subject = {
	    .protocol = t->protocol,
	    .suite = &t->suite,
	    .suite_name = t->cipher,
	    .group = t->group,
	    .post_quantum = t->post_quantum,
	    .signature = t->signature,
	};
	enum scope scope = judge_scope(t->service);

	if (c->rule == WHOLE_POLICY)
		return breaks_policy(c, scope, &subject);
	if (c->rule == CLEAR_TEXT)
		return t->protocol == PROTOCOL_NONE ? MATCH_YES : MATCH_NO;
	return policy_breaks(c->policy, c->part, (size_t)c->rule, scope, &subject);
}

/* Asked once for each combination of dimensions, however many peers have it. */
static enum match ask(struct gathering *g, const struct tuple *t, size_t rule)
{
	size_t place = (size_t)t->id * RULES_MAX + rule, size = (place + 1) * 2;

	if (place >= g->match_count) {
		g->matches = memory_grow(g->matches, size, 1);
		memset(g->matches + g->match_count, 0, size - g->match_count);
		g->match_count = size;
	}
	if (!g->matches[place])
		g->matches[place] = (unsigned char)(1 + breaks(&g->rules[rule], t));
	return (enum match)(g->matches[place] - 1);
}

/* Sessions where there are any, and of a rule on suites only what has one. */
static bool is_asked_for(struct gathering *g, const struct tuple *t, const struct checked *c)
{
	struct report *report = g->listing.report;
	const struct flow *flow = evidence_flow(&report->evidence, t, report->by_host);
	const struct policy_rule *rule;
	int session, handshake;

	if (t->fact == FACT_FAILURE || !flow || filter_apart(report->request, t) ||
	    !filter_tuple(report->request, t))
		return false;
	flow_units(flow, t, &session, &handshake);
	if (t->fact == FACT_HANDSHAKE && session != UNIT_NOT_ANY)
		return false;
	if (c->rule < 0) /* handshakes alone say nothing of clear text */
		return c->rule != CLEAR_TEXT || t->fact == FACT_SESSION;
	rule = &c->policy->rules[c->part].p[c->rule];
	return t->protocol != PROTOCOL_NONE && rule->scopes & 1u << judge_scope(t->service);
}

static int need(struct gathering *g, const struct tuple *t, size_t number, struct listed **ret)
{
	const struct checked *c = &g->rules[number];
	const struct policy_rule *rule = c->rule < 0 ? NULL : &c->policy->rules[c->part].p[c->rule];
	const char *const names[LISTING_NAMES] = {
	    [POLICY] = c->policy->name,
	    [RULE] = rule		       ? rule->name
		     : c->rule == WHOLE_POLICY ? "all"
					       : "clear-text",
	    [REQUIREMENT] = rule		      ? rule->requirement
			    : c->rule == WHOLE_POLICY ? c->policy->title
						      : "no clear text",
	    [DATE] = c->policy->date,
	};
	int failed = listing_need(&g->listing, t, names, ret, g->d);

	if (*ret)
		((struct compliance *)(*ret)->own)->order = number;
	return failed;
}

static int add_counted(struct gathering *g, const struct counted *c)
{
	int failed = 0;

	for (size_t i = 0; !failed && i < g->rule_count; i++) {
		enum match m;
		struct compliance *own;
		struct listed *row;

		if (!is_asked_for(g, &c->tuple, &g->rules[i]))
			continue;
		failed = need(g, &c->tuple, i, &row);
		if (failed || !row)
			continue;
		own = row->own;
		m = ask(g, &c->tuple, i);
		row->n += c->n;
		own->sessions += c->n;
		own->conforming += m == MATCH_NO ? c->n : 0;
		own->deviating += m == MATCH_YES ? c->n : 0;
		if (m == MATCH_YES && c->last_hour > own->last)
			own->last = c->last_hour;
	}
	return failed;
}

static void count_peer(struct gathering *g, struct listed *row, const char *peer, int64_t n)
{
	struct compliance *own = row->own;
	int64_t *count;

	buffer_clear(&g->key);
	buffer_append(&g->key, &own, sizeof(own));
	buffer_text_add(&g->key, peer);
	count = table_add(g->peers, buffer_slice(&g->key), NULL);
	if (!count) {
		g->full = true;
		return;
	}
	*count += n;
	if (*count > own->worst_n) {
		own->worst_n = *count;
		if (!own->worst || strcmp(own->worst, peer) != 0)
			own->worst = result_text(g->listing.result, peer);
	}
}

static int add_peer(void *context, const struct peer_day *peer)
{
	struct gathering *g = context;
	int failed = 0;

	if (!*peer->peer || strcmp(peer->peer, QUERY_OTHER) == 0)
		return 0;
	for (size_t i = 0; !failed && i < g->rule_count; i++) {
		struct listed *row;

		if (!is_asked_for(g, peer->tuple, &g->rules[i]) ||
		    ask(g, peer->tuple, i) != MATCH_YES)
			continue;
		failed = need(g, peer->tuple, i, &row);
		if (!failed && row)
			count_peer(g, row, *peer->user ? peer->user : peer->peer,
			    peer->sessions + peer->handshakes);
	}
	return failed;
}

static const struct compliance *own(const struct listed *row)
{
	return row->own;
}

/* A policy as it is written, for one service after the other. */
static int compare(const struct listed *a, const struct listed *b)
{
	const struct tuple *x = &a->common.tuple, *y = &b->common.tuple;
	int order = strcmp(x->mta, y->mta);

	if (!order)
		order = (int)x->direction - (int)y->direction;
	if (!order)
		order = (int)x->service - (int)y->service;
	if (!order)
		order = a->common.unit - b->common.unit;
	return order ? order : (own(a)->order > own(b)->order) - (own(a)->order < own(b)->order);
}

static struct cell policy(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, POLICY);
}

static struct cell policy_date(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, DATE);
}

static struct cell rule(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, RULE);
}

static struct cell requirement(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, REQUIREMENT);
}

static struct cell sessions(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(own(row)->sessions);
}

/* Of some the log does not tell enough; where it is all, nothing is known. */
static bool is_known(const struct listed *row)
{
	return own(row)->conforming || own(row)->deviating;
}

static struct cell conforming(const struct listing *l _unused_, const struct listed *row)
{
	return is_known(row) ? cell_count(own(row)->conforming) : (struct cell){0};
}

static struct cell deviating(const struct listing *l _unused_, const struct listed *row)
{
	return is_known(row) ? cell_count(own(row)->deviating) : (struct cell){0};
}

static struct cell share(const struct listing *l _unused_, const struct listed *row)
{
	return is_known(row) ? cell_share(own(row)->conforming, own(row)->sessions)
			     : (struct cell){0};
}

static struct cell worst_peer(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(own(row)->deviating ? own(row)->worst : NULL);
}

static struct cell last_deviation(const struct listing *l _unused_, const struct listed *row)
{
	return listing_time(own(row)->last);
}

static const struct listing_column columns[] = {
    {{.name = "policy", .spare = 2}, policy},
    {{.name = "policy_date", .title = "date", .spare = 6}, policy_date},
    {{.name = "rule", .kept = true}, rule},
    {{.name = "requirement", .spare = 5}, requirement},
    {{.name = "sessions", .title = "of", .type = COLUMN_COUNT}, sessions},
    {{.name = "conforming", .type = COLUMN_COUNT, .spare = 4}, conforming},
    {{.name = "deviating", .type = COLUMN_COUNT}, deviating},
    {{.name = "share", .title = "conform", .type = COLUMN_FRACTION}, share},
    {{.name = "worst_peer", .title = "most with", .spare = 1}, worst_peer},
    {{.name = "last_deviation", .title = "last", .type = COLUMN_TIME, .spare = 3}, last_deviation},
};

static const struct listing_view list = {
    .name = "compliance",
    .columns = columns,
    .column_count = ARRAY_SIZE(columns),
    .own_size = sizeof(struct compliance),
    .compare = compare,
};

int compliance_build(struct report *report, const struct view *view _unused_, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	const struct query query = listing_query(report);
	struct gathering g = {.peers = table_new(sizeof(int64_t), PEERS), .d = d};
	int failed = 0;

	choose_rules(&g, &report->judge);
	view_name_policies(report);
	listing_init(&g.listing, report, &list);
	for (size_t i = 0; !failed && i < e->counted_count; i++)
		failed = add_counted(&g, &e->counted[i]);
	if (!failed)
		failed = query_peers(report->store, &query, add_peer, &g, d);
	for (size_t i = 0; g.full && i < g.listing.row_count; i++)
		((struct compliance *)g.listing.rows[i].own)->worst = NULL;
	if (!failed)
		listing_write(&g.listing);
	if (!failed)
		listing_empty(
		    &g.listing, "Compliance", "the log tells of no session and handshake");
	listing_free(&g.listing);
	table_free(g.peers);
	free(g.matches);
	buffer_free(&g.key);
	return failed;
}
