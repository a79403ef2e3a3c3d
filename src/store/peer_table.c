/* SPDX-License-Identifier: ISC */
#include "store/peer_table.h"

#include "base/escape.h"
#include "base/memory.h"
#include "base/table.h"
#include "store/aggregate.h"
#include <string.h>

#define PEERS (128 * 1024)
/* Room for "(other)" of days, and then of day 0 with every tuple that an aggregate can have. */
#define LAST_OTHERS (256 * 1024)
#define OTHERS (PEER_TABLE_ROWS - PEERS - LAST_OTHERS)

/* What a row's key begins with; the texts follow, the name without its length. */
struct head {
	int64_t day;
	struct aggregate_tuple *tuple;
	uint16_t peer, user, domain, zero;
};

struct value {
	int64_t n, first_seen, last_seen;
	bool weak;
};

struct peer_table {
	struct table *rows;
	struct peer_policy policy;
	const unsigned char *secret;
	struct buffer key;
};

struct peer_table *peer_table_new(void)
{
	struct peer_table *t = memory_alloc(sizeof(*t));

	t->rows = table_new(sizeof(struct value), PEER_TABLE_ROWS);
	return t;
}

struct peer_table *peer_table_free(struct peer_table *t)
{
	if (!t)
		return NULL;
	table_free(t->rows);
	buffer_free(&t->key);
	free(t);
	return NULL;
}

void peer_table_policy(
    struct peer_table *t, const struct peer_policy *policy, const unsigned char *secret)
{
	t->policy = *policy;
	t->secret = secret;
}

static uint16_t add_text(struct buffer *key, struct slice text)
{
	size_t before = key->n;

	if (text.n > AGGREGATE_TEXT_MAX)
		buffer_text_add(key, AGGREGATE_OTHER);
	else if (text.n)
		escape_utf8(key, text);
	return (uint16_t)(key->n - before);
}

/* A domain is one however it is written. */
static uint16_t add_lower(struct buffer *key, struct slice text)
{
	uint16_t n = add_text(key, text);

	for (char *p = key->p + key->n - n; p < key->p + key->n; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return n;
}

/* Names and nets tell who it is: with a shortened address they are not kept. */
static void spell(struct peer_table *t, const struct fact *fact, struct head *head)
{
	struct buffer *key = &t->key;

	buffer_clear(key);
	buffer_append(key, head, sizeof(*head));
	peer_shorten(t->policy.addresses, t->secret, fact->peer, key);
	head->peer = (uint16_t)(key->n - sizeof(*head));
	if (fact->kind == FACT_SESSION && fact->auth == 1)
		head->user = add_text(key, fact->user);
	if (fact->direction == DIRECTION_OUT)
		head->domain = add_lower(key, fact->domain);
	if (t->policy.addresses == PEER_ADDRESSES_FULL)
		add_text(key, fact->peer_name);
	memcpy(key->p, head, sizeof(*head));
}

static void spell_other(struct peer_table *t, struct head *head)
{
	head->user = head->domain = 0;
	head->peer = sizeof(AGGREGATE_OTHER) - 1;
	buffer_clear(&t->key);
	buffer_append(&t->key, head, sizeof(*head));
	buffer_text_add(&t->key, AGGREGATE_OTHER);
}

/* The row of the key if there is one, or if there is room for it below the bound.  Looked for
 * first: to add one that is there makes it the newest, which takes longer and is of no use here. */
static struct value *row_within(struct peer_table *t, size_t bound)
{
	struct slice key = buffer_slice(&t->key);
	struct value *row = table_get(t->rows, key);

	return row || table_count(t->rows) >= bound ? row : table_add(t->rows, key, NULL);
}

void peer_table_fact(struct peer_table *t, const struct fact *fact, int64_t hour, bool weak,
    struct aggregate_tuple *tuple)
{
	struct head head = {.day = hour - hour % 86400, .tuple = tuple};
	struct value *row = NULL;

	if (t->policy.peers == PEERS_OFF)
		return;
	/* What has no day has none to expire with. */
	if (hour) {
		spell(t, fact, &head);
		row = row_within(t, PEERS);
	}
	if (!row) {
		spell_other(t, &head);
		row = row_within(t, PEERS + OTHERS);
	}
	if (!row) {
		head.day = hour = 0;
		spell_other(t, &head);
		row = row_within(t, SIZE_MAX);
	}
	if (!row->n || hour < row->first_seen)
		row->first_seen = hour;
	if (hour > row->last_seen)
		row->last_seen = hour;
	row->weak |= weak;
	row->n++;
}

size_t peer_table_rows(const struct peer_table *t)
{
	return table_count(t->rows);
}

void peer_table_clear(struct peer_table *t)
{
	table_clear(t->rows);
}

static struct slice take(struct slice *texts, size_t n)
{
	struct slice text = slice_first(*texts, n);

	*texts = slice_skip(*texts, n);
	return text;
}

bool peer_table_next(const struct peer_table *t, void **cursor, struct peer_entry *ret)
{
	struct value *row = *cursor ? table_newer(t->rows, *cursor) : table_oldest(t->rows);
	struct slice texts;
	struct head head;

	*cursor = row;
	if (!row)
		return false;
	texts = table_key(t->rows, row);
	memcpy(&head, texts.p, sizeof(head));
	texts = slice_skip(texts, sizeof(head));
	*ret = (struct peer_entry){
	    .day = head.day,
	    .n = row->n,
	    .peer = take(&texts, head.peer),
	    .user = take(&texts, head.user),
	    .domain = take(&texts, head.domain),
	    .name = texts,
	    .tuple = head.tuple,
	    .weak = row->weak,
	    .first_seen = row->first_seen,
	    .last_seen = row->last_seen,
	};
	return true;
}
