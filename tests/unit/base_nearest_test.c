/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/nearest.h"
#include <string.h>

static const char *const words[] = {"TLSv1.0", "TLSv1.1", "RC4", "3DES", "bcp195-2022", ""};

static void test_nearest(void **state)
{
	static const struct {
		const char *word, *nearest;
	} rows[] = {
	    {"TLSv1.4", "TLSv1.0"}, /* one letter from both: the first */
	    {"tlsv1.1", "TLSv1.1"},
	    {"TLS1.1", "TLSv1.1"},
	    {"RC44", "RC4"},
	    {"R4C", "RC4"},
	    {"DES", "3DES"},
	    {"bpc195-2022", "bcp195-2022"},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(
		    nearest_word(rows[i].word, words, ARRAY_SIZE(words)), rows[i].nearest);
}

/* A swap is one slip, so it is nearer than two changes. */
static void test_swap(void **state)
{
	static const char *const two[] = {"abXY", "abdc"};

	(void)state;
	assert_string_equal(nearest_word("abcd", two, 2), "abdc");
}

static void test_none(void **state)
{
	char word[NEAREST_MAX + 2];
	const char *one = word;

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_null(nearest_word("RC4", words, 0));
	assert_null(nearest_word(word, words, ARRAY_SIZE(words)));
	word[NEAREST_MAX] = '\0';
	assert_non_null(nearest_word(word, words, ARRAY_SIZE(words)));
	word[NEAREST_MAX] = 'x';
	assert_ptr_equal(nearest_word("RC4", &one, 1), word);
}

static void test_advice(void **state)
{
	static const char *const buckets[] = {"hour", "day", "week", "month", "auto"};
	static const struct {
		const char *word, *advice;
	} rows[] = {
	    {"dya", "did you mean \"day\"?  Expected one of hour, day, week, month, auto"},
	    {"Weekly", "did you mean \"week\"?  Expected one of hour, day, week, month, auto"},
	    {"year", "expected one of hour, day, week, month, auto"},
	    {"", "expected one of hour, day, week, month, auto"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer advice = {0};

		nearest_advise(&advice, rows[i].word, buckets, ARRAY_SIZE(buckets));
		assert_string_equal(buffer_text(&advice), rows[i].advice);
		buffer_free(&advice);
	}
	assert_null(nearest_meant("year", buckets, ARRAY_SIZE(buckets)));
	assert_string_equal(nearest_meant("MONTHS", buckets, ARRAY_SIZE(buckets)), "month");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nearest),
	    cmocka_unit_test(test_swap),
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_advice),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
