/* SPDX-License-Identifier: ISC */
#include "base/memory.h"
#include "report/capacity.h"
#include "report/chart.h"
#include "report/charts.h"

/* Rows are in order of time: *place goes on from bucket to bucket. */
static const struct capacity_row *find_row(
    const struct capacity *c, size_t line, int64_t bucket, size_t *place)
{
	while (*place < c->row_count && c->rows[*place].bucket < bucket)
		(*place)++;
	for (size_t i = *place; i < c->row_count && c->rows[i].bucket == bucket; i++)
		if (c->rows[i].line == line)
			return &c->rows[i];
	return NULL;
}

static void add_chart(const struct capacity *c, size_t number, const int64_t *starts, size_t count)
{
	const struct capacity_line *line = &c->lines[number];
	_cleanup_buffer_ struct buffer title = {0};
	struct chart *chart;
	size_t place = 0;

	buffer_printf(
	    &title, "%s%s%s", line->host, *line->host ? " " : "", direction_name(line->direction));
	chart = chart_new(CHART_COLUMNS, false, buffer_text(&title), "in the busiest minute");
	chart_series(chart, "handshakes", PAINT_PLAIN);
	chart_series(chart, "failed", PAINT_NONE);
	for (size_t i = 0; i < count; i++) {
		const struct capacity_row *row = find_row(c, number, starts[i], &place);
		struct chart_point *point = chart_point(chart, NULL, starts[i]);

		point->unknown = row && !row->busy_known;
		if (!row || !row->busy_known)
			continue;
		point->parts[0] = row->busy.peak_made;
		point->parts[1] = row->busy.peak_failed;
		point->whole = row->busy.peak;
	}
	result_chart(c->result, chart);
}

static bool has_peak(const struct capacity *c, size_t line)
{
	for (size_t i = 0; i < c->row_count; i++)
		if (c->rows[i].line == line && c->rows[i].busy_known && c->rows[i].busy.peak)
			return true;
	return false;
}

/* Of many hosts, those with the most to do. */
void capacity_charts_add(const struct capacity *c)
{
	const struct report *report = c->report;
	_cleanup_free_ bool *drawn = memory_array(c->line_count + 1, sizeof(*drawn));
	_cleanup_free_ int64_t *starts = NULL;
	size_t count = bucket_starts(report->bucket, report->request->zone, report->evidence.since,
	    report->evidence.until, &starts);

	for (size_t left = CHARTS_FLOWS; left && count > 1; left--) {
		size_t most = SIZE_MAX;

		for (size_t i = 0; i < c->line_count; i++)
			if (!drawn[i] && has_peak(c, i) &&
			    (most == SIZE_MAX ||
				c->lines[i].handshakes > c->lines[most].handshakes))
				most = i;
		if (most == SIZE_MAX)
			return;
		drawn[most] = true;
		add_chart(c, most, starts, count);
	}
}
