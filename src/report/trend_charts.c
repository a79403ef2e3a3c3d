/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/charts.h"
#include "report/flow_lines.h"
#include <string.h>

/* A trend's rows are a bucket, a flow, and the values that it is grouped by, which become the
 * series; the greatest of all flows have one, the others share the last. */

#define NOT_TOLD "not told"

struct name {
	char *text;
	int64_t n;
};

struct trend {
	const struct report *report;
	struct result *result;
	struct name *names; /* the greatest first */
	size_t name_count;
	int64_t *starts;
	size_t start_count;
};

/* Sessions, or where the log tells of none, handshakes. */
static int64_t count_of(const struct result *r, size_t row, const char **ret_unit)
{
	const struct cell *sessions = result_cell(r, row, charts_column(r, "sessions"));
	const struct cell *handshakes = result_cell(r, row, charts_column(r, "handshakes"));

	*ret_unit = sessions->known ? "sessions" : "handshakes";
	return sessions->known ? sessions->count : handshakes->known ? handshakes->count : 0;
}

/* The dimensions stand between the common columns and the view's own. */
static void add_name(struct buffer *to, const struct result *r, size_t row)
{
	for (size_t i = common_column_count; i < charts_column(r, "handshakes"); i++) {
		const struct cell *cell = result_cell(r, row, i);

		buffer_text_add(to, to->n ? ", " : "");
		if (!cell->known)
			buffer_text_add(to, NOT_TOLD);
		else if (r->columns[i].type == COLUMN_TEXT)
			buffer_text_add(to, cell->text);
		else
			buffer_printf(to, "%lld", (long long)cell->count);
	}
}

static size_t find_name(const struct trend *t, const char *text)
{
	size_t i = 0;

	while (i < t->name_count && strcmp(t->names[i].text, text) != 0)
		i++;
	return i;
}

static int compare_names(const void *first, const void *second)
{
	const struct name *a = first, *b = second;

	return a->n != b->n ? (a->n < b->n) - (a->n > b->n) : strcmp(a->text, b->text);
}

static void collect_names(struct trend *t)
{
	for (size_t row = 0; row < t->result->row_count; row++) {
		_cleanup_buffer_ struct buffer text = {0};
		const char *unit;
		size_t place;

		add_name(&text, t->result, row);
		place = find_name(t, buffer_text(&text));
		if (place == t->name_count) {
			t->names = memory_grow(t->names, t->name_count + 1, sizeof(*t->names));
			t->names[t->name_count++] =
			    (struct name){memory_string(buffer_text(&text)), 0};
		}
		t->names[place].n += count_of(t->result, row, &unit);
	}
	if (t->name_count)
		qsort(t->names, t->name_count, sizeof(*t->names), compare_names);
}

/* A protocol is painted as everywhere. */
static enum paint paint_of(const char *name, size_t place)
{
	static const enum paint order[CHART_SERIES] = {PAINT_TLS_1_3, PAINT_TLS_1_2, PAINT_TLS_1_0,
	    PAINT_TLS_1_1, PAINT_OLDER, PAINT_AMBIGUOUS, PAINT_NONE, PAINT_PLAIN};
	static const struct {
		const char *name;
		enum paint paint;
	} protocols[] = {{"none", PAINT_NONE}, {"SSLv2", PAINT_OLDER}, {"SSLv3", PAINT_OLDER},
	    {"TLSv1/SSLv3", PAINT_AMBIGUOUS}, {"TLSv1.0", PAINT_TLS_1_0},
	    {"TLSv1.1", PAINT_TLS_1_1}, {"TLSv1.2", PAINT_TLS_1_2}, {"TLSv1.3", PAINT_TLS_1_3},
	    {"unknown", PAINT_UNKNOWN}, {NOT_TOLD, PAINT_UNKNOWN}};

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (strcmp(protocols[i].name, name) == 0)
			return protocols[i].paint;
	return order[place];
}

static struct chart *need_chart(const struct trend *t, const char *title, const char *unit)
{
	struct result *r = t->result;
	struct chart *chart;

	for (size_t i = 0; i < r->chart_count; i++)
		if (strcmp(r->charts[i]->title, title) == 0)
			return r->charts[i];
	if (r->chart_count == CHARTS_FLOWS)
		return NULL;
	chart = chart_new(CHART_COLUMNS, true, title, unit);
	for (size_t i = 0; i < t->name_count && i < CHART_SERIES; i++) {
		bool rest = i + 1 == CHART_SERIES && t->name_count > CHART_SERIES;

		if (rest)
			chart_series(chart, "others", PAINT_REST);
		else
			chart_series(chart, t->names[i].text, paint_of(t->names[i].text, i));
	}
	for (size_t i = 0; i < t->start_count; i++)
		chart_point(chart, NULL, t->starts[i]);
	result_chart(r, chart);
	return chart;
}

static void add_row(const struct trend *t, size_t row)
{
	const struct cell *bucket =
	    result_cell(t->result, row, charts_column(t->result, "bucket_utc"));
	_cleanup_buffer_ struct buffer title = {0}, name = {0};
	size_t place, point = 0;
	struct chart *chart;
	const char *unit;
	int64_t n = count_of(t->result, row, &unit);

	charts_flow_name(&title, t->result, row);
	chart = n && bucket->known ? need_chart(t, buffer_text(&title), unit) : NULL;
	if (!chart)
		return;
	while (point < t->start_count && t->starts[point] != bucket->count)
		point++;
	if (point == t->start_count)
		return;
	add_name(&name, t->result, row);
	place = find_name(t, buffer_text(&name));
	chart->points[point].parts[place < CHART_SERIES ? place : CHART_SERIES - 1] += n;
	chart->points[point].whole += n;
}

static bool is_of_time(const struct report *report)
{
	for (size_t i = 0; i < report->by_count; i++)
		if (report->by[i]->of_time)
			return true;
	return false;
}

void trend_charts_add(const struct report *report, struct result *result)
{
	struct trend t = {.report = report, .result = result};

	/* With --top the parts of a bucket are not all of it. */
	if (report->bucket == BUCKET_NONE || is_of_time(report) || report->request->top)
		return;
	t.start_count = bucket_starts(report->bucket, report->request->zone, report->evidence.since,
	    report->evidence.until, &t.starts);
	collect_names(&t);
	for (size_t row = 0; row < result->row_count && t.start_count > 1; row++)
		add_row(&t, row);
	for (size_t i = 0; i < t.name_count; i++)
		free(t.names[i].text);
	free(t.names);
	free(t.starts);
}
