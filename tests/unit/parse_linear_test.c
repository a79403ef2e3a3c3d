/* SPDX-License-Identifier: ISC */

/* No line makes a shipped pattern slow: each is held against its own samples, stretched at every
 * joint with what strangers can put there, and twice the length may not take much more than twice
 * the steps.  Steps are counted, not time.  Nor does a line as long as lines get make one give up,
 * or machine code and interpreter disagree. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/escape.h"
#include "parse/pattern_set.h"
#include <stdio.h>
#include <stdlib.h>

#define LONG 60000
#define LENGTH 512	/* bytes put in, then twice as many */
#define STEPS_MAX 60000 /* more than that for 2 * LENGTH bytes is not linear */
#define GROWTH_MAX 2.6
#define SAMPLES_MAX 2 /* of each pattern */
#define JOINTS_MAX 10 /* of each sample */

static const char *const directories[] = {"patterns"};

static const char *const stretches[] = {"a", "1", " ", "x=1 ", " a=1/2", "[", "a[b]:1 ", "\"",
    "\\\"", "<>, ", "a.", ":", "(a) ", ", ", " from ", "TLS "};

/* The sample with a stretch of n bytes put in at a place. */
static void stretch(struct slice sample, size_t at, const char *with, size_t n, struct buffer *to)
{
	size_t length = strlen(with);

	buffer_clear(to);
	buffer_add(to, slice_first(sample, at));
	for (size_t i = 0; i < n; i++)
		buffer_char(to, with[i % length]);
	buffer_add(to, slice_skip(sample, at));
}

/* The steps for a stretch and for twice of it. */
struct growth {
	unsigned few, many;
};

static bool is_linear(
    const struct regex *r, struct slice sample, size_t at, const char *with, struct growth *ret)
{
	_cleanup_buffer_ struct buffer once = {0}, twice = {0};

	stretch(sample, at, with, 2 * LENGTH, &twice);
	ret->many = regex_steps(r, buffer_slice(&twice), STEPS_MAX);
	/* A step for each byte is nothing to look into. */
	if (ret->many <= twice.n)
		return true;
	stretch(sample, at, with, LENGTH, &once);
	ret->few = regex_steps(r, buffer_slice(&once), STEPS_MAX);
	return ret->many < STEPS_MAX && ret->many <= ret->few * GROWTH_MAX;
}

static void check_growth(
    const struct pattern *p, struct slice sample, size_t at, const char *with, size_t *checked)
{
	_cleanup_buffer_ struct buffer shown = {0};
	struct growth growth;

	++*checked;
	if (is_linear(p->regex, sample, at, with, &growth))
		return;
	escape_terminal(&shown, sample);
	fail_msg("%s: '%s' put in at %zu of\n  %s\n  takes %u steps, twice of it %u", p->name, with,
	    at, buffer_text(&shown), growth.few, growth.many);
}

/* The pattern as the process may have to run it that may not map executable memory. */
static struct regex *interpreted(const struct pattern *p)
{
	_cleanup_diag_ struct diag d = {0};
	struct regex *r = NULL;

	setenv("MAILTLS_NO_JIT", "1", 1);
	assert_int_equal(regex_compile(regex_expression(p->regex), false, &r, &d), 0);
	unsetenv("MAILTLS_NO_JIT");
	assert_false(regex_hurry(r));
	return r;
}

static void check_long(
    const struct pattern *p, struct regex *slow, struct slice sample, size_t at, const char *with)
{
	_cleanup_buffer_ struct buffer line = {0};
	struct regex_memory *memory = regex_memory_new();
	int fast_result, slow_result;

	stretch(sample, at, with, LONG, &line);
	regex_hurry(p->regex);
	fast_result = regex_match(p->regex, buffer_slice(&line), memory);
	slow_result = regex_match(slow, buffer_slice(&line), memory);
	if (fast_result != slow_result || fast_result == REGEX_LIMIT)
		fail_msg("%s: '%s' put in at %zu gives %d, interpreted %d", p->name, with, at,
		    fast_result, slow_result);
	regex_memory_free(memory);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The joints of a message: where a word begins or ends. */
static void check_sample(const struct pattern *p, struct slice sample, size_t *checked)
{
	struct regex *slow = interpreted(p);
	size_t joints = 0, seen = 0;

	for (size_t i = 1; i < sample.n; i++)
		joints += is_word(sample.p[i - 1]) != is_word(sample.p[i]);
	for (size_t i = 1; i <= sample.n; i++) {
		if (i < sample.n && is_word(sample.p[i - 1]) == is_word(sample.p[i]))
			continue;
		/* So many of them, evenly, and the end. */
		if (i < sample.n && seen++ * JOINTS_MAX % (joints + 1) >= JOINTS_MAX)
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(stretches); k++)
			check_growth(p, sample, i, stretches[k], checked);
		check_long(p, slow, sample, i, stretches[seen % ARRAY_SIZE(stretches)]);
		check_long(p, slow, sample, i, " ");
		check_long(p, slow, sample, i, " a=1/2");
	}
	regex_free(slow);
}

/* A pattern with the lines of its file. */
struct linear {
	const struct mta *mta;
	const struct pattern *pattern;
	struct regex_memory *memory;
	int taken;
	size_t checked;
};

static void check_lines(struct linear *l, struct slice rest)
{
	struct clock clock;

	clock_init(&clock, NULL, INT64_C(1795500000), 0);
	while (rest.n && l->taken < SAMPLES_MAX) {
		size_t n = slice_find(rest, '\n');
		struct header h;

		if (header_parse(l->mta->header, &clock, slice_first(rest, n), &h) &&
		    ident_claim(l->mta, &clock, &h, l->memory) &&
		    regex_match(l->pattern->regex, h.message, l->memory) == REGEX_MATCH) {
			check_sample(l->pattern, h.message, &l->checked);
			l->taken++;
		}
		rest = slice_skip(rest, n < rest.n ? n + 1 : n);
	}
}

/* What reads the front of a plain line meets every line there is. */
static void check_idents(const struct mta *mta, size_t *checked)
{
	const struct yaml *samples = yaml_tree_get(mta->document, "samples");
	static char name[] = "ident";

	for (size_t i = 0; i < mta->ident_count; i++) {
		struct pattern whole_line = {.name = name, .regex = mta->idents[i].match};

		for (size_t k = 0; k < samples->count; k++) {
			struct slice lines = yaml_tree_get(samples->items[k], "lines")->text;

			check_sample(
			    &whole_line, slice_first(lines, slice_find(lines, '\n')), checked);
		}
	}
}

static size_t check_pattern(
    const struct mta *mta, const struct pattern *p, struct regex_memory *memory)
{
	const struct yaml *samples = yaml_tree_get(mta->document, "samples");
	const struct yaml *none = yaml_tree_get(mta->document, "not");
	struct linear l = {.mta = mta, .pattern = p, .memory = memory};

	for (size_t i = 0; i < samples->count; i++)
		check_lines(&l, yaml_tree_get(samples->items[i], "lines")->text);
	for (size_t i = 0; none && i < none->count; i++)
		check_lines(&l, none->items[i]->text);
	assert_true(l.taken > 0);
	return l.checked;
}

static void test_shipped(void **state)
{
	_cleanup_diag_ struct diag d = {0};
	struct regex_memory *memory = regex_memory_new();
	struct pattern_set *set = NULL;
	size_t checked = 0;

	(void)state;
	if (pattern_set_read(directories, 1, &set, &d) < 0)
		fail_msg("%s:%u: %s", d.file, d.line, d.text);
	for (size_t i = 0; i < set->count; i++) {
		if (set->mtas[i]->header == HEADER_PLAIN)
			check_idents(set->mtas[i], &checked);
		for (size_t k = 0; k < set->mtas[i]->pattern_count; k++)
			checked += check_pattern(set->mtas[i], &set->mtas[i]->patterns[k], memory);
	}
	printf("# %zu lines\n", checked);
	assert_true(checked > 1000);
	pattern_set_free(set);
	regex_memory_free(memory);
}

/* What this test is there to find, it finds. */
static void test_finds(void **state)
{
	static const char *const slow[] = {
	    "from .*=.*\\)$", "from (?:\\w+ ?)+\\[x", "from (\\S+)\\w+[x\\]]+x", "(?:.*from )+ x"};
	static const struct slice sample = {"from mail[1]: a=b", 17};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(slow); i++) {
		_cleanup_diag_ struct diag d = {0};
		struct regex *r = NULL;
		struct growth growth;
		bool found = false;

		assert_int_equal(regex_compile(slice_of(slow[i]), false, &r, &d), 0);
		for (size_t at = 5; at <= sample.n; at++)
			for (size_t k = 0; k < ARRAY_SIZE(stretches); k++)
				found = found || !is_linear(r, sample, at, stretches[k], &growth);
		if (!found)
			fail_msg("%s seems linear", slow[i]);
		regex_free(r);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shipped),
	    cmocka_unit_test(test_finds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
