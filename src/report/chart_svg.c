/* SPDX-License-Identifier: ISC */
#include "report/chart_svg.h"

#include "report/chart_line.h"
#include "report/figure.h"
#include "report/html.h"
#include "report/svg_fill.h"
#include <inttypes.h>

/* Lengths are in tenths of a pixel of a chart at its natural size, so that all are whole numbers
 * and no locale puts a comma into them. */
#define WIDTH 4200
#define LEAST 16 /* of a part that is not 0 */

#define COLUMNS_HEIGHT 1900
#define LEFT 430
#define TOP 90
#define BOTTOM 1600
#define RIGHT (WIDTH - 20)

#define BAR_STEP 400
#define BAR_TOP 170 /* below the label */
#define BAR_HEIGHT 150
#define LABEL_MOST 44
#define LETTER 100   /* a column this wide has room for one */
#define LABELLED 430 /* a part this wide has room for its share */

struct drawing {
	struct buffer *to;
	const struct chart *chart;
	const struct zone *zone;
	size_t number;
	struct svg_fill fills[CHART_SERIES];
};

void svg_swatch(struct buffer *to, enum paint paint, size_t number)
{
	_cleanup_svg_fill_ struct svg_fill fill = {0};

	svg_fill_add(&fill, 0, 0, 160, 160);
	buffer_text_add(to, "<svg class=\"swatch\" viewBox=\"0 0 160 160\" aria-hidden=\"true\">");
	svg_fill_write(to, &fill, paint, number, 0);
	buffer_text_add(to, "</svg>");
}

static void write_fills(struct drawing *d)
{
	for (size_t i = 0; i < d->chart->series_count; i++) {
		svg_fill_write(d->to, &d->fills[i], d->chart->series[i].paint, d->number, i);
		svg_fill_free(&d->fills[i]);
	}
}

/* The lengths of a point's parts, `length` standing for `whole`.  What the least length adds is
 * taken from the longest. */
static void measure(const struct chart *chart, const struct chart_point *point, double whole,
    int64_t length, int64_t *ret)
{
	int64_t end = 0, before = 0, sum = 0;
	size_t longest = 0;

	for (size_t i = 0; i < chart->series_count; i++) {
		sum += point->parts[i];
		end = whole > 0 ? (int64_t)((double)sum * (double)length / whole + 0.5) : 0;
		ret[i] = end - before;
		before = end;
		longest = ret[i] > ret[longest] ? i : longest;
	}
	for (size_t i = 0; i < chart->series_count; i++)
		if (point->parts[i] && ret[i] < LEAST) {
			if (i != longest)
				ret[longest] -= LEAST - ret[i];
			ret[i] = LEAST;
		}
}

static bool whole_days(const struct chart *chart, const struct zone *zone)
{
	for (size_t i = 0; i < chart->point_count; i++)
		if (!figure_is_midnight(zone, chart->points[i].time))
			return false;
	return true;
}

void svg_time(struct buffer *to, const struct chart *chart, const struct zone *zone, int64_t time)
{
	(whole_days(chart, zone) ? figure_date : figure_time)(to, zone, time);
}

/* "TLS 1.3 71.4%, clear text 9.5%", of one point or of all. */
static void add_words(
    struct buffer *to, const struct chart *chart, const int64_t *parts, int64_t whole)
{
	bool first = true;

	for (size_t i = 0; i < chart->series_count; i++) {
		if (!parts[i])
			continue;
		buffer_text_add(to, first ? "" : ", ");
		html_text(to, chart->series[i].name);
		buffer_char(to, ' ');
		if (chart->share)
			html_share(to, (double)parts[i] / (double)whole);
		else
			figure_count(to, parts[i]);
		first = false;
	}
	if (first)
		buffer_text_add(to, "none");
}

static void add_tooltip(struct buffer *to, const struct chart *chart,
    const struct chart_point *point, const struct zone *zone)
{
	buffer_text_add(to, "<title>");
	svg_time(to, chart, zone, point->time);
	buffer_text_add(to, ": ");
	if (point->unknown)
		buffer_text_add(to, "not known");
	else if (point->whole || !chart->fitted)
		add_words(to, chart, point->parts, point->whole);
	if (chart->share && point->whole) {
		buffer_text_add(to, " of ");
		figure_count(to, point->whole);
	}
	if (point->line >= 0) {
		buffer_text_add(to, point->whole || point->unknown ? ", line " : "line ");
		html_share(to, point->line);
	}
	buffer_text_add(to, "</title>");
}

static void add_tick(struct buffer *to, const struct chart *chart, int64_t y, int64_t number)
{
	buffer_printf(to,
	    "<path class=\"grid\" d=\"M%d %" PRId64 "H%d\"/>"
	    "<text class=\"end\" x=\"%d\" y=\"%" PRId64 "\">",
	    LEFT, y, RIGHT, LEFT - 50, y + 40);
	if (chart->fitted)
		line_tick(to, number);
	else
		figure_count(to, number);
	buffer_printf(to, "%s</text>", chart->share && !chart->fitted ? "%" : "");
}

/* The grid; returns what the full height stands for. */
static int64_t add_scale(struct buffer *to, const struct chart *chart)
{
	int64_t step = chart->share ? 25 : chart_step(chart_highest(chart));
	int64_t steps = chart->share ? 4 : (chart_highest(chart) + step - 1) / step,
		top = steps * step;

	if (chart->fitted)
		top = line_scale(chart, &steps);
	if (!steps)
		top = steps = 1;
	for (int64_t i = 0; i <= steps; i++)
		add_tick(to, chart, BOTTOM - (BOTTOM - TOP) * i / steps, i * top / steps);
	return top;
}

static void add_time_label(
    struct buffer *to, const struct chart *chart, const struct zone *zone, size_t place, int64_t x)
{
	int64_t time = chart->points[place].time;
	int64_t span = chart->points[chart->point_count - 1].time - chart->points[0].time;
	struct civil c;

	zone_to_civil(zone, time, &c);
	buffer_printf(to, "<text class=\"middle\" x=\"%" PRId64 "\" y=\"%d\">", x, BOTTOM + 170);
	if (span > INT64_C(300) * 86400)
		buffer_printf(to, "%04d-%02d", c.year, c.month);
	else if (whole_days(chart, zone))
		buffer_printf(to, "%02d-%02d", c.month, c.day);
	else
		buffer_printf(to, "%02d-%02d %02d:%02d", c.month, c.day, c.hour, c.minute);
	buffer_text_add(to, "</text>");
}

static int64_t column_left(const struct chart *chart, size_t place)
{
	return LEFT + (int64_t)place * (RIGHT - LEFT) / (int64_t)chart->point_count;
}

/* A column of which nothing is known is not one of 0. */
static void add_unknown(struct buffer *to, int64_t x, int64_t width)
{
	buffer_printf(to,
	    "<rect class=\"track\" x=\"%" PRId64 "\" y=\"%d\" width=\"%" PRId64
	    "\" height=\"%d\"/>",
	    x + width / 12, TOP, width - width / 6, BOTTOM - TOP);
	if (width >= LETTER)
		buffer_printf(to, "<text class=\"middle\" x=\"%" PRId64 "\" y=\"%d\">?</text>",
		    x + width / 2, BOTTOM - 60);
}

/* Over a column, where a pointer finds its numbers. */
static void add_hit(struct drawing *d, const struct chart_point *point, int64_t x, int64_t width)
{
	buffer_printf(d->to,
	    "<rect class=\"hit\" x=\"%" PRId64 "\" y=\"%d\" width=\"%" PRId64 "\" height=\"%d\">",
	    x, TOP, width, BOTTOM - TOP);
	add_tooltip(d->to, d->chart, point, d->zone);
	buffer_text_add(d->to, "</rect>\n");
}

/* What the full height is of a point: in a fitted chart a part of its whole. */
static double stands_for(const struct chart *chart, const struct chart_point *point, int64_t top)
{
	if (chart->fitted)
		return (double)point->whole * (double)top / LINE_WHOLE;
	return (double)(chart->share ? point->whole : top);
}

static void add_columns(struct drawing *d)
{
	const struct chart *chart = d->chart;
	int64_t top = add_scale(d->to, chart);
	size_t every = (chart->point_count + 4) / 5;

	for (size_t i = 0; i < chart->point_count; i++) {
		const struct chart_point *point = &chart->points[i];
		int64_t x = column_left(chart, i), width = column_left(chart, i + 1) - x;
		int64_t parts[CHART_SERIES], y = BOTTOM;

		if (i % every == every / 2)
			add_time_label(d->to, chart, d->zone, i, x + width / 2);
		if (point->unknown)
			add_unknown(d->to, x, width);
		if (!point->whole)
			continue;
		measure(chart, point, stands_for(chart, point, top), BOTTOM - TOP, parts);
		for (size_t k = 0; k < chart->series_count; k++) {
			y -= parts[k];
			if (parts[k])
				svg_fill_add(
				    &d->fills[k], x + width / 12, y, width - width / 6, parts[k]);
		}
	}
	write_fills(d);
	if (chart->fitted)
		line_write(
		    d->to, chart, d->zone, &(struct chart_box){LEFT, TOP, RIGHT, BOTTOM}, top);
	for (size_t i = 0; i < chart->point_count; i++)
		if (chart->points[i].whole || chart->points[i].unknown ||
		    chart->points[i].line >= 0)
			add_hit(d, &chart->points[i], column_left(chart, i),
			    column_left(chart, i + 1) - column_left(chart, i));
	buffer_printf(d->to, "<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, BOTTOM, RIGHT);
}

static void add_bar_words(
    struct buffer *to, const struct chart *chart, const struct chart_point *point, int64_t y)
{
	buffer_printf(to, "<text x=\"0\" y=\"%" PRId64 "\">", y + 120);
	html_text_cut(to, point->label, LABEL_MOST);
	buffer_printf(
	    to, "</text><text class=\"end strong\" x=\"%d\" y=\"%" PRId64 "\">", WIDTH, y + 120);
	figure_count(to, chart->share ? point->whole : point->parts[0]);
	if (!chart->share) {
		buffer_text_add(to, "<tspan class=\"soft\"> \u00b7 ");
		html_share(to, (double)point->parts[0] / (double)point->whole);
		buffer_text_add(to, "</tspan>");
	}
	buffer_text_add(to, "</text>");
}

static void add_bar(struct drawing *d, const struct chart_point *point, int64_t y)
{
	int64_t parts[CHART_SERIES], x = 0;

	buffer_printf(d->to,
	    "<rect class=\"track\" x=\"0\" y=\"%" PRId64 "\" width=\"%d\" height=\"%d\"/>",
	    y + BAR_TOP, WIDTH, BAR_HEIGHT);
	measure(d->chart, point, (double)point->whole, WIDTH, parts);
	for (size_t i = 0; i < d->chart->series_count; i++) {
		if (parts[i])
			svg_fill_add(&d->fills[i], x, y + BAR_TOP, parts[i], BAR_HEIGHT);
		x += parts[i];
	}
}

/* The share of each part that is wide enough for it. */
static void add_bar_shares(struct drawing *d, const struct chart_point *point, int64_t y)
{
	int64_t parts[CHART_SERIES], x = 0;

	measure(d->chart, point, (double)point->whole, WIDTH, parts);
	for (size_t i = 0; i < d->chart->series_count; i++) {
		if (parts[i] >= LABELLED) {
			buffer_printf(d->to,
			    "<text class=\"on\" x=\"%" PRId64 "\" y=\"%" PRId64 "\">", x + 50,
			    y + BAR_TOP + 115);
			html_share(d->to, (double)point->parts[i] / (double)point->whole);
			buffer_text_add(d->to, "</text>");
		}
		x += parts[i];
	}
}

static void add_bars(struct drawing *d)
{
	for (size_t i = 0; i < d->chart->point_count; i++) {
		add_bar_words(d->to, d->chart, &d->chart->points[i], (int64_t)i * BAR_STEP);
		add_bar(d, &d->chart->points[i], (int64_t)i * BAR_STEP);
		buffer_char(d->to, '\n');
	}
	write_fills(d);
	for (size_t i = 0; i < d->chart->point_count && d->chart->share; i++)
		add_bar_shares(d, &d->chart->points[i], (int64_t)i * BAR_STEP);
}

static size_t count_unknown(const struct chart *chart)
{
	size_t n = 0;

	for (size_t i = 0; i < chart->point_count; i++)
		n += chart->points[i].unknown;
	return n;
}

/* What can be seen, for those who do not see it. */
static void add_description(struct buffer *to, const struct chart *chart, const struct zone *zone)
{
	int64_t parts[CHART_SERIES], whole = 0;

	for (size_t i = 0; i < chart->series_count; i++)
		parts[i] = chart_total(chart, i);
	for (size_t i = 0; i < chart->point_count; i++)
		whole += chart->points[i].whole;
	if (chart->kind == CHART_BARS) {
		for (size_t i = 0; i < chart->point_count; i++) {
			html_text(to, chart->points[i].label);
			buffer_text_add(to, ": ");
			add_words(to, chart, chart->points[i].parts, chart->points[i].whole);
			buffer_text_add(to, ". ");
		}
	} else if (chart->point_count) {
		svg_time(to, chart, zone, chart->points[0].time);
		buffer_text_add(to, " to ");
		svg_time(to, chart, zone, chart->points[chart->point_count - 1].time);
		if (chart->share) {
			buffer_text_add(to, ", in all: ");
			add_words(to, chart, parts, whole);
		} else {
			buffer_text_add(to, ", at most ");
			figure_count(to, chart_highest(chart));
		}
		if (chart->line_end) {
			buffer_text_add(to, ", the line is at 0 on ");
			figure_date(to, zone, chart->line_end);
		}
		if (count_unknown(chart))
			buffer_printf(to, ", not known of %zu", count_unknown(chart));
		buffer_char(to, '.');
	}
}

void svg_chart(struct buffer *to, const struct chart *chart, const struct zone *zone, size_t number)
{
	struct drawing d = {.to = to, .chart = chart, .zone = zone, .number = number};
	bool bars = chart->kind == CHART_BARS;
	int height = bars ? (int)chart->point_count * BAR_STEP - BAR_STEP + BAR_TOP + BAR_HEIGHT
			  : COLUMNS_HEIGHT;

	buffer_printf(to,
	    "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t%zu d%zu\">"
	    "<title id=\"t%zu\">",
	    WIDTH, height, number, number, number);
	html_text(to, chart->title);
	buffer_printf(to, "</title><desc id=\"d%zu\">", number);
	add_description(to, chart, zone);
	buffer_text_add(to, "</desc>\n");
	if (bars)
		add_bars(&d);
	else
		add_columns(&d);
	buffer_text_add(to, "</svg>\n");
}

void svg_series(struct buffer *to, const struct series *series)
{
	double highest = 0;

	for (size_t i = 0; i < series->count; i++) {
		double share = series->points[i].whole ? (double)series->points[i].part /
							     (double)series->points[i].whole
						       : 0;

		highest = share > highest ? share : highest;
	}
	buffer_printf(to,
	    "<svg class=\"series\" viewBox=\"0 0 %zu 200\" preserveAspectRatio=\"none\" "
	    "role=\"img\"><title>at most ",
	    series->count * 100);
	html_share(to, highest);
	buffer_text_add(to, "</title>");
	for (size_t i = 0; i < series->count; i++) {
		int64_t part = series->points[i].part, whole = series->points[i].whole;
		int height = 10;

		if (part)
			height = 20 + (int)((double)part / (double)whole / highest * 180);
		if (whole)
			buffer_printf(to,
			    "<rect class=\"%s\" x=\"%zu\" y=\"%d\" width=\"80\" height=\"%d\"/>",
			    part ? "some" : "nothing", i * 100, 200 - height, height);
	}
	buffer_text_add(to, "</svg>");
}
