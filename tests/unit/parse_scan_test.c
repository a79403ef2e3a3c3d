/* SPDX-License-Identifier: ISC */

/* The shipped patterns on the sample logs: what the vector scan finds the portable one finds, what
 * machine code matches the interpreter does, and wherever a log is cut into blocks, and whether
 * another thread matches them, the facts are the same. */

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "parse/parse_ahead.h"
#include "parse_facts.h"
#include <errno.h>
#include <glob.h>
#include <pthread.h>

#define FACTS_LEAST 500 /* or the logs were not read */

static void read_log(const char *path, struct buffer *to)
{
	char bytes[4096];
	size_t n;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buffer_append(to, bytes, n);
	fclose(f);
}

static void read_logs(struct buffer *to)
{
	glob_t logs;

	assert_int_equal(glob("tests/data/*.log", 0, NULL, &logs), 0);
	for (size_t i = 0; i < logs.gl_pathc; i++)
		read_log(logs.gl_pathv[i], to);
	globfree(&logs);
}

static struct pattern_set *shipped_patterns(void)
{
	static const char *const folder = "patterns";
	_cleanup_diag_ struct diag d = {0};
	struct pattern_set *set = NULL;

	if (pattern_set_read(&folder, 1, &set, &d) < 0)
		fail_msg("%s:%u: %s", d.file, d.line, d.text);
	return set;
}

/* Whole lines, of at least so many bytes. */
static struct slice take_block(struct slice *text, size_t least)
{
	size_t from = least < text->n ? least : text->n - 1;
	size_t n = from + slice_find(slice_skip(*text, from), '\n') + 1;
	struct slice block = slice_first(*text, n);

	*text = slice_skip(*text, n);
	return block;
}

static void take_in_blocks(struct parser *parser, struct slice text, size_t least)
{
	while (text.n)
		parser_block(parser, take_block(&text, least));
	parser_end(parser);
}

static void take_logs(
    const struct pattern_set *set, struct slice text, size_t block, struct notes *ret)
{
	notes_open(ret, set);
	take_in_blocks(ret->parser, text, block);
}

/* The logs, and what they hold when they are one block. */
static struct pattern_set *take_here(struct buffer *to, struct notes *ret)
{
	struct pattern_set *set = shipped_patterns();

	read_logs(to);
	take_logs(set, buffer_slice(to), SIZE_MAX, ret);
	return set;
}

static void assert_same_notes(const struct notes *a, const struct notes *b)
{
	assert_string_equal(buffer_text(&a->facts), buffer_text(&b->facts));
	assert_string_equal(buffer_text(&a->lines), buffer_text(&b->lines));
}

static void test_portable(void **state)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct pattern_set *set;
	struct notes vector, portable;

	(void)state;
	set = take_here(&text, &vector);
	assert_true(vector.fact_count >= FACTS_LEAST);
	pattern_set_use_portable_scan(set);
	take_logs(set, buffer_slice(&text), SIZE_MAX, &portable);
	assert_same_notes(&vector, &portable);
	notes_close(&vector);
	notes_close(&portable);
	pattern_set_free(set);
}

static void test_interpreted(void **state)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct pattern_set *compiled = shipped_patterns(), *interpreted;
	struct notes fast, slow;

	(void)state;
	setenv("MAILTLS_NO_JIT", "1", 1);
	interpreted = shipped_patterns();
	unsetenv("MAILTLS_NO_JIT");
	assert_false(pattern_set_hurry(interpreted));
	pattern_set_hurry(compiled);
	read_logs(&text);
	take_logs(compiled, buffer_slice(&text), SIZE_MAX, &fast);
	take_logs(interpreted, buffer_slice(&text), SIZE_MAX, &slow);
	assert_true(fast.fact_count >= FACTS_LEAST);
	assert_same_notes(&fast, &slow);
	notes_close(&fast);
	notes_close(&slow);
	pattern_set_free(compiled);
	pattern_set_free(interpreted);
}

/* A block ends at any line, and the scan looks no further. */
static void test_blocks(void **state)
{
	static const size_t sizes[] = {0, 1, 1000, 65536};
	_cleanup_buffer_ struct buffer text = {0};
	struct pattern_set *set;
	struct notes whole, cut;

	(void)state;
	set = take_here(&text, &whole);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		take_logs(set, buffer_slice(&text), sizes[i], &cut);
		assert_same_notes(&whole, &cut);
		notes_close(&cut);
	}
	notes_close(&whole);
	pattern_set_free(set);
}

static void assert_same_counts(const struct notes *a, const struct notes *b)
{
	struct line_counts of_a, of_b;

	parser_counts(a->parser, &of_a);
	parser_counts(b->parser, &of_b);
	assert_int_equal(of_a.lines, of_b.lines);
	assert_int_equal(of_a.unparsed, of_b.unparsed);
	assert_int_equal(of_a.headers, of_b.headers);
	assert_int_equal(of_a.bad_time, of_b.bad_time);
	assert_int_equal(of_a.spans_too_long, of_b.spans_too_long);
}

/* A text that is read in blocks of at least so many bytes, and ends with an error or not. */
struct cutting {
	struct slice left;
	size_t least;
	int end;	     /* of reading */
	size_t read, parsed; /* blocks */
	size_t stop;	     /* after so many were parsed; 0: never */
	bool here;	     /* read in this thread alone */
	pthread_t thread;
};

static int cut_block(void *context, unsigned slot, struct slice *ret_text, struct diag *d)
{
	struct cutting *c = context;

	assert_int_equal(slot, c->read % PARSE_AHEAD_SLOTS);
	assert_true(!c->here || pthread_equal(pthread_self(), c->thread));
	if (!c->left.n)
		return c->end < 0 ? diag_set(d, -c->end, NULL, 0, 0, "it breaks off") : 0;
	*ret_text = take_block(&c->left, c->least);
	c->read++;
	return 1;
}

static int note_parsed(void *context, unsigned slot, struct diag *d)
{
	struct cutting *c = context;

	assert_int_equal(slot, c->parsed++ % PARSE_AHEAD_SLOTS);
	return c->stop && c->parsed == c->stop ? diag_set(d, ENOSPC, NULL, 0, 0, "no more") : 0;
}

static int take_ahead(struct parser *parser, struct cutting *c, bool threaded, struct diag *d)
{
	const struct parse_ahead stages = {
	    .read = cut_block, .parsed = note_parsed, .read_here = c->here, .context = c};
	int r;

	c->thread = pthread_self();
	r = parse_ahead(parser, &stages, threaded, d);

	parser_end(parser);
	return r;
}

static void test_ahead(void **state)
{
	static const size_t sizes[] = {0, 1000, 65536};
	_cleanup_buffer_ struct buffer text = {0};
	struct pattern_set *set;
	struct notes here, ahead;

	(void)state;
	set = take_here(&text, &here);
	for (size_t i = 0; i < 3 * ARRAY_SIZE(sizes); i++) {
		struct cutting c = {
		    .left = buffer_slice(&text), .least = sizes[i / 3], .here = i % 3 == 2};
		_cleanup_diag_ struct diag d = {0};

		notes_open(&ahead, set);
		assert_int_equal(take_ahead(ahead.parser, &c, i % 3, &d), 0);
		assert_same_notes(&here, &ahead);
		assert_same_counts(&here, &ahead);
		notes_close(&ahead);
	}
	notes_close(&here);
	pattern_set_free(set);
}

/* All before a break counts, and the error is told. */
static void test_ahead_breaks_off(void **state)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct pattern_set *set;
	struct notes here, ahead;

	(void)state;
	set = take_here(&text, &here);
	for (int threaded = 0; threaded < 2; threaded++) {
		struct cutting c = {.left = buffer_slice(&text), .least = 1000, .end = -EBADMSG};
		_cleanup_diag_ struct diag d = {0};

		notes_open(&ahead, set);
		assert_int_equal(take_ahead(ahead.parser, &c, threaded, &d), -EBADMSG);
		assert_string_equal(d.text, "it breaks off");
		assert_same_notes(&here, &ahead);
		notes_close(&ahead);
	}
	notes_close(&here);
	pattern_set_free(set);
}

/* What was read behind the block at which it was stopped is nobody's. */
static void test_ahead_stopped(void **state)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct pattern_set *set = shipped_patterns();
	struct line_counts counts;
	struct notes notes;

	(void)state;
	read_logs(&text);
	for (int threaded = 0; threaded < 2; threaded++) {
		struct cutting c = {.left = buffer_slice(&text), .stop = 3};
		_cleanup_diag_ struct diag d = {0};

		notes_open(&notes, set);
		assert_int_equal(take_ahead(notes.parser, &c, threaded, &d), -ENOSPC);
		assert_string_equal(d.text, "no more");
		assert_int_equal(c.parsed, 3);
		parser_counts(notes.parser, &counts);
		assert_int_equal(counts.lines, 3);
		notes_close(&notes);
	}
	pattern_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_portable),
	    cmocka_unit_test(test_interpreted),
	    cmocka_unit_test(test_blocks),
	    cmocka_unit_test(test_ahead),
	    cmocka_unit_test(test_ahead_breaks_off),
	    cmocka_unit_test(test_ahead_stopped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
