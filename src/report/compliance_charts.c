/* SPDX-License-Identifier: ISC */
#include "report/chart.h"
#include "report/charts.h"

#include <string.h>

/* A policy's rules as bars: how much of a flow conforms, how much deviates, and of how much the
 * rule cannot tell. */

enum { CONFORMING, DEVIATING, NOT_TOLD };

static const char *text_of(const struct result *r, size_t row, const char *column)
{
	size_t number = charts_column(r, column);
	const struct cell *cell = number < r->column_count ? result_cell(r, row, number) : NULL;

	return cell && cell->known ? cell->text : "";
}

static int64_t count_of(const struct result *r, size_t row, const char *column)
{
	size_t number = charts_column(r, column);
	const struct cell *cell = number < r->column_count ? result_cell(r, row, number) : NULL;

	return cell && cell->known ? cell->count : 0;
}

static struct chart *need_chart(struct result *r, const char *title, const char *policy)
{
	struct chart *chart;

	for (size_t i = 0; i < r->chart_count; i++)
		if (strcmp(r->charts[i]->title, title) == 0 &&
		    strcmp(r->charts[i]->unit, policy) == 0)
			return r->charts[i];
	if (r->chart_count == CHARTS_FLOWS)
		return NULL;
	chart = chart_new(CHART_BARS, true, title, policy);
	chart_series(chart, "conforming", PAINT_TLS_1_3);
	chart_series(chart, "deviating", PAINT_NONE);
	chart_series(chart, "not told", PAINT_UNKNOWN);
	result_chart(r, chart);
	return chart;
}

void compliance_charts_add(struct result *r)
{
	for (size_t row = 0; row < r->row_count; row++) {
		_cleanup_buffer_ struct buffer title = {0};
		int64_t sessions = count_of(r, row, "sessions");
		struct chart_point *point;
		struct chart *chart;

		charts_flow_name(&title, r, row);
		chart =
		    sessions ? need_chart(r, buffer_text(&title), text_of(r, row, "policy")) : NULL;
		if (!chart)
			continue;
		point = chart_point(chart, text_of(r, row, "rule"), 0);
		point->whole = sessions;
		point->parts[CONFORMING] = count_of(r, row, "conforming");
		point->parts[DEVIATING] = count_of(r, row, "deviating");
		point->parts[NOT_TOLD] =
		    sessions - point->parts[CONFORMING] - point->parts[DEVIATING];
	}
}
