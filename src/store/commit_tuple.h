/* SPDX-License-Identifier: ISC */
#pragma once

/* For store/commit.c, inside its transaction, as another writer may have added the tuple: finds the
 * id of a tuple that has none yet, or adds it, and with it what follows from its texts (derive.h).
 */

#include "base/diag.h"
#include "store/aggregate.h"

struct database;

int commit_tuple(struct database *db, struct aggregate_tuple *t, struct diag *d);
