/* SPDX-License-Identifier: ISC */
#include "store/query.h"

#include "store/handle.h"
#include "store/schema.h"

int query_silence(
    struct store *store, int64_t now, query_silence_fn row, void *context, struct diag *d)
{
	struct statement *st;
	int r = database_query(store->db, d, &st, sql_named("query/silence"), "i", now);

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		r = row(context, &(struct silent_source){
				     .source = column_text(st, 0),
				     .latest = column_integer(st, 1),
				     .longest = column_integer(st, 2),
				 });
		if (r != 0)
			statement_reset(st);
	}
	return r;
}
