/* SPDX-License-Identifier: ISC */
#include "report/evidence.h"

#include "base/macros.h"
#include "base/memory.h"
#include "report/figure.h"
#include "report/filter.h"
#include "report/silence.h"
#include <errno.h>
#include <string.h>

#define HOUR 3600

struct gathering {
	struct evidence *e;
	const struct report_request *request;
	bool by_host;
};

static bool flow_is(const struct flow *f, const struct tuple *t, bool by_host)
{
	return f->direction == t->direction && f->service == t->service &&
	       strcmp(f->mta, t->mta) == 0 && (!by_host || strcmp(f->host, t->host) == 0);
}

/* Rows come in the order of their texts, so the latest flow is nearly always the next one too. */
static struct flow *find_flow(struct evidence *e, const struct tuple *t, bool by_host)
{
	if (e->flow_latest < e->flow_count && flow_is(&e->flows[e->flow_latest], t, by_host))
		return &e->flows[e->flow_latest];
	for (size_t i = 0; i < e->flow_count; i++)
		if (flow_is(&e->flows[i], t, by_host)) {
			e->flow_latest = i;
			return &e->flows[i];
		}
	return NULL;
}

const struct flow *evidence_flow(struct evidence *e, const struct tuple *t, bool by_host)
{
	return find_flow(e, t, by_host);
}

static struct flow *need_flow(struct evidence *e, const struct tuple *t, bool by_host)
{
	struct flow *f = find_flow(e, t, by_host);

	if (f)
		return f;
	e->flows = memory_grow(e->flows, e->flow_count + 1, sizeof(*e->flows));
	e->flow_latest = e->flow_count++;
	f = &e->flows[e->flow_latest];
	*f = (struct flow){
	    .host = by_host ? t->host : "",
	    .mta = t->mta,
	    .direction = t->direction,
	    .service = t->service,
	};
	return f;
}

static struct mta_evidence *need_mta(struct evidence *e, const char *mta)
{
	for (size_t i = 0; i < e->mta_count; i++)
		if (strcmp(e->mtas[i].mta, mta) == 0)
			return &e->mtas[i];
	e->mtas = memory_grow(e->mtas, e->mta_count + 1, sizeof(*e->mtas));
	e->mtas[e->mta_count] = (struct mta_evidence){.mta = mta};
	return &e->mtas[e->mta_count++];
}

/* Whether a log has handshakes at all, any of them tells. */
static void count_for_mta(
    struct mta_evidence *m, const struct tuple *t, int64_t n, bool asked, bool shown)
{
	bool unknown = shown && t->protocol == PROTOCOL_UNKNOWN;

	if (t->fact == FACT_HANDSHAKE) {
		m->handshakes += n;
		m->handshakes_unknown += unknown ? n : 0;
	} else if (t->fact == FACT_SESSION) {
		m->sessions += asked ? n : 0;
		m->sessions_unknown += unknown ? n : 0;
	}
}

static void count_all(struct evidence *e, const struct tuple *t, int64_t n)
{
	if (t->fact == FACT_HANDSHAKE) {
		e->handshakes += n;
	} else if (t->fact == FACT_SESSION) {
		e->sessions += n;
		e->sessions_known += t->protocol != PROTOCOL_UNKNOWN ? n : 0;
	} else {
		e->failures += n;
	}
}

static void keep_counted(struct evidence *e, int64_t hour, const struct tuple *t, int64_t n)
{
	if (e->counted_count == e->counted_room) {
		e->counted_room = e->counted_room ? 2 * e->counted_room : 64;
		e->counted = memory_grow(e->counted, e->counted_room, sizeof(*e->counted));
	}
	e->counted[e->counted_count++] = (struct counted){.tuple = *t, .last_hour = hour, .n = n};
}

static bool is_folded(const struct tuple *t)
{
	const char *const texts[] = {
	    t->host, t->cipher_raw, t->group_raw, t->signature_raw, t->reason};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strcmp(texts[i], TUPLE_OTHER) == 0)
			return true;
	return false;
}

static int add_count(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	struct gathering *g = context;
	bool asked = filter_word(&g->request->service, service_name(t->service)) &&
		     filter_word(&g->request->direction, direction_name(t->direction));
	bool shown = asked && (t->internal || g->request->internal != INTERNAL_ONLY) &&
		     !filter_apart(g->request, t);

	if (filter_word(&g->request->mta, t->mta) && filter_word(&g->request->host, t->host))
		count_for_mta(need_mta(g->e, t->mta), t, n, asked, shown);
	if (filter_tuple(g->request, t)) {
		keep_counted(g->e, hour, t, n);
		count_all(g->e, t, n);
		flow_count(need_flow(g->e, t, g->by_host), t, n);
		g->e->folded += is_folded(t) ? n : 0;
		g->e->apart += filter_apart(g->request, t) ? n : 0;
	}
	return 0;
}

/* What belongs to a source is given with each of its rows, and is summed once. */
static bool new_source(struct evidence *e, const char *source)
{
	for (size_t i = e->source_count; i-- > 0;)
		if (strcmp(e->sources[i], source) == 0)
			return false;
	e->sources = memory_grow(e->sources, e->source_count + 1, sizeof(*e->sources));
	e->sources[e->source_count++] = source;
	return true;
}

static int add_coverage(void *context, const struct coverage *row)
{
	struct gathering *g = context;
	struct evidence *e = g->e;
	struct coverage *sum = &e->total;

	if (*row->mta &&
	    !(filter_word(&g->request->mta, row->mta) && filter_word(&g->request->host, row->host)))
		return 0;
	e->coverage = memory_grow(e->coverage, e->coverage_count + 1, sizeof(*e->coverage));
	e->coverage[e->coverage_count++] = *row;
	if (new_source(e, row->source)) {
		sum->lines += row->lines;
		sum->overlong += row->overlong;
		sum->bad_time += row->bad_time;
		sum->unparsed += row->unparsed;
		sum->evicted += row->evicted;
		sum->gap_seconds += row->gap_seconds;
		sum->gaps += row->gaps;
	}
	if (row->first_event > 0 && (!sum->first_event || row->first_event < sum->first_event))
		sum->first_event = row->first_event;
	if (row->last_event > sum->last_event)
		sum->last_event = row->last_event;
	sum->matched += row->matched;
	sum->ignored += row->ignored;
	sum->near_miss += row->near_miss;
	sum->limit_hit += row->limit_hit;
	if (*row->mta)
		need_mta(e, row->mta)->taken += row->matched + row->near_miss + row->limit_hit;
	return 0;
}

static struct flow *flow_like(struct evidence *e, const struct flow *f, bool by_host)
{
	return find_flow(e,
	    &(struct tuple){
		.host = f->host,
		.mta = f->mta,
		.direction = f->direction,
		.service = f->service,
	    },
	    by_host);
}

void evidence_pair_alike(struct evidence *a, struct evidence *b, bool by_host)
{
	for (size_t i = 0; i < a->flow_count; i++) {
		struct flow *other = flow_like(b, &a->flows[i], by_host);

		if (other)
			flow_pair_alike(&a->flows[i], other);
	}
}

void evidence_pair_like(struct evidence *e, struct evidence *like, bool by_host)
{
	for (size_t i = 0; i < e->flow_count; i++) {
		const struct flow *other = flow_like(like, &e->flows[i], by_host);

		if (other)
			flow_pair_like(&e->flows[i], other);
	}
}

static bool lacks_handshakes(const struct mta_evidence *m)
{
	return !m->handshakes && (m->taken || m->sessions);
}

/* Where no handshake was logged at all, the protocol of sessions is unknown for that reason, and
 * one advice is enough. */
static bool said_already(
    const struct report_request *r, const struct hint *h, const struct mta_evidence *m)
{
	if (strcmp(h->when, "protocol-unknown") != 0 || !lacks_handshakes(m))
		return false;
	for (size_t i = 0; i < r->hint_count; i++)
		if (strcmp(r->hints[i].mta, h->mta) == 0 &&
		    strcmp(r->hints[i].when, "no-handshake") == 0)
			return true;
	return false;
}

/* The words before a hint's own: what was found, so that the reader sees why it is given. */
static bool hint_reason(const struct mta_evidence *m, const char *when, struct buffer *to)
{
	if (strcmp(when, "no-handshake") == 0) {
		if (!lacks_handshakes(m))
			return false;
		if (m->sessions)
			figure_of(to, m->sessions, "session", "sessions");
		else
			figure_of(to, m->taken, "line", "lines");
		buffer_text_add(to, " and no TLS handshake in the log");
		return true;
	}
	if (strcmp(when, "protocol-unknown") == 0) {
		bool sessions = m->sessions_unknown > 0;

		if (!sessions && !m->handshakes_unknown)
			return false;
		if (sessions)
			figure_of(to, m->sessions_unknown, "session", "sessions");
		else
			figure_of(to, m->handshakes_unknown, "handshake", "handshakes");
		buffer_text_add(to, " whose protocol the log does not tell");
		return true;
	}
	if (strcmp(when, "no-session") == 0 && !m->sessions && (m->taken || m->handshakes)) {
		buffer_text_add(to, "no session in the log, so clear text is not known");
		return true;
	}
	return false;
}

static void put_hint(struct evidence *e, const char *name, char *text)
{
	e->hints = memory_grow(e->hints, e->hint_count + 1, sizeof(*e->hints));
	e->hint_names = memory_grow(e->hint_names, e->hint_count + 1, sizeof(*e->hint_names));
	e->hint_names[e->hint_count] = name;
	e->hints[e->hint_count++] = text;
}

void evidence_hint(struct evidence *e, const char *text)
{
	put_hint(e, "", memory_string(text));
}

void evidence_hint_on(struct evidence *e, const char *name, const char *text)
{
	put_hint(e, name, memory_string(text));
}

void evidence_warn(struct evidence *e, const char *text)
{
	for (size_t i = 0; i < e->warning_count; i++)
		if (strcmp(e->warnings[i], text) == 0)
			return;
	e->warnings = memory_grow(e->warnings, e->warning_count + 1, sizeof(*e->warnings));
	e->warnings[e->warning_count++] = memory_string(text);
}

static void add_hint(struct evidence *e, const struct hint *h, const struct mta_evidence *m)
{
	_cleanup_buffer_ struct buffer text = {0};

	buffer_printf(&text, "%s: ", h->mta);
	if (!hint_reason(m, h->when, &text))
		return;
	buffer_printf(&text, ": %s", h->text);
	for (size_t i = 0; i < e->hint_count; i++) /* one advice may mend two things */
		if (e->hint_names[i] == m->mta && strstr(e->hints[i], h->text))
			return;
	put_hint(e, m->mta, buffer_take(&text));
}

static int find_period(
    struct store *store, const struct report_request *r, struct evidence *e, struct diag *d)
{
	int failed = query_span(store, &e->from, &e->to, d);

	if (failed && failed != -ENODATA)
		return failed;
	diag_free(d); /* an empty store is no failure of a report */
	e->any = !failed;
	e->since = r->since_given ? query_floor(store, r->since) : e->any ? e->from : 0;
	e->until = r->until_given ? query_floor(store, r->until) : e->any ? e->to + HOUR : e->since;
	if (!r->until_given && e->until < r->now)
		e->until = (r->now + HOUR - 1) / HOUR * HOUR;
	if (e->until < e->since)
		e->until = e->since;
	return 0;
}

int evidence_gather(struct store *store, const struct report_request *request, bool by_host,
    struct evidence *ret, struct diag *d)
{
	_cleanup_evidence_ struct evidence e = {.total = {.source = "", .mta = "", .host = ""}};
	struct gathering g = {.e = &e, .request = request, .by_host = by_host};
	struct query query = {
	    .since = request->since_given ? request->since : INT64_MIN,
	    .until = request->until_given ? request->until : INT64_MAX,
	};
	int failed = find_period(store, request, &e, d);

	query_rolled(store, &e.rolled_until, &e.rolled_zone);
	if (!failed)
		failed = query_counts(store, &query, add_count, &g, d);
	if (!failed)
		failed = query_coverage(store, &query, add_coverage, &g, d);
	if (!failed)
		failed = silence_gather(store, request, &e, d);
	if (failed)
		return failed;
	for (size_t i = 0; i < e.flow_count; i++)
		flow_pair(&e.flows[i]);
	for (size_t i = 0; i < request->hint_count && !request->no_hints; i++)
		for (size_t k = 0; k < e.mta_count; k++)
			if (strcmp(e.mtas[k].mta, request->hints[i].mta) == 0 &&
			    !said_already(request, &request->hints[i], &e.mtas[k]))
				add_hint(&e, &request->hints[i], &e.mtas[k]);
	*ret = e;
	e = (struct evidence){0};
	return 0;
}

void evidence_free(struct evidence *e)
{
	for (size_t i = 0; i < e->hint_count; i++)
		free(e->hints[i]);
	for (size_t i = 0; i < e->warning_count; i++)
		free(e->warnings[i]);
	for (size_t i = 0; i < e->silent_count; i++)
		free(e->silent[i].text);
	free(e->silent);
	free(e->warnings);
	free(e->hints);
	free(e->judged);
	free(e->hint_names);
	free(e->counted);
	free(e->coverage);
	free(e->sources);
	free(e->mtas);
	free(e->flows);
	*e = (struct evidence){0};
}
