/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "base/macros.h"
#include "report/figure.h"
#include "report/renderer.h"
#include <inttypes.h>
#include <string.h>

/* What a spreadsheet takes for a formula; only text can be one, a number is written by us. */
static bool starts_formula(const char *text)
{
	return *text && strchr("=+-@\t\r", *text);
}

static void add_text(struct buffer *to, const char *text, bool guard)
{
	_cleanup_buffer_ struct buffer valid = {0};

	if (guard && starts_formula(text))
		buffer_char(&valid, '\'');
	/* Files are looked at in terminals too: what a log wrote must not move a cursor there. */
	escape_terminal(&valid, slice_of(text));
	if (!strpbrk(buffer_text(&valid), ",\"\r\n")) {
		buffer_add(to, buffer_slice(&valid));
		return;
	}
	buffer_char(to, '"');
	for (size_t i = 0; i < valid.n; i++) {
		if (valid.p[i] == '"')
			buffer_char(to, '"');
		buffer_char(to, valid.p[i]);
	}
	buffer_char(to, '"');
}

static void add_cell(
    struct buffer *to, const struct column *column, const struct cell *cell, bool guard)
{
	if (!cell->known)
		return;
	switch (cell_type(column, cell)) {
	case COLUMN_TEXT:
		add_text(to, cell->text, guard);
		break;
	case COLUMN_COUNT:
		buffer_printf(to, "%" PRId64, cell->count);
		break;
	case COLUMN_FRACTION:
		figure_six(to, cell->fraction);
		break;
	case COLUMN_TIME:
		figure_iso(to, cell->count);
		break;
	case COLUMN_FLAG:
		buffer_text_add(to, cell->flag ? "yes" : "no");
		break;
	case COLUMN_CHANGE:
		figure_signed_six(to, cell->fraction);
		break;
	case COLUMN_NUMBER:
		figure_exact(to, cell->number);
		break;
	case COLUMN_SERIES:
	case COLUMN_MIXED:
		break;
	}
}

void render_csv(const struct report *report, FILE *out)
{
	const struct result *r = renderer_first(report);
	_cleanup_buffer_ struct buffer line = {0};

	for (size_t column = 0; column < r->column_count; column++)
		if (seen_by(r->columns[column].audience, AUDIENCE_DATA))
			buffer_printf(&line, "%s%s", line.n ? "," : "", r->columns[column].name);
	buffer_char(&line, '\n');
	fwrite(line.p, 1, line.n, out);
	for (size_t row = 0; row < r->row_count; row++) {
		bool first = true;

		buffer_clear(&line);
		for (size_t column = 0; column < r->column_count; column++) {
			if (!seen_by(r->columns[column].audience, AUDIENCE_DATA))
				continue;
			if (!first)
				buffer_char(&line, ',');
			first = false;
			add_cell(&line, &r->columns[column], result_cell(r, row, column),
			    !report->request->no_formula_guard);
		}
		buffer_char(&line, '\n');
		fwrite(line.p, 1, line.n, out);
	}
}
