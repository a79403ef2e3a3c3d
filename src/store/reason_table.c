/* SPDX-License-Identifier: ISC */
#include "store/reason_table.h"

#include "base/escape.h"
#include "base/memory.h"
#include "base/table.h"
#include "store/aggregate.h"
#include <string.h>

#define REASONS (32 * 1024)
#define OTHERS (256 * 1024)
/* Room for day 0 of all that is not the words. */
#define LAST_OTHERS                                                                                \
	((AGGREGATE_MTAS + 2) * (AGGREGATE_REASONS + 2) * DIRECTION_MAX * SERVICE_MAX * 2)

/* What a row's key begins with; the words follow. */
struct head {
	int64_t day;
	struct slice mta, reason; /* the vocabulary has each but once */
	uint32_t direction, service, internal, zero;
};

struct reason_table {
	struct table *rows; /* to their numbers */
	struct buffer key;
};

struct reason_table *reason_table_new(void)
{
	struct reason_table *t = memory_alloc(sizeof(*t));

	t->rows = table_new(sizeof(int64_t), REASONS + OTHERS + LAST_OTHERS);
	return t;
}

struct reason_table *reason_table_free(struct reason_table *t)
{
	if (!t)
		return NULL;
	table_free(t->rows);
	buffer_free(&t->key);
	free(t);
	return NULL;
}

static int64_t *row_within(
    struct reason_table *t, const struct head *head, struct slice raw, size_t bound)
{
	struct slice key;

	buffer_clear(&t->key);
	buffer_append(&t->key, head, sizeof(*head));
	if (raw.n)
		escape_utf8(&t->key, raw);
	key = buffer_slice(&t->key);
	return table_count(t->rows) < bound ? table_add(t->rows, key, NULL)
					    : table_get(t->rows, key);
}

void reason_table_fact(struct reason_table *t, const struct fact *fact, int64_t hour,
    const struct aggregate_tuple *tuple)
{
	struct head head = {
	    .day = hour - hour % 86400,
	    .mta = tuple->text[TEXT_MTA],
	    .reason = tuple->text[TEXT_REASON],
	    .direction = (uint32_t)tuple->direction,
	    .service = (uint32_t)tuple->service,
	    .internal = tuple->internal,
	};
	struct slice raw = fact->reason_raw;
	int64_t *n;

	if (fact->kind != FACT_FAILURE)
		return;
	if (raw.n > AGGREGATE_TEXT_MAX)
		raw.n = AGGREGATE_TEXT_MAX;
	n = row_within(t, &head, raw, REASONS);
	if (!n)
		n = row_within(t, &head, SLICE(AGGREGATE_OTHER), REASONS + OTHERS);
	if (!n) {
		head.day = 0;
		n = row_within(t, &head, SLICE(AGGREGATE_OTHER), SIZE_MAX);
	}
	++*n;
}

size_t reason_table_rows(const struct reason_table *t)
{
	return table_count(t->rows);
}

void reason_table_clear(struct reason_table *t)
{
	table_clear(t->rows);
}

bool reason_table_next(const struct reason_table *t, void **cursor, struct reason_entry *ret)
{
	int64_t *n = *cursor ? table_newer(t->rows, *cursor) : table_oldest(t->rows);
	struct slice key;
	struct head head;

	*cursor = n;
	if (!n)
		return false;
	key = table_key(t->rows, n);
	memcpy(&head, key.p, sizeof(head));
	*ret = (struct reason_entry){
	    .day = head.day,
	    .n = *n,
	    .mta = head.mta,
	    .reason = head.reason,
	    .raw = slice_skip(key, sizeof(head)),
	    .direction = (enum direction)head.direction,
	    .service = (enum service)head.service,
	    .internal = head.internal != 0,
	};
	return true;
}
