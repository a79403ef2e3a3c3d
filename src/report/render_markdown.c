/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "base/macros.h"
#include "base/memory.h"
#include "report/block.h"
#include "report/renderer.h"
#include "report/sparkline.h"
#include "report/wording.h"
#include <ctype.h>
#include <string.h>

/* Tables as GitHub and GitLab read them, to be pasted into a ticket.
 *
 * What a log wrote must not become markup, a mention (@name), a reference (#1), a link or an emoji
 * (:100: in an IPv6 address) there.  Words that cannot are written as they are, so that the text
 * can still be read where nothing renders it; others as code, which none of these looks into. */

struct sheet {
	const struct report *report;
	FILE *out;
};

/* Letters, digits, blanks and signs that mean nothing within a line. */
static bool is_harmless(const char *text)
{
	size_t colons = 0;

	for (const char *p = text; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr(" .,;:/()%+=_-", *p))
			return false;
		colons += *p == ':';
	}
	/* Of underlines only those between letters and digits mean nothing. */
	for (const char *p = strchr(text, '_'); p; p = strchr(p + 1, '_'))
		if (p == text || !isalnum((unsigned char)p[-1]) || !isalnum((unsigned char)p[1]))
			return false;
	return colons < 2 && !strstr(text, "://") && strncasecmp(text, "www.", 4) != 0;
}

/* Where a backquote or a bar would end the code, or the cell, references stand for all signs. */
static void add_code(struct buffer *to, const char *text)
{
	if (!strpbrk(text, "`|\\")) {
		buffer_printf(to, "`%s`", text);
		return;
	}
	buffer_text_add(to, "<code>");
	for (const char *p = text; *p; p++)
		if (ispunct((unsigned char)*p))
			buffer_printf(to, "&#%d;", *p);
		else
			buffer_char(to, *p);
	buffer_text_add(to, "</code>");
}

static void add_text(struct buffer *to, const char *text)
{
	_cleanup_buffer_ struct buffer safe = {0};

	escape_terminal(&safe, slice_of(text));
	if (is_harmless(buffer_text(&safe)))
		buffer_add(to, buffer_slice(&safe));
	else
		add_code(to, buffer_text(&safe));
}

/* Blanks in a row, and those at the ends of a cell, would become one or none. */
static void add_series(struct buffer *to, const struct series *series)
{
	_cleanup_buffer_ struct buffer line = {0};

	sparkline(&line, series, series->count, true);
	for (const char *p = buffer_text(&line); *p; p++)
		if (*p == ' ')
			buffer_text_add(to, "\u00a0");
		else
			buffer_char(to, *p);
}

static void add_cell(struct buffer *to, const struct report *report, const struct result *r,
    size_t row, size_t column)
{
	const struct column *c = &r->columns[column];
	const struct cell *cell = result_cell(r, row, column);
	const struct zone *zone = report->request->zone;

	if (cell->known && c->type == COLUMN_TEXT)
		add_text(to, cell->text);
	else if (cell->known && c->type == COLUMN_SERIES)
		add_series(to, cell->series);
	else
		wording_cell(to, c, cell, zone, wording_only_dates(r, column, zone));
}

static void write_heading(const struct sheet *s, const struct result *r, const bool *shown)
{
	for (size_t i = 0; i < r->column_count; i++)
		if (shown[i])
			fprintf(s->out, "| %s ", wording_heading(&r->columns[i]));
	fputs("|\n", s->out);
	for (size_t i = 0; i < r->column_count; i++)
		if (shown[i])
			fputs(wording_is_number(&r->columns[i]) ? "| --: " : "| --- ", s->out);
	fputs("|\n", s->out);
}

static void write_rows(const struct sheet *s, const struct result *r)
{
	_cleanup_free_ bool *shown = memory_array(r->column_count, sizeof(*shown));
	_cleanup_buffer_ struct buffer line = {0};

	for (size_t i = 0; i < r->column_count; i++)
		shown[i] = wording_column_is_shown(r, i);
	write_heading(s, r, shown);
	for (size_t row = 0; row < wording_rows(r); row++) {
		buffer_clear(&line);
		for (size_t i = 0; i < r->column_count; i++) {
			if (!shown[i])
				continue;
			buffer_text_add(&line, "| ");
			add_cell(&line, s->report, r, row, i);
			buffer_char(&line, ' ');
		}
		fprintf(s->out, "%s|\n", buffer_text(&line));
	}
	if (r->legend)
		fprintf(s->out, "\n%s\n", r->legend);
	for (size_t i = 0; i < r->column_count; i++)
		if (shown[i] && r->columns[i].legend)
			fprintf(s->out, "\n%s\n", r->columns[i].legend);
}

static void write_result(const struct sheet *s, const struct result *r)
{
	_cleanup_buffer_ struct buffer title = {0};

	wording_full_title(&title, r);
	if (title.n)
		fprintf(s->out, "\n### %s\n", buffer_text(&title));
	fputc('\n', s->out);
	if (wording_rows(r))
		write_rows(s, r);
}

/* The text is of words of ours and of names of logs. */
static void say(
    void *context, enum block_weight weight _unused_, const char *label, const char *text)
{
	const struct sheet *s = context;
	_cleanup_buffer_ struct buffer line = {0};

	for (const char *p = text; *p; p++) {
		if (strchr("\\`*_{}[]<>#|&@~", *p))
			buffer_printf(&line, "&#%d;", *p);
		else
			buffer_char(&line, *p);
	}
	fprintf(s->out, "- **%s**: %s\n", label, buffer_text(&line));
}

void render_markdown(const struct report *report, FILE *out)
{
	struct sheet s = {.report = report, .out = out};

	block_text(&report->evidence, report->request, say, &s);
	for (size_t i = 0; i < report->result_count; i++)
		if (wording_is_shown(report->results[i]))
			write_result(&s, report->results[i]);
}
