/* SPDX-License-Identifier: ISC */
#include "base/memory.h"
#include "report/block.h"
#include "report/chart_line.h"
#include "report/chart_svg.h"
#include "report/figure.h"
#include "report/html.h"
#include "report/page.h"
#include "report/renderer.h"
#include "report/wording.h"
#include <ctype.h>
#include <string.h>

/* One file that asks for nothing: its style is in it, allowed by its hash, and there is no script.
 * What a log wrote goes through html_text(). */

#define LONG 40

struct page {
	const struct report *report;
	const struct zone *zone;
	struct buffer text;
	size_t numbers; /* of ids */
};

static void add_title(struct page *p, const struct result *r)
{
	_cleanup_buffer_ struct buffer title = {0};

	wording_title(&title, r);
	if (!title.n) {
		buffer_text_add(&title, p->report->view->answers);
		*title.p = (char)toupper((unsigned char)*title.p);
	}
	html_text(&p->text, buffer_text(&title));
}

/* Series that are in none of the charts need no explanation. */
static void add_legend(struct page *p, const struct result *r)
{
	const struct chart *of = r->charts[0];
	bool any = of->series_count > 1, fitted = false;

	if (!any)
		return;
	buffer_text_add(&p->text, "<ul class=\"legend\">\n");
	for (size_t i = 0; i < of->series_count; i++) {
		int64_t sum = 0;

		for (size_t k = 0; k < r->chart_count; k++)
			sum += chart_total(r->charts[k], i);
		if (!sum)
			continue;
		buffer_text_add(&p->text, "<li>");
		svg_swatch(&p->text, of->series[i].paint, p->numbers++);
		html_text(&p->text, of->series[i].name);
		buffer_text_add(&p->text, "</li>\n");
	}
	for (size_t i = 0; i < r->chart_count; i++)
		fitted = fitted || r->charts[i]->fitted;
	if (fitted) {
		buffer_text_add(&p->text, "<li>");
		line_swatch(&p->text);
		buffer_text_add(&p->text, "the line through the days, and drawn on</li>\n");
	}
	buffer_text_add(&p->text, "</ul>\n");
}

static void add_number(struct page *p, bool unknown, int64_t number)
{
	buffer_text_add(&p->text, "<td class=\"n\">");
	if (unknown)
		buffer_char(&p->text, '-');
	else
		figure_count(&p->text, number);
}

static void add_point_row(
    struct page *p, const struct chart *chart, const struct chart_point *point, const bool *shown)
{
	bool only_line = chart->fitted && !point->whole;

	buffer_text_add(&p->text, "<tr><th scope=\"row\" class=\"t\">");
	svg_time(&p->text, chart, p->zone, point->time);
	buffer_text_add(&p->text, "</th>");
	add_number(p, point->unknown || only_line, point->whole);
	buffer_text_add(&p->text, "</td>");
	for (size_t i = 0; i < chart->series_count; i++) {
		if (!shown[i])
			continue;
		add_number(p, point->unknown || only_line, point->parts[i]);
		if (chart->share && point->whole) {
			buffer_text_add(&p->text, " <small>");
			html_share(&p->text, (double)point->parts[i] / (double)point->whole);
			buffer_text_add(&p->text, "</small>");
		}
		buffer_text_add(&p->text, "</td>");
	}
	if (chart->fitted) {
		buffer_text_add(&p->text, "<td class=\"n\">");
		if (point->line >= 0)
			html_share(&p->text, point->line);
		buffer_text_add(&p->text, "</td>");
	}
	buffer_text_add(&p->text, "</tr>\n");
}

/* A caption that would repeat what stands above the table is only read out. */
static void open_scroll(struct page *p, bool told)
{
	buffer_printf(&p->text,
	    "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"c%zu\">"
	    "<table><caption id=\"c%zu\"><span%s>",
	    p->numbers, p->numbers, told ? " class=\"hidden\"" : "");
	p->numbers++;
}

/* The numbers of a chart over time; those of bars are in the table of their result. */
static void add_points(struct page *p, const struct chart *chart)
{
	bool shown[CHART_SERIES];

	buffer_text_add(&p->text, "<details><summary>Numbers</summary>\n");
	open_scroll(p, true);
	html_text(&p->text, chart->title);
	buffer_text_add(&p->text, ": ");
	html_text(&p->text, chart->unit);
	buffer_text_add(&p->text, "</span></caption>\n<thead><tr><th scope=\"col\">from</th>"
				  "<th scope=\"col\" class=\"n\">all</th>");
	for (size_t i = 0; i < chart->series_count; i++) {
		shown[i] = chart_total(chart, i) > 0;
		if (!shown[i])
			continue;
		buffer_text_add(&p->text, "<th scope=\"col\" class=\"n\">");
		html_text(&p->text, chart->series[i].name);
		buffer_text_add(&p->text, "</th>");
	}
	if (chart->fitted)
		buffer_text_add(&p->text, "<th scope=\"col\" class=\"n\">line</th>");
	buffer_text_add(&p->text, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < chart->point_count; i++)
		add_point_row(p, chart, &chart->points[i], shown);
	buffer_text_add(&p->text, "</tbody></table></div></details>\n");
}

static void add_chart(struct page *p, const struct chart *chart, bool tall)
{
	buffer_printf(&p->text, "<figure%s><h3>", tall ? " class=\"tall\"" : "");
	html_text(&p->text, chart->title);
	if (*chart->unit) {
		buffer_text_add(&p->text, " <small>");
		html_text(&p->text, chart->unit);
		buffer_text_add(&p->text, "</small>");
	}
	buffer_text_add(&p->text, "</h3>\n");
	svg_chart(&p->text, chart, p->zone, p->numbers++);
	if (chart->kind == CHART_COLUMNS)
		add_points(p, chart);
	buffer_text_add(&p->text, "</figure>\n");
}

static void add_charts(struct page *p, const struct result *r)
{
	if (!r->chart_count)
		return;
	add_legend(p, r);
	buffer_text_add(&p->text, "<div class=\"charts\">\n");
	for (size_t i = 0; i < r->chart_count; i++)
		add_chart(p, r->charts[i], r->charts[i]->share && r->charts[i]->kind == CHART_BARS);
	buffer_text_add(&p->text, "</div>\n");
}

/* Short words stay whole; what is long may be broken. */
static const char *class_of(const struct result *r, size_t column)
{
	const struct column *c = &r->columns[column];

	if (c->type != COLUMN_TEXT)
		return wording_is_number(c) ? "n" : "t";
	for (size_t row = 0; row < wording_rows(r); row++) {
		const struct cell *cell = result_cell(r, row, column);

		if (cell->known && strlen(cell->text) > LONG)
			return "long";
	}
	return "text";
}

static void add_cell(struct page *p, const struct result *r, size_t row, size_t column, bool first)
{
	const struct column *c = &r->columns[column];
	const struct cell *cell = result_cell(r, row, column);

	buffer_printf(&p->text, first ? "<th scope=\"row\" class=\"%s\">" : "<td class=\"%s\">",
	    class_of(r, column));
	if (cell->known && c->type == COLUMN_TEXT)
		html_text(&p->text, cell->text);
	else if (cell->known && c->type == COLUMN_SERIES)
		svg_series(&p->text, cell->series);
	else {
		_cleanup_buffer_ struct buffer words = {0};

		wording_cell(&words, c, cell, p->zone, wording_only_dates(r, column, p->zone));
		html_text(&p->text, buffer_text(&words));
	}
	buffer_text_add(&p->text, first ? "</th>" : "</td>");
}

static void add_row(struct page *p, const struct result *r, const bool *shown, size_t row)
{
	bool first = true;

	buffer_text_add(&p->text, "<tr>");
	for (size_t column = 0; column < r->column_count; column++)
		if (shown[column]) {
			add_cell(p, r, row, column, first);
			first = false;
		}
	buffer_text_add(&p->text, "</tr>\n");
}

static void add_explanation(struct page *p, const struct result *r, const bool *shown)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (r->legend)
		buffer_text_add(&text, r->legend);
	for (size_t i = 0; i < r->column_count; i++)
		if (shown[i] && r->columns[i].legend)
			buffer_printf(&text, "%s%s", text.n ? " " : "", r->columns[i].legend);
	if (!text.n)
		return;
	buffer_text_add(&p->text, "<p class=\"explains\">");
	html_text(&p->text, buffer_text(&text));
	buffer_text_add(&p->text, "</p>\n");
}

static void add_table(struct page *p, const struct result *r)
{
	_cleanup_free_ bool *shown = memory_array(r->column_count, sizeof(*shown));
	_cleanup_buffer_ struct buffer cut = {0};

	wording_cut(&cut, r);
	open_scroll(p, !cut.n);
	if (cut.n)
		html_text(&p->text, buffer_text(&cut));
	else
		add_title(p, r);
	buffer_text_add(&p->text, "</span></caption>\n<thead><tr>");
	for (size_t column = 0; column < r->column_count; column++) {
		shown[column] = wording_column_is_shown(r, column);
		if (!shown[column])
			continue;
		buffer_printf(&p->text, "<th scope=\"col\" class=\"%s\">", class_of(r, column));
		html_text(&p->text, wording_heading(&r->columns[column]));
		buffer_text_add(&p->text, "</th>");
	}
	buffer_text_add(&p->text, "</tr></thead>\n<tbody>\n");
	for (size_t row = 0; row < wording_rows(r); row++)
		add_row(p, r, shown, row);
	buffer_text_add(&p->text, "</tbody></table></div>\n");
	add_explanation(p, r, shown);
}

static void add_result(struct page *p, const struct result *r)
{
	size_t id = p->numbers++;

	buffer_printf(&p->text, "<section aria-labelledby=\"h%zu\">\n<h2 id=\"h%zu\">", id, id);
	add_title(p, r);
	buffer_text_add(&p->text, "</h2>\n");
	if (!r->note) {
		add_charts(p, r);
		add_table(p, r);
	}
	buffer_text_add(&p->text, "</section>\n");
}

static void add_sentence(
    void *context, enum block_weight weight, const char *label, const char *text)
{
	struct page *p = context;
	const char *class = weight == BLOCK_PROBLEM ? " class=\"problem\"" : "";

	buffer_printf(&p->text, "<dt%s>", class);
	html_text(&p->text, label);
	buffer_printf(&p->text, "</dt><dd%s>", class);
	html_text(&p->text, text);
	buffer_text_add(&p->text, "</dd>\n");
}

static void add_tile(struct page *p, const char *label, int64_t count, bool problem)
{
	buffer_printf(
	    &p->text, "<div%s><dt>%s</dt><dd>", problem ? " class=\"problem\"" : "", label);
	figure_count(&p->text, count);
	buffer_text_add(&p->text, "</dd></div>\n");
}

static void add_tiles(struct page *p)
{
	const struct evidence *e = &p->report->evidence;
	const struct coverage *t = &e->total;
	int64_t lost = t->limit_hit + t->unparsed + t->bad_time + t->overlong;

	buffer_text_add(&p->text, "<dl class=\"tiles\">\n");
	add_tile(p, "TLS handshakes", e->handshakes, false);
	add_tile(p, "Sessions", e->sessions, false);
	add_tile(p, "Failed handshakes", e->failures, false);
	add_tile(p, "Lines that no pattern took", t->near_miss, t->near_miss > 0);
	if (lost)
		add_tile(p, "Lines lost", lost, true);
	if (t->gap_seconds)
		add_tile(p, "Seconds not read", t->gap_seconds, true);
	buffer_text_add(&p->text, "</dl>\n");
}

static void add_period(struct page *p)
{
	const struct evidence *e = &p->report->evidence;

	figure_time(&p->text, p->zone, e->since);
	buffer_text_add(&p->text, " to ");
	figure_time(&p->text, p->zone, e->until);
}

static void add_head(struct page *p)
{
	buffer_printf(&p->text,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"generator\" content=\"mailtls %s\">\n<title>TLS of mail, ",
	    page_css_hash, MAILTLS_VERSION);
	add_period(p);
	buffer_printf(&p->text, "</title>\n<style>%s</style>\n</head>\n", page_css);
	buffer_text_add(&p->text, "<body>\n<header>\n<h1>TLS of mail</h1>\n<p class=\"period\">");
	add_period(p);
	buffer_char(&p->text, ' ');
	html_text(&p->text, zone_name(p->zone));
	buffer_text_add(&p->text, "</p>\n");
	add_tiles(p);
	buffer_text_add(&p->text, "</header>\n<main>\n");
}

static void flush(struct page *p, FILE *out)
{
	fwrite(p->text.p, 1, p->text.n, out);
	buffer_clear(&p->text);
}

void render_html(const struct report *report, FILE *out)
{
	struct page p = {.report = report, .zone = report->request->zone};

	add_head(&p);
	buffer_text_add(&p.text, "<section aria-labelledby=\"basis\">\n<h2 id=\"basis\">"
				 "What this rests on</h2>\n<dl class=\"block\">\n");
	block_text(&report->evidence, report->request, add_sentence, &p);
	buffer_text_add(&p.text, "</dl>\n</section>\n");
	for (size_t i = 0; i < report->result_count; i++) {
		if (!wording_is_shown(report->results[i]))
			continue;
		add_result(&p, report->results[i]);
		flush(&p, out);
	}
	buffer_printf(&p.text,
	    "</main>\n<footer>Counts are exact; shares are of what each line names, and nothing is "
	    "rounded to 0 or 100 %%. mailtls %s</footer>\n</body>\n</html>\n",
	    MAILTLS_VERSION);
	flush(&p, out);
	buffer_free(&p.text);
}
