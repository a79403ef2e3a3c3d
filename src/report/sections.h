/* SPDX-License-Identifier: ISC */
#pragma once

/* The parts of a summary that are no views of their own.  Each adds one result to the report. */

#include "report/view.h"

/* For people: the shares of each flow, and how they changed. */
int flow_shares_build(struct report *report, struct diag *d);

/* Failures by flow and class of reason, under the names of view failures. */
int failure_reasons_build(struct report *report, struct diag *d);

/* Users and peers whose mail or logins went most by what the policy does not want. */
int matter_build(struct report *report, struct diag *d);

/* Whether the peers of that tuple may be among them. */
bool matter_asks_for_peers_of(const struct report_request *request, const struct tuple *tuple);

/* The busiest minute of each direction; what is drawn of it is the busiest of each bucket. */
int peaks_build(struct report *report, struct diag *d);
