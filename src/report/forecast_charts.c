/* SPDX-License-Identifier: ISC */
#include "report/chart.h"
#include "report/charts.h"
#include "report/forecast.h"
#include <math.h>

#define WEEKS_AHEAD 13

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

void forecast_chart_add(const struct prospect *p, const struct report *report,
    struct result *result, const int64_t *starts)
{
	_cleanup_buffer_ struct buffer title = {0};
	int day = p->last + 1;
	size_t ahead = prospect_reach(p) / REGRESSION_WEEK;
	int64_t time = bucket_next(BUCKET_DAY, report->request->zone, starts[p->last]);
	struct chart *chart;

	if (result->chart_count == CHARTS_FLOWS)
		return;
	charts_flow_name(&title, result, result->row_count - 1);
	chart = chart_new(CHART_COLUMNS, false, buffer_text(&title),
	    p->metric == METRIC_SESSIONS ? "sessions a week" : "handshakes a week");
	chart_series(chart, "counted", PAINT_PLAIN);
	chart_series(chart, "forecast", PAINT_REST);
	while (day - REGRESSION_WEEK >= p->points[0].day)
		day -= REGRESSION_WEEK;
	for (; day <= p->last; day += REGRESSION_WEEK)
		put_counted(chart_point(chart, NULL, starts[day]), p, day);
	for (size_t i = 0; i < ahead && i < WEEKS_AHEAD; i++, day += REGRESSION_WEEK) {
		put_line(chart_point(chart, NULL, time), p, day);
		time = week_later(report, time);
	}
	result_chart(result, chart);
}
