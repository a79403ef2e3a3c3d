/* SPDX-License-Identifier: ISC */

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/memory.h"
#include "input/identity.h"

#define MIB (1024 * 1024)
#define SIZE (3 * MIB + 5000)

static const unsigned char key[IDENTITY_KEY] = "one key", other_key[IDENTITY_KEY] = "other key";

static char *content(void)
{
	char *p = memory_array(SIZE, 1);
	unsigned seed = 7;

	for (size_t i = 0; i < SIZE; i++) {
		seed = seed * 1103515245 + 12345;
		p[i] = (char)(seed >> 16);
	}
	return p;
}

/* Told n bytes in runs of so many. */
static void position_of(
    const unsigned char *k, const char *p, size_t n, size_t run, struct position *ret)
{
	_cleanup_identity_ struct identity *i = identity_new(k);

	for (size_t done = 0; done < n; done += run)
		identity_update(i, (struct slice){p + done, n - done < run ? n - done : run});
	identity_position(i, ret);
}

static const size_t lengths[] = {
    0, 1, 4095, 4096, 4097, 100000, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 4999};

static void runs_do_not_matter(void **state _unused_)
{
	static const size_t runs[] = {997, 4096, 256 * 1024, MIB, 2 * MIB + 3};
	_cleanup_free_ char *p = content();

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct position whole, parts;

		position_of(key, p, lengths[i], SIZE, &whole);
		assert_int_equal(whole.offset, lengths[i]);
		assert_int_equal(whole.head_length, lengths[i] < 4096 ? lengths[i] : 4096);
		for (size_t j = 0; j < ARRAY_SIZE(runs); j++) {
			position_of(key, p, lengths[i], runs[j], &parts);
			assert_true(position_equal(&whole, &parts));
			assert_memory_equal(whole.head, parts.head, 16);
		}
	}
}

/* Taking a position on the way changes nothing after it. */
static void positions_on_the_way(void **state _unused_)
{
	_cleanup_free_ char *p = content();
	_cleanup_identity_ struct identity *i = identity_new(key);
	struct position here, there;
	size_t done = 0;

	for (size_t j = 0; j < ARRAY_SIZE(lengths); j++) {
		identity_update(i, (struct slice){p + done, lengths[j] - done});
		done = lengths[j];
		identity_position(i, &here);
		position_of(key, p, done, 5000, &there);
		assert_true(position_equal(&here, &there));
	}
}

static void every_byte_counts(void **state _unused_)
{
	static const size_t places[] = {0, 4095, 4096, MIB - 1, MIB, 2 * MIB + 77, SIZE - 1};
	_cleanup_free_ char *p = content();
	struct position before, after;

	position_of(key, p, SIZE, SIZE, &before);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		p[places[i]] ^= 1;
		position_of(key, p, SIZE, SIZE, &after);
		p[places[i]] ^= 1;
		assert_false(position_equal(&before, &after));
		assert_int_equal(
		    memcmp(before.head, after.head, 16) == 0, places[i] >= IDENTITY_HEAD);
	}
	position_of(key, p, SIZE - 1, SIZE, &after);
	assert_false(position_equal(&before, &after));
	position_of(other_key, p, SIZE, SIZE, &after);
	assert_false(position_equal(&before, &after));
	assert_memory_not_equal(before.head, after.head, 16);
}

/* Positions are kept for years: how they are made must not change unnoticed. */
static void values_are_fixed(void **state _unused_)
{
	static const unsigned char head[16] = {0xff, 0x25, 0x05, 0x33, 0x0f, 0x3f, 0xc4, 0x42, 0x34,
	    0xed, 0xb7, 0x35, 0xc2, 0x32, 0x13, 0x68},
				   chain[16] = {0x36, 0x87, 0xe1, 0x4d, 0x35, 0xe8, 0x62, 0x09,
				       0x54, 0xce, 0x8b, 0xe9, 0xa1, 0x39, 0x78, 0x5e},
				   partial[16] = {0x9d, 0xeb, 0x76, 0x10, 0x77, 0x63, 0xa5, 0x49,
				       0x2a, 0x72, 0xc9, 0x60, 0xb6, 0x30, 0x7a, 0xd3};
	_cleanup_free_ char *p = content();
	struct position here;

	position_of(key, p, SIZE, SIZE, &here);
	assert_memory_equal(here.head, head, 16);
	assert_memory_equal(here.chain, chain, 16);
	assert_memory_equal(here.partial, partial, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(runs_do_not_matter),
	    cmocka_unit_test(positions_on_the_way),
	    cmocka_unit_test(every_byte_counts),
	    cmocka_unit_test(values_are_fixed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
