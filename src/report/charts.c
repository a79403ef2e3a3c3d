/* SPDX-License-Identifier: ISC */
#include "report/charts.h"

#include "base/macros.h"
#include "base/memory.h"
#include "report/flow_lines.h"
#include <string.h>

#define CHARTS_FLOWS 6 /* that get charts over time, or bars, of their own */
#define LINES 12       /* that get a bar of their shares */
#define BARS 6	       /* the rest is one bar more */

_Static_assert(SHARES <= CHART_SERIES, "a series for each share");

static void add_flow_name(struct buffer *to, const struct report *report, const struct tuple *t)
{
	if (report->by_host)
		buffer_printf(to, "%s ", t->host);
	buffer_printf(
	    to, "%s %s %s", t->mta, direction_name(t->direction), service_name(t->service));
}

static const char *unit_of(const struct flow_line *line)
{
	const char *things = flow_line_things(line);

	return strcmp(things, "with mail") == 0 ? "sessions with mail" : things;
}

static void add_series(struct chart *chart)
{
	for (int i = 0; i < SHARES; i++)
		chart_series(chart, share_kinds[i].long_title, share_kinds[i].paint);
}

static void put_parts(struct chart_point *point, const struct parts *parts)
{
	point->whole = parts->whole;
	for (int i = 0; i < SHARES; i++)
		point->parts[i] = parts->of[i];
}

static void add_line_bar(
    const struct report *report, struct chart *chart, const struct flow_line *line)
{
	_cleanup_buffer_ struct buffer label = {0};

	add_flow_name(&label, report, &line->first.tuple);
	buffer_printf(&label, ", %s", unit_of(line));
	put_parts(chart_point(chart, buffer_text(&label), 0), &line->parts);
}

static void add_line_columns(const struct report *report, struct result *result,
    const struct flow_lines *lines, const struct flow_line *line)
{
	_cleanup_buffer_ struct buffer title = {0};
	struct chart *chart;

	add_flow_name(&title, report, &line->first.tuple);
	chart = chart_new(CHART_COLUMNS, true, buffer_text(&title), unit_of(line));
	add_series(chart);
	for (size_t i = 0; i < lines->start_count; i++)
		put_parts(chart_point(chart, NULL, lines->starts[i]), &line->points[i].parts);
	result_chart(result, chart);
}

static int add_flows(struct report *report, struct result *result, struct diag *d)
{
	_cleanup_flow_lines_ struct flow_lines lines = {0};
	struct chart *bars;
	size_t drawn = 0;
	int failed = flow_lines_collect(report, &lines, d);

	if (!failed)
		failed = flow_lines_over_time(report, &lines, BUCKET_AUTO, d);
	if (failed)
		return failed;
	bars = chart_new(CHART_BARS, true, "Shares of each service", "");
	add_series(bars);
	for (size_t i = 0; i < lines.flow_count && bars->point_count < LINES; i++)
		if (lines.p[2 * i].parts.whole)
			add_line_bar(report, bars, &lines.p[2 * i]);
	if (bars->point_count)
		result_chart(result, bars);
	else
		chart_free(bars);
	for (size_t i = 0; i < lines.flow_count && drawn < CHARTS_FLOWS; i++)
		if (lines.p[2 * i].points && lines.p[2 * i].parts.whole) {
			add_line_columns(report, result, &lines, &lines.p[2 * i]);
			drawn++;
		}
	return 0;
}

size_t charts_column(const struct result *r, const char *name)
{
	size_t column = 0;

	while (column < r->column_count && strcmp(r->columns[column].name, name) != 0)
		column++;
	return column;
}

void charts_flow_name(struct buffer *to, const struct result *r, size_t row)
{
	static const char *const parts[] = {"host", "mta", "direction", "service", "apart"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t column = charts_column(r, parts[i]);
		const struct cell *cell =
		    column < r->column_count ? result_cell(r, row, column) : NULL;

		if (cell && cell->known)
			buffer_printf(to, "%s%s", to->n ? " " : "", cell->text);
	}
}

static struct chart_point *need_point(struct chart *chart, const char *label)
{
	for (size_t i = 0; i < chart->point_count; i++)
		if (strcmp(chart->points[i].label, label) == 0)
			return &chart->points[i];
	return chart_point(chart, label, 0);
}

static struct chart *need_chart(struct result *r, const char *title, const char *unit)
{
	struct chart *chart;

	for (size_t i = 0; i < r->chart_count; i++)
		if (strcmp(r->charts[i]->title, title) == 0)
			return r->charts[i];
	if (r->chart_count == CHARTS_FLOWS)
		return NULL;
	chart = chart_new(CHART_BARS, false, title, unit);
	chart_series(chart, unit, PAINT_PLAIN);
	result_chart(r, chart);
	return chart;
}

struct bars_of {
	const char *result, *label, *count, *unit;
};

/* Rows come with the most first, so the first flows are the greatest. */
static void add_bars(struct result *r, const struct bars_of *of)
{
	size_t label = charts_column(r, of->label), count = charts_column(r, of->count);

	for (size_t row = 0; row < r->row_count; row++) {
		const struct cell *name = result_cell(r, row, label);
		const struct cell *n = result_cell(r, row, count);
		_cleanup_buffer_ struct buffer title = {0};
		struct chart *chart;
		struct chart_point *point;

		charts_flow_name(&title, r, row);
		chart = n->known ? need_chart(r, buffer_text(&title), of->unit) : NULL;
		if (!chart)
			continue;
		point = need_point(chart, name->known ? name->text : "not told");
		point->parts[0] += n->count;
		point->whole += n->count;
	}
	for (size_t i = 0; i < r->chart_count; i++) {
		int64_t all = chart_total(r->charts[i], 0);

		chart_sort(r->charts[i], BARS);
		for (size_t k = 0; k < r->charts[i]->point_count; k++)
			r->charts[i]->points[k].whole = all;
	}
}

int charts_add(struct report *report, struct diag *d)
{
	static const struct bars_of bars[] = {
	    {"ciphers", "cipher", "handshakes", "handshakes"},
	    {"groups", "group", "handshakes", "handshakes"},
	    {"signatures", "sig", "handshakes", "handshakes"},
	    {"failures", "reason", "count", "failures"},
	};
	int failed = 0;

	for (size_t i = 0; i < report->result_count && !failed; i++) {
		struct result *r = report->results[i];

		if (!seen_by(r->audience, AUDIENCE_TABLE) || r->note)
			continue;
		if (strcmp(r->name, "flows") == 0 || strcmp(r->name, "protocols") == 0)
			failed = add_flows(report, r, d);
		else if (strcmp(r->name, "trend") == 0)
			trend_charts_add(report, r);
		else if (strcmp(r->name, "compliance") == 0)
			compliance_charts_add(r);
		for (size_t k = 0; k < ARRAY_SIZE(bars); k++)
			if (strcmp(r->name, bars[k].result) == 0 && report->bucket == BUCKET_NONE)
				add_bars(r, &bars[k]);
	}
	return failed;
}
