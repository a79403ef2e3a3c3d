/* SPDX-License-Identifier: ISC */
#include "report/census.h"

#include "base/macros.h"
#include "base/memory.h"
#include "base/table.h"
#include "report/filter.h"
#include "report/listing.h"
#include <errno.h>
#include <string.h>

#define PAIRS (1 << 21) /* of rows and peers */

struct pair {
	size_t row;
	bool now, before;
};

/* Facts of a row, in whole days: of the period and before it. */
struct facts {
	int64_t counted, named, counted_before, named_before;
};

struct census {
	const struct report_request *request;
	struct tally *tally;
	struct facts *facts;
	struct table *pairs;
	struct buffer key;
	int64_t since, until, first_day; /* of the period; its days */
	bool full;
};

static struct facts *find_facts(struct census *c, const struct tuple *t, size_t *ret_row)
{
	if (t->fact == FACT_FAILURE || !filter_tuple(c->request, t))
		return NULL;
	*ret_row = tally_find(c->tally, t);
	return *ret_row == SIZE_MAX ? NULL : &c->facts[*ret_row];
}

static int add_count(void *context, int64_t hour _unused_, const struct tuple *t, int64_t n)
{
	struct census *c = context;
	size_t row;
	struct facts *facts = find_facts(c, t, &row);

	if (facts)
		facts->counted += n;
	return 0;
}

static int add_count_before(void *context, int64_t hour _unused_, const struct tuple *t, int64_t n)
{
	struct census *c = context;
	size_t row;
	struct facts *facts = find_facts(c, t, &row);

	if (facts)
		facts->counted_before += n;
	return 0;
}

static int add_peer(void *context, const struct peer_day *peer)
{
	struct census *c = context;
	int64_t n = peer->handshakes + peer->sessions;
	struct facts *facts;
	struct pair *pair;
	size_t row;

	if (!*peer->peer || strcmp(peer->peer, QUERY_OTHER) == 0)
		return 0;
	facts = find_facts(c, peer->tuple, &row);
	if (!facts)
		return 0;
	*(peer->day >= c->first_day ? &facts->named : &facts->named_before) += n;
	buffer_clear(&c->key);
	buffer_append(&c->key, &row, sizeof(row));
	buffer_text_add(&c->key, peer->peer);
	pair = table_add(c->pairs, buffer_slice(&c->key), NULL);
	if (!pair) {
		c->full = true;
		return 0;
	}
	pair->row = row;
	pair->now |= peer->last_seen >= c->since && peer->first_seen < c->until;
	pair->before |= peer->first_seen < c->since;
	return 0;
}

static void fill_rows(struct census *c, bool before_known)
{
	for (size_t i = 0; i < c->tally->row_count; i++) {
		const struct facts *f = &c->facts[i];
		struct tally_row *row = &c->tally->rows[i];

		if (f->named != f->counted)
			continue;
		row->peers = 0;
		row->new_peers = before_known && f->named_before == f->counted_before ? 0 : -1;
	}
	for (struct pair *pair = table_oldest(c->pairs); pair; pair = table_newer(c->pairs, pair)) {
		struct tally_row *row = &c->tally->rows[pair->row];

		row->peers += pair->now && row->peers >= 0;
		row->new_peers += pair->now && !pair->before && row->new_peers >= 0;
	}
}

/* What was counted before a period is much, and is of use only where the period's peers are known.
 */
static bool any_known(const struct census *c)
{
	for (size_t i = 0; i < c->tally->row_count; i++)
		if (c->facts[i].named == c->facts[i].counted)
			return true;
	return false;
}

static int read_store(struct census *c, struct store *store, const struct query *period,
    const struct query *before, struct diag *d)
{
	const struct query all = {
	    .since = before ? before->since : period->since, .until = period->until};
	int failed = query_counts(store, period, add_count, c, d);

	if (!failed)
		failed = query_peers(store, &all, add_peer, c, d);
	if (!failed && before && any_known(c))
		failed = query_counts(store, before, add_count_before, c, d);
	return failed;
}

static const char *unnamed(enum peers kept)
{
	if (kept == PEERS_OFF)
		return "no peers are kept (peers: off), so nobody is named; peers: all "
		       "(mailtls-import --peers=all) names everybody from then on";
	if (kept == PEERS_WEAK)
		return "only peers that did badly are kept (peers: weak), and for as long as "
		       "mailtls.yaml says (30 days, if nothing); others are counted and not "
		       "named; peers: all (mailtls-import --peers=all) names everybody from then "
		       "on";
	return "the store did not keep all peers for all of this period (peers: all came later, or "
	       "the period is too long ago); others are counted and not named";
}

static void hint(struct report *report, const struct peer_knowledge *knowledge)
{
	if (!report->request->no_hints)
		evidence_hint(&report->evidence, unnamed(knowledge->policy.peers));
}

int census_is_complete(struct report *report, bool *ret_complete, struct diag *d)
{
	const struct query query = listing_query(report);
	struct peer_knowledge knowledge;
	int failed = query_peer_knowledge(report->store, &query, &knowledge, d);

	if (failed)
		return failed;
	*ret_complete = knowledge.complete && !knowledge.other;
	if (!knowledge.complete)
		hint(report, &knowledge);
	return 0;
}

static bool any_unknown(const struct tally *tally)
{
	for (size_t i = 0; i < tally->row_count; i++)
		if (tally->rows[i].peers < 0)
			return true;
	return false;
}

int census_take(struct report *report, struct tally *tally, bool newcomers, struct diag *d)
{
	const struct report_request *request = report->request;
	const struct query period = listing_query(report);
	struct query before = {.until = period.since};
	struct peer_knowledge knowledge;
	bool before_known;
	struct census c = {
	    .request = request,
	    .tally = tally,
	    .since = request->since_given ? request->since : INT64_MIN,
	    .until = request->until_given ? request->until : INT64_MAX,
	    .first_day = period.since,
	};
	int failed = query_peer_knowledge(report->store, &period, &knowledge, d);

	if (failed || !tally->row_count || tally_is_over_time(tally))
		return failed;
	before.since = knowledge.first_day;
	before_known = newcomers && request->since_given && before.since < before.until;
	c.facts = memory_array(tally->row_count, sizeof(*c.facts));
	c.pairs = table_new(sizeof(struct pair), PAIRS);
	failed = read_store(&c, report->store, &period, before_known ? &before : NULL, d);
	if (!failed && !c.full)
		fill_rows(&c, before_known);
	if (!failed && !knowledge.complete && any_unknown(tally))
		hint(report, &knowledge);
	free(c.facts);
	table_free(c.pairs);
	buffer_free(&c.key);
	return failed;
}
