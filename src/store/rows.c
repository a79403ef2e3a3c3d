/* SPDX-License-Identifier: ISC */
#include "store/rows.h"

#include <stdarg.h>

static int run(struct rows *rows, const char *sql, size_t from, size_t to, struct diag *d)
{
	const int64_t *values = rows->values + from * rows->columns;
	struct statement *st;
	int r = database_statement(rows->db, sql, &st, d);

	for (size_t i = 0; r == 0 && i < (to - from) * rows->columns; i++)
		r = statement_bind_integer(st, (int)i + 1, values[i], d);
	return r < 0 ? r : statement_step(st, d);
}

int rows_end(struct rows *rows, struct diag *d)
{
	size_t count = rows->count;
	int r = 0;

	rows->count = 0;
	if (count == ROWS_AT_ONCE)
		return run(rows, rows->sql->many, 0, count, d);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = run(rows, rows->sql->one, i, i + 1, d);
	return r;
}

int rows_add(struct rows *rows, struct diag *d, ...)
{
	int64_t *values = rows->values + rows->count * rows->columns;
	va_list arguments;

	va_start(arguments, d);
	for (size_t i = 0; i < rows->columns; i++)
		values[i] = va_arg(arguments, int64_t);
	va_end(arguments);
	return ++rows->count == ROWS_AT_ONCE ? rows_end(rows, d) : 0;
}
