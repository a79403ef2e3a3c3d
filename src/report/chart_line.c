/* SPDX-License-Identifier: ISC */
#include "report/chart_line.h"

#include "report/figure.h"
#include <inttypes.h>
#include <math.h>

#define RING 55
#define LABEL_BELOW 130

static double share_of(const struct chart_point *point)
{
	return point->whole ? (double)point->parts[0] / (double)point->whole : 0;
}

int64_t line_scale(const struct chart *chart, int64_t *ret_steps)
{
	double highest = 0;
	int64_t most, step;

	for (size_t i = 0; i < chart->point_count; i++) {
		highest = fmax(highest, share_of(&chart->points[i]));
		highest = fmax(highest, chart->points[i].line);
	}
	most = (int64_t)ceil(highest * LINE_WHOLE);
	step = chart_step(most > 4 ? most : 4);
	*ret_steps = most > 0 ? (most + step - 1) / step : 1;
	return *ret_steps * step;
}

void line_tick(struct buffer *to, int64_t hundredths)
{
	buffer_printf(to, "%" PRId64, hundredths / 100);
	if (hundredths % 100)
		buffer_printf(to, hundredths % 10 ? ".%02d" : ".%d",
		    (int)(hundredths % 10 ? hundredths % 100 : hundredths % 100 / 10));
	buffer_char(to, '%');
}

static int64_t left_of(const struct chart *chart, const struct chart_box *box, size_t place)
{
	return box->left + (int64_t)place * (box->right - box->left) / (int64_t)chart->point_count;
}

/* Where in its column the line ends: as far as the time is into it. */
static int64_t end_of(const struct chart *chart, const struct chart_box *box)
{
	size_t last = chart->point_count - 1;
	int64_t left = left_of(chart, box, last), width = box->right - left;
	int64_t length = chart->points[last].time - chart->points[last - 1].time;

	return left + width * (chart->line_end - chart->points[last].time) / length;
}

static void add_path(struct buffer *to, const struct chart *chart, const struct chart_box *box,
    int64_t scale, bool drawn_on)
{
	size_t from = drawn_on && chart->drawn_on ? chart->drawn_on - 1 : 0;
	size_t until = drawn_on ? chart->point_count : chart->drawn_on;
	char move = 'M';

	buffer_printf(to, "<path class=\"%s\" d=\"", drawn_on ? "fit on-ahead" : "fit");
	for (size_t i = from; i < until; i++) {
		int64_t x = (left_of(chart, box, i) + left_of(chart, box, i + 1)) / 2;
		double height = chart->points[i].line * LINE_WHOLE / (double)scale;

		if (chart->points[i].line < 0)
			continue;
		buffer_printf(to, "%c%" PRId64 " %lld", move, x,
		    box->bottom - llround(height * (box->bottom - box->top)));
		move = 'L';
	}
	if (drawn_on && chart->line_end)
		buffer_printf(to, "L%" PRId64 " %d", end_of(chart, box), box->bottom);
	buffer_text_add(to, "\"/>");
}

static void add_end(struct buffer *to, const struct chart *chart, const struct zone *zone,
    const struct chart_box *box)
{
	int64_t x = end_of(chart, box);

	buffer_printf(to, "<path class=\"grid\" d=\"M%" PRId64 " %dV%d\"/>", x, box->bottom,
	    box->top + LABEL_BELOW + LABEL_BELOW / 2);
	buffer_printf(to,
	    "<circle class=\"ring\" cx=\"%" PRId64 "\" cy=\"%d\" r=\"%d\"/>"
	    "<text class=\"end told\" x=\"%d\" y=\"%d\">0 on ",
	    x, box->bottom, RING, box->right, box->top + LABEL_BELOW);
	figure_date(to, zone, chart->line_end);
	buffer_text_add(to, "</text>");
}

void line_write(struct buffer *to, const struct chart *chart, const struct zone *zone,
    const struct chart_box *box, int64_t scale)
{
	add_path(to, chart, box, scale, false);
	if (chart->drawn_on < chart->point_count)
		add_path(to, chart, box, scale, true);
	if (chart->line_end)
		add_end(to, chart, zone, box);
	buffer_char(to, '\n');
}

void line_swatch(struct buffer *to)
{
	buffer_text_add(to,
	    "<svg class=\"swatch wide\" viewBox=\"0 0 400 160\" aria-hidden=\"true\">"
	    "<path class=\"fit\" d=\"M0 80H200\"/>"
	    "<path class=\"fit on-ahead\" d=\"M200 80H400\"/></svg>");
}
