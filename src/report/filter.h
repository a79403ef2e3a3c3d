/* SPDX-License-Identifier: ISC */
#pragma once

/* Which counters a request asks for: --direction, --service, --mta, --host, --unit, --internal.
 *
 * Words of one option are alternatives, options are conditions that all must hold. */

#include "base/diag.h"
#include "report/request.h"

/* -EINVAL for a direction, service or unit that does not exist: a misspelt filter would give an
 * empty report that reads as "none".  Any text may name an MTA or a host. */
int filter_check(const struct report_request *request, struct diag *d);

bool filter_word(const struct words *words, const char *word);

/* All conditions, and all but the one on internal traffic. */
bool filter_tuple(const struct report_request *request, const struct tuple *tuple);
bool filter_external(const struct report_request *request, const struct tuple *tuple);
