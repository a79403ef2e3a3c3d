/* SPDX-License-Identifier: ISC */
#pragma once

/* Gives the results of a report the charts that can be drawn of them.
 *
 * Of protocols: the shares of each flow, in all and over time.  Of ciphers, groups, signatures and
 * failures: bars for each flow.  Nothing is added up across flows, and of many flows only the
 * greatest get a chart: all are in the table below. */

#include "report/view.h"

int charts_add(struct report *report, struct diag *d);
