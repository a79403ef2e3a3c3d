/* SPDX-License-Identifier: ISC */
#pragma once

/* A journal into the store: from where the store stands in it to its end, as the service reads it
 * (feed.h), from whose position it goes on and which goes on from its.  Each entry counts once,
 * whichever of them reads it. */

#include "cmd/config.h"
#include "cmd/ingest.h"

/* where as journal_operand() gives it; of `in` the caller's fields.  0, or a negative errno with a
 * diagnosis; what was committed stays.  -EEXIST: other sources told of the same hours. */
int import_journal(struct ingest *in, const struct config *config, const char *where,
    struct ingest_result *ret, struct diag *d);
