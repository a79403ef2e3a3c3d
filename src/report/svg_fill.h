/* SPDX-License-Identifier: ISC */
#pragma once

/* Rectangles of one paint: a colour, which is the page's, and lines over it, so that a series is
 * known by its marks too.
 *
 * The marks are lines that are cut to the rectangles: a <pattern> would be simpler, but becomes
 * megabytes of pixels where a page is printed to PDF. */

#include "base/buffer.h"
#include "report/chart.h"

struct svg_fill {
	struct buffer path;
	int64_t left, top, right, bottom; /* around all of them */
};

void svg_fill_add(struct svg_fill *f, int64_t x, int64_t y, int64_t width, int64_t height);

/* Writes nothing if there are none.  The id is that of the cut, unique in the page. */
void svg_fill_write(
    struct buffer *to, const struct svg_fill *f, enum paint paint, size_t chart, size_t series);
void svg_fill_free(struct svg_fill *f);
#define _cleanup_svg_fill_ _cleanup_(svg_fill_free)
