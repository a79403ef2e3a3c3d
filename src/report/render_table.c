/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "report/block.h"
#include "report/renderer.h"
#include "report/sheet.h"
#include "report/sparkline.h"
#include "report/wording.h"
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST 40
#define WIDTH_MOST 10000
#define WIDTH_BESIDE 160 /* from here on two results stand side by side */
#define BETWEEN 4	 /* blanks between them */
#define LABEL_WIDTH 8
/* Readable on a light ground as on a dark one. */
#define RED "\033[1;31m"
#define MAGENTA "\033[35m"

struct page {
	const struct report *report;
	FILE *out;
	size_t width;
	struct sheet_style style;
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

/* Folded lines, all but the first indented. */
static void print_folded(const struct page *page, const char *text, int indent)
{
	_cleanup_buffer_ struct buffer folded = {0};

	sheet_fold(&folded, text, page->width - (size_t)indent);
	for (const char *p = buffer_text(&folded);;) {
		size_t n = strcspn(p, "\n");

		fwrite(p, 1, n, page->out);
		if (!p[n])
			break;
		fprintf(page->out, "\n%*s", indent, "");
		p += n + 1;
	}
}

/* A label, and its text beside it. */
static void say(void *context, enum block_weight weight, const char *label, const char *text)
{
	static const char *const colors[] = {
	    [BLOCK_STATEMENT] = SHEET_BOLD, [BLOCK_PROBLEM] = RED, [BLOCK_HINT] = MAGENTA};
	struct page *page = context;
	bool color = page->style.color;

	fprintf(page->out, "%s%-*s%s", color ? colors[weight] : "", LABEL_WIDTH, label,
	    color ? SHEET_PLAIN : "");
	print_folded(page, text, LABEL_WIDTH);
	fputc('\n', page->out);
}

static const char *next_line(const char *line, size_t n)
{
	return line + n + (line[n] == '\n');
}

/* The lines of a result with its title and legend, none wider than `width`. */
static void write_result(
    const struct page *page, const struct result *r, size_t width, struct buffer *to)
{
	_cleanup_buffer_ struct buffer title = {0}, safe = {0}, folded = {0};

	wording_full_title(&title, r);
	if (title.n) {
		sheet_safe(&safe, buffer_text(&title), page->style.utf8);
		sheet_fold(&folded, buffer_text(&safe), width);
		for (const char *p = buffer_text(&folded); *p; p = next_line(p, strcspn(p, "\n")))
			buffer_printf(to, "%s%.*s%s\n", page->style.color ? SHEET_BOLD : "",
			    (int)strcspn(p, "\n"), p, page->style.color ? SHEET_PLAIN : "");
	}
	sheet_write(to, r, width, &page->style);
}

static void print_result(const struct page *page, const struct result *r)
{
	_cleanup_buffer_ struct buffer text = {0};

	write_result(page, r, page->width, &text);
	fprintf(page->out, "\n%s", buffer_text(&text));
}

/* What a terminal shows of a line, without the sequences that colour it. */
static size_t line_width(const char *line, size_t n)
{
	_cleanup_buffer_ struct buffer shown = {0};

	for (size_t i = 0; i < n; i++)
		if (line[i] == '\033')
			i += strcspn(line + i, "m");
		else
			buffer_char(&shown, line[i]);
	return sheet_text_width(buffer_text(&shown));
}

static void print_beside(const struct page *page, const struct result *a, const struct result *b)
{
	_cleanup_buffer_ struct buffer left = {0}, right = {0};
	size_t half = (page->width - BETWEEN) / 2;
	const char *l, *r;

	write_result(page, a, half, &left);
	write_result(page, b, half, &right);
	l = buffer_text(&left);
	r = buffer_text(&right);
	fputc('\n', page->out);
	while (*l || *r) {
		size_t n = strcspn(l, "\n"), m = strcspn(r, "\n");

		fwrite(l, 1, n, page->out);
		if (m)
			fprintf(page->out, "%*s%.*s", (int)(half - line_width(l, n) + BETWEEN), "",
			    (int)m, r);
		fputc('\n', page->out);
		l = next_line(l, n);
		r = next_line(r, m);
	}
}

void render_table(const struct report *report, FILE *out)
{
	struct page page = {
	    .report = report,
	    .out = out,
	    .width = find_width(report->request, out),
	    .style = {.zone = report->request->zone,
		.utf8 = locale_is_utf8(),
		.color = find_color(report->request, out)},
	};
	const struct result *waiting = NULL; /* for one that may stand beside it */

	block_text(&report->evidence, report->request, say, &page);
	for (size_t i = 0; i < report->result_count; i++) {
		const struct result *r = report->results[i];

		if (!wording_is_shown(r))
			continue;
		if (waiting && r->beside && page.width >= WIDTH_BESIDE) {
			print_beside(&page, waiting, r);
			waiting = NULL;
			continue;
		}
		if (waiting)
			print_result(&page, waiting);
		waiting = r;
	}
	if (waiting)
		print_result(&page, waiting);
}
