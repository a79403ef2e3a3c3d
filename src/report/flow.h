/* SPDX-License-Identifier: ISC */
#pragma once

/* What was counted of one mta's mail in one direction and service, and which of its handshakes and
 * sessions meet in one row.
 *
 * They meet where they have the same unit; what is left over on both sides meets in the order of
 * the units (Postfix's outbound connections and deliveries).  Periods that are compared pair alike,
 * or a flow of which one saw no sessions, or no handshakes, would be two that have nothing to be
 * compared with.  Texts are the store's. */

#include "store/query.h"

/* No session, or no handshake, goes with this row. */
#define UNIT_NOT_ANY (-1)

struct flow {
	const char *host, *mta; /* host is "" unless grouped by host */
	enum direction direction;
	enum service service;
	int64_t handshakes[UNIT_MAX], sessions[UNIT_MAX], failures[UNIT_MAX];
	int64_t versions[UNIT_MAX]; /* sessions whose version of TLS is known, */
	int64_t unknown[UNIT_MAX];  /* and those that had one, which is not */

	/* pair[unit of a handshake] is the session's unit, or UNIT_NOT_ANY; paired[] the other way.
	 */
	int pair[UNIT_MAX], paired[UNIT_MAX];
};

void flow_count(struct flow *flow, const struct tuple *tuple, int64_t n);

/* Pairs the units, once all is counted; of two flows by what both counted; or as of another. */
void flow_pair(struct flow *flow);
void flow_pair_alike(struct flow *a, struct flow *b);
void flow_pair_like(struct flow *flow, const struct flow *like);

/* The units of the row that a tuple of the flow is counted in: of its sessions and of its
 * handshakes and failures, or UNIT_NOT_ANY. */
void flow_units(
    const struct flow *flow, const struct tuple *tuple, int *ret_session, int *ret_handshake);

/* Whether sessions of the unit were encrypted, and the log tells the version of none of them: then
 * it is not known how many had a certain one. */
bool flow_hides_versions(const struct flow *flow, int unit);
