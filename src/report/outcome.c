/* SPDX-License-Identifier: ISC */
#include "report/disabled.h"

#include <string.h>

const char *outcome_name(enum outcome_kind outcome)
{
	static const char *const names[OUTCOME_MAX] = {
	    [OUTCOME_BREAKS] = "breaks",
	    [OUTCOME_PLAINTEXT] = "plaintext",
	    [OUTCOME_UNKNOWN] = "unknown",
	    [OUTCOME_OK] = "ok",
	};

	return names[outcome];
}

bool use_is_idle(const struct use *use)
{
	return use->mail_known > 0 && use->mail == 0;
}

int tuple_strength(const struct tuple *t)
{
	const struct cipher *suite = &t->suite;

	if (t->protocol == PROTOCOL_UNKNOWN || t->protocol == PROTOCOL_AMBIGUOUS)
		return -1;
	if (t->protocol == PROTOCOL_NONE)
		return 0;
	return (int)t->protocol * 1024 + (cipher_forward_secret(suite) == 1 ? 512 : 0) +
	       (cipher_aead(suite) == 1 ? 256 : 0) + (suite->bits >= 0 ? suite->bits / 2 : 0);
}

/* Nothing that this service speaks is left at this version or below, and something above it is.
 * Versions that nobody used are not known to be spoken. */
static bool is_proof(const struct disable *set, const struct service_seen *seen, enum scope scope,
    enum protocol protocol)
{
	bool higher = false;

	for (int p = PROTOCOL_SSLV2; p < PROTOCOL_MAX; p++) {
		if (p == PROTOCOL_AMBIGUOUS || !(seen->protocols & 1u << p))
			continue;
		if (p > (int)protocol)
			higher = true;
		else if (!disable_takes_protocol(set, scope, (enum protocol)p))
			return false;
	}
	return higher;
}

/* Where a peer that cannot have TLS would go on without it. */
static bool is_opportunistic(const struct service_seen *seen, const struct tuple *t,
    enum scope scope, const struct conduct *conduct)
{
	if (scope == SCOPE_MX)
		return !conduct->strict;
	return seen->clear && t->service != SERVICE_SUBMISSIONS && t->service != SERVICE_IMAPS &&
	       t->service != SERVICE_POP3S;
}

void outcome_decide(const struct disable *set, const struct service_seen *seen,
    const struct listed *row, struct use *use)
{
	const struct tuple *t = &row->common.tuple;
	enum scope scope = judge_scope(t->service);

	use->outcome = OUTCOME_UNKNOWN;
	use->basis = "";
	if (use->may_be)
		use->basis = "not-told";
	if (!*row->names[LISTING_WHO] || !use->conduct || use->may_be)
		return;
	if (use->conduct->stays) {
		use->outcome = OUTCOME_OK;
		use->basis = "seen-stronger";
	} else if (use->latest && disable_takes_protocol(set, scope, use->latest->protocol)) {
		if (!is_proof(set, seen, scope, use->latest->protocol))
			return;
		use->outcome = is_opportunistic(seen, t, scope, use->conduct) ? OUTCOME_PLAINTEXT
									      : OUTCOME_BREAKS;
		use->basis = "protocol-max";
	} else if (use->latest) {
		use->basis = "client-order";
	}
}
