/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/chart.h"
#include "report/filter.h"
#include "report/minutes.h"
#include "report/sections.h"

struct peaks {
	struct report *report;
	struct result *result;
	struct minutes minutes;
	int64_t *starts; /* of buckets */
	size_t start_count;
};

static const struct column columns[] = {
    {.name = "direction", .title = "dir"},
    {.name = "peak_1m", .title = "most a minute", .type = COLUMN_COUNT},
    {.name = "handshakes", .title = "made", .type = COLUMN_COUNT},
    {.name = "failed", .type = COLUMN_COUNT},
    {.name = "at_utc", .title = "at", .type = COLUMN_TIME},
};

/* What the counters hold of a direction. */
static int64_t counted(const struct report *report, enum direction direction)
{
	const struct evidence *e = &report->evidence;
	int64_t n = 0;

	for (size_t i = 0; i < e->counted_count; i++) {
		const struct tuple *t = &e->counted[i].tuple;

		if (t->fact != FACT_SESSION && t->direction == direction &&
		    !filter_apart(report->request, t))
			n += e->counted[i].n;
	}
	return n;
}

/* Where the minutes are less than the counters, those before the first may be gone. */
static void add_chart(const struct peaks *p, enum direction direction, bool gone)
{
	struct chart *chart =
	    chart_new(CHART_COLUMNS, false, direction_name(direction), "handshakes a minute");

	chart_series(chart, "made", PAINT_PLAIN);
	chart_series(chart, "failed", PAINT_NONE);
	for (size_t i = 0; i < p->start_count; i++) {
		struct busy busy = minutes_busy(&p->minutes, "", direction, p->starts[i]);
		struct chart_point *point = chart_point(chart, NULL, p->starts[i]);

		gone = gone && !busy.at;
		point->unknown = gone;
		point->parts[0] = busy.peak_made;
		point->parts[1] = busy.peak_failed;
		point->whole = busy.peak;
	}
	result_chart(p->result, chart);
}

static void add_direction(const struct peaks *p, enum direction direction)
{
	struct busy highest = {0};
	int64_t sum = 0;
	struct cell *cell;

	for (size_t i = 0; i < p->start_count; i++) {
		struct busy busy = minutes_busy(&p->minutes, "", direction, p->starts[i]);

		sum += busy.handshakes + busy.failures;
		if (busy.peak > highest.peak)
			highest = busy;
	}
	if (!highest.at)
		return;
	cell = result_row(p->result);
	cell[0] = cell_text(direction_name(direction));
	cell[1] = cell_count(highest.peak);
	cell[2] = cell_count(highest.peak_made);
	cell[3] = cell_count(highest.peak_failed);
	cell[4] = cell_count(highest.at);
	if (p->start_count > 1)
		add_chart(p, direction, sum < counted(p->report, direction));
}

int peaks_build(struct report *report, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	enum bucket bucket = bucket_for_period(e->until - e->since);
	struct peaks p = {.report = report, .result = result_new("peaks")};
	int failed;

	view_add(report, p.result);
	p.result->audience = AUDIENCE_TABLE;
	p.result->title = "Busiest minutes";
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		result_column(p.result, &columns[i]);
	if (!minutes_can_tell(report->request))
		return 0;
	failed = minutes_read(report, bucket, false, &p.minutes, d);
	p.start_count = bucket_starts(bucket, report->request->zone, e->since, e->until, &p.starts);
	for (int i = 0; i < DIRECTION_MAX && !failed; i++)
		add_direction(&p, (enum direction)i);
	minutes_free(&p.minutes);
	free(p.starts);
	return failed;
}
