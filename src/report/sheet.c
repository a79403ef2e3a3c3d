/* SPDX-License-Identifier: ISC */
#include "report/sheet.h"

#include "base/escape.h"
#include "base/macros.h"
#include "base/memory.h"
#include "report/sparkline.h"
#include "report/wording.h"
#include <ctype.h>
#include <libsmartcols.h>
#include <string.h>

#define SERIES_LEAST 10
#define SERIES_MOST 40
#define TEXT_LEAST 6

/* The texts of a result as they are shown, the heading first. */
struct sheet {
	const struct result *result;
	const struct sheet_style *style;
	size_t gap, rows;
	char **texts;	/* rows times the result's columns */
	size_t *widths; /* 0: the column is left out */
};

static char **text_at(const struct sheet *s, size_t row, size_t column)
{
	return &s->texts[row * s->result->column_count + column];
}

static char *make_heading(const struct column *column)
{
	char *text = memory_string(wording_heading(column));

	for (char *p = text; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return text;
}

static char *make_text(
    const struct sheet *s, const struct column *column, const struct cell *cell, bool date)
{
	struct buffer text = {0};

	if (cell->known && column->type == COLUMN_TEXT)
		sheet_safe(&text, cell->text, s->style->utf8);
	else
		wording_cell(&text, column, cell, s->style->zone, date);
	return text.p ? buffer_take(&text) : memory_string("");
}

static size_t series_length(const struct result *r, size_t column)
{
	size_t most = 0;

	for (size_t row = 0; row < r->row_count; row++) {
		const struct cell *cell = result_cell(r, row, column);

		if (cell->known && cell->series->count > most)
			most = cell->series->count;
	}
	return most < SERIES_MOST ? most : SERIES_MOST;
}

static void widen(size_t *width, size_t to)
{
	*width = to > *width ? to : *width;
}

static void fill_column(struct sheet *s, size_t column)
{
	const struct result *r = s->result;
	const struct column *c = &r->columns[column];
	bool date = wording_only_dates(r, column, s->style->zone);

	*text_at(s, 0, column) = make_heading(c);
	s->widths[column] = sheet_text_width(*text_at(s, 0, column));
	widen(&s->widths[column], 1);
	for (size_t row = 1; row < s->rows; row++) {
		char **text = text_at(s, row, column);

		*text = make_text(s, c, result_cell(r, row - 1, column), date);
		widen(&s->widths[column], sheet_text_width(*text));
	}
	if (c->type == COLUMN_SERIES)
		s->widths[column] = SERIES_LEAST;
}

static size_t sheet_width(const struct sheet *s)
{
	size_t width = 0;

	for (size_t column = 0; column < s->result->column_count; column++)
		if (s->widths[column])
			width += s->widths[column] + s->gap;
	return width ? width - s->gap : 0;
}

/* Leaves out the column with the highest spare above `least`, and with it those of the same name;
 * false if there is none. */
static bool leave_out(struct sheet *s, int least)
{
	size_t worst = 0;
	int spare = least;

	for (size_t column = 0; column < s->result->column_count; column++)
		if (s->widths[column] && s->result->columns[column].spare > least &&
		    s->result->columns[column].spare >= spare) {
			spare = s->result->columns[column].spare;
			worst = column;
		}
	for (size_t column = 0; spare > least && column < s->result->column_count; column++)
		if (strcmp(s->result->columns[column].name, s->result->columns[worst].name) == 0)
			s->widths[column] = 0;
	return spare > least;
}

/* Sparklines take what room is left. */
static void stretch(struct sheet *s, size_t width)
{
	for (size_t column = 0; column < s->result->column_count; column++) {
		size_t used = sheet_width(s), most;

		if (s->result->columns[column].type != COLUMN_SERIES || !s->widths[column])
			continue;
		most = series_length(s->result, column);
		widen(&most, strlen(*text_at(s, 0, column)));
		if (used < width && most > s->widths[column])
			s->widths[column] += most - s->widths[column] < width - used
						 ? most - s->widths[column]
						 : width - used;
	}
}

/* The widest text gives one character; false if none has one to give. */
static bool narrow(struct sheet *s)
{
	size_t widest = TEXT_LEAST, place = SIZE_MAX;

	for (size_t column = 0; column < s->result->column_count; column++)
		if (s->widths[column] > widest && !wording_is_number(&s->result->columns[column])) {
			widest = s->widths[column];
			place = column;
		}
	if (place == SIZE_MAX)
		return false;
	s->widths[place]--;
	return true;
}

/* False if it cannot be made to fit. */
static bool fit(struct sheet *s, size_t width)
{
	s->gap = 2;
	while (sheet_width(s) > width && leave_out(s, 2))
		;
	s->gap = sheet_width(s) > width ? 1 : 2;
	while (sheet_width(s) > width && leave_out(s, 0))
		;
	s->gap = 2;
	s->gap = sheet_width(s) > width ? 1 : 2;
	while (sheet_width(s) > width && narrow(s))
		;
	stretch(s, width);
	return sheet_width(s) <= width;
}

/* Now that widths are known. */
static void finish_texts(struct sheet *s)
{
	for (size_t column = 0; column < s->result->column_count; column++) {
		const struct column *c = &s->result->columns[column];

		for (size_t row = 0; s->widths[column] && row < s->rows; row++) {
			char **text = text_at(s, row, column);
			const struct cell *cell =
			    row ? result_cell(s->result, row - 1, column) : NULL;
			struct buffer made = {0};

			if (cell && cell->known && c->type == COLUMN_SERIES)
				sparkline(&made, cell->series, s->widths[column], s->style->utf8);
			else
				sheet_fold(&made, *text, s->widths[column]);
			free(*text);
			*text = made.p ? buffer_take(&made) : memory_string("");
		}
	}
}

static void add_scols_column(struct libscols_table *table, const struct column *c)
{
	struct libscols_column *column = scols_table_new_column(
	    table, "", 0, wording_is_number(c) ? SCOLS_FL_RIGHT : SCOLS_FL_WRAP);

	if (column && !wording_is_number(c))
		scols_column_set_wrapfunc(
		    column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
}

static struct libscols_table *make_table(const struct sheet *s, size_t width)
{
	struct libscols_table *table = scols_new_table();
	const struct result *r = s->result;

	if (!table)
		return NULL;
	scols_table_enable_noencoding(table, 1);
	scols_table_enable_noheadings(table, 1);
	scols_table_enable_colors(table, s->style->color);
	scols_table_set_column_separator(table, s->gap == 1 ? " " : "  ");
	scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table, width);
	for (size_t column = 0; column < r->column_count; column++)
		if (s->widths[column])
			add_scols_column(table, &r->columns[column]);
	for (size_t row = 0; row < s->rows; row++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		size_t place = 0;

		if (line && !row && s->style->color)
			scols_line_set_color(line, SHEET_BOLD);
		for (size_t column = 0; line && column < r->column_count; column++)
			if (s->widths[column])
				scols_line_set_data(line, place++, *text_at(s, row, column));
	}
	return table;
}

/* Lines without the blanks that padding leaves at their ends. */
static void add_trimmed(struct buffer *to, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n"), used = n;

		while (used && text[used - 1] == ' ')
			used--;
		buffer_append(to, text, used);
		buffer_char(to, '\n');
		text += n + (text[n] == '\n');
	}
}

static void write_columns(struct buffer *to, struct sheet *s, size_t width)
{
	struct libscols_table *table;
	char *text = NULL;

	finish_texts(s);
	table = make_table(s, width);
	if (table && scols_print_table_to_string(table, &text) == 0 && text)
		add_trimmed(to, text);
	free(text);
	scols_unref_table(table);
}

/* Each row as lines of "HEADING text". */
static void write_records(struct buffer *to, const struct sheet *s, size_t width)
{
	for (size_t row = 1; row < s->rows; row++) {
		if (row > 1)
			buffer_char(to, '\n');
		for (size_t column = 0; column < s->result->column_count; column++) {
			_cleanup_buffer_ struct buffer line = {0}, folded = {0};

			if (!s->widths[column] || s->result->columns[column].type == COLUMN_SERIES)
				continue;
			buffer_printf(
			    &line, "%s %s", *text_at(s, 0, column), *text_at(s, row, column));
			sheet_fold(&folded, buffer_text(&line), width);
			add_trimmed(to, buffer_text(&folded));
		}
	}
}

static void write_legend(struct buffer *to, const struct sheet *s, size_t width)
{
	_cleanup_buffer_ struct buffer text = {0}, folded = {0};

	if (s->result->legend)
		buffer_text_add(&text, s->result->legend);
	for (size_t i = 0; i < s->result->column_count; i++)
		if (s->widths[i] && s->result->columns[i].legend)
			buffer_printf(
			    &text, "%s%s", text.n ? "  " : "", s->result->columns[i].legend);
	sheet_fold(&folded, buffer_text(&text), width);
	add_trimmed(to, buffer_text(&folded));
}

void sheet_write(
    struct buffer *to, const struct result *r, size_t width, const struct sheet_style *style)
{
	struct sheet s = {.result = r, .style = style, .rows = wording_rows(r) + 1};

	if (s.rows == 1)
		return;
	s.texts = memory_array(s.rows * r->column_count, sizeof(*s.texts));
	s.widths = memory_array(r->column_count, sizeof(*s.widths));
	for (size_t column = 0; column < r->column_count; column++)
		if (wording_column_is_shown(r, column))
			fill_column(&s, column);
	if (fit(&s, width))
		write_columns(to, &s, width);
	else
		write_records(to, &s, width);
	write_legend(to, &s, width);
	for (size_t i = 0; i < s.rows * r->column_count; i++)
		free(s.texts[i]);
	free(s.texts);
	free(s.widths);
}
