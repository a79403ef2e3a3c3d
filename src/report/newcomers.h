/* SPDX-License-Identifier: ISC */
#pragma once

/* Peers that spoke a protocol below TLSv1.2 in the report's period, and, as far as peers are kept,
 * never before it. */

#include "report/view.h"

/* *ret_missing: why it cannot be told, else NULL. */
int newcomers_count(struct report *report, int64_t *ret, const char **ret_missing, struct diag *d);
