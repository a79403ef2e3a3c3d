/* SPDX-License-Identifier: ISC */
#include "store/coverage_table.h"

#include "base/memory.h"
#include "base/table.h"
#include <string.h>

#define ROWS (256 * 1024)

struct key {
	int64_t hour;
	const void *host, *mta; /* words */
};

struct row {
	struct key key;
	int64_t lines[OUTCOME_MAX];
};

struct coverage_table {
	struct vocabulary *vocabulary;
	struct table *rows;
	struct row rest; /* of lines for which there was no room */
	/* The last line's: most lines are of the same hour, host and MTA as the one before. */
	struct row *last;
	int64_t last_hour;
	struct buffer last_host, last_mta;
};

struct coverage_table *coverage_table_new(struct vocabulary *vocabulary)
{
	struct coverage_table *t = memory_alloc(sizeof(*t));

	t->vocabulary = vocabulary;
	t->rows = table_new(sizeof(struct row), ROWS);
	return t;
}

struct coverage_table *coverage_table_free(struct coverage_table *t)
{
	if (!t)
		return NULL;
	table_free(t->rows);
	buffer_free(&t->last_host);
	buffer_free(&t->last_mta);
	free(t);
	return NULL;
}

static struct row *row_of(struct coverage_table *t, const struct line_report *report, int64_t hour)
{
	struct key key = {.hour = hour};
	struct row *row;
	unsigned folded = 0;
	bool is_new = false;

	key.host = vocabulary_word(t->vocabulary, TEXT_HOST, report->host, &folded);
	key.mta = vocabulary_word(t->vocabulary, TEXT_MTA, report->mta, &folded);
	row = table_add(t->rows, (struct slice){(const char *)&key, sizeof(key)}, &is_new);
	if (!row)
		return &t->rest;
	if (is_new)
		row->key = key;
	return row;
}

void coverage_table_line(struct coverage_table *t, const struct line_report *report, int64_t hour)
{
	if (!t->last || t->last_hour != hour ||
	    !slice_equal(buffer_slice(&t->last_host), report->host) ||
	    !slice_equal(buffer_slice(&t->last_mta), report->mta)) {
		t->last = row_of(t, report, hour);
		t->last_hour = hour;
		buffer_clear(&t->last_host);
		buffer_add(&t->last_host, report->host);
		buffer_clear(&t->last_mta);
		buffer_add(&t->last_mta, report->mta);
	}
	t->last->lines[report->outcome]++;
}

static bool any_line(const struct row *row)
{
	for (int i = 0; i < OUTCOME_MAX; i++)
		if (row->lines[i])
			return true;
	return false;
}

bool coverage_table_empty(const struct coverage_table *t)
{
	return !table_count(t->rows) && !any_line(&t->rest);
}

size_t coverage_table_rows(const struct coverage_table *t)
{
	return table_count(t->rows);
}

void coverage_table_clear(struct coverage_table *t)
{
	table_clear(t->rows);
	memset(&t->rest, 0, sizeof(t->rest));
	t->last = NULL;
}

bool coverage_table_next(const struct coverage_table *t, void **cursor, struct coverage_entry *ret)
{
	const struct row *row = NULL;

	if (*cursor == &t->rest)
		return false;
	row = *cursor ? table_newer(t->rows, *cursor) : table_oldest(t->rows);
	if (!row && any_line(&t->rest))
		row = &t->rest;
	*cursor = (void *)row;
	if (!row)
		return false;
	*ret = (struct coverage_entry){
	    .hour = row->key.hour, .host = SLICE(AGGREGATE_OTHER), .mta = SLICE(AGGREGATE_OTHER)};
	if (row != &t->rest) {
		ret->host = vocabulary_text(t->vocabulary, TEXT_HOST, row->key.host);
		ret->mta = vocabulary_text(t->vocabulary, TEXT_MTA, row->key.mta);
	}
	memcpy(ret->lines, row->lines, sizeof(ret->lines));
	return true;
}
