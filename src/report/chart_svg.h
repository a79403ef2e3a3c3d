/* SPDX-License-Identifier: ISC */
#pragma once

/* Charts as inline SVG.
 *
 * Only shapes, classes and text: colours and fonts are the page's (page.css).  Each chart has a
 * title and a description in words, each column a tooltip.  A part that is not 0 can always be
 * seen, however small it is.  `number` makes ids that are unique in the page. */

#include "base/buffer.h"
#include "base/zone.h"
#include "report/chart.h"
#include "report/result.h"

void svg_chart(
    struct buffer *to, const struct chart *chart, const struct zone *zone, size_t number);

/* A square of a legend. */
void svg_swatch(struct buffer *to, enum paint paint, size_t number);

/* A small chart in a cell of a table. */
void svg_series(struct buffer *to, const struct series *series);

/* The words for a column's bucket: a date, or a date and a time where one is not a whole day. */
void svg_time(struct buffer *to, const struct chart *chart, const struct zone *zone, int64_t time);
