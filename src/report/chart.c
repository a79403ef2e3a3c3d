/* SPDX-License-Identifier: ISC */
#include "report/chart.h"

#include "base/memory.h"
#include <string.h>

struct chart *chart_new(enum chart_kind kind, bool share, const char *title, const char *unit)
{
	struct chart *chart = memory_alloc(sizeof(*chart));

	chart->kind = kind;
	chart->share = share;
	chart->title = memory_string(title);
	chart->unit = memory_string(unit);
	return chart;
}

struct chart *chart_free(struct chart *chart)
{
	if (!chart)
		return NULL;
	for (size_t i = 0; i < chart->series_count; i++)
		free(chart->series[i].name);
	for (size_t i = 0; i < chart->point_count; i++)
		free(chart->points[i].label);
	free(chart->points);
	free(chart->title);
	free(chart->unit);
	free(chart);
	return NULL;
}

void chart_series(struct chart *chart, const char *name, enum paint paint)
{
	chart->series[chart->series_count].name = memory_string(name);
	chart->series[chart->series_count++].paint = paint;
}

struct chart_point *chart_point(struct chart *chart, const char *label, int64_t time)
{
	struct chart_point *point;

	chart->points = memory_grow(chart->points, chart->point_count + 1, sizeof(*chart->points));
	point = &chart->points[chart->point_count++];
	*point = (struct chart_point){.label = memory_string(label), .time = time, .line = -1};
	return point;
}

static int compare_points(const void *first, const void *second)
{
	const struct chart_point *a = first, *b = second;

	return a->whole != b->whole ? (a->whole < b->whole) - (a->whole > b->whole)
				    : strcmp(a->label, b->label);
}

void chart_sort(struct chart *chart, size_t most)
{
	struct chart_point *rest = chart->points + most;

	if (chart->point_count)
		qsort(chart->points, chart->point_count, sizeof(*chart->points), compare_points);
	if (chart->point_count <= most + 1)
		return;
	for (struct chart_point *p = rest + 1; p < chart->points + chart->point_count; p++) {
		rest->whole += p->whole;
		for (size_t i = 0; i < chart->series_count; i++)
			rest->parts[i] += p->parts[i];
		free(p->label);
	}
	free(rest->label);
	rest->label = memory_string("others");
	chart->point_count = most + 1;
}

int64_t chart_step(int64_t highest)
{
	static const int64_t steps[] = {1, 2, 5};

	for (int64_t ten = 1;; ten *= 10)
		for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
			if (steps[i] * ten * 4 >= highest)
				return steps[i] * ten;
}

int64_t chart_highest(const struct chart *chart)
{
	int64_t highest = 0;

	for (size_t i = 0; i < chart->point_count; i++) {
		int64_t sum = 0;

		for (size_t k = 0; k < chart->series_count; k++)
			sum += chart->points[i].parts[k];
		highest = sum > highest ? sum : highest;
	}
	return highest;
}

int64_t chart_total(const struct chart *chart, size_t series)
{
	int64_t sum = 0;

	for (size_t i = 0; i < chart->point_count; i++)
		sum += chart->points[i].parts[series];
	return sum;
}
