/* SPDX-License-Identifier: ISC */
#pragma once

/* What the files of a query share: its bounds as hours, and the dictionary that query_begin() has
 * read. */

#include "store/query.h"

/* Hour 0 is of no time: only a query without a beginning reaches it. */
int64_t query_first_hour(const struct query *query);
int64_t query_end_hour(const struct query *query);

/* The days of the store's zone that are asked for, of those that hours were rolled up into. */
int64_t query_first_day(const struct store *store, const struct query *query);
int64_t query_end_day(const struct store *store, const struct query *query);

/* The tuple of that id, NULL if there is none. */
const struct tuple *query_tuple(const struct store *store, int64_t id);
