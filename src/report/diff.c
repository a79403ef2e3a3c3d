/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/census.h"
#include "report/figure.h"
#include "report/filter.h"
#include "report/metric.h"
#include "report/past.h"
#include "report/significance.h"
#include "report/view.h"

/* View diff: what is measured of each flow, before and after.
 *
 * A row is a metric of a flow.  Counts of periods that differ in length are not subtracted: beside
 * them stand rows of what they are a day, which people see only then.  What was measured on one
 * side only has no difference: the log of the other may not tell.  That nothing failed is believed
 * of a log that tells of failures on the other side.
 *
 * People are not shown versions that neither side had, but for those whose 0 an admin looks for,
 * nor the versions of handshakes where sessions tell the same. */

#define DAY 86400.0

/* One of the periods. */
struct side {
	struct report *report; /* NULL: not known */
	struct flow_lines lines;
	int64_t seconds;
	int64_t *noncompliant, *peers; /* of each flow; -1: not known */
};

struct diff {
	struct report *report;
	struct result *result;
	struct side before, after;
	bool as_long;
};

/* A flow on one side. */
struct seen {
	const struct side *side;
	const struct flow_line *lines; /* two of them; NULL: it was not there */
	size_t place;
};

static void count_noncompliant(struct side *side)
{
	struct evidence *e = &side->report->evidence;
	const struct judge *judge = &side->report->judge;

	for (size_t i = 0; i < e->counted_count; i++) {
		const struct tuple *t = &e->counted[i].tuple;
		size_t place = t->fact == FACT_HANDSHAKE && !filter_apart(side->report->request, t)
				   ? flow_lines_place(&side->lines, e, t)
				   : SIZE_MAX;

		if (place == SIZE_MAX)
			continue;
		if (judge_tuple(judge, 0, t, true).verdict != VERDICT_OK)
			side->noncompliant[place] += e->counted[i].n;
	}
}

/* Of whole UTC days, as peers are kept. */
static int count_peers(struct side *side, struct diag *d)
{
	_cleanup_tally_ struct tally tally = {0};
	const struct tally_plan plan = {
	    .zone = side->report->request->zone,
	    .by_host = side->report->by_host,
	    .request = side->report->request,
	    .no_apart = true,
	};
	int failed = view_tally(side->report, &plan, &tally, d);

	if (!failed)
		failed = census_take(side->report, &tally, false, d);
	for (size_t i = 0; !failed && i < tally.row_count; i++) {
		const struct tally_row *row = &tally.rows[i];
		size_t place = flow_lines_place_of_row(&side->lines, row);

		if (place != SIZE_MAX)
			side->peers[place] = row->peers;
	}
	return failed;
}

static int look(struct side *side, struct report *report, struct diag *d)
{
	int failed;

	side->report = report;
	side->seconds = report->evidence.until - report->evidence.since;
	failed = flow_lines_collect(report, &side->lines, d);
	if (failed)
		return failed;
	side->noncompliant = memory_array(side->lines.flow_count, sizeof(*side->noncompliant));
	side->peers = memory_array(side->lines.flow_count, sizeof(*side->peers));
	for (size_t i = 0; i < side->lines.flow_count; i++)
		side->peers[i] = -1;
	if (report->judge.count)
		count_noncompliant(side);
	return count_peers(side, d);
}

static void side_free(struct side *side)
{
	flow_lines_free(&side->lines);
	free(side->noncompliant);
	free(side->peers);
}

static const struct column own_columns[] = {
    {.name = "metric"},
    {.name = "before", .type = COLUMN_MIXED, .kept = true},
    {.name = "after", .type = COLUMN_MIXED, .kept = true},
    {.name = "delta",
	.title = "+/-",
	.type = COLUMN_MIXED,
	.sign = true,
	.legend = "+/-: of shares in points."},
    {.name = "delta_pct", .title = "+/- %", .type = COLUMN_NUMBER, .sign = true, .spare = 2},
    {.name = "significant",
	.type = COLUMN_FLAG,
	.legend = "Significant: not by chance, but once in 1,000 times."},
    {.name = "of", .spare = 3},
    {.name = "of_before", .title = "of before", .type = COLUMN_COUNT, .spare = 4},
    {.name = "of_after", .title = "of after", .type = COLUMN_COUNT, .spare = 4},
};

static struct cell *begin_row(struct diff *x, const struct seen *seen, const char *metric)
{
	const struct view_row row = {
	    .report = x->report, .row = &seen->lines->first, .result = x->result};
	struct cell *cell = view_begin_row(&row);

	*cell++ = cell_text(metric);
	return cell;
}

static struct cell relative(double before, double after)
{
	return before > 0 ? cell_number(100 * (after - before) / before) : (struct cell){0};
}

static struct cell *put_counts(
    struct cell *cell, const struct measure *before, const struct measure *after, bool as_long)
{
	bool both = before->known && after->known && as_long;

	*cell++ = measure_cell(before);
	*cell++ = measure_cell(after);
	*cell++ =
	    both ? cell_as(COLUMN_COUNT, cell_count(after->part - before->part)) : (struct cell){0};
	*cell++ = both ? relative((double)before->part, (double)after->part) : (struct cell){0};
	return cell;
}

static const struct seen *either(const struct seen *before, const struct seen *after)
{
	return after->lines ? after : before;
}

static void add_count(struct diff *x, const struct seen *before, const struct seen *after,
    enum metric metric, const struct measure m[2])
{
	struct cell *cell = begin_row(x, either(before, after), metric_name(metric));

	cell = put_counts(cell, &m[0], &m[1], x->as_long);
	if (m[0].known && m[1].known && x->as_long)
		*cell = cell_flag(significance_of_counts(
		    m[0].part, before->side->seconds, m[1].part, after->side->seconds));
}

static double a_day(const struct measure *m, const struct side *side)
{
	return (double)m->part * DAY / (double)side->seconds;
}

static void add_rate(struct diff *x, const struct seen *before, const struct seen *after,
    enum metric metric, const struct measure m[2])
{
	static const char *const names[] = {
	    [METRIC_HANDSHAKES] = "handshakes_per_day",
	    [METRIC_SESSIONS] = "sessions_per_day",
	    [METRIC_SESSIONS_MAIL] = "sessions_mail_per_day",
	    [METRIC_FAILURES] = "failures_per_day",
	};
	double rates[2] = {0};
	struct cell *cell = begin_row(x, either(before, after), names[metric]);

	if (m[0].known) {
		rates[0] = a_day(&m[0], before->side);
		cell[0] = cell_number(rates[0]);
	}
	if (m[1].known) {
		rates[1] = a_day(&m[1], after->side);
		cell[1] = cell_number(rates[1]);
	}
	if (!m[0].known || !m[1].known)
		return;
	cell[2] = cell_number(rates[1] - rates[0]);
	cell[3] = relative(rates[0], rates[1]);
	cell[4] = cell_flag(significance_of_counts(
	    m[0].part, before->side->seconds, m[1].part, after->side->seconds));
}

static double fraction(const struct measure *m)
{
	return (double)m->part / (double)m->whole;
}

static void add_share(struct diff *x, const struct seen *of, const char *name, const char *whole,
    const struct measure m[2])
{
	struct cell *cell = begin_row(x, of, name);

	cell[0] = measure_cell(&m[0]);
	cell[1] = measure_cell(&m[1]);
	if (m[0].known && m[1].known) {
		cell[2] = cell_as(COLUMN_CHANGE, cell_change(cell[0], cell[1]));
		cell[3] = relative(fraction(&m[0]), fraction(&m[1]));
		cell[4] =
		    cell_flag(significance_of_shares(m[0].part, m[0].whole, m[1].part, m[1].whole));
	}
	cell[5] = cell_text(whole);
	cell[6] = m[0].known ? cell_count(m[0].whole) : (struct cell){0};
	cell[7] = m[1].known ? cell_count(m[1].whole) : (struct cell){0};
}

static struct measure measure_of(enum metric metric, const struct seen *seen)
{
	return seen->lines ? metric_measure(metric, seen->lines) : (struct measure){0};
}

/* Nothing failed where handshakes are logged, and failures were on the other side. */
static void believe_no_failure(struct measure m[2], const struct seen *seen[2])
{
	for (int i = 0; i < 2; i++)
		if (!m[i].known && m[!i].known && seen[i]->lines &&
		    seen[i]->lines->total.handshakes)
			m[i].known = true;
}

/* A share of what carried mail is none of all sessions. */
static bool of_other_things(enum metric metric, const struct seen *before, const struct seen *after)
{
	return metric >= METRIC_SHARE && metric <= METRIC_LEGACY_SHARE && before->lines &&
	       after->lines && before->lines[0].basis != after->lines[0].basis;
}

static bool told_by_sessions(enum metric metric, const struct seen *seen)
{
	return !seen->lines || metric_is_told_by_sessions(metric, seen->lines);
}

static bool version_shown(const struct diff *x, enum metric metric, const struct seen *before,
    const struct seen *after, const struct measure m[2])
{
	bool of_handshakes =
	    metric >= METRIC_HANDSHAKE_SHARE && metric <= METRIC_LEGACY_HANDSHAKE_SHARE;
	enum share share =
	    (enum share)(metric - (of_handshakes ? METRIC_HANDSHAKE_SHARE : METRIC_SHARE));

	if (!x->report->for_people || metric < METRIC_SHARE ||
	    metric > METRIC_LEGACY_HANDSHAKE_SHARE)
		return true;
	if (told_by_sessions(metric, before) && told_by_sessions(metric, after))
		return false;
	return m[0].part || m[1].part || share >= SHARES || share_kinds[share].always;
}

static void add_metric(
    struct diff *x, enum metric metric, const struct seen *before, const struct seen *after)
{
	struct measure m[] = {measure_of(metric, before), measure_of(metric, after)};

	if (metric == METRIC_FAILURES || metric == METRIC_FAILURE_SHARE)
		believe_no_failure(m, (const struct seen *[]){before, after});
	if (of_other_things(metric, before, after))
		m[m[1].known ? 0 : 1].known = false;
	if ((!m[0].known && !m[1].known) || !view_has_room(x->report, x->result) ||
	    !version_shown(x, metric, before, after, m))
		return;
	if (metric_is_share(metric)) {
		const struct seen *of = m[1].known ? after : before;

		add_share(x, either(before, after), metric_name(metric),
		    metric_whole(metric, of->lines), m);
		return;
	}
	add_count(x, before, after, metric, m);
	if (view_has_room(x->report, x->result) && !(x->report->for_people && x->as_long))
		add_rate(x, before, after, metric, m);
}

static struct measure noncompliant_of(const struct seen *seen)
{
	if (!seen->lines || !seen->side->report->judge.count || !seen->lines->total.handshakes)
		return (struct measure){0};
	return (struct measure){
	    .known = true,
	    .part = seen->side->noncompliant[seen->place],
	    .whole = seen->lines->total.handshakes,
	};
}

static struct measure peers_of(const struct seen *seen)
{
	if (!seen->lines || seen->side->peers[seen->place] < 0)
		return (struct measure){0};
	return (struct measure){.known = true, .part = seen->side->peers[seen->place]};
}

static void add_flow(struct diff *x, const struct seen *before, const struct seen *after)
{
	const struct measure judged[] = {noncompliant_of(before), noncompliant_of(after)};
	const struct measure peers[] = {peers_of(before), peers_of(after)};

	for (int i = 0; i < METRICS; i++)
		if (metric_name((enum metric)i))
			add_metric(x, (enum metric)i, before, after);
	if ((judged[0].known || judged[1].known) && view_has_room(x->report, x->result))
		add_share(x, either(before, after), "noncompliant_share", "handshakes", judged);
	if ((peers[0].known || peers[1].known) && view_has_room(x->report, x->result))
		put_counts(
		    begin_row(x, either(before, after), "peers"), &peers[0], &peers[1], x->as_long);
}

static struct seen seen_on(struct side *side, const struct flow_line *like)
{
	size_t place =
	    side->report ? flow_lines_place_of_row(&side->lines, &like->first) : SIZE_MAX;

	if (place == SIZE_MAX)
		return (struct seen){.side = side};
	return (struct seen){side, &side->lines.p[2 * place], place};
}

static void add_flows(struct diff *x)
{
	for (size_t i = 0; i < x->after.lines.flow_count; i++) {
		const struct flow_line *line = &x->after.lines.p[2 * i];
		struct seen before = seen_on(&x->before, line), after = {&x->after, line, i};

		add_flow(x, &before, &after);
	}
	for (size_t i = 0; i < x->before.lines.flow_count; i++) {
		const struct flow_line *line = &x->before.lines.p[2 * i];
		struct seen before = {&x->before, line, i}, after = seen_on(&x->after, line);

		if (!after.lines)
			add_flow(x, &before, &after);
	}
}

/* What is missing reads like what became less.  Nothing may have been logged, or nothing was read.
 */
static void warn_of_end(struct report *report)
{
	const struct evidence *e = &report->evidence;
	int64_t missing = e->until - e->total.last_event;
	_cleanup_buffer_ struct buffer text = {0};

	if (e->total.last_event <= 0 || missing <= (e->until - e->since) / 10)
		return;
	buffer_text_add(&text, "what was read ends ");
	figure_time(&text, report->request->zone, e->total.last_event + 3600);
	buffer_text_add(&text, ", well before the period does: less there may be no less in truth");
	evidence_warn(&report->evidence, buffer_text(&text));
}

int diff_build(struct report *report, const struct view *view, struct diag *d)
{
	struct diff x = {.report = report, .result = result_new(view->name)};
	struct past *past;
	int failed;

	view_add(report, x.result);
	view_name_policies(report);
	view_add_columns(x.result, "Before and after", own_columns, ARRAY_SIZE(own_columns));
	failed = past_need(report, &past, d);
	if (!failed)
		failed = look(&x.after, report, d);
	if (!failed && past->known)
		failed = look(&x.before, &past->report, d);
	if (!failed && past->known)
		warn_of_end(report);
	if (!failed) {
		x.as_long = past->as_long || !past->known;
		add_flows(&x);
	}
	side_free(&x.before);
	side_free(&x.after);
	return failed;
}
