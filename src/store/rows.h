/* SPDX-License-Identifier: ISC */
#pragma once

/* Rows on their way into a table, many with each statement: that takes half the time of one by one.
 *
 *	static const struct rows_sql sql = ROWS_SQL("INSERT INTO t (a, b)", "(?, ?)", "");
 *	_cleanup_rows_ struct rows rows = {.db = db, .sql = &sql, .types = "is"};
 *
 *	r = rows_add(&rows, d, id, text);
 *	...
 *	r = rows_end(&rows, d);
 *
 * What follows the values is the same for each row: an upsert says excluded.n, and not ?2.  Rows
 * are written in the order in which they were added, and all of them when rows_end() gave 0. */

#include "base/buffer.h"
#include "base/diag.h"
#include "store/sqlite.h"

#define ROWS_AT_ONCE 16
#define ROWS_COLUMNS 14 /* at most */

/* One row, and ROWS_AT_ONCE. */
struct rows_sql {
	const char *one, *many;
};
#define ROWS_4(row) row ", " row ", " row ", " row
#define ROWS_SQL(head, row, tail)                                                                  \
	{                                                                                          \
		head " VALUES " row " " tail, head " VALUES " ROWS_4(ROWS_4(row)) " " tail         \
	}

struct rows_value {
	int64_t number; /* of a text its place among the texts */
	size_t n;
};

struct rows {
	struct database *db;
	const struct rows_sql *sql;
	const char *types; /* of a row: `i` int64_t, `s` struct slice, which is copied */
	size_t count;
	struct rows_value values[ROWS_AT_ONCE * ROWS_COLUMNS];
	struct buffer texts;
};

int rows_add(struct rows *rows, struct diag *d, ...);
int rows_end(struct rows *rows, struct diag *d);
void rows_free(struct rows *rows); /* what was not written is not */

#define _cleanup_rows_ _cleanup_(rows_free)
