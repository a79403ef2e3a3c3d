/* SPDX-License-Identifier: ISC */
#include "store/handle.h"
#include "store/query.h"
#include "store/schema.h"

int query_refused(struct store *store, query_refused_fn row, void *context, struct diag *d)
{
	_cleanup_buffer_ struct buffer name = {0};
	struct statement *st;
	int r = database_query(store->db, d, &st, sql_named("query/refused"), "");

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		buffer_clear(&name);
		buffer_add(&name, column_text(st, 0));
		r = row(context, buffer_text(&name), column_integer(st, 1), column_integer(st, 2));
		if (r != 0)
			statement_reset(st);
	}
	return r;
}
