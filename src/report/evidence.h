/* SPDX-License-Identifier: ISC */
#pragma once

/* What a report stands on: what was read, the period it covers, and what is missing.
 *
 * Gathered before any view is built, because the views need it: which flows (mta, direction,
 * service, with --by host also host) have handshakes and sessions and in which units, so that a
 * share is never made of no evidence.  Texts belong to the store and live until query_end().
 *
 * Hints are judged by everything of their MTA in the period, whatever the other filters: a report
 * on outbound mail must not say that no handshake was logged when inbound ones were. */

#include "base/diag.h"
#include "report/flow.h"
#include "report/request.h"
#include "store/query.h"

struct mta_evidence {
	const char *mta;
	int64_t taken; /* lines that a pattern took or nearly took */
	int64_t handshakes, sessions, handshakes_unknown, sessions_unknown;
};

/* report/silence.h */
struct silence_told {
	const char *source;
	char *text;
};

/* Everything that one combination of dimensions was counted in the period. */
struct counted {
	struct tuple tuple;
	int64_t last_hour, n;
};

struct evidence {
	int64_t since, until;	 /* of the report, UTC seconds, until exclusive */
	bool any;		 /* the store holds a counter at all, from and to are set */
	int64_t from, to;	 /* the first and the last hour with one */
	int64_t rolled_until;	 /* before it hours were rolled up into days, 0: none were */
	const char *rolled_zone; /* of these days */
	struct counted *counted; /* what passes all filters */
	size_t counted_count, counted_room;

	struct coverage *coverage; /* after --mta and --host */
	size_t coverage_count;
	const char **sources; /* each once */
	size_t source_count;
	struct silence_told *silent;
	size_t silent_count;
	struct coverage total; /* sums; lines and the like once for each source */

	struct mta_evidence *mtas;
	size_t mta_count;
	struct flow *flows;
	size_t flow_count, flow_latest;

	int64_t handshakes, sessions, sessions_known, failures;
	int64_t folded;	       /* facts with a text that had no room: they are in (other) */
	int64_t apart;	       /* internal facts, of these, that are part of no share */
	bool needs_handshakes; /* the view is made of nothing else */

	int64_t compared_since, compared_until; /* the other period, where it is named; 0: none */

	char *judged;	 /* by which policies, NULL: nothing is */
	char **warnings; /* what makes an answer less than it looks */
	size_t warning_count;

	char **hints;
	size_t hint_count;
	const char **hint_names; /* of each hint: its MTA or source, or "" */
};

int evidence_gather(struct store *store, const struct report_request *request, bool by_host,
    struct evidence *ret, struct diag *d);
void evidence_free(struct evidence *e);

/* The flow of a tuple that passed the filters. */
const struct flow *evidence_flow(struct evidence *e, const struct tuple *tuple, bool by_host);

/* What no format may leave out; said once, however often it is given. */
void evidence_warn(struct evidence *e, const char *text);

/* Pairs the units of each flow that both periods have (flow.h): by what both counted of it; or in
 * one as in the other. */
void evidence_pair_alike(struct evidence *a, struct evidence *b, bool by_host);
void evidence_pair_like(struct evidence *e, struct evidence *like, bool by_host);

/* A hint that belongs to no MTA; or to an MTA or source, whose name lives as long as the evidence.
 */
void evidence_hint(struct evidence *e, const char *text);
void evidence_hint_on(struct evidence *e, const char *name, const char *text);

#define _cleanup_evidence_ _cleanup_(evidence_free)
