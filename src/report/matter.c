/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "report/filter.h"
#include "report/listing.h"
#include "report/sections.h"
#include <string.h>

/* The peers that matter, for the summary: users and peers whose mail or logins went by what the
 * policy does not want, those with the most first; what it would only rather not see stands below.
 * Each version is a row, and the suite is named where it is one.  Where the log tells of no
 * session, handshakes are counted. */

enum { WHO = LISTING_WHO, KIND, VERDICT, PROTOCOL };

struct matter {
	enum verdict verdict;
	const char *cipher; /* NULL: none was met yet; "": several were */
	const char *name;
};

struct gathering {
	struct listing listing;
	struct diag *d;
};

/* Mail and logins, or handshakes where these are all there is. */
static int64_t counted(const struct gathering *g, const struct peer_day *peer)
{
	struct report *report = g->listing.report;
	const struct tuple *t = peer->tuple;
	const struct flow *flow = evidence_flow(&report->evidence, t, report->by_host);
	int session, handshake;

	if (!flow || t->fact == FACT_FAILURE || !filter_tuple(report->request, t) ||
	    filter_apart(report->request, t))
		return 0;
	flow_units(flow, t, &session, &handshake);
	if (t->fact == FACT_HANDSHAKE)
		return session == UNIT_NOT_ANY ? peer->handshakes : 0;
	return (t->unit == UNIT_LOGIN ? t->auth : t->mail) == 1 ? peer->sessions : 0;
}

static bool is_minded(enum verdict verdict)
{
	return verdict >= VERDICT_WEAK;
}

static int add_peer(void *context, const struct peer_day *peer)
{
	struct gathering *g = context;
	const struct tuple *t = peer->tuple;
	int64_t n = counted(g, peer);
	bool user = *peer->user != '\0';
	struct judgement j;
	struct matter *own;
	struct listed *row;
	int failed;

	if (!n || !*peer->peer || strcmp(peer->peer, QUERY_OTHER) == 0)
		return 0;
	j = judge_tuple(&g->listing.report->judge, 0, t, true);
	if (!is_minded(j.verdict))
		return 0;
	failed = listing_need(&g->listing, t,
	    (const char *const[LISTING_NAMES]){[WHO] = user ? peer->user : peer->peer,
		[KIND] = user ? "user" : "peer",
		[VERDICT] = j.word,
		[PROTOCOL] = protocol_name(t->protocol)},
	    &row, g->d);
	if (failed || !row)
		return failed;
	own = row->own;
	row->n += n;
	own->verdict = j.verdict;
	if (!own->cipher)
		own->cipher = t->cipher;
	else if (strcmp(own->cipher, t->cipher) != 0)
		own->cipher = "";
	if (!own->name && *peer->name && strcmp(peer->name, "unknown") != 0)
		own->name = result_text(g->listing.result, peer->name);
	listing_met(&g->listing, row, peer);
	return 0;
}

static const struct matter *own(const struct listed *row)
{
	return row->own;
}

static struct cell peer(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(row->peer);
}

static struct cell name(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(own(row)->name);
}

static struct cell protocol(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, PROTOCOL);
}

static struct cell cipher(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(own(row)->cipher);
}

static struct cell sessions_mail(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(row->n);
}

static struct cell verdict(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, VERDICT);
}

static int compare(const struct listed *a, const struct listed *b)
{
	return (own(a)->verdict == VERDICT_WEAK) - (own(b)->verdict == VERDICT_WEAK);
}

static const struct listing_column columns[] = {
    {{.name = "peer", .kept = true}, peer},
    {{.name = "name", .spare = 4}, name},
    {{.name = "user"}, listing_user},
    {{.name = "protocol"}, protocol},
    {{.name = "cipher", .spare = 5}, cipher},
    {{.name = "sessions_mail", .title = "with mail", .type = COLUMN_COUNT}, sessions_mail},
    {{.name = "last_seen", .title = "last seen", .type = COLUMN_TIME, .spare = 3},
	listing_last_seen},
    {{.name = "verdict"}, verdict},
};

static const struct listing_view list = {
    .name = "peers_that_matter",
    .columns = columns,
    .column_count = ARRAY_SIZE(columns),
    .own_size = sizeof(struct matter),
    .compare = compare,
    .most = 10,
};

static const char *nobody(const struct peer_policy *policy)
{
	return policy->peers == PEERS_OFF
		   ? "no peers are kept (peers: off)"
		   : "none whose mail or logins went by what the policy minds, of those named";
}

bool matter_asks_for_peers_of(const struct report_request *request, const struct tuple *tuple)
{
	_cleanup_diag_ struct diag d = {0};
	struct judge judge;

	if (judge_read(request, &judge, &d) < 0 || !judge.count)
		return false;
	return is_minded(judge_tuple(&judge, 0, tuple, true).verdict);
}

int matter_build(struct report *report, struct diag *d)
{
	const struct query query = listing_query(report);
	struct gathering g = {.d = d};
	struct peer_knowledge knowledge;
	int failed;

	if (!report->judge.count)
		return 0;
	failed = query_peer_knowledge(report->store, &query, &knowledge, d);
	listing_init(&g.listing, report, &list);
	if (!failed)
		failed = query_peers(report->store, &query, add_peer, &g, d);
	if (!failed) {
		listing_write(&g.listing);
		g.listing.result->title = "The peers that matter";
		listing_empty(&g.listing, "The peers that matter", nobody(&knowledge.policy));
	}
	listing_free(&g.listing);
	return failed;
}
