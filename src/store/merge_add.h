/* SPDX-License-Identifier: ISC */
#pragma once

/* For store/merge.c: what of a merge is asked of two databases at once. */

#include "base/diag.h"
#include "store/peer_policy.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

/* Whether each counter of the older copy is in this one, with a revision that is as high. */
int merge_grew_from(struct store *newer, const char *older, bool *ret, struct diag *d);

/* How a new and empty store keeps its days and peers. */
int merge_settle(struct store *to, const char *zone, int64_t rolled_until,
    enum peer_addresses addresses, struct diag *d);

/* Adds all of the store in that file, which nobody else has open and whose hours are rolled up as
 * far as those of `to`; name is for people. */
int merge_add(struct store *to, const char *path, const char *name, bool overlap, struct diag *d);
