/* SPDX-License-Identifier: ISC */
#include "report/significance.h"

#include "base/macros.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_shares(void **state _unused_)
{
	/* z is 3.381, and 3.257 for 148. */
	assert_int_equal(significance_of_shares(100, 1000, 150, 1000), 1);
	assert_int_equal(significance_of_shares(100, 1000, 148, 1000), 0);
	assert_int_equal(significance_of_shares(150, 1000, 100, 1000), 1);
	assert_int_equal(significance_of_shares(30, 60, 30, 60), 0);
	assert_int_equal(significance_of_shares(0, 1000, 40, 1000), 1);
}

static void test_shares_that_tell_nothing(void **state _unused_)
{
	assert_int_equal(significance_of_shares(0, 1000, 0, 1000), -1);
	assert_int_equal(significance_of_shares(1000, 1000, 1000, 1000), -1);
	assert_int_equal(significance_of_shares(4, 1000, 5, 1000), -1); /* 4.5 are expected */
	assert_int_equal(significance_of_shares(5, 1000, 5, 1000), 0);
	assert_int_equal(significance_of_shares(996, 1000, 995, 1000), -1);
	assert_int_equal(significance_of_shares(0, 0, 5, 10), -1);
	assert_int_equal(significance_of_shares(5, 10, 0, 0), -1);
	assert_int_equal(significance_of_shares(1, 9, 500, 1000), -1);
}

static void test_counts(void **state _unused_)
{
	/* Of 200 in periods as long, z is 3.394 for 124 and 3.253 for 123. */
	assert_int_equal(significance_of_counts(76, 86400, 124, 86400), 1);
	assert_int_equal(significance_of_counts(77, 86400, 123, 86400), 0);
	/* As many a day. */
	assert_int_equal(significance_of_counts(1000, 86400, 7000, 7 * 86400), 0);
	assert_int_equal(significance_of_counts(1000, 86400, 1000, 7 * 86400), 1);
	assert_int_equal(significance_of_counts(0, 86400, 20, 86400), 1);
}

static void test_counts_that_tell_nothing(void **state _unused_)
{
	assert_int_equal(significance_of_counts(0, 86400, 9, 86400), -1); /* 4.5 are expected */
	assert_int_equal(significance_of_counts(0, 86400, 0, 86400), -1);
	assert_int_equal(significance_of_counts(10, 0, 10, 86400), -1);
	assert_int_equal(significance_of_counts(30, 9 * 86400, 10, 86400), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shares),
	    cmocka_unit_test(test_shares_that_tell_nothing),
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_counts_that_tell_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
