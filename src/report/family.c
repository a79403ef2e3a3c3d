/* SPDX-License-Identifier: ISC */
#include "report/family.h"

#include "report/census.h"
#include "report/filter.h"
#include "report/listing.h"

struct moving {
	struct report *report;
	struct tally *tally;
};

/* The report's period may have nothing of a flow that its days have. */
static bool is_counted(const struct moving *m, const struct tuple *t)
{
	return filter_tuple(m->report->request, t) &&
	       evidence_flow(&m->report->evidence, t, m->report->by_host);
}

static int add_count(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	struct moving *m = context;

	return is_counted(m, t) ? tally_add(m->tally, hour, t, n) : 0;
}

static int move_peer(void *context, const struct peer_day *peer)
{
	struct moving *m = context;
	int64_t n = peer->handshakes + peer->sessions + peer->failures; /* one is not 0 */
	int failed;

	if (!is_counted(m, peer->tuple))
		return 0;
	failed = tally_add(m->tally, 0, peer->tuple, -n);
	m->tally->peer = peer->peer;
	if (!failed)
		failed = tally_add(m->tally, peer->last_seen, peer->tuple, n);
	m->tally->peer = "";
	return failed;
}

bool family_is_asked_for(const struct tally_plan *plan)
{
	for (size_t i = 0; i < plan->dimension_count; i++)
		if (plan->dimensions[i]->of_address)
			return true;
	return false;
}

int family_add(struct report *report, struct tally *tally, struct diag *d)
{
	const struct query query = listing_query(report);
	struct moving m = {report, tally};
	bool complete;
	int failed = census_is_complete(report, &complete, d);

	if (!failed)
		failed = query_counts(report->store, &query, add_count, &m, d);
	return failed ? failed : query_peers(report->store, &query, move_peer, &m, d);
}
