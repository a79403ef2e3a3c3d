/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/table.h"
#include <stdio.h>
#include <stdlib.h>

static struct slice key_of(int i, char memory[32])
{
	return (struct slice){memory, (size_t)snprintf(memory, 32, "key %d", i)};
}

static int *add(struct table *t, int i, bool *ret_new)
{
	char memory[32];

	return table_add(t, key_of(i, memory), ret_new);
}

static int *get(struct table *t, int i)
{
	char memory[32];

	return table_get(t, key_of(i, memory));
}

static void test_bound(void **state)
{
	_cleanup_table_ struct table *t = table_new(sizeof(int), 100);
	bool fresh;
	int *value;

	(void)state;
	for (int i = 0; i < 100; i++) {
		value = add(t, i, &fresh);
		assert_non_null(value);
		assert_true(fresh);
		assert_int_equal(*value, 0);
		*value = i;
	}
	assert_int_equal(table_count(t), 100);
	assert_null(add(t, 100, NULL));
	assert_int_equal(table_count(t), 100);
	assert_null(get(t, 100));
	for (int i = 0; i < 100; i++) {
		assert_int_equal(*get(t, i), i);
		assert_ptr_equal(add(t, i, &fresh), get(t, i));
		assert_false(fresh);
	}
}

/* A removed row's place is used again, zeroed, and a longer key fits in. */
static void test_reuse(void **state)
{
	_cleanup_table_ struct table *t = table_new(sizeof(int), 3);
	char text[5000];
	int *value;
	bool fresh;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 3; i++)
		*add(t, i, NULL) = 7;
	value = get(t, 1);
	table_remove(t, value);
	assert_null(get(t, 1));
	assert_int_equal(table_count(t), 2);
	for (size_t n = 0; n <= sizeof(text); n += 100) {
		int *again = table_add(t, (struct slice){text, n}, &fresh);

		assert_ptr_equal(again, value);
		assert_true(fresh);
		assert_int_equal(*again, 0);
		*again = 9;
		assert_int_equal(table_key(t, again).n, n);
		assert_memory_equal(table_key(t, again).p, text, n);
		assert_ptr_equal(table_get(t, (struct slice){text, n}), again);
		table_remove(t, again);
	}
}

static void test_keys(void **state)
{
	static const struct slice keys[] = {
	    {"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {"A", 1}};
	_cleanup_table_ struct table *t = table_new(1, 16);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		*(char *)table_add(t, keys[i], NULL) = (char)i;
	assert_int_equal(table_count(t), ARRAY_SIZE(keys));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_int_equal(*(char *)table_get(t, keys[i]), i);
	assert_ptr_equal(table_get(t, SLICE_NONE), table_get(t, keys[0]));
}

static void check_order(const struct table *t, const char *wanted)
{
	char order[64] = "";
	size_t n = 0;

	for (int *v = table_oldest(t); v; v = table_newer(t, v))
		order[n++] = (char)('0' + *v);
	assert_string_equal(order, wanted);
}

static void test_order(void **state)
{
	_cleanup_table_ struct table *t = table_new(sizeof(int), 8);

	(void)state;
	check_order(t, "");
	for (int i = 0; i < 5; i++)
		*add(t, i, NULL) = i;
	check_order(t, "01234");
	add(t, 0, NULL);
	check_order(t, "12340");
	get(t, 1);
	check_order(t, "12340");
	table_touch(t, get(t, 3));
	check_order(t, "12403");
	table_touch(t, get(t, 3));
	check_order(t, "12403");
	table_remove(t, get(t, 1));
	check_order(t, "2403");
	table_remove(t, get(t, 3));
	check_order(t, "240");
	table_remove(t, get(t, 4));
	check_order(t, "20");
	*add(t, 5, NULL) = 5;
	check_order(t, "205");
	table_clear(t);
	check_order(t, "");
	assert_int_equal(table_count(t), 0);
	*add(t, 6, NULL) = 6;
	check_order(t, "6");
}

static void test_remove_while_walking(void **state)
{
	_cleanup_table_ struct table *t = table_new(sizeof(int), 1000);
	int *v, *next, kept = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		*add(t, i, NULL) = i;
	for (v = table_oldest(t); v; v = next) {
		next = table_newer(t, v);
		if (*v % 3)
			table_remove(t, v);
	}
	for (v = table_oldest(t); v; v = table_newer(t, v), kept += 3)
		assert_int_equal(*v, kept);
	assert_int_equal(kept, 1002);
	assert_int_equal(table_count(t), 334);
}

/* Many rows a bucket, added and removed in another order, against a plain list. */
static void test_against_list(void **state)
{
	enum { KEYS = 2000, BOUND = 500 };
	_cleanup_table_ struct table *t = table_new(sizeof(int), BOUND);
	static bool there[KEYS];
	unsigned long long r = 88172645463325252ULL;
	size_t count = 0;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		int i, *v;

		r ^= r << 13;
		r ^= r >> 7;
		r ^= r << 17;
		i = (int)((r >> 11) % KEYS);
		v = get(t, i);
		assert_int_equal(v != NULL, there[i]);
		if (v) {
			assert_int_equal(*v, i);
			table_remove(t, v);
			there[i] = false;
			count--;
			continue;
		}
		v = add(t, i, NULL);
		if (!v) {
			assert_int_equal(count, BOUND);
			v = table_oldest(t);
			there[*v] = false;
			table_remove(t, v);
			count--;
			v = add(t, i, NULL);
		}
		*v = i;
		there[i] = true;
		count++;
		assert_int_equal(table_count(t), count);
	}
}

/* SipHash-1-3 of 00 01 02 ... under the key 00 01 ... 0f, as its authors' test has them for 2-4. */
static void test_hash(void **state)
{
	static const struct {
		size_t n;
		uint64_t hash;
	} rows[] = {
	    {0, 0xabac0158050fc4dc},
	    {7, 0xd3927d989bb11140},
	    {8, 0x369095118d299a8e},
	    {15, 0xd320d86d2a519956},
	    {63, 0x9d199062b7bbb3a8},
	};
	static const struct hash_seed seed = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
	struct hash_seed one = hash_seed_random(), two = hash_seed_random();
	char bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_true(hash_bytes(&seed, (struct slice){bytes, rows[i].n}) == rows[i].hash);
	assert_true(one.a != two.a || one.b != two.b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bound),
	    cmocka_unit_test(test_reuse),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_remove_while_walking),
	    cmocka_unit_test(test_against_list),
	    cmocka_unit_test(test_hash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
