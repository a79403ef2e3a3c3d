/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "report/fold.h"
#include <locale.h>

static void test_fold(void **state)
{
	static const struct {
		const char *text;
		size_t width;
		const char *folded;
	} rows[] = {
	    {"", 4, ""},
	    {"abcd", 4, "abcd"},
	    {"abcd e", 4, "abcd\ne"},
	    {"ab cd", 5, "ab cd"},
	    {"ab cd", 4, "ab\ncd"},
	    {"abcdefghij", 4, "abcd\nefgh\nij"},
	    {"ab cdefghij k", 4, "ab\ncdef\nghij\nk"},
	    {"ab cdefg h", 4, "ab\ncdef\ng h"},
	    {"\xc3\xa4\xc3\xb6\xc3\xbc", 2, "\xc3\xa4\xc3\xb6\n\xc3\xbc"},
	    {"\xff\xff\xff", 2, "\xff\xff\n\xff"},
	};

	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buffer_ struct buffer folded = {0};

		fold_text(rows[i].text, rows[i].width, &folded);
		assert_string_equal(buffer_text(&folded), rows[i].folded);
	}
	assert_int_equal(shown_width("\xc3\xa4x"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fold),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
