/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include <stdio.h>

static void test_empty(void **state)
{
	_cleanup_buffer_ struct buffer b = {0};
	char *taken;

	(void)state;
	assert_string_equal(buffer_text(&b), "");
	assert_non_null(buffer_slice(&b).p);
	buffer_clear(&b);
	buffer_printf(&b, "%s", "");
	buffer_add(&b, SLICE_NONE);
	assert_int_equal(b.n, 0);
	assert_string_equal(buffer_text(&b), "");
	taken = buffer_take(&b);
	assert_string_equal(taken, "");
	free(taken);
	taken = buffer_take(&b);
	assert_string_equal(taken, "");
	free(taken);
	buffer_free(&b);
	buffer_free(&b);
}

static void test_growth(void **state)
{
	_cleanup_buffer_ struct buffer b = {0};
	char *taken;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		buffer_char(&b, (char)('a' + i % 26));
		assert_int_equal(b.n, i + 1);
		assert_int_equal(b.p[b.n], '\0');
	}
	buffer_printf(&b, "%05000d", 7);
	assert_int_equal(b.n, 10000);
	assert_int_equal(b.p[b.n], '\0');
	assert_int_equal(b.p[b.n - 1], '7');
	assert_int_equal(b.p[4999], 'a' + 4999 % 26);
	buffer_clear(&b);
	assert_string_equal(buffer_text(&b), "");
	buffer_append(&b, "a\0b", 3);
	buffer_text_add(&b, "c");
	assert_int_equal(b.n, 4);
	assert_memory_equal(b.p, "a\0bc", 5);
	taken = buffer_take(&b);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	free(taken);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_growth),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
