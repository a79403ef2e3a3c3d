/* SPDX-License-Identifier: ISC */
#include "base/table.h"

#include "base/hash.h"
#include "base/memory.h"
#include <stdlib.h>

#define NOTHING UINT32_MAX
#define FIRST_BUCKETS 16

struct row {
	uint32_t hash;
	uint32_t next; /* in the chain of its bucket, or of the free rows */
	uint32_t older, newer;
	char *key;
	uint32_t key_length, key_size;
};

struct table {
	struct hash_seed seed;
	size_t value_size, bound, count;
	struct row *rows; /* bound of them; values lie beside, at the same number */
	char *values;
	uint32_t *buckets;
	size_t bucket_mask;
	uint32_t fresh; /* rows from here on were never used */
	uint32_t unused, oldest, newest;
};

struct table *table_new(size_t value_size, size_t bound)
{
	struct table *t = memory_alloc(sizeof(*t));

	t->seed = hash_seed_random();
	t->value_size = (value_size + 15) & ~(size_t)15;
	t->bound = bound;
	t->rows = memory_pages(bound, sizeof(*t->rows));
	t->values = memory_pages(bound, t->value_size);
	t->buckets = memory_array(FIRST_BUCKETS, sizeof(*t->buckets));
	t->bucket_mask = FIRST_BUCKETS - 1;
	t->unused = t->oldest = t->newest = NOTHING;
	return t;
}

struct table *table_free(struct table *t)
{
	if (!t)
		return NULL;
	for (uint32_t i = 0; i < t->fresh; i++)
		free(t->rows[i].key);
	memory_pages_free(t->rows, t->bound, sizeof(*t->rows));
	memory_pages_free(t->values, t->bound, t->value_size);
	free(t->buckets);
	free(t);
	return NULL;
}

size_t table_count(const struct table *t)
{
	return t->count;
}

static void *value_of(const struct table *t, uint32_t row)
{
	return t->values + row * t->value_size;
}

static uint32_t row_of(const struct table *t, const void *value)
{
	return (uint32_t)((size_t)((const char *)value - t->values) / t->value_size);
}

/* Buckets hold the row's number plus one, so that fresh memory is an empty table. */
static uint32_t find(const struct table *t, struct slice key, uint32_t hash)
{
	uint32_t row = t->buckets[hash & t->bucket_mask] - 1;

	for (; row != NOTHING; row = t->rows[row].next) {
		const struct row *r = &t->rows[row];

		if (r->hash == hash && slice_equal(key, (struct slice){r->key, r->key_length}))
			return row;
	}
	return NOTHING;
}

static void unlink_age(struct table *t, uint32_t row)
{
	struct row *r = &t->rows[row];

	if (r->older != NOTHING)
		t->rows[r->older].newer = r->newer;
	else
		t->oldest = r->newer;
	if (r->newer != NOTHING)
		t->rows[r->newer].older = r->older;
	else
		t->newest = r->older;
}

static void link_newest(struct table *t, uint32_t row)
{
	struct row *r = &t->rows[row];

	r->older = t->newest;
	r->newer = NOTHING;
	if (t->newest != NOTHING)
		t->rows[t->newest].newer = row;
	else
		t->oldest = row;
	t->newest = row;
}

/* Half of a product folded into the other: each bit of both words has its share in each bit. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Sixteen bytes at a time; the last ones may have been read before, or be fewer.  Every line looks
 * up several keys, and SipHash took five times as long.  Who does not know the seed, which never
 * leaves the process, cannot tell which keys meet. */
static uint32_t hash_key(const struct table *t, struct slice key)
{
	uint64_t a = t->seed.a, b = t->seed.b ^ key.n, low = 0, high = 0;

	for (; key.n > 16; key = slice_skip(key, 16))
		b = mix(a ^ slice_word(key.p), b ^ slice_word(key.p + 8));
	if (key.n >= 8) {
		low = slice_word(key.p);
		high = slice_word(key.p + key.n - 8);
	} else if (key.n >= 4) {
		low = slice_half_word(key.p);
		high = slice_half_word(key.p + key.n - 4);
	} else if (key.n > 0) {
		low = (unsigned char)key.p[0];
		high = (uint64_t)(unsigned char)key.p[key.n / 2] << 8 |
		       (unsigned char)key.p[key.n - 1];
	}
	return (uint32_t)mix(t->seed.b, mix(a ^ low, b ^ high));
}

void *table_get(const struct table *t, struct slice key)
{
	uint32_t row = find(t, key, hash_key(t, key));

	return row == NOTHING ? NULL : value_of(t, row);
}

static uint32_t take_row(struct table *t)
{
	uint32_t row = t->unused;

	if (row == NOTHING)
		return t->fresh++;
	t->unused = t->rows[row].next;
	return row;
}

static void link_bucket(struct table *t, uint32_t row)
{
	struct row *r = &t->rows[row];
	uint32_t *bucket = &t->buckets[r->hash & t->bucket_mask];

	r->next = *bucket - 1;
	*bucket = row + 1;
}

/* Twice as many buckets as rows: of most keys nothing else is looked at. */
static void grow_buckets(struct table *t)
{
	size_t buckets = 2 * (t->bucket_mask + 1);

	free(t->buckets);
	t->buckets = memory_array(buckets, sizeof(*t->buckets));
	t->bucket_mask = buckets - 1;
	for (uint32_t row = t->oldest; row != NOTHING; row = t->rows[row].newer)
		link_bucket(t, row);
}

void *table_add(struct table *t, struct slice key, bool *ret_new)
{
	uint32_t hash = hash_key(t, key), row = find(t, key, hash);
	struct row *r;

	if (ret_new)
		*ret_new = row == NOTHING;
	if (row != NOTHING) {
		table_touch(t, value_of(t, row));
		return value_of(t, row);
	}
	if (t->count == t->bound)
		return NULL;
	if (2 * t->count > t->bucket_mask)
		grow_buckets(t);
	row = take_row(t);
	r = &t->rows[row];
	if (r->key_size < key.n) {
		r->key_size = (uint32_t)(key.n + (r->key ? 32 : 0));
		r->key = memory_grow(r->key, r->key_size, 1);
	}
	if (key.n)
		memcpy(r->key, key.p, key.n);
	r->key_length = (uint32_t)key.n;
	r->hash = hash;
	link_bucket(t, row);
	link_newest(t, row);
	t->count++;
	memset(value_of(t, row), 0, t->value_size);
	return value_of(t, row);
}

void table_remove(struct table *t, void *value)
{
	uint32_t row = row_of(t, value), *bucket = &t->buckets[t->rows[row].hash & t->bucket_mask];

	if (*bucket - 1 == row) {
		*bucket = t->rows[row].next + 1;
	} else {
		uint32_t before = *bucket - 1;

		while (t->rows[before].next != row)
			before = t->rows[before].next;
		t->rows[before].next = t->rows[row].next;
	}
	unlink_age(t, row);
	t->rows[row].next = t->unused;
	t->unused = row;
	t->count--;
}

void table_clear(struct table *t)
{
	while (t->oldest != NOTHING)
		table_remove(t, value_of(t, t->oldest));
}

void table_touch(struct table *t, void *value)
{
	uint32_t row = row_of(t, value);

	if (t->newest == row)
		return;
	unlink_age(t, row);
	link_newest(t, row);
}

void *table_oldest(const struct table *t)
{
	return t->oldest == NOTHING ? NULL : value_of(t, t->oldest);
}

void *table_newer(const struct table *t, const void *value)
{
	uint32_t row = t->rows[row_of(t, value)].newer;

	return row == NOTHING ? NULL : value_of(t, row);
}

struct slice table_key(const struct table *t, const void *value)
{
	const struct row *r = &t->rows[row_of(t, value)];

	return (struct slice){r->key, r->key_length};
}
