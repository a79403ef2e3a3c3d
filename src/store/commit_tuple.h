/* SPDX-License-Identifier: ISC */
#pragma once

/* For store/commit.c, inside its transaction, as another writer may have added the tuple: finds the
 * id of a tuple that has none yet, or adds it, and in a file what follows from its texts
 * (derive.h), too. */

#include "base/diag.h"
#include "store/aggregate.h"

struct store;

int commit_tuple(struct store *s, struct aggregate_tuple *t, struct diag *d);
