/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "report/sections.h"

static const struct column columns[] = {
    {.name = "reason", .kept = true},
    {.name = "count", .type = COLUMN_COUNT},
    {.name = "of_tried",
	.title = "of tried",
	.type = COLUMN_FRACTION,
	.audience = AUDIENCE_TABLE,
	.spare = 2},
    {.name = "last_seen", .title = "last seen", .type = COLUMN_TIME, .spare = 1},
};

static void add_row(struct report *report, struct result *result, const struct tally *tally,
    const struct tally_row *row)
{
	const struct view_row of = {report, tally, row, result};
	const struct counts *total = tally_total(tally, row);
	struct cell *cell = view_begin_row(&of);

	*cell++ = cell_text(row->tuple.reason);
	*cell++ = cell_count(row->counts.failures);
	if (row->handshakes_known && !row->apart)
		*cell = cell_share(row->counts.failures, total->failures + total->handshakes);
	cell++;
	if (row->last_seen)
		*cell = cell_count(row->last_seen);
}

int failure_reasons_build(struct report *report, struct diag *d)
{
	_cleanup_tally_ struct tally tally = {0};
	struct tally_plan plan = {
	    .dimensions = {dimension_of("reason")},
	    .dimension_count = 1,
	    .zone = report->request->zone,
	    .by_host = report->by_host,
	    .request = report->request,
	    .failures = true,
	};
	struct result *result = result_new("failures");
	int failed = view_tally(report, &plan, &tally, d);

	view_add(report, result);
	for (size_t i = 0; i < common_column_count; i++)
		result_column(result, &common_columns[i].column);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		result_column(result, &columns[i]);
	if (failed)
		return failed;
	tally_sort(&tally, BY_FAILURES);
	for (size_t i = 0; i < tally.row_count; i++)
		if (tally.rows[i].counts.failures)
			add_row(report, result, &tally, &tally.rows[i]);
	if (!result->row_count && report->evidence.counted_count)
		result->note = "none that the log tells of";
	return 0;
}
