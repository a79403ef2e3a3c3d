/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "base/macros.h"
#include "base/memory.h"
#include "report/block.h"
#include "report/figure.h"
#include "report/fold.h"
#include "report/renderer.h"
#include "report/sparkline.h"
#include <ctype.h>
#include <libsmartcols.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST 40
#define WIDTH_MOST 10000
#define LABEL_WIDTH 8
#define WRAP_LEAST 8
#define BOLD "\033[1m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

struct page {
	const struct report *report;
	FILE *out;
	size_t width;
	bool utf8, color;
};

static size_t bounded_width(unsigned long width)
{
	return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
}

/* A terminal knows better than the environment, which nobody changes when a window is resized. */
static size_t find_width(const struct report_request *request, FILE *out)
{
	const char *columns = getenv("COLUMNS");
	unsigned long number;
	struct winsize size;
	char *end;

	if (request->width)
		return request->width;
	if (isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col)
		return bounded_width(size.ws_col);
	if (!columns || *columns < '1' || *columns > '9')
		return WIDTH_DEFAULT;
	number = strtoul(columns, &end, 10);
	return *end ? WIDTH_DEFAULT : bounded_width(number);
}

static bool find_color(const struct report_request *request, FILE *out)
{
	const char *refused = getenv("NO_COLOR");

	if (request->color != COLOR_AUTO)
		return request->color == COLOR_ALWAYS;
	return !(refused && *refused) && isatty(fileno(out));
}

/* Safe for this terminal: controls are escaped, and without UTF-8 all that is not ASCII too. */
static void add_safe(struct buffer *to, const char *text, bool utf8)
{
	_cleanup_buffer_ struct buffer safe = {0};

	escape_terminal(&safe, slice_of(text));
	for (size_t i = 0; i < safe.n; i++) {
		unsigned char c = (unsigned char)safe.p[i];

		if (c < 0x80 || utf8)
			buffer_char(to, (char)c);
		else
			buffer_printf(to, "\\x%02x", c);
	}
}

/* All lines but the first are indented. */
static void print_folded(const struct page *page, const char *text, int indent)
{
	_cleanup_buffer_ struct buffer folded = {0};

	fold_text(text, page->width - (size_t)indent, &folded);
	for (const char *p = buffer_text(&folded); *p; p++)
		if (*p == '\n')
			fprintf(page->out, "\n%*s", indent, "");
		else
			fputc(*p, page->out);
}

/* A label, and its text under it. */
static void say(void *context, const char *label, const char *text)
{
	struct page *page = context;
	bool warns = page->color && strcmp(label, "Period") != 0 && strcmp(label, "Read") != 0 &&
		     strcmp(label, "Found") != 0 && strcmp(label, "Judged") != 0;

	fprintf(page->out, "%s%-*s%s",
	    warns	  ? YELLOW
	    : page->color ? BOLD
			  : "",
	    LABEL_WIDTH, label, page->color ? PLAIN : "");
	print_folded(page, text, LABEL_WIDTH);
	fputc('\n', page->out);
}

/* A column of times that are all midnights is a column of dates. */
static bool only_dates(const struct result *r, size_t column, const struct zone *zone)
{
	for (size_t row = 0; row < r->row_count; row++) {
		const struct cell *cell = result_cell(r, row, column);

		if (cell->known && !figure_is_midnight(zone, cell->count))
			return false;
	}
	return true;
}

static void add_cell(struct buffer *to, const struct page *page, const struct column *column,
    const struct cell *cell, bool date)
{
	const struct zone *zone = page->report->request->zone;

	if (!cell->known) {
		buffer_text_add(to, column->blank ? "" : "-");
		return;
	}
	switch (column->type) {
	case COLUMN_TEXT:
		add_safe(to, cell->text, page->utf8);
		break;
	case COLUMN_COUNT:
		figure_count(to, cell->count);
		break;
	case COLUMN_FRACTION:
		figure_share(to, cell->fraction);
		break;
	case COLUMN_TIME:
		(date ? figure_date : figure_time)(to, zone, cell->count);
		break;
	case COLUMN_FLAG:
		buffer_text_add(to, cell->flag ? "yes" : "no");
		break;
	}
}

/* The texts of a result as a table shows them. */
struct sheet {
	const struct result *result;
	size_t gap;  /* blanks between columns */
	size_t wrap; /* the column that is folded when nothing else helps */
	size_t rows;
	char **texts;	/* rows times the result's columns */
	size_t *widths; /* 0: the column is left out */
};

static bool column_is_empty(const struct sheet *s, size_t column)
{
	for (size_t row = 0; row < s->rows; row++)
		if (result_cell(s->result, row, column)->known)
			return false;
	return true;
}

static const char *heading(const struct column *column)
{
	return column->title ? column->title : column->name;
}

static void fill_column(struct sheet *s, const struct page *page, size_t column)
{
	const struct result *r = s->result;
	const struct column *c = &r->columns[column];
	bool date = c->type == COLUMN_TIME && only_dates(r, column, page->report->request->zone);

	if (!seen_by(c->audience, AUDIENCE_TABLE) || (!c->kept && column_is_empty(s, column)))
		return;
	s->widths[column] = strlen(heading(c));
	for (size_t row = 0; row < s->rows; row++) {
		struct buffer text = {0};
		size_t width;

		add_cell(&text, page, c, result_cell(r, row, column), date);
		width = shown_width(buffer_text(&text));
		if (width > s->widths[column])
			s->widths[column] = width;
		s->texts[row * r->column_count + column] = buffer_take(&text);
	}
}

static size_t sheet_width(const struct sheet *s)
{
	size_t width = 0;

	for (size_t column = 0; column < s->result->column_count; column++)
		if (s->widths[column])
			width += s->widths[column] + s->gap;
	return width ? width - s->gap : 0;
}

static void find_wrap(struct sheet *s, size_t width)
{
	size_t widest = 0;

	s->wrap = SIZE_MAX;
	for (size_t column = 0; sheet_width(s) > width && column < s->result->column_count;
	     column++)
		if (s->result->columns[column].type == COLUMN_TEXT && s->widths[column] > widest) {
			widest = s->widths[column];
			s->wrap = column;
		}
}

/* Words stay whole where they can: what is told is often to be copied. */
static void fold_column(struct sheet *s, size_t width)
{
	size_t others = sheet_width(s) - s->widths[s->wrap];
	size_t room = width > others + WRAP_LEAST ? width - others : WRAP_LEAST;

	for (size_t row = 0; row < s->rows; row++) {
		char **text = &s->texts[row * s->result->column_count + s->wrap];
		struct buffer folded = {0};

		fold_text(*text, room, &folded);
		free(*text);
		*text = folded.p ? buffer_take(&folded) : memory_string("");
	}
}

/* Leaves out the column with the highest spare above `least`; false if there is none. */
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
	if (spare > least)
		s->widths[worst] = 0;
	return spare > least;
}

/* The most dispensable columns go, then the gaps are narrowed, then those with a spare of 1 go. */
static void fit(struct sheet *s, size_t width)
{
	s->gap = 2;
	while (sheet_width(s) > width && leave_out(s, 1))
		;
	if (sheet_width(s) > width)
		s->gap = 1;
	while (sheet_width(s) > width && leave_out(s, 0))
		;
	find_wrap(s, width);
	if (s->wrap != SIZE_MAX)
		fold_column(s, width);
}

static void add_scols_column(
    struct libscols_table *table, const struct page *page, const struct column *c, bool wrap)
{
	_cleanup_free_ char *title = memory_string(heading(c));
	struct libscols_column *column;
	int flags = wrap ? SCOLS_FL_WRAP : 0; /* at the line feeds of fold_column() */

	for (char *p = title; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	if (c->type == COLUMN_COUNT || c->type == COLUMN_FRACTION)
		flags = SCOLS_FL_RIGHT;
	column = scols_table_new_column(table, title, 0, flags);
	if (column && wrap)
		scols_column_set_wrapfunc(
		    column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
	if (column && page->color)
		scols_cell_set_color(scols_column_get_header(column), BOLD);
}

static struct libscols_table *make_table(const struct sheet *s, const struct page *page)
{
	struct libscols_table *table = scols_new_table();
	const struct result *r = s->result;

	if (!table)
		return NULL;
	scols_table_enable_noencoding(table, 1);
	scols_table_enable_colors(table, page->color);
	scols_table_set_column_separator(table, s->gap == 1 ? " " : "  ");
	scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table, page->width);
	for (size_t column = 0; column < r->column_count; column++)
		if (s->widths[column])
			add_scols_column(table, page, &r->columns[column], column == s->wrap);
	for (size_t row = 0; row < s->rows; row++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		size_t place = 0;

		for (size_t column = 0; line && column < r->column_count; column++)
			if (s->widths[column])
				scols_line_set_data(
				    line, place++, s->texts[row * r->column_count + column]);
	}
	return table;
}

/* Lines without the blanks that padding leaves at their ends. */
static void print_trimmed(const char *text, FILE *out)
{
	while (*text) {
		size_t n = strcspn(text, "\n"), used = n;

		while (used && text[used - 1] == ' ')
			used--;
		fwrite(text, 1, used, out);
		fputc('\n', out);
		text += n + (text[n] == '\n');
	}
}

static size_t rows_shown(const struct result *r)
{
	if (r->note)
		return 0;
	return r->table_rows && r->table_rows < r->row_count ? r->table_rows : r->row_count;
}

static void print_title(const struct page *page, const struct result *r, size_t rows)
{
	_cleanup_buffer_ struct buffer text = {0};

	fputc('\n', page->out);
	if (!r->title)
		return;
	buffer_text_add(&text, r->title);
	if (r->note)
		buffer_printf(&text, ": %s", r->note);
	else if (rows < r->row_count)
		buffer_printf(
		    &text, " (%zu of %zu; --view %s shows all)", rows, r->row_count, r->name);
	fputs(page->color ? BOLD : "", page->out);
	print_folded(page, buffer_text(&text), 0);
	fprintf(page->out, "%s\n", page->color ? PLAIN : "");
}

static void print_result(const struct page *page, const struct result *r)
{
	struct sheet s = {.result = r, .rows = rows_shown(r)};
	struct libscols_table *table;
	char *text = NULL;

	s.texts = memory_array(s.rows * r->column_count, sizeof(*s.texts));
	s.widths = memory_array(r->column_count, sizeof(*s.widths));
	for (size_t column = 0; column < r->column_count; column++)
		fill_column(&s, page, column);
	fit(&s, page->width);
	print_title(page, r, s.rows);
	table = s.rows ? make_table(&s, page) : NULL;
	if (table && scols_print_table_to_string(table, &text) == 0 && text)
		print_trimmed(text, page->out);
	free(text);
	scols_unref_table(table);
	for (size_t i = 0; i < s.rows * r->column_count; i++)
		free(s.texts[i]);
	free(s.texts);
	free(s.widths);
}

void render_table(const struct report *report, FILE *out)
{
	struct page page = {
	    .report = report,
	    .out = out,
	    .width = find_width(report->request, out),
	    .utf8 = locale_is_utf8(),
	    .color = find_color(report->request, out),
	};

	block_text(&report->evidence, report->request, say, &page);
	for (size_t i = 0; i < report->result_count; i++)
		if (seen_by(report->results[i]->audience, AUDIENCE_TABLE) &&
		    (report->results[i]->row_count || report->results[i]->note))
			print_result(&page, report->results[i]);
}
