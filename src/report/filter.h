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

/* Whether it is shown at all, and whether it then stands apart: internal traffic is counted and
 * shown in rows of its own, and is part of no share, unless --internal says otherwise. */
bool filter_tuple(const struct report_request *request, const struct tuple *tuple);
bool filter_apart(const struct report_request *request, const struct tuple *tuple);
