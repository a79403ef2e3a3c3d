/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/chart.h"
#include "report/figure.h"
#include "report/filter.h"
#include "report/sections.h"
#include <string.h>

/* Minutes are kept by host and direction only: filters of anything else leave nothing to show. */

struct peak {
	int64_t minute, handshakes, failures; /* of the minute that had the most of both */
};

struct peaks {
	struct report *report;
	struct {
		struct peak now, highest; /* the minute that is being added up, over its hosts */
		struct peak *buckets;
	} of[DIRECTION_MAX];
	int64_t *starts;
	size_t start_count;
};

static const struct column columns[] = {
    {.name = "direction", .title = "dir"},
    {.name = "peak_1m", .title = "most a minute", .type = COLUMN_COUNT},
    {.name = "handshakes", .title = "made", .type = COLUMN_COUNT},
    {.name = "failed", .type = COLUMN_COUNT},
    {.name = "at_utc", .title = "at", .type = COLUMN_TIME},
};

static void raise(struct peak *highest, const struct peak *now)
{
	if (now->handshakes + now->failures > highest->handshakes + highest->failures)
		*highest = *now;
}

static void find_buckets(struct peaks *p)
{
	const struct evidence *e = &p->report->evidence;

	p->start_count = bucket_starts(bucket_for_period(e->until - e->since),
	    p->report->request->zone, e->since, e->until, &p->starts);
	for (size_t i = 0; i < DIRECTION_MAX; i++)
		p->of[i].buckets = memory_array(p->start_count, sizeof(struct peak));
}

static void close_minute(struct peaks *p, enum direction direction)
{
	const struct peak *now = &p->of[direction].now;
	size_t low = 0, high = p->start_count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (p->starts[middle] <= now->minute)
			low = middle;
		else
			high = middle;
	}
	raise(&p->of[direction].highest, now);
	if (p->start_count)
		raise(&p->of[direction].buckets[low], now);
}

static int add_minute(void *context, const struct minute_row *row)
{
	struct peaks *p = context;
	const struct report_request *r = p->report->request;
	struct peak *now = &p->of[row->direction].now;
	bool wanted =
	    row->internal ? r->internal != INTERNAL_EXCLUDE : r->internal != INTERNAL_ONLY;

	if (!wanted || !filter_word(&r->host, row->host) ||
	    !filter_word(&r->direction, direction_name(row->direction)))
		return 0;
	if (now->minute != row->minute) {
		close_minute(p, row->direction);
		*now = (struct peak){.minute = row->minute};
	}
	now->handshakes += row->handshakes;
	now->failures += row->failures;
	return 0;
}

static void add_chart(const struct peaks *p, struct result *result, enum direction direction)
{
	_cleanup_buffer_ struct buffer title = {0};
	struct chart *chart;

	buffer_printf(&title, "%s", direction_name(direction));
	chart = chart_new(CHART_COLUMNS, false, buffer_text(&title), "handshakes a minute");
	chart_series(chart, "made", PAINT_PLAIN);
	chart_series(chart, "failed", PAINT_NONE);
	for (size_t i = 0; i < p->start_count; i++) {
		const struct peak *peak = &p->of[direction].buckets[i];
		struct chart_point *point = chart_point(chart, NULL, p->starts[i]);

		point->parts[0] = peak->handshakes;
		point->parts[1] = peak->failures;
		point->whole = peak->handshakes + peak->failures;
	}
	result_chart(result, chart);
}

static void add_direction(const struct peaks *p, struct result *result, enum direction direction)
{
	const struct peak *highest = &p->of[direction].highest;
	struct cell *cell;

	if (!highest->minute)
		return;
	cell = result_row(result);
	cell[0] = cell_text(direction_name(direction));
	cell[1] = cell_count(highest->handshakes + highest->failures);
	cell[2] = cell_count(highest->handshakes);
	cell[3] = cell_count(highest->failures);
	cell[4] = cell_count(highest->minute);
	if (p->start_count > 1)
		add_chart(p, result, direction);
}

int peaks_build(struct report *report, struct diag *d)
{
	const struct report_request *request = report->request;
	const struct query query = {
	    .since = request->since_given ? request->since : INT64_MIN,
	    .until = request->until_given ? request->until : INT64_MAX,
	};
	struct peaks p = {.report = report};
	struct result *result = result_new("peaks");
	int failed = 0;

	view_add(report, result);
	result->audience = AUDIENCE_TABLE;
	result->title = "Busiest minutes";
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		result_column(result, &columns[i]);
	find_buckets(&p);
	if (!request->service.n && !request->mta.n && !request->unit.n)
		failed = query_minutes(report->store, &query, add_minute, &p, d);
	for (size_t i = 0; i < DIRECTION_MAX; i++) {
		if (!failed && p.start_count)
			close_minute(&p, i);
		if (!failed)
			add_direction(&p, result, i);
		free(p.of[i].buckets);
	}
	free(p.starts);
	return failed;
}
