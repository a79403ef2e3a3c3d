/* SPDX-License-Identifier: ISC */
#include "report/chart.h"
#include "report/charts.h"
#include "report/forecast.h"
#include <math.h>

#define WEEKS_AHEAD 13 /* twice that of shares, if they end no sooner */
#define CHARTS 18

static int64_t week_later(const struct report *report, int64_t day)
{
	for (int i = 0; i < REGRESSION_WEEK; i++)
		day = bucket_next(BUCKET_DAY, report->request->zone, day);
	return day;
}

/* The week that begins on a day; a day that was not counted makes it unknown. */
static void put_counted(struct chart_point *column, const struct prospect *p, int day)
{
	int days = 0;
	double sum = 0;

	for (size_t i = 0; i < p->count; i++)
		if (p->points[i].day >= day && p->points[i].day < day + REGRESSION_WEEK) {
			days++;
			sum += p->points[i].value;
		}
	column->unknown = days < REGRESSION_WEEK;
	if (column->unknown)
		return;
	column->parts[0] = llround(sum);
	column->whole = column->parts[0];
}

static void put_line(struct chart_point *column, const struct prospect *p, int day)
{
	double middle = regression_at(&p->line, day + (REGRESSION_WEEK - 1) / 2.0);

	column->parts[1] = llround(fmax(REGRESSION_WEEK * middle, 0));
	column->whole = column->parts[1];
}

/* Of a share, as exact as the days were counted. */
static void put_share(struct chart_point *column, const struct prospect *p, int day)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->points[i].day >= day && p->points[i].day < day + REGRESSION_WEEK) {
			column->parts[0] += p->measures[i].part;
			column->whole += p->measures[i].whole;
		}
	column->unknown = !column->whole;
}

static void put_fit(struct chart_point *column, const struct prospect *p, int day)
{
	double middle = regression_at(&p->line, day + (REGRESSION_WEEK - 1) / 2.0);

	column->line = fmin(fmax(middle, 0), 1);
}

static const char *share_name(enum metric metric)
{
	if (metric == METRIC_POST_QUANTUM_SHARE)
		return "post-quantum";
	return share_kinds[metric - (metric >= METRIC_HANDSHAKE_SHARE ? METRIC_HANDSHAKE_SHARE
								      : METRIC_SHARE)]
	    .long_title;
}

static const char *whole_name(const struct prospect *p)
{
	if (p->metric >= METRIC_HANDSHAKE_SHARE)
		return "handshakes";
	return p->lines[0].basis == OF_MAIL && p->lines[0].first.unit != UNIT_LOGIN
		   ? "sessions with mail"
		   : flow_line_things(&p->lines[0]);
}

/* A share that has reached all of it stays there, and one that is gone, gone. */
static bool is_over(const struct chart *chart)
{
	return chart->line_end || chart->points[chart->point_count - 1].line >= 1;
}

static struct chart *begin_chart(const struct prospect *p, struct result *result)
{
	bool share = metric_is_share(p->metric);
	_cleanup_buffer_ struct buffer title = {0}, unit = {0};
	struct chart *chart;

	charts_flow_name(&title, result, result->row_count - 1);
	if (share)
		buffer_printf(&unit, "%s of %s", share_name(p->metric), whole_name(p));
	else
		buffer_text_add(
		    &unit, p->metric == METRIC_SESSIONS ? "sessions a week" : "handshakes a week");
	chart = chart_new(CHART_COLUMNS, share, buffer_text(&title), buffer_text(&unit));
	chart_series(chart, "counted", PAINT_PLAIN);
	chart_series(chart, "forecast", PAINT_REST);
	chart->fitted = share;
	return chart;
}

void forecast_chart_add(const struct prospect *p, const struct report *report,
    struct result *result, const int64_t *starts)
{
	bool share = metric_is_share(p->metric);
	size_t ahead = prospect_reach(p) / REGRESSION_WEEK,
	       most = share ? 2 * WEEKS_AHEAD : WEEKS_AHEAD;
	int64_t time = bucket_next(BUCKET_DAY, report->request->zone, starts[p->last]);
	int64_t zero = share ? prospect_zero(p, report, starts) : 0;
	struct chart *chart;
	int day = p->last + 1;

	if (result->chart_count == CHARTS)
		return;
	chart = begin_chart(p, result);
	while (day - REGRESSION_WEEK >= p->points[0].day)
		day -= REGRESSION_WEEK;
	for (; day <= p->last; day += REGRESSION_WEEK) {
		struct chart_point *column = chart_point(chart, NULL, starts[day]);

		(share ? put_share : put_counted)(column, p, day);
		if (share)
			put_fit(column, p, day);
	}
	chart->drawn_on = chart->point_count;
	for (size_t i = 0; i < ahead && i < most && !is_over(chart); i++, day += REGRESSION_WEEK) {
		struct chart_point *column = chart_point(chart, NULL, time);

		time = week_later(report, time);
		if (zero && zero < time)
			chart->line_end = zero;
		else
			(share ? put_fit : put_line)(column, p, day);
	}
	result_chart(result, chart);
}
