/* SPDX-License-Identifier: ISC */
#pragma once

/* Sources that spoke and do not any more, judged by their own way of speaking.
 *
 * A report that reaches until now says so as a hint: its counts are not few, they are missing.  The
 * texts say for how long, and how long it never was. */

#include "report/evidence.h"

/* After the rest of the evidence is gathered. */
int silence_gather(
    struct store *store, const struct report_request *request, struct evidence *e, struct diag *d);

/* Of a source, NULL if it speaks, or nobody knows how it is to. */
const char *silence_of(const struct evidence *e, const char *source);
