/* SPDX-License-Identifier: ISC */
#include "store/minute_table.h"

#include "base/memory.h"
#include "base/table.h"
#include "store/aggregate.h"
#include <string.h>

#define MINUTES (256 * 1024)
/* Room for minute 0 of every host, direction and internal. */
#define LAST_MINUTES (2 * DIRECTION_MAX * (AGGREGATE_HOSTS + 2))

/* A host is the place of its text: the vocabulary has each but once. */
struct key {
	int64_t minute;
	struct slice host;
	int32_t direction, internal;
};

struct value {
	int64_t handshakes, failures;
};

struct minute_table {
	struct table *rows;
	struct key last; /* facts come in order: the next is often of the same minute */
	struct value *last_row;
};

struct minute_table *minute_table_new(void)
{
	struct minute_table *t = memory_alloc(sizeof(*t));

	t->rows = table_new(sizeof(struct value), MINUTES + LAST_MINUTES);
	return t;
}

struct minute_table *minute_table_free(struct minute_table *t)
{
	if (!t)
		return NULL;
	table_free(t->rows);
	free(t);
	return NULL;
}

static struct value *row_of(struct minute_table *t, struct key *key)
{
	const struct slice bytes = {(const char *)key, sizeof(*key)};
	struct value *row = table_get(t->rows, bytes);

	if (row)
		return row;
	if (table_count(t->rows) >= MINUTES)
		key->minute = 0;
	return table_add(t->rows, bytes, NULL);
}

void minute_table_fact(
    struct minute_table *t, const struct fact *fact, const struct aggregate_tuple *tuple)
{
	struct key key = {
	    .minute = fact->time - fact->time % 60,
	    .host = tuple->text[TEXT_HOST],
	    .direction = (int32_t)tuple->direction,
	    .internal = tuple->internal,
	};

	if (fact->time <= 0 || fact->kind == FACT_SESSION)
		return;
	if (!t->last_row || memcmp(&key, &t->last, sizeof(key)) != 0) {
		t->last = key;
		t->last_row = row_of(t, &key);
	}
	if (fact->kind == FACT_HANDSHAKE)
		t->last_row->handshakes++;
	else
		t->last_row->failures++;
}

size_t minute_table_rows(const struct minute_table *t)
{
	return table_count(t->rows);
}

void minute_table_clear(struct minute_table *t)
{
	table_clear(t->rows);
	t->last_row = NULL;
}

bool minute_table_next(const struct minute_table *t, void **cursor, struct minute_entry *ret)
{
	struct value *row = *cursor ? table_newer(t->rows, *cursor) : table_oldest(t->rows);
	struct key key;

	*cursor = row;
	if (!row)
		return false;
	memcpy(&key, table_key(t->rows, row).p, sizeof(key));
	*ret = (struct minute_entry){
	    .minute = key.minute,
	    .host = key.host,
	    .direction = (enum direction)key.direction,
	    .internal = key.internal != 0,
	    .handshakes = row->handshakes,
	    .failures = row->failures,
	};
	return true;
}
