/* SPDX-License-Identifier: ISC */
#include "report/forecast.h"

#include "base/macros.h"
#include "base/memory.h"
#include <math.h>

/* View forecast: a straight line through the days of each metric of a flow (regression.h), and
 * where it leads to.
 *
 * Only whole days count: not the day that runs, nor those on which the store, a flow or the period
 * begins or the log ends.  A day on which nothing at all was counted was not read, and one without
 * a session has no shares: such days are left out, and are not 0.
 *
 * A line is drawn on only where the data carry it: through LEAST_DAYS days, with a slope whose
 * range leaves out 0, where it explains LEAST_R2 of what the week's rhythm does not; and no further
 * than REACH times as long as was seen.  Else the row says why not. */

#define LEAST_DAYS 14
#define LEAST_R2 0.25
#define REACH 4

/* The whole days, by their places among the starts. */
struct days {
	size_t first, last; /* last is before first if there is none */
	bool *read;	    /* of each day of the period */
};

struct forecast {
	struct report *report;
	struct result *result;
	struct flow_lines lines;
	struct days days;
	size_t most; /* points of any row */
};

static const enum metric forecast_metrics[] = {
    METRIC_HANDSHAKES,
    METRIC_SESSIONS,
    METRIC_SHARE + SHARE_NONE,
    METRIC_SHARE + SHARE_OLDER,
    METRIC_SHARE + SHARE_AMBIGUOUS,
    METRIC_SHARE + SHARE_TLS_1_0,
    METRIC_SHARE + SHARE_TLS_1_1,
    METRIC_LEGACY_SHARE,
    METRIC_HANDSHAKE_SHARE + SHARE_OLDER,
    METRIC_HANDSHAKE_SHARE + SHARE_AMBIGUOUS,
    METRIC_HANDSHAKE_SHARE + SHARE_TLS_1_0,
    METRIC_HANDSHAKE_SHARE + SHARE_TLS_1_1,
    METRIC_LEGACY_HANDSHAKE_SHARE,
    METRIC_POST_QUANTUM_SHARE,
};

static int64_t end_of_day(const struct forecast *f, size_t day)
{
	return bucket_next(BUCKET_DAY, f->report->request->zone, f->lines.starts[day]);
}

/* What was read ends with the last hour, or the last day, that was counted. */
static int64_t end_of_log(const struct forecast *f)
{
	const struct evidence *e = &f->report->evidence;

	if (e->to < e->rolled_until)
		return bucket_next(BUCKET_DAY, f->report->request->zone, e->to);
	return e->to + 3600;
}

static void find_days(struct forecast *f)
{
	const struct evidence *e = &f->report->evidence;
	const struct flow_lines *lines = &f->lines;
	int64_t now = f->report->request->now, from = e->from > e->since ? e->from : e->since;
	int64_t end = end_of_log(f), to = end < e->until ? end : e->until;
	size_t ended = lines->start_count;

	to = now && now < to ? now : to;
	while (f->days.first < lines->start_count && lines->starts[f->days.first] < from)
		f->days.first++;
	while (ended && end_of_day(f, ended - 1) > to)
		ended--;
	f->days.last = ended - 1; /* SIZE_MAX is before all */
	f->days.read = memory_array(lines->start_count, sizeof(*f->days.read));
	for (size_t i = 0; i < 2 * lines->flow_count; i++)
		for (size_t day = 0; lines->p[i].points && day < lines->start_count; day++) {
			const struct counts *c = &lines->p[i].points[day].counts;

			f->days.read[day] |= c->handshakes || c->sessions || c->failures;
		}
}

/* The flow as it was on one day. */
static struct measure measure_day(const struct prospect *p, size_t day)
{
	const struct flow_line *of = p->lines;
	struct flow_line lines[2] = {of[0], of[1]};

	for (size_t i = 0; i < 2; i++) {
		lines[i].parts = of[i].points[day].parts;
		lines[i].total = of[i].points[day].counts;
	}
	return metric_measure(p->metric, lines);
}

static size_t first_day_of(const struct forecast *f, const struct flow_line *line)
{
	size_t day = 0;

	while (day < f->lines.start_count && !line->points[day].counts.handshakes &&
	       !line->points[day].counts.sessions && !line->points[day].counts.failures)
		day++;
	return day < f->days.first ? f->days.first : day == f->days.first ? day : day + 1;
}

static void collect(const struct forecast *f, struct prospect *p)
{
	bool share = metric_is_share(p->metric);

	p->count = 0;
	if (f->days.last == SIZE_MAX)
		return;
	for (size_t day = first_day_of(f, p->lines); day <= f->days.last; day++) {
		struct measure m = measure_day(p, day);

		if (!f->days.read[day] || (share && !(m.known && m.whole)))
			continue;
		p->measures[p->count] = m;
		p->points[p->count++] = (struct regression_point){
		    .day = (int)day,
		    .value = share ? (double)m.part / (double)m.whole : (double)m.part,
		};
	}
}

static bool gone(const struct prospect *p)
{
	for (size_t i = p->count - REGRESSION_WEEK; i < p->count; i++)
		if (p->points[i].value > 0)
			return false;
	return true;
}

static bool constant(const struct prospect *p)
{
	for (size_t i = 1; i < p->count; i++)
		if (fabs(p->points[i].value - p->points[0].value) > 0)
			return false;
	return true;
}

static void judge(struct prospect *p)
{
	if (p->count < LEAST_DAYS || regression_fit(p->points, p->count, &p->line) < 0)
		p->why = "too-few-days";
	else if (constant(p))
		p->why = p->points[0].value > 0 ? "constant" : "never-seen";
	else if (gone(p))
		p->why = "gone";
	else if (!regression_has_slope(&p->line))
		p->why = "no-slope";
	else if (p->line.r2 < LEAST_R2)
		p->why = "scattered";
}

static struct cell value_cell(const struct prospect *p, double value)
{
	value = fmax(value, 0);
	if (!metric_is_share(p->metric))
		return cell_number(value);
	return (struct cell){.known = true, .type = COLUMN_FRACTION, .fraction = fmin(value, 1)};
}

size_t prospect_reach(const struct prospect *p)
{
	return REACH * (size_t)(p->points[p->count - 1].day - p->points[0].day + 1);
}

int64_t prospect_zero(const struct prospect *p, const struct report *report, const int64_t *starts)
{
	double now = regression_at(&p->line, p->last);
	double days = ceil(-now / p->line.slope);
	int64_t day = starts[p->last];

	if (p->line.slope >= 0 || now <= 0 || days > (double)prospect_reach(p))
		return 0;
	while (days-- > 0)
		day = bucket_next(BUCKET_DAY, report->request->zone, day);
	return day;
}

static struct cell zero_cell(const struct forecast *f, const struct prospect *p)
{
	int64_t day = prospect_zero(p, f->report, f->lines.starts);

	return day ? cell_count(day) : (struct cell){0};
}
static void put_forecast(const struct forecast *f, const struct prospect *p, struct cell *cell)
{
	static const size_t ahead[] = {30, 90, 365};
	double furthest = -1;

	for (size_t i = 0; i < ARRAY_SIZE(ahead); i++) {
		double day = (double)(f->days.last + ahead[i]);

		if (ahead[i] > prospect_reach(p))
			continue;
		furthest = day;
		cell[i] = value_cell(p, regression_at(&p->line, day));
	}
	if (furthest >= 0) {
		double at = regression_at(&p->line, furthest);
		double range = regression_range(&p->line, furthest);

		cell[3] = value_cell(p, at - range);
		cell[4] = value_cell(p, at + range);
	}
	cell[5] = zero_cell(f, p);
}

static const struct column own_columns[] = {
    {.name = "metric"},
    {.name = "model", .audience = AUDIENCE_DATA},
    {.name = "points", .title = "days", .type = COLUMN_COUNT, .spare = 4},
    {.name = "slope_per_day", .type = COLUMN_NUMBER, .audience = AUDIENCE_DATA},
    {.name = "r2", .type = COLUMN_FRACTION, .spare = 5},
    {.name = "value_now", .title = "now", .type = COLUMN_MIXED},
    {.name = "at_30d", .title = "+30 d", .type = COLUMN_MIXED},
    {.name = "at_90d", .title = "+90 d", .type = COLUMN_MIXED},
    {.name = "at_365d", .title = "+365 d", .type = COLUMN_MIXED},
    {.name = "low",
	.type = COLUMN_MIXED,
	.spare = 2,
	.legend = "Low, high: a day's range of 95 %, at the furthest."},
    {.name = "high", .type = COLUMN_MIXED, .spare = 2},
    {.name = "date_when_zero", .title = "zero on", .type = COLUMN_TIME, .blank = true},
    {.name = "why", .title = "why not", .blank = true},
};

static void add_row(struct forecast *f, const struct prospect *p)
{
	const struct view_row row = {
	    .report = f->report, .row = &p->lines->first, .result = f->result};
	struct cell *cell = view_begin_row(&row);

	*cell++ = cell_text(metric_name(p->metric));
	*cell++ = cell_text(p->why ? "" : "weekday-linear");
	*cell++ = cell_count((int64_t)p->count);
	if (p->line.points) {
		*cell++ = cell_number(p->line.slope);
		*cell++ = p->line.r2 < 0 ? (struct cell){0}
					 : (struct cell){.known = true, .fraction = p->line.r2};
		*cell++ = value_cell(p, regression_at(&p->line, (double)f->days.last));
	} else {
		cell += 3;
	}
	if (!p->why)
		put_forecast(f, p, cell);
	cell[6] = cell_text(p->why);
}

/* What the flow never had is not shown to people, nor the versions of its handshakes where those of
 * its sessions tell the same. */
static bool shown(const struct forecast *f, const struct prospect *p)
{
	struct measure m = metric_measure(p->metric, p->lines);

	if (!m.known || !view_has_room(f->report, f->result))
		return false;
	if (!f->report->for_people)
		return true;
	if (metric_is_told_by_sessions(p->metric, p->lines))
		return false;
	return m.part > 0;
}

/* What is the sum of other shares is drawn with them. */
static bool is_drawn(const struct prospect *p)
{
	if (metric_is_share(p->metric))
		return p->metric != METRIC_LEGACY_SHARE &&
		       p->metric != METRIC_LEGACY_HANDSHAKE_SHARE;
	return p->metric ==
	       (p->lines[0].basis == OF_HANDSHAKES ? METRIC_HANDSHAKES : METRIC_SESSIONS);
}

static void add_flow(struct forecast *f, const struct flow_line *lines)
{
	struct regression_point *points = memory_array(f->lines.start_count, sizeof(*points));
	struct measure *measures = memory_array(f->lines.start_count, sizeof(*measures));

	for (size_t i = 0; i < ARRAY_SIZE(forecast_metrics); i++) {
		struct prospect p = {
		    .metric = forecast_metrics[i],
		    .lines = lines,
		    .points = points,
		    .measures = measures,
		    .last = (int)f->days.last,
		};

		if (!shown(f, &p))
			continue;
		if (lines[0].points && lines[1].points)
			collect(f, &p);
		judge(&p);
		add_row(f, &p);
		if (f->report->draws && !p.why && is_drawn(&p))
			forecast_chart_add(&p, f->report, f->result, f->lines.starts);
		f->most = p.count > f->most ? p.count : f->most;
	}
	free(measures);
	free(points);
}

static void hint(struct forecast *f)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (f->most >= LEAST_DAYS || !f->result->row_count || f->report->request->no_hints)
		return;
	buffer_printf(&text,
	    "a forecast is made of %d whole days at least, and there %s %zu: a store "
	    "keeps them (mailtls-import), --since takes them in",
	    LEAST_DAYS, f->most == 1 ? "is" : "are", f->most);
	evidence_hint(&f->report->evidence, buffer_text(&text));
}

int forecast_build(struct report *report, const struct view *view, struct diag *d)
{
	struct forecast f = {.report = report, .result = result_new(view->name)};
	int failed;

	view_add(report, f.result);
	view_add_columns(f.result, "Where it leads to", own_columns, ARRAY_SIZE(own_columns));
	failed = flow_lines_collect(report, &f.lines, d);
	if (!failed)
		failed = flow_lines_over_time(report, &f.lines, BUCKET_DAY, d);
	if (!failed) {
		find_days(&f);
		for (size_t i = 0; i < f.lines.flow_count; i++)
			add_flow(&f, &f.lines.p[2 * i]);
		hint(&f);
	}
	flow_lines_free(&f.lines);
	free(f.days.read);
	return failed;
}
