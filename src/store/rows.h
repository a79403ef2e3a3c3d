/* SPDX-License-Identifier: ISC */
#pragma once

/* Rows of numbers on their way into a table, many with each statement: that takes half the time of
 * one by one where they lie side by side.
 *
 *	static const struct rows_sql sql = ROWS_SQL("INSERT INTO t (a, b)", "(?, ?)", "");
 *	struct rows rows = {.db = db, .sql = &sql, .columns = 2};
 *
 *	r = rows_add(&rows, d, a, b);
 *	...
 *	r = rows_end(&rows, d);
 *
 * What follows the values is the same for each row: an upsert says excluded.n, and not ?2.  Rows
 * are written in the order in which they were added, and all of them when rows_end() gave 0. */

#include "base/diag.h"
#include "store/sqlite.h"

#define ROWS_AT_ONCE 16
#define ROWS_COLUMNS 8 /* at most */

/* One row, and ROWS_AT_ONCE. */
struct rows_sql {
	const char *one, *many;
};
#define ROWS_4(row) row ", " row ", " row ", " row
#define ROWS_SQL(head, row, tail)                                                                  \
	{                                                                                          \
		head " VALUES " row " " tail, head " VALUES " ROWS_4(ROWS_4(row)) " " tail         \
	}

struct rows {
	struct database *db;
	const struct rows_sql *sql;
	size_t columns, count;
	int64_t values[ROWS_AT_ONCE * ROWS_COLUMNS];
};

/* A row: int64_t each. */
int rows_add(struct rows *rows, struct diag *d, ...);
int rows_end(struct rows *rows, struct diag *d);
