/* SPDX-License-Identifier: ISC */
/* JSON is valid whatever the text holds, keeps its order and writes numbers as they were put. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void members(void **state)
{
	_cleanup_json_ struct json *object = json_new();
	_cleanup_buffer_ struct buffer text = {0};
	struct json *list;

	(void)state;
	json_put_text(object, "z", SLICE("a\"\\\n"));
	json_put_text(object, "a", SLICE_NONE);
	json_put_text(object, "empty", SLICE(""));
	json_put_count(object, "count", INT64_MAX);
	json_put_fraction(object, "third", 1.0 / 3);
	json_put_fraction(object, "small", 0.000001);
	json_put_flag(object, "flag", false);
	json_put_null(object, "null");
	json_put_count(json_put_object(object, "object"), "n", -1);
	list = json_put_array(object, "list");
	json_add_text(list, SLICE("x"));
	json_put_flag(json_add_object(list), "y", true);
	json_write(object, &text);
	assert_string_equal(buffer_text(&text),
	    "{\"z\":\"a\\\"\\\\\\n\",\"a\":null,\"empty\":\"\",\"count\":9223372036854775807,"
	    "\"third\":0.333333,\"small\":1e-6,\"flag\":false,\"null\":null,"
	    "\"object\":{\"n\":-1},\"list\":[\"x\",{\"y\":true}]}");
}

static void without_braces(void **state)
{
	_cleanup_json_ struct json *object = json_new();
	_cleanup_buffer_ struct buffer text = {0};

	(void)state;
	json_write_members(object, &text);
	json_put_count(object, "a", 1);
	json_put_count(object, "b", 2);
	json_write_members(object, &text);
	assert_string_equal(buffer_text(&text), "\"a\":1,\"b\":2");
}

static void bytes(void **state)
{
	_cleanup_json_ struct json *object = json_new();
	_cleanup_buffer_ struct buffer text = {0};

	(void)state;
	json_put_text(object, "t", SLICE("\xff\0\x01 \xc3\xa9 \xc3"));
	json_write(object, &text);
	assert_string_equal(
	    buffer_text(&text), "{\"t\":\"\\\\xff\\\\x00\\u0001 \xc3\xa9 \\\\xc3\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(members),
	    cmocka_unit_test(without_braces),
	    cmocka_unit_test(bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
