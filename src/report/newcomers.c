/* SPDX-License-Identifier: ISC */
#include "report/newcomers.h"

#include "base/memory.h"
#include "base/table.h"
#include "report/filter.h"

#define NEWCOMERS_MAX (1 << 20)

struct seen {
	bool before, within;
};

struct gathering {
	const struct report *report;
	struct table *peers; /* struct seen, by name */
	int64_t from;	     /* the day that the period begins in */
	bool full;
};

static bool is_legacy(const struct tuple *t)
{
	return t->fact != FACT_FAILURE && t->protocol != PROTOCOL_UNKNOWN &&
	       t->protocol != PROTOCOL_NONE && t->protocol < PROTOCOL_TLSV1_2;
}

static int add_peer(void *context, const struct peer_day *row)
{
	struct gathering *g = context;
	const struct report_request *request = g->report->request;
	struct seen *seen;

	if (!is_legacy(row->tuple) || !*row->peer || !filter_tuple(request, row->tuple) ||
	    filter_apart(request, row->tuple))
		return 0;
	seen = table_add(g->peers, slice_of(row->peer), NULL);
	g->full |= !seen;
	if (!seen)
		return 0;
	if (row->day < g->from)
		seen->before = true;
	else
		seen->within = true;
	return 0;
}

int newcomers_count(struct report *report, int64_t *ret, const char **ret_missing, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	struct query query = {.since = INT64_MIN, .until = e->until};
	struct gathering g = {.report = report, .from = e->since - e->since % 86400};
	struct peer_knowledge known;
	int r = query_peer_knowledge(report->store, &query, &known, d);

	*ret = 0;
	*ret_missing = NULL;
	if (r < 0)
		return r;
	/* Legacy protocols are weak: those who speak them are kept unless nobody is. */
	if (known.policy.peers == PEERS_OFF)
		*ret_missing = "peers are not kept (peers: off)";
	else if (!known.first_day || known.first_day >= g.from)
		*ret_missing = "no peers are kept from before the period";
	else if (known.other)
		*ret_missing = "there were more peers on a day than are kept";
	if (*ret_missing)
		return 0;
	g.peers = table_new(sizeof(struct seen), NEWCOMERS_MAX);
	r = query_peers(report->store, &query, add_peer, &g, d);
	for (const struct seen *s = table_oldest(g.peers); s; s = table_newer(g.peers, s))
		*ret += s->within && !s->before;
	if (g.full)
		*ret_missing = "there are too many peers";
	table_free(g.peers);
	return r;
}
