/* SPDX-License-Identifier: ISC */
#pragma once

/* What a chart shows, before anybody draws it.
 *
 * Points (buckets of time, or things with a name) with a part for each series.  The parts of a
 * point are drawn as shares of its whole, or as counts.  A chart knows nothing of what its numbers
 * mean: whoever makes one gives every text.  Texts are copied, unescaped.
 *
 * A paint is a place in the palette of the page: a colour and a pattern, so that two series differ
 * without colour too. */

#include "base/macros.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHART_SERIES 8

enum chart_kind {
	CHART_COLUMNS, /* points are buckets of time, side by side */
	CHART_BARS,    /* points have names, one below the other */
};

enum paint {
	PAINT_NONE, /* clear text */
	PAINT_OLDER,
	PAINT_AMBIGUOUS,
	PAINT_TLS_1_0,
	PAINT_TLS_1_1,
	PAINT_TLS_1_2,
	PAINT_TLS_1_3,
	PAINT_UNKNOWN,
	PAINT_REST,  /* others */
	PAINT_PLAIN, /* where there is one series */
	PAINT_MAX,
};

struct chart_point {
	char *label;  /* of a bar */
	int64_t time; /* of a column: when its bucket begins, UTC seconds */
	bool unknown; /* nothing is known of this column: not 0 */
	int64_t whole;
	int64_t parts[CHART_SERIES];
	double line; /* of a fitted chart: the line in its middle; below 0: none */
};

struct chart {
	enum chart_kind kind;
	bool share;	  /* of the point's whole */
	bool fitted;	  /* with a line, and a scale that ends above the highest share */
	size_t drawn_on;  /* from this point on there is nothing but the line */
	int64_t line_end; /* when it is at 0, within the last point; 0: beyond */
	char *title;
	char *unit; /* what is counted: "sessions" */
	struct {
		char *name;
		enum paint paint;
	} series[CHART_SERIES];
	size_t series_count;
	struct chart_point *points;
	size_t point_count;
};

struct chart *chart_new(enum chart_kind kind, bool share, const char *title, const char *unit);
struct chart *chart_free(struct chart *chart);

void chart_series(struct chart *chart, const char *name, enum paint paint);

/* Valid until the next one. */
struct chart_point *chart_point(struct chart *chart, const char *label, int64_t time);

/* Puts the greatest first and makes one point, "others", of those beyond `most`. */
void chart_sort(struct chart *chart, size_t most);

/* 1, 2 or 5 and zeros, so that `highest` is no more than four steps. */
int64_t chart_step(int64_t highest);

/* The greatest sum of the parts of a point. */
int64_t chart_highest(const struct chart *chart);

/* The sum of a series over all points. */
int64_t chart_total(const struct chart *chart, size_t series);

DEFINE_CLEANUP(struct chart, chart_free);
#define _cleanup_chart_ _cleanup_(chart_free_p)
