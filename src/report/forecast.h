/* SPDX-License-Identifier: ISC */
#pragma once

/* What view forecast makes of one metric of a flow. */

#include "report/metric.h"
#include "report/regression.h"

struct prospect {
	enum metric metric;
	const struct flow_line *lines;
	struct regression_point *points; /* of whole days, by their number */
	struct measure *measures;	 /* of the same days */
	size_t count;
	int last; /* the last whole day */
	struct regression line;
	const char *why; /* there is no forecast; NULL: there is one */
};

/* How many days the line is drawn on. */
size_t prospect_reach(const struct prospect *prospect);

/* When the local day begins on which the line is at 0 or below; 0: not within its reach. */
int64_t prospect_zero(
    const struct prospect *prospect, const struct report *report, const int64_t *starts);

/* A column for each week that was counted and for those to come, or until the line of a share is at
 * 0, for the latest row of the result, which is this one.  starts: of the days. */
void forecast_chart_add(const struct prospect *prospect, const struct report *report,
    struct result *result, const int64_t *starts);
