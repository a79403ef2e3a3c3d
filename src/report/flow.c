/* SPDX-License-Identifier: ISC */
#include "report/flow.h"

#include <string.h>

void flow_count(struct flow *f, const struct tuple *t, int64_t n)
{
	if (t->fact == FACT_HANDSHAKE) {
		f->handshakes[t->unit] += n;
	} else if (t->fact == FACT_SESSION) {
		f->sessions[t->unit] += n;
		f->versions[t->unit] += t->protocol > PROTOCOL_NONE ? n : 0;
		f->unknown[t->unit] += t->protocol == PROTOCOL_UNKNOWN ? n : 0;
	} else {
		f->failures[t->unit] += n;
	}
}

void flow_pair(struct flow *f)
{
	int session = 0;

	for (int unit = 0; unit < UNIT_MAX; unit++) {
		bool both = f->sessions[unit] && (f->handshakes[unit] || f->failures[unit]);

		f->pair[unit] = f->paired[unit] = both ? unit : UNIT_NOT_ANY;
	}
	for (int unit = 0; unit < UNIT_MAX; unit++) {
		if (f->pair[unit] != UNIT_NOT_ANY || !(f->handshakes[unit] || f->failures[unit]))
			continue;
		while (session < UNIT_MAX &&
		       (!f->sessions[session] || f->paired[session] != UNIT_NOT_ANY))
			session++;
		if (session == UNIT_MAX)
			break;
		f->pair[unit] = session;
		f->paired[session] = unit;
	}
}

void flow_pair_like(struct flow *f, const struct flow *like)
{
	memcpy(f->pair, like->pair, sizeof(f->pair));
	memcpy(f->paired, like->paired, sizeof(f->paired));
}

void flow_pair_alike(struct flow *a, struct flow *b)
{
	struct flow both = *a;

	for (int unit = 0; unit < UNIT_MAX; unit++) {
		both.handshakes[unit] += b->handshakes[unit];
		both.sessions[unit] += b->sessions[unit];
		both.failures[unit] += b->failures[unit];
	}
	flow_pair(&both);
	flow_pair_like(a, &both);
	flow_pair_like(b, &both);
}

void flow_units(
    const struct flow *flow, const struct tuple *tuple, int *ret_session, int *ret_handshake)
{
	bool session = tuple->fact == FACT_SESSION;
	int other = session ? flow->paired[tuple->unit] : flow->pair[tuple->unit];

	*ret_session = session ? (int)tuple->unit : other;
	*ret_handshake = session ? other : (int)tuple->unit;
}

bool flow_hides_versions(const struct flow *f, int unit)
{
	return f->unknown[unit] && !f->versions[unit];
}
