/* SPDX-License-Identifier: ISC */
#include "report/result.h"

#include "base/memory.h"
#include <string.h>

struct result_text {
	struct result_text *next;
	char text[];
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
	while (r->texts) {
		struct result_text *next = r->texts->next;

		free(r->texts);
		r->texts = next;
	}
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

const char *result_text(struct result *r, const char *text)
{
	size_t n = strlen(text) + 1;
	struct result_text *copy = memory_array(1, sizeof(*copy) + n);

	memcpy(copy->text, text, n);
	copy->next = r->texts;
	r->texts = copy;
	return copy->text;
}
