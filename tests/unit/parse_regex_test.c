/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "parse/regex.h"
#include <stdio.h>
#include <stdlib.h>

static struct regex *compiled(const char *expression, bool whole)
{
	_cleanup_diag_ struct diag d = {0};
	struct regex *r = NULL;

	if (regex_compile(slice_of(expression), whole, &r, &d) < 0)
		fail_msg("%s: %s", expression, d.text);
	return r;
}

struct row {
	const char *expression;
	bool whole;
	struct slice subject;
	int result;
};

static void test_match(void **state)
{
	static const struct row rows[] = {
	    {"b", false, {"ab", 2}, REGEX_NO_MATCH}, /* anchored */
	    {"a", false, {"ab", 2}, REGEX_MATCH},
	    {"a", true, {"ab", 2}, REGEX_NO_MATCH},
	    {"a|ab", true, {"ab", 2}, REGEX_MATCH},
	    {"^a$", false, {"a", 1}, REGEX_MATCH},
	    {"a$", false, {"a\n", 2}, REGEX_NO_MATCH}, /* the end only */
	    {"a.b", false, {"a\nb", 3}, REGEX_NO_MATCH},
	    {"a.b", false,
		{"a\xff"
		 "b",
		    3},
		REGEX_MATCH}, /* bytes, not characters */
	    {"a..b", false,
		{"a\xc3\xa4"
		 "b",
		    4},
		REGEX_MATCH},
	    {"a\\0b", false, {"a\0b", 3}, REGEX_MATCH},
	    {"", false, {"", 0}, REGEX_MATCH},
	    {"", true, {"a", 1}, REGEX_NO_MATCH},
	    {"(?:a|b)*+c", false, {"ababc", 5}, REGEX_MATCH},
	    {"A", false, {"a", 1}, REGEX_NO_MATCH},
	    {"(?i)A", false, {"a", 1}, REGEX_MATCH},
	};
	struct regex_memory *memory = regex_memory_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct regex *r = compiled(rows[i].expression, rows[i].whole);

		if (regex_match(r, rows[i].subject, memory) != rows[i].result)
			fail_msg("%s on %.*s", rows[i].expression, SLICE_FMT(rows[i].subject));
		assert_true(slice_is(regex_expression(r), rows[i].expression));
		regex_free(r);
	}
	regex_memory_free(memory);
}

static void test_refused(void **state)
{
	static const struct {
		const char *expression, *says;
	} rows[] = {
	    {"(", "missing closing parenthesis, after `(`"},
	    {"abc[d", "missing terminating ] for character class, after `abc[d`"},
	    {"a*b)", "unmatched closing parenthesis, after `a*b`"},
	    {"a**", "quantifier does not follow a repeatable item, after `a*`"},
	    {"(*UTF)a", "using UTF is disabled by the application, after `(*UTF)`"},
	    {"a\\C", "using \\C is disabled by the application, after `a\\C`"},
	    {"(?<1a>b)", "subpattern name must start with a non-digit, after `(?<`"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		struct regex *r = NULL;

		assert_true(regex_compile(slice_of(rows[i].expression), false, &r, &d) < 0);
		assert_null(r);
		assert_string_equal(d.text, rows[i].says);
	}
}

static void test_too_many_groups(void **state)
{
	_cleanup_buffer_ struct buffer text = {0};
	_cleanup_diag_ struct diag d = {0};
	struct regex_memory *memory = regex_memory_new();
	struct regex *r = NULL;

	(void)state;
	for (int i = 1; i < REGEX_GROUPS_MAX; i++)
		buffer_text_add(&text, "(a)");
	r = compiled(buffer_text(&text), true);
	memset(text.p, 'a', text.n);
	assert_int_equal(
	    regex_match(r, slice_first(buffer_slice(&text), REGEX_GROUPS_MAX - 1), memory),
	    REGEX_MATCH);
	assert_true(slice_is(regex_group(memory, buffer_slice(&text), REGEX_GROUPS_MAX - 1), "a"));
	regex_free(r);
	buffer_clear(&text);
	for (int i = 1; i <= REGEX_GROUPS_MAX; i++)
		buffer_text_add(&text, "(a)");
	assert_true(regex_compile(buffer_slice(&text), true, &r, &d) < 0);
	assert_string_equal(d.text, "more than 63 groups");
	regex_memory_free(memory);
}

static void test_groups(void **state)
{
	struct regex_memory *memory = regex_memory_new();
	struct regex *r = compiled("(?<a>x)?(?<b>)(?:(?<c>z)|y)", false);
	struct slice subject = SLICE("yx");

	(void)state;
	assert_int_equal(regex_match(r, subject, memory), REGEX_MATCH);
	assert_null(regex_group(memory, subject, 1).p);
	assert_non_null(regex_group(memory, subject, 2).p);
	assert_int_equal(regex_group(memory, subject, 2).n, 0);
	assert_null(regex_group(memory, subject, 3).p);
	regex_free(r);
	regex_memory_free(memory);
}

static void note_name(void *context, const char *name, unsigned number)
{
	buffer_printf(context, "%u=%s ", number, name);
}

static void test_names(void **state)
{
	struct regex *r = compiled("(?<z>1)(2)(?<a>3)|(?<z>4)(?<tls__none>)", false);
	_cleanup_buffer_ struct buffer names = {0};

	(void)state;
	regex_names(r, note_name, &names);
	assert_string_equal(buffer_text(&names), "1=z 3=a 4=z 5=tls__none ");
	regex_free(r);
}

static void with_jit(bool on)
{
	if (on)
		unsetenv("MAILTLS_NO_JIT");
	else
		setenv("MAILTLS_NO_JIT", "1", 1);
}

/* Some expressions and subjects that need a step for every way to split a row of letters. */
static void test_limit(void **state)
{
	static const char *const expressions[] = {
	    "(a+)+$", "(?:a|aa)+$", "(?:a*)*[bc]", "(?<x>(?:\\w+\\s?)*)$"};
	struct regex_memory *memory = regex_memory_new();
	_cleanup_buffer_ struct buffer subject = {0};

	(void)state;
	for (int i = 0; i < 5000; i++)
		buffer_char(&subject, 'a');
	buffer_char(&subject, '!');
	for (int jit = 0; jit < 2; jit++) {
		with_jit(jit);
		for (size_t i = 0; i < ARRAY_SIZE(expressions); i++) {
			struct regex *r = compiled(expressions[i], false);

			regex_hurry(r);
			if (regex_match(r, buffer_slice(&subject), memory) != REGEX_LIMIT)
				fail_msg("%s: no limit %s JIT", expressions[i],
				    jit ? "with" : "without");
			regex_free(r);
		}
	}
	with_jit(true);
	regex_memory_free(memory);
}

/* A place to come back to for each letter: more than the stack of machine code has room for. */
static void test_stack(void **state)
{
	static const size_t lengths[] = {100, 1000, 20000, 65535, 1 << 20};
	struct regex_memory *memory = regex_memory_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		_cleanup_buffer_ struct buffer subject = {0};
		struct regex *fast = compiled("(?:x|y)*z", true), *slow;
		int r;

		with_jit(false);
		slow = compiled("(?:x|y)*z", true);
		with_jit(true);
		regex_hurry(fast);
		while (subject.n < lengths[i])
			buffer_char(&subject, "xy"[subject.n % 2]);
		buffer_char(&subject, 'z');
		r = regex_match(fast, buffer_slice(&subject), memory);
		assert_int_not_equal(r, REGEX_NO_MATCH);
		if (lengths[i] <= 1000)
			assert_int_equal(r, REGEX_MATCH);
		if (r != REGEX_MATCH)
			assert_int_equal(
			    regex_match(slow, buffer_slice(&subject), memory), REGEX_LIMIT);
		regex_free(fast);
		regex_free(slow);
	}
	regex_memory_free(memory);
}

/* Machine code and interpreter answer alike. */
static void test_without_jit(void **state)
{
	static const char *const expressions[] = {"(?<a>\\w+) from (?<b>\\S+)\\[(?<c>[^]]+)\\]",
	    "(?:(?<a>x)|(?<a>\\w))+ (.*?)$", "connect from (.*)\\[",
	    "((?:\\w+=\\S*+ ?)*+)commands"};
	static const char *const subjects[] = {"connect from mx.example[192.0.2.1]", "", "x",
	    "connect from unknown[unknown", "a=b c=d commands", "xyx end", "\xff from \xfe[\n]"};
	struct regex_memory *memory = regex_memory_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expressions); i++) {
		struct regex *fast, *slow;

		with_jit(true);
		fast = compiled(expressions[i], false);
		with_jit(false);
		slow = compiled(expressions[i], false);
		with_jit(true);
		assert_false(regex_hurry(slow));
		assert_true(regex_hurry(fast));
		for (size_t k = 0; k < ARRAY_SIZE(subjects); k++) {
			struct slice s = slice_of(subjects[k]), group[4];
			int r = regex_match(fast, s, memory);

			for (unsigned g = 0; r == REGEX_MATCH && g < 4; g++)
				group[g] = regex_group(memory, s, g);
			assert_int_equal(regex_match(slow, s, memory), r);
			for (unsigned g = 0; r == REGEX_MATCH && g < 4; g++)
				assert_ptr_equal(regex_group(memory, s, g).p, group[g].p);
		}
		regex_free(fast);
		regex_free(slow);
	}
	regex_memory_free(memory);
}

static void test_furthest(void **state)
{
	static const struct {
		const char *expression, *subject;
		size_t furthest;
	} rows[] = {
	    {"connect from (\\S+)\\[", "connect from mx", 15},
	    {"connect from", "disconnect from", 0},
	    {"connect (?:to|from) x", "connect from y", 13},
	    {"a++b", "aaac", 3},
	    {"", "abc", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct regex *r = compiled(rows[i].expression, false);

		assert_int_equal(regex_furthest(r, slice_of(rows[i].subject)), rows[i].furthest);
		regex_free(r);
	}
}

static unsigned steps(const char *expression, size_t n)
{
	struct regex *r = compiled(expression, false);
	char *subject = memory_alloc(n + 1);
	unsigned count;

	memset(subject, 'a', n);
	subject[n - 1] = '!';
	count = regex_steps(r, (struct slice){subject, n}, 2000000);
	free(subject);
	regex_free(r);
	return count;
}

static void test_steps(void **state)
{
	(void)state;
	/* Once over the subject, whatever its length. */
	assert_in_range(steps("\\w++\\d", 1000), 1, 20);
	/* A step back for each letter. */
	assert_in_range(steps("\\w+\\d", 2000), 19 * steps("\\w+\\d", 1000) / 10,
	    21 * steps("\\w+\\d", 1000) / 10);
	/* For each letter a step for each letter. */
	assert_in_range(steps("\\w+\\w+\\d", 800), 38 * steps("\\w+\\w+\\d", 400) / 10,
	    42 * steps("\\w+\\w+\\d", 400) / 10);
	assert_int_equal(steps("(a+)+$", 100), 2000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_match),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_too_many_groups),
	    cmocka_unit_test(test_groups),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_stack),
	    cmocka_unit_test(test_without_jit),
	    cmocka_unit_test(test_furthest),
	    cmocka_unit_test(test_steps),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
