/* SPDX-License-Identifier: ISC */
#pragma once

/* A hash table with a bound: byte strings to values of one fixed size.
 *
 * Keys come from logs, so strangers choose them: the hash is seeded at random for each table, the
 * number of rows is bounded, and a full table says so instead of growing.  Values are zeroed when
 * added, keep their place until they are removed, and are linked from the longest untouched to the
 * latest touched, so that the owner can let go of the oldest.  A removed row's memory is used
 * again: a table that has reached its size allocates no more (but for a longer key).  Rows that
 * were never used cost nothing. */

#include "base/macros.h"
#include "base/slice.h"
#include <stdint.h>

struct table;

struct table *table_new(size_t value_size, size_t bound);
struct table *table_free(struct table *t);
size_t table_count(const struct table *t);

/* The value of key, NULL if it is not there. */
void *table_get(const struct table *t, struct slice key);

/* The value of key, added if it is not there yet (*ret_new, may be NULL); NULL if the table is
 * full. */
void *table_add(struct table *t, struct slice key, bool *ret_new);

void table_remove(struct table *t, void *value);
void table_clear(struct table *t);

/* Makes value the latest touched. Adding touches; getting does not. */
void table_touch(struct table *t, void *value);

/* From the longest untouched on; NULL at the end.  The row after the returned one may not be
 * removed while walking; the returned one may, if table_newer() was called before. */
void *table_oldest(const struct table *t);
void *table_newer(const struct table *t, const void *value);

/* Valid until the row is removed. */
struct slice table_key(const struct table *t, const void *value);

DEFINE_CLEANUP(struct table, table_free);
#define _cleanup_table_ _cleanup_(table_free_p)
