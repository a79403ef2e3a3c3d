/* SPDX-License-Identifier: ISC */
#include "report/alarm.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "report/figure.h"
#include "report/filter.h"
#include "report/newcomers.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const metrics[ALARM_METRIC_MAX] = {
    [ALARM_LEGACY_SHARE] = "legacy_share",
    [ALARM_PLAINTEXT_SHARE] = "plaintext_share",
    [ALARM_PLAINTEXT_SHARE_IN] = "plaintext_share_in",
    [ALARM_PLAINTEXT_SHARE_OUT] = "plaintext_share_out",
    [ALARM_NONCOMPLIANT_SHARE] = "noncompliant_share",
    [ALARM_FAILURES] = "failures",
    [ALARM_NEAR_MISS] = "near_miss",
    [ALARM_GAPS] = "gaps",
    [ALARM_GAP_SECONDS] = "gap_seconds",
    [ALARM_SILENT_SECONDS] = "silent_seconds",
    [ALARM_NEW_LEGACY_PEERS] = "new_legacy_peers",
};

static const struct {
	const char *word;
	enum alarm_operator operator;
} operators[] = {{">=", ALARM_AT_LEAST}, {"<=", ALARM_AT_MOST}, {"!=", ALARM_NOT},
    {"==", ALARM_EQUAL}, {">", ALARM_ABOVE}, {"<", ALARM_BELOW}, {"=", ALARM_EQUAL}};

static bool is_share(enum alarm_metric metric)
{
	return metric <= ALARM_NONCOMPLIANT_SHARE;
}

static struct slice without_blanks(struct slice s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t'))
		s = slice_skip(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static int unknown_metric(struct slice word, struct diag *d)
{
	_cleanup_free_ char *copy = memory_copy(word.p, word.n);
	_cleanup_buffer_ struct buffer advice = {0};

	nearest_advise(&advice, copy, metrics, ALARM_METRIC_MAX);
	return diag_set(
	    d, EINVAL, NULL, 0, 0, "there is no metric \"%s\": %s", copy, buffer_text(&advice));
}

static int read_value(struct slice text, struct alarm *ret, struct diag *d)
{
	_cleanup_free_ char *copy = memory_copy(text.p, text.n);
	char *end;

	errno = 0;
	ret->value = strtod(copy, &end);
	if (!*copy)
		return diag_set(d, EINVAL, NULL, 0, 0, "%s is to be compared with a value",
		    metrics[ret->metric]);
	if (end == copy || errno || !isfinite(ret->value) || ret->value < 0)
		return diag_set(d, EINVAL, NULL, 0, 0, "\"%s\" is no number", copy);
	if (is_share(ret->metric) ? strcmp(end, "%") != 0 : *end)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    is_share(ret->metric) ? "%s is a share: write its value with %%, as in 0.5%%"
					  : "%s is a number, without anything behind it",
		    metrics[ret->metric]);
	if (is_share(ret->metric) && ret->value > 100)
		return diag_set(
		    d, EINVAL, NULL, 0, 0, "%s can never be: a share is 100%% at most", copy);
	if (is_share(ret->metric))
		ret->value /= 100;
	return 0;
}

int alarm_parse(const char *text, struct alarm *ret, struct diag *d)
{
	size_t at = strcspn(text, "<>=!");
	struct slice metric = without_blanks((struct slice){text, at}), rest = slice_of(text + at);

	*ret = (struct alarm){.metric = ALARM_METRIC_MAX, .text = text};
	for (int i = 0; i < ALARM_METRIC_MAX; i++)
		if (slice_is(metric, metrics[i]))
			ret->metric = (enum alarm_metric)i;
	if (ret->metric == ALARM_METRIC_MAX)
		return unknown_metric(metric, d);
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (slice_starts(rest, slice_of(operators[i].word))) {
			ret->operator= operators[i].operator;
			return read_value(
			    without_blanks(slice_skip(rest, strlen(operators[i].word))), ret, d);
		}
	return diag_set(d, EINVAL, NULL, 0, 0,
	    "\"%s\" compares nothing: it is METRIC, one of > >= < <= == != and a value, as in "
	    "\"%s > %s\"",
	    text, metrics[ret->metric], is_share(ret->metric) ? "0.5%" : "0");
}

/* A part of a whole, or a number (whole -1). */
struct measure {
	int64_t part, whole;
	const char *unit;    /* of both; NULL: they have none */
	const char *missing; /* why it cannot be told; NULL: it can */
};

static bool is_legacy(enum protocol protocol)
{
	return protocol != PROTOCOL_UNKNOWN && protocol != PROTOCOL_NONE &&
	       protocol < PROTOCOL_TLSV1_2;
}

/* Scanners and aborted logins are no mail in clear text. */
static bool carried_nothing(const struct tuple *t)
{
	return t->mail == 0 && t->auth <= 0;
}

static bool is_of(const struct tuple *t, enum alarm_metric metric)
{
	return metric == ALARM_PLAINTEXT_SHARE_IN    ? t->direction == DIRECTION_IN
	       : metric == ALARM_PLAINTEXT_SHARE_OUT ? t->direction == DIRECTION_OUT
						     : true;
}

/* Units are not added: of those that there are, the one with the largest share. */
static struct measure worst(const struct measure units[UNIT_MAX], const char *missing)
{
	struct measure m = {.missing = missing};

	for (int unit = 0; unit < UNIT_MAX; unit++) {
		const struct measure *u = &units[unit];

		if (u->whole && (m.missing || (double)u->part / (double)u->whole >
						  (double)m.part / (double)m.whole))
			m = (struct measure){u->part, u->whole, unit_name((enum unit)unit), NULL};
	}
	return m;
}

static struct measure measure_sessions(const struct report *report, enum alarm_metric metric)
{
	const struct evidence *e = &report->evidence;
	struct measure sessions[UNIT_MAX] = {0}, handshakes[UNIT_MAX] = {0}, m;

	for (size_t i = 0; i < e->counted_count; i++) {
		const struct tuple *t = &e->counted[i].tuple;
		int64_t n = e->counted[i].n;
		bool legacy = is_legacy(t->protocol);

		if (filter_apart(report->request, t) || !is_of(t, metric))
			continue;
		if (t->fact == FACT_HANDSHAKE) {
			handshakes[t->unit].whole += n;
			handshakes[t->unit].part += legacy ? n : 0;
		}
		if (t->fact != FACT_SESSION || carried_nothing(t))
			continue;
		sessions[t->unit].whole += n;
		if (metric == ALARM_LEGACY_SHARE ? legacy : t->protocol == PROTOCOL_NONE)
			sessions[t->unit].part += n;
	}
	m = worst(sessions, "no session is logged");
	return metric == ALARM_LEGACY_SHARE && m.missing
		   ? worst(handshakes, "no session and no handshake is logged")
		   : m;
}

static struct measure measure_compliance(const struct report *report)
{
	const struct evidence *e = &report->evidence;
	struct measure m = {0};

	if (!report->judge.count)
		return (struct measure){.missing = "there is no policy to judge by"};
	for (size_t i = 0; i < e->counted_count; i++) {
		const struct tuple *t = &e->counted[i].tuple;
		struct judgement judgement;

		if (t->fact != FACT_HANDSHAKE || filter_apart(report->request, t))
			continue;
		judgement = judge_tuple(&report->judge, 0, t, true);
		m.whole += e->counted[i].n;
		if (judgement.verdict != VERDICT_OK)
			m.part += e->counted[i].n;
	}
	m.missing = m.whole ? NULL : "no handshake is logged";
	return m;
}

static struct measure measure_failures(const struct report *report)
{
	const struct evidence *e = &report->evidence;
	struct measure m = {.whole = -1, .missing = "nothing is logged"};

	for (size_t i = 0; i < e->counted_count; i++) {
		const struct tuple *t = &e->counted[i].tuple;

		if (filter_apart(report->request, t))
			continue;
		m.missing = NULL;
		m.part += t->fact == FACT_FAILURE ? e->counted[i].n : 0;
	}
	return m;
}

/* Of all sources that the filters let through the one that spoke last. */
static struct measure measure_silence(const struct report *report)
{
	const struct evidence *e = &report->evidence;
	int64_t now = report->request->now, last = 0;

	for (size_t i = 0; i < e->coverage_count; i++)
		if (e->coverage[i].latest > last)
			last = e->coverage[i].latest;
	if (!now)
		return (struct measure){.missing = "a log that was named is no source that speaks"};
	if (!last)
		return (struct measure){.missing = "nothing is logged"};
	return (struct measure){.part = now > last ? now - last : 0, .whole = -1};
}

/* None of what was not read is no good news. */
static struct measure measure_coverage(const struct report *report, int64_t n)
{
	const struct coverage *all = &report->evidence.total;
	bool any = n || all->matched || all->ignored || all->near_miss || all->limit_hit;

	return (struct measure){
	    .part = n, .whole = -1, .missing = any ? NULL : "nothing was read of this period"};
}

static int measure(
    struct report *report, enum alarm_metric metric, struct measure *ret, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	int r = 0;

	switch (metric) {
	case ALARM_NONCOMPLIANT_SHARE:
		*ret = measure_compliance(report);
		break;
	case ALARM_FAILURES:
		*ret = measure_failures(report);
		break;
	case ALARM_NEAR_MISS:
		*ret = measure_coverage(report, e->total.near_miss);
		break;
	case ALARM_GAPS:
		*ret = measure_coverage(report, e->total.gaps);
		break;
	case ALARM_GAP_SECONDS:
		*ret = measure_coverage(report, e->total.gap_seconds);
		break;
	case ALARM_SILENT_SECONDS:
		*ret = measure_silence(report);
		break;
	case ALARM_NEW_LEGACY_PEERS:
		ret->whole = -1;
		r = newcomers_count(report, &ret->part, &ret->missing, d);
		break;
	default:
		*ret = measure_sessions(report, metric);
	}
	return r;
}

static bool holds(const struct alarm *alarm, double value)
{
	switch (alarm->operator) {
	case ALARM_ABOVE:
		return value > alarm->value;
	case ALARM_AT_LEAST:
		return value >= alarm->value;
	case ALARM_BELOW:
		return value < alarm->value;
	case ALARM_AT_MOST:
		return value <= alarm->value;
	case ALARM_EQUAL:
		return fabs(value - alarm->value) < 1e-9;
	case ALARM_NOT:
		return fabs(value - alarm->value) >= 1e-9;
	}
	return true;
}

int alarm_judge(
    struct report *report, const struct alarm *alarm, struct buffer *why, struct diag *d)
{
	struct measure m = {0};
	double value;
	int r = measure(report, alarm->metric, &m, d);

	if (r < 0)
		return r;
	if (m.missing) {
		buffer_printf(why, "%s cannot be told: %s", metrics[alarm->metric], m.missing);
		return 1;
	}
	value = m.whole < 0 ? (double)m.part : (double)m.part / (double)m.whole;
	if (!holds(alarm, value))
		return 0;
	buffer_printf(why, "%s: %s is ", alarm->text, metrics[alarm->metric]);
	if (m.whole < 0) {
		figure_count(why, m.part);
	} else {
		figure_share(why, value);
		buffer_printf(why, " (%lld of %lld", (long long)m.part, (long long)m.whole);
		if (m.unit)
			buffer_printf(why, ", each a %s", m.unit);
		buffer_text_add(why, ")");
	}
	return 1;
}
