/* SPDX-License-Identifier: ISC */
#include "store/rows.h"

#include <stdarg.h>
#include <string.h>

static int bind(
    const struct rows *rows, struct statement *st, size_t from, size_t to, struct diag *d)
{
	size_t columns = strlen(rows->types);
	int r = 0;

	for (size_t i = from * columns; r == 0 && i < to * columns; i++) {
		const struct rows_value *v = &rows->values[i];
		int place = (int)(i - from * columns) + 1;

		if (rows->types[i % columns] == 'i')
			r = statement_bind_integer(st, place, v->number, d);
		else
			r = statement_bind_text(st, place,
			    (struct slice){buffer_text(&rows->texts) + v->number, v->n}, d);
	}
	return r;
}

static int run(struct rows *rows, const char *sql, size_t from, size_t to, struct diag *d)
{
	struct statement *st;
	int r = database_statement(rows->db, sql, &st, d);

	if (r == 0)
		r = bind(rows, st, from, to, d);
	return r < 0 ? r : statement_step(st, d);
}

int rows_end(struct rows *rows, struct diag *d)
{
	int r = 0;

	if (rows->count == ROWS_AT_ONCE)
		r = run(rows, rows->sql->many, 0, ROWS_AT_ONCE, d);
	else
		for (size_t i = 0; r == 0 && i < rows->count; i++)
			r = run(rows, rows->sql->one, i, i + 1, d);
	rows->count = 0;
	buffer_clear(&rows->texts);
	return r;
}

int rows_add(struct rows *rows, struct diag *d, ...)
{
	struct rows_value *v = rows->values + rows->count * strlen(rows->types);
	va_list arguments;

	va_start(arguments, d);
	for (const char *type = rows->types; *type; type++, v++) {
		struct slice text;

		if (*type == 'i') {
			v->number = va_arg(arguments, int64_t);
			continue;
		}
		text = va_arg(arguments, struct slice);
		*v = (struct rows_value){(int64_t)rows->texts.n, text.n};
		buffer_add(&rows->texts, text);
	}
	va_end(arguments);
	return ++rows->count == ROWS_AT_ONCE ? rows_end(rows, d) : 0;
}

void rows_free(struct rows *rows)
{
	buffer_free(&rows->texts);
}
