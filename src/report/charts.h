/* SPDX-License-Identifier: ISC */
#pragma once

/* Gives the results of a report the charts that can be drawn of them.
 *
 * Of protocols: the shares of each flow, in all and over time.  Of ciphers, groups, signatures and
 * failures: bars for each flow.  Of a trend: what it is grouped by, over time.
 * Of a policy: bars for its rules.  Nothing is added up
 * across flows, and of many flows only the greatest get a chart: all are in the table below. */

#include "report/view.h"

int charts_add(struct report *report, struct diag *d);

/* Of the rows of one result, one part each. */
void trend_charts_add(const struct report *report, struct result *result);
void compliance_charts_add(struct result *result);

size_t charts_column(const struct result *r, const char *name); /* column_count if there is none */
void charts_flow_name(struct buffer *to, const struct result *r, size_t row);
#define CHARTS_FLOWS 6 /* that get charts of their own */
