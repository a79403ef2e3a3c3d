/* SPDX-License-Identifier: ISC */
#include "report/result.h"

#include "base/memory.h"
#include "report/chart.h"
#include <string.h>

struct result_kept {
	struct result_kept *next;
	_Alignas(int64_t) char bytes[];
};

struct result *result_new(const char *name)
{
	struct result *r = memory_alloc(sizeof(*r));

	r->name = name;
	return r;
}

struct result *result_free(struct result *r)
{
	if (!r)
		return NULL;
	while (r->kept) {
		struct result_kept *next = r->kept->next;

		free(r->kept);
		r->kept = next;
	}
	for (size_t i = 0; i < r->chart_count; i++)
		chart_free(r->charts[i]);
	free(r->charts);
	free(r->columns);
	free(r->cells);
	free(r);
	return NULL;
}

void result_column(struct result *r, const struct column *column)
{
	r->columns = memory_grow(r->columns, r->column_count + 1, sizeof(*r->columns));
	r->columns[r->column_count++] = *column;
}

struct cell *result_row(struct result *r)
{
	struct cell *row;

	if (r->row_count == r->row_room) {
		r->row_room = r->row_room ? 2 * r->row_room : 16;
		r->cells = memory_grow(r->cells, r->row_room, r->column_count * sizeof(*r->cells));
	}
	row = &r->cells[r->row_count++ * r->column_count];
	memset(row, 0, r->column_count * sizeof(*row));
	return row;
}

static void *keep(struct result *r, size_t size)
{
	struct result_kept *kept = memory_array(1, sizeof(*kept) + size);

	kept->next = r->kept;
	r->kept = kept;
	return kept->bytes;
}

const char *result_text(struct result *r, const char *text)
{
	size_t n = strlen(text) + 1;

	return memcpy(keep(r, n), text, n);
}

struct series *result_series(struct result *r, size_t count)
{
	struct series *series = keep(r, sizeof(*series) + count * sizeof(series->points[0]));

	series->count = count;
	return series;
}

void result_chart(struct result *r, struct chart *chart)
{
	r->charts = memory_grow(r->charts, r->chart_count + 1, sizeof(*r->charts));
	r->charts[r->chart_count++] = chart;
}
