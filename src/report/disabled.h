/* SPDX-License-Identifier: ISC */
#pragma once

/* View if-disabled: who would break, and who would fall back to clear text, if what --disable names
 * were switched off, all of it at once.
 *
 * A row is one thing that is switched off and one user (of sessions with a login that succeeded),
 * else one peer, of one server, direction and service, with what used that thing.  Evidence for the
 * verdict is what the same user or peer did with the same server, direction and service in the same
 * days:
 *
 *   ok, seen-stronger: it was also seen with what stays.
 *   breaks or plaintext, protocol-max: the version is taken away whole, and every version below it
 *     that this service speaks; the service was seen with a higher one.  A server takes the highest
 *     version that both have, so this peer has none.  Where TLS is opportunistic (mail between
 *     servers, unless an outbound certificate was verified; services that took logins in clear
 *     text) it would go on in clear text, elsewhere it breaks.
 *   unknown, not-told: the log does not say enough to know that it would be gone;
 *   unknown, client-order: the version stays; another suite or group may be common to both, or not.
 *   unknown: the service was seen with nothing higher, so that it may be the limit itself; or a
 * lower version stays; or nobody is named for it.
 *
 * What the counters know and no peer is named for is in a row without a peer, whose worst_seen is
 * the thing itself; what may or may not have used it (a version that was not logged) in another,
 * whose worst_seen is empty. */

#include "report/listing.h"

/* A user or a peer with one service. */
struct conduct {
	const struct tuple *best, *worst; /* of what was told of its TLS; NULL: nothing */
	bool clear;			  /* it carried mail, or logged in, in clear text */
	bool stays;			  /* it was seen with what is not switched off, */
	int64_t first_stays;		  /* from this hour on */
	bool strict;			  /* outbound, and its certificate was verified */
	uint32_t items;			  /* with sessions in which these were used */
};

enum outcome_kind { OUTCOME_BREAKS, OUTCOME_PLAINTEXT, OUTCOME_UNKNOWN, OUTCOME_OK, OUTCOME_MAX };

struct use {
	size_t item;
	const char *name; /* of the peer, NULL: none was logged, or several */
	int64_t sessions, mail, mail_known, handshakes;
	int64_t days, last_day;	    /* days: 0 not known */
	int64_t peers;		    /* that a row of a domain stands for */
	int64_t mixed;		    /* of these, used it again after something stronger */
	bool may_be;		    /* what was used is not told */
	const struct tuple *latest; /* of the highest version with which it was used */
	const struct conduct *conduct;
	enum outcome_kind outcome;
	const char *basis; /* "" if there is none */
};

/* What a service was seen with, by anybody. */
struct service_seen {
	unsigned protocols; /* a bit for each enum protocol */
	bool clear;	    /* mail, or a login, in clear text */
};

const char *outcome_name(enum outcome_kind outcome);

/* Sets outcome and basis of a row; seen is of its flow. */
void outcome_decide(const struct disable *set, const struct service_seen *seen,
    const struct listed *row, struct use *use);

/* The greater, the stronger; -1 if the log does not tell. */
int tuple_strength(const struct tuple *tuple);

#define DISABLED_COLUMNS 17
void disabled_choose_columns(
    const struct report *report, struct listing_column to[DISABLED_COLUMNS]);

/* Whether the row's sessions carried nothing, as far as is told: a scanner, monitoring. */
bool use_is_idle(const struct use *use);

/* Whether there is a row that names nobody. */
bool disabled_unnamed(const struct listing *list);

/* What this answer lacks: the period is short, somebody is not named, an address has several kinds
 * of clients, others failed already. */
void disabled_warn(struct report *report, const struct listing *list);

/* Sums by item, service and outcome, for a first look. */
void disabled_impact(struct report *report, const struct listing *list);

/* What to set, how to go back, what to watch. */
void disabled_settings(struct report *report);
