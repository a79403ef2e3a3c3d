/* SPDX-License-Identifier: ISC */
#pragma once

/* The other period that a report is compared with: the one before it, or one that was named.
 *
 * A request without a beginning has nothing before it, and what the store holds only a part of is
 * no period to compare with: then `known` is false, and a report that was asked for it says so.  A
 * named period that overlaps the report's is refused with -EINVAL.  Units of the flows of both are
 * paired alike (flow.h), so it must be asked for before the flows are added up.  Texts are the
 * store's. */

#include "report/view.h"

struct past {
	bool known;
	bool as_long; /* as the report's period */
	struct report_request request;
	struct report report; /* like the report, of the other period, without results */
};

/* A diagnosis for a request that names a period and has no beginning, as its view. */
int past_check(const struct report_request *request, const struct view *view, struct diag *d);

/* The report's other period, which is gathered once and freed with the report. */
int past_need(struct report *report, struct past **ret, struct diag *d);
struct past *past_free(struct past *past);

/* The first instant that a report looks at. */
int64_t past_begins(const struct report_request *request, int64_t now);
