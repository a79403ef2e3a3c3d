/* SPDX-License-Identifier: ISC */
#include "store/handle.h"
#include "store/query.h"
#include "store/query_time.h"
#include "store/schema.h"

int query_gaps(
    struct store *store, const struct query *query, query_gap_fn row, void *context, struct diag *d)
{
	_cleanup_buffer_ struct buffer name = {0}, kind = {0};
	struct statement *st;
	int r = database_query(store->db, d, &st, sql_named("query/gaps"), "ii",
	    query_first_hour(query), query_end_hour(query));

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		buffer_clear(&name);
		buffer_clear(&kind);
		buffer_add(&name, column_text(st, 0));
		buffer_add(&kind, column_text(st, 1));
		r = row(context, &(struct gap_sum){
				     .source = buffer_text(&name),
				     .kind = buffer_text(&kind),
				     .count = column_integer(st, 2),
				     .lost = column_integer(st, 3),
				 });
		if (r != 0)
			statement_reset(st);
	}
	return r;
}
