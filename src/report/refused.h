/* SPDX-License-Identifier: ISC */
#pragma once

/* The hint that entries of a journal were left out, as who sent them is none of mail's: beside its
 * source in the view coverage, and above every report if nothing else came from there. */

#include "report/view.h"

int refused_hint(struct report *report, struct diag *d);
