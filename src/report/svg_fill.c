/* SPDX-License-Identifier: ISC */
#include "report/svg_fill.h"

#include <inttypes.h>

enum marks { RISING = 1, FALLING = 2, LEVEL = 4, UPRIGHT = 8 };

static const struct {
	const char *class;
	unsigned marks;
	int64_t step;
	bool dotted;
} paints[PAINT_MAX] = {
    [PAINT_NONE] = {"none", RISING, 75, false},
    [PAINT_OLDER] = {"older", RISING | FALLING, 90, false},
    [PAINT_AMBIGUOUS] = {"ambiguous", LEVEL | UPRIGHT, 75, false},
    [PAINT_TLS_1_0] = {"tls10", LEVEL, 55, false},
    [PAINT_TLS_1_1] = {"tls11", UPRIGHT, 55, false},
    [PAINT_TLS_1_2] = {"tls12", FALLING, 150, false},
    [PAINT_TLS_1_3] = {"tls13", 0, 0, false},
    [PAINT_UNKNOWN] = {"unknown", LEVEL, 60, true},
    [PAINT_REST] = {"rest", 0, 0, false},
    [PAINT_PLAIN] = {"plain", 0, 0, false},
};

void svg_fill_add(struct svg_fill *f, int64_t x, int64_t y, int64_t width, int64_t height)
{
	bool first = !f->path.n;

	f->left = first || x < f->left ? x : f->left;
	f->top = first || y < f->top ? y : f->top;
	f->right = first || x + width > f->right ? x + width : f->right;
	f->bottom = first || y + height > f->bottom ? y + height : f->bottom;
	buffer_printf(&f->path, "M%" PRId64 " %" PRId64 "h%" PRId64 "v%" PRId64 "h-%" PRId64 "z", x,
	    y, width, height, width);
}

/* Lines at 45 degrees over a rectangle; they go on beyond it. */
static void add_slanted(struct buffer *to, const struct svg_fill *f, int64_t step, bool rising)
{
	int64_t height = f->bottom - f->top;
	int64_t from = f->left - height;

	for (int64_t x = from - from % step; x < f->right; x += step)
		buffer_printf(to, "M%" PRId64 " %" PRId64 "l%" PRId64 " %s%" PRId64, x,
		    rising ? f->bottom : f->top, height, rising ? "-" : "", height);
}

static void add_marks(struct buffer *to, const struct svg_fill *f, unsigned marks, int64_t step)
{
	if (marks & RISING)
		add_slanted(to, f, step, true);
	if (marks & FALLING)
		add_slanted(to, f, step, false);
	if (marks & LEVEL)
		for (int64_t y = f->top - f->top % step; y < f->bottom; y += step)
			buffer_printf(
			    to, "M%" PRId64 " %" PRId64 "H%" PRId64, f->left, y, f->right);
	if (marks & UPRIGHT)
		for (int64_t x = f->left - f->left % step; x < f->right; x += step)
			buffer_printf(
			    to, "M%" PRId64 " %" PRId64 "V%" PRId64, x, f->top, f->bottom);
}

void svg_fill_write(
    struct buffer *to, const struct svg_fill *f, enum paint paint, size_t chart, size_t series)
{
	if (!f->path.n)
		return;
	buffer_printf(
	    to, "<path class=\"c-%s\" d=\"%s\"/>", paints[paint].class, buffer_text(&f->path));
	if (paints[paint].marks) {
		buffer_printf(to,
		    "<clipPath id=\"k%zu-%zu\"><path d=\"%s\"/></clipPath>"
		    "<path class=\"%s\" clip-path=\"url(#k%zu-%zu)\" d=\"",
		    chart, series, buffer_text(&f->path),
		    paints[paint].dotted ? "marks dots" : "marks", chart, series);
		add_marks(to, f, paints[paint].marks, paints[paint].step);
		buffer_text_add(to, "\"/>");
	}
	buffer_char(to, '\n');
}

void svg_fill_free(struct svg_fill *f)
{
	buffer_free(&f->path);
}
