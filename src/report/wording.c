/* SPDX-License-Identifier: ISC */
#include "report/wording.h"

#include "report/figure.h"
#include "report/renderer.h"
#include <string.h>

bool wording_is_shown(const struct result *r)
{
	return seen_by(r->audience, AUDIENCE_TABLE) && (r->row_count || r->note);
}

size_t wording_rows(const struct result *r)
{
	if (r->note)
		return 0;
	return r->table_rows && r->table_rows < r->row_count ? r->table_rows : r->row_count;
}

static bool same_everywhere(const struct result *r, size_t column)
{
	const struct cell *first = r->row_count ? result_cell(r, 0, column) : NULL;

	if (!first || !first->known || r->columns[column].type != COLUMN_TEXT)
		return false;
	for (size_t row = 1; row < r->row_count; row++) {
		const struct cell *cell = result_cell(r, row, column);

		if (!cell->known || strcmp(cell->text, first->text) != 0)
			return false;
	}
	return true;
}

/* Where the title tells it. */
static bool told_once(const struct result *r, size_t column)
{
	return r->title && !r->note && r->columns[column].once && same_everywhere(r, column);
}

static bool empty_above(const struct result *r, size_t column, size_t rows)
{
	for (size_t row = 0; row < rows; row++)
		if (result_cell(r, row, column)->known)
			return false;
	return true;
}

bool wording_column_is_shown(const struct result *r, size_t column)
{
	const struct column *c = &r->columns[column];

	if (!seen_by(c->audience, AUDIENCE_TABLE) || told_once(r, column))
		return false;
	return c->kept || !empty_above(r, column, wording_rows(r));
}

void wording_title(struct buffer *to, const struct result *r)
{
	if (!r->title)
		return;
	buffer_text_add(to, r->title);
	for (size_t column = 0; column < r->column_count; column++)
		if (told_once(r, column))
			buffer_printf(to, ": %s", result_cell(r, 0, column)->text);
	if (r->note)
		buffer_printf(to, ": %s", r->note);
}

void wording_cut(struct buffer *to, const struct result *r)
{
	size_t rows = wording_rows(r);

	if (!r->note && rows < r->row_count)
		buffer_printf(to, "%zu of %zu; --view %s shows all", rows, r->row_count, r->name);
}

void wording_full_title(struct buffer *to, const struct result *r)
{
	_cleanup_buffer_ struct buffer cut = {0};

	wording_title(to, r);
	wording_cut(&cut, r);
	if (r->title && cut.n)
		buffer_printf(to, " (%s)", buffer_text(&cut));
}

const char *wording_heading(const struct column *column)
{
	return column->title ? column->title : column->name;
}

bool wording_only_dates(const struct result *r, size_t column, const struct zone *zone)
{
	if (r->columns[column].type != COLUMN_TIME)
		return false;
	for (size_t row = 0; row < wording_rows(r); row++) {
		const struct cell *cell = result_cell(r, row, column);

		if (cell->known && !figure_is_midnight(zone, cell->count))
			return false;
	}
	return true;
}

bool wording_is_number(const struct column *column)
{
	return column->type == COLUMN_COUNT || column->type == COLUMN_FRACTION ||
	       column->type == COLUMN_CHANGE || column->type == COLUMN_NUMBER ||
	       column->type == COLUMN_MIXED;
}

void wording_cell(struct buffer *to, const struct column *column, const struct cell *cell,
    const struct zone *zone, bool date)
{
	if (!cell->known) {
		buffer_text_add(to, column->blank ? "" : "-");
		return;
	}
	switch (cell_type(column, cell)) {
	case COLUMN_COUNT:
		if (column->sign)
			figure_count_difference(to, cell->count);
		else
			figure_count(to, cell->count);
		break;
	case COLUMN_FRACTION:
		figure_share(to, cell->fraction);
		break;
	case COLUMN_CHANGE:
		figure_change(to, cell->fraction);
		break;
	case COLUMN_TIME:
		(date ? figure_date : figure_time)(to, zone, cell->count);
		break;
	case COLUMN_FLAG:
		buffer_text_add(to, cell->flag ? "yes" : "no");
		break;
	case COLUMN_NUMBER:
		(column->sign ? figure_difference : figure_number)(to, cell->number);
		break;
	case COLUMN_TEXT:
	case COLUMN_SERIES:
	case COLUMN_MIXED:
		break;
	}
}
