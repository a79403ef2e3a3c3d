/* SPDX-License-Identifier: ISC */
#pragma once

/* The line of a chart that was fitted to its shares, solid where it was fitted and dashed where it
 * is drawn on, with a ring and a date where it is at 0. */

#include "base/buffer.h"
#include "base/zone.h"
#include "report/chart.h"

#define LINE_WHOLE 10000.0 /* 100 % in its hundredths */

/* Where the columns are drawn, in the units of the chart. */
struct chart_box {
	int left, top, right, bottom;
};

/* What the full height stands for, in hundredths of a percent, and how many steps it has. */
int64_t line_scale(const struct chart *chart, int64_t *ret_steps);

/* "2.5%", of hundredths of a percent. */
void line_tick(struct buffer *to, int64_t hundredths);

void line_write(struct buffer *to, const struct chart *chart, const struct zone *zone,
    const struct chart_box *box, int64_t scale);

/* An example of it for the legend. */
void line_swatch(struct buffer *to);
