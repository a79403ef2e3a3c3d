/* SPDX-License-Identifier: ISC */
#pragma once

/* The meaning of a tuple's spellings, worked out by src/tls/.
 *
 * A report works it out when it reads.  The table `derived` holds the same for people who ask the
 * views, and is made anew when a store is opened for writing by a mailtls whose DERIVE_VERSION is
 * not the one it was made by.  Raise that number when src/tls/ comes to say something else. */

#include "base/diag.h"
#include "base/macros.h"
#include "store/aggregate.h"
#include "store/query.h"
#include "store/sqlite.h"

#define DERIVE_VERSION 1

/* What was worked out already: a fleet has thousands of tuples and a few dozen spellings. */
struct derive_memo;
struct derive_memo *derive_memo_new(void);
struct derive_memo *derive_memo_free(struct derive_memo *memo);

/* Fills in the derived fields of t from its raw ones, but for its id.  The texts are the caller's
 * to free: derive_free() does; those of the suite live as long as the memo and t's raw ones. */
void derive(struct derive_memo *memo, struct tuple *t);
void derive_free(struct tuple *t);

/* Makes of a tuple in memory what a report is given of one in a store, but for its id.
 * derive_aggregated_free() frees all its texts; those of the suite live as long as they and the
 * memo. */
void derive_aggregated(
    struct derive_memo *memo, const struct aggregate_tuple *from, struct tuple *ret);
void derive_aggregated_free(struct tuple *t);

/* Writes the derived row of t->id. */
int derive_save(struct database *db, const struct tuple *t, struct diag *d);

/* Makes the table anew if it was made by another version.  Inside the caller's transaction. */
int derive_refresh(struct database *db, struct diag *d);

DEFINE_CLEANUP(struct derive_memo, derive_memo_free);
#define _cleanup_derive_memo_ _cleanup_(derive_memo_free_p)
