/* SPDX-License-Identifier: ISC */
#pragma once

/* The hint that something of a source was not read, of what kind that is, and how much of it is
 * known to be lost: beside its source in the view coverage. */

#include "report/view.h"

int gaps_hint(struct report *report, struct diag *d);
