/* SPDX-License-Identifier: ISC */

/* What a session keeps, against plain arrays: texts that grow, shrink and go, in any order. */

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "parse/kept.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define STEPS 200000

static uint64_t random_state;

static size_t random_below(size_t bound)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)((random_state >> 11) % bound);
}

static int start_random(void **state)
{
	const char *given = getenv("MAILTLS_TEST_SEED");

	(void)state;
	random_state = (given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL)) | 1;
	printf("# MAILTLS_TEST_SEED=%llu\n", (unsigned long long)random_state);
	return 0;
}

/* Mostly short, as names and addresses are; sometimes more than is kept. */
static size_t random_length(void)
{
	size_t kind = random_below(10);

	return kind < 7 ? random_below(40) : kind < 9 ? 0 : random_below(KEPT_TEXT_MAX + 100);
}

struct model {
	char text[KEPT_TEXTS][KEPT_TEXT_MAX];
	size_t n[KEPT_TEXTS];
};

static void assert_same(const struct kept *k, const struct model *m)
{
	for (size_t i = 0; i < KEPT_TEXTS; i++) {
		struct slice text = kept_get(k, (enum field)i);

		assert_int_equal(text.n, m->n[i]);
		assert_true(text.n ? memcmp(text.p, m->text[i], text.n) == 0 : !text.p);
	}
}

static void set(struct kept *k, struct model *m)
{
	char text[KEPT_TEXT_MAX + 100];
	size_t field = random_below(KEPT_TEXTS), n = random_length();

	for (size_t i = 0; i < n; i++)
		text[i] = (char)random_below(256);
	kept_set(k, (enum field)field, (struct slice){n ? text : NULL, n});
	m->n[field] = n < KEPT_TEXT_MAX ? n : KEPT_TEXT_MAX;
	memcpy(m->text[field], text, m->n[field]);
}

static void test_random(void **state)
{
	struct kept k = {0};
	struct model m = {0};
	size_t largest = KEPT_TEXTS * KEPT_TEXT_MAX * 5 / 4;

	(void)state;
	for (int i = 0; i < STEPS; i++) {
		set(&k, &m);
		if (random_below(100) == 0) {
			kept_clear(&k);
			m = (struct model){0};
		}
		assert_same(&k, &m);
		assert_true(k.memory.size <= largest);
	}
	free(k.memory.p);
}

/* A text that grows byte by byte takes a new place each time, and leaves the old one. */
static void test_growing(void **state)
{
	char text[KEPT_TEXT_MAX];
	struct kept k = {0};

	(void)state;
	memset(text, 'x', sizeof(text));
	kept_set(&k, FIELD_PEER, SLICE("192.0.2.1"));
	for (size_t n = 1; n <= sizeof(text); n++)
		kept_set(&k, FIELD_REASON, (struct slice){text, n});
	assert_true(k.memory.size <= 2 * KEPT_TEXT_MAX);
	assert_true(slice_is(kept_get(&k, FIELD_PEER), "192.0.2.1"));
	assert_int_equal(kept_get(&k, FIELD_REASON).n, KEPT_TEXT_MAX);
	free(k.memory.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_growing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_random, NULL);
}
