/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/word.h"
#include <errno.h>

static const char *const words[] = {"none", "trusted", "trust", ""};

static void test_word(void **state)
{
	(void)state;
	assert_int_equal(word_find(words, 3, SLICE("none")), 0);
	assert_int_equal(word_find(words, 3, SLICE("trust")), 2);
	assert_int_equal(word_find(words, 3, SLICE("trusted")), 1);
	assert_int_equal(word_find(words, 2, SLICE("trust")), -EINVAL);
	assert_int_equal(word_find(words, 3, SLICE("Trust")), -EINVAL);
	assert_int_equal(word_find(words, 3, SLICE("trust ")), -EINVAL);
	assert_int_equal(word_find(words, 3, SLICE("")), -EINVAL);
	assert_int_equal(word_find(words, 3, SLICE_NONE), -EINVAL);
	assert_int_equal(word_find(words, 4, SLICE("")), 3);
}

static void test_anycase(void **state)
{
	(void)state;
	assert_int_equal(word_find_anycase(words, 3, SLICE("NONE")), 0);
	assert_int_equal(word_find_anycase(words, 3, SLICE("Trusted")), 1);
	assert_int_equal(word_find_anycase(words, 3, SLICE("trust")), 2);
	assert_int_equal(word_find_anycase(words, 3, SLICE("trus")), -EINVAL);
	assert_int_equal(word_find_anycase(words, 3, SLICE_NONE), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_word),
	    cmocka_unit_test(test_anycase),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
