/* SPDX-License-Identifier: ISC */
#pragma once

/* The meaning of a tuple's spellings, worked out by src/tls/.
 *
 * A report works it out when it reads.  The table `derived` holds the same for people who ask the
 * views, and is made anew when a store is opened for writing by a mailtls whose DERIVE_VERSION is
 * not the one it was made by.  Raise that number when src/tls/ comes to say something else. */

#include "base/diag.h"
#include "store/query.h"
#include "store/sqlite.h"

#define DERIVE_VERSION 1

/* Fills in the derived fields of t from its raw ones; the texts are the caller's to free:
 * derive_free() does. */
void derive(struct tuple *t);
void derive_free(struct tuple *t);

/* Writes the derived row of t->id. */
int derive_save(struct database *db, const struct tuple *t, struct diag *d);

/* Makes the table anew if it was made by another version.  Inside the caller's transaction. */
int derive_refresh(struct database *db, struct diag *d);
