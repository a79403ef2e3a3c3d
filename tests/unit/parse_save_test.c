/* SPDX-License-Identifier: ISC */

/* A log that was cut anywhere, its sessions saved and restored into another parser, gives the same
 * facts in the same order.  The log is a shuffle of the shipped files' samples and of the recorded
 * logs.  MAILTLS_TEST_SEED repeats a run. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/yaml.h"
#include "parse/session_row.h"
#include "parse_facts.h"
#include <errno.h>
#include <glob.h>
#include <time.h>

#define STREAMS_MAX 1024

static const char *const directories[] = {"patterns"};

struct random {
	uint64_t state;
};

static uint64_t random_below(struct random *r, uint64_t bound)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (r->state >> 11) % bound;
}

static struct random random_start(void)
{
	const char *given = getenv("MAILTLS_TEST_SEED");
	struct random r = {given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL)};

	r.state |= 1;
	printf("# MAILTLS_TEST_SEED=%llu\n", (unsigned long long)r.state);
	return r;
}

/* Texts whose lines keep their order. */
struct streams {
	struct slice rest[STREAMS_MAX];
	struct buffer owned[STREAMS_MAX];
	size_t count;
};

static void add_stream(struct streams *s, struct slice text)
{
	struct buffer *own = &s->owned[s->count];

	if (s->count == STREAMS_MAX || text.n == 0)
		return;
	buffer_add(own, text);
	if (own->p[own->n - 1] != '\n')
		buffer_char(own, '\n');
	s->rest[s->count++] = buffer_slice(own);
}

static void add_samples(struct streams *s, const char *path)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_yaml_ struct yaml *document = NULL;
	const struct yaml *samples;

	assert_int_equal(yaml_tree_load(path, &document, &d), 0);
	samples = yaml_tree_get(document, "samples");
	for (size_t i = 0; samples && i < samples->count; i++)
		add_stream(s, yaml_tree_get(samples->items[i], "lines")->text);
}

static void add_log(struct streams *s, const char *path)
{
	char part[65536];
	struct buffer text = {0};
	FILE *f = fopen(path, "re");
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buffer_append(&text, part, n);
	fclose(f);
	add_stream(s, buffer_slice(&text));
	buffer_free(&text);
}

static void for_files(
    const char *pattern, struct streams *s, void (*add)(struct streams *, const char *))
{
	glob_t files;

	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		add(s, files.gl_pathv[i]);
	globfree(&files);
}

/* Runs of one to four lines of one stream after the other, in random order. */
static void shuffle(struct streams *s, struct random *r, struct buffer *to)
{
	size_t left = s->count;

	while (left) {
		size_t i = random_below(r, left);

		for (uint64_t n = 1 + random_below(r, 4); n && s->rest[i].n; n--) {
			size_t length = slice_find(s->rest[i], '\n') + 1;

			buffer_add(to, slice_first(s->rest[i], length));
			s->rest[i] = slice_skip(s->rest[i], length);
		}
		if (s->rest[i].n == 0)
			s->rest[i] = s->rest[--left];
	}
}

static void make_log(struct random *r, struct buffer *to)
{
	struct streams *s = memory_alloc(sizeof(*s));

	for_files("patterns/*.yaml", s, add_samples);
	for_files("tests/data/sample-*.log", s, add_log);
	for_files("tests/data/real-*.log", s, add_log);
	assert_true(s->count > 20);
	shuffle(s, r, to);
	for (size_t i = 0; i < s->count; i++)
		buffer_free(&s->owned[i]);
	free(s);
}

static struct pattern_set *shipped(void)
{
	_cleanup_diag_ struct diag d = {0};
	struct pattern_set *set = NULL;

	if (pattern_set_read(directories, 1, &set, &d) < 0)
		fail_msg("%s:%u: %s", d.file, d.line, d.text);
	return set;
}

/* The next lines of the log, at most so many. */
static struct slice take_lines(struct slice *log, uint64_t lines)
{
	struct slice rest = *log, taken = *log;

	while (lines-- && rest.n)
		rest = slice_skip(rest, slice_find(rest, '\n') + 1);
	taken.n = (size_t)(rest.p - taken.p);
	*log = rest;
	return taken;
}

/* Goes on where the notes' parser stopped, in a new one. */
static void move_on(struct notes *notes, const struct pattern_set *set)
{
	struct parser_consumer consumer = {note_fact, NULL, notes};
	struct clock clock = *parser_clock(notes->parser);
	_cleanup_buffer_ struct buffer saved = {0}, again = {0};

	buffer_text_add(&saved, "before");
	parser_save(notes->parser, &saved);
	parser_free(notes->parser);
	notes->parser = parser_new(set, &consumer);
	parser_log(notes->parser, SLICE("h"), &clock);
	assert_int_equal(parser_restore(notes->parser, slice_skip(buffer_slice(&saved), 6)), 0);
	parser_save(notes->parser, &again);
	assert_true(slice_equal(slice_skip(buffer_slice(&saved), 6), buffer_slice(&again)));
}

static void say_difference(struct slice a, struct slice b)
{
	while (a.n && b.n) {
		size_t n = slice_find(a, '\n'), m = slice_find(b, '\n');

		if (!slice_equal(slice_first(a, n), slice_first(b, m)))
			fail_msg("uncut: %.*s\ncut:   %.*s", (int)n, a.p, (int)m, b.p);
		a = slice_skip(a, n + 1);
		b = slice_skip(b, m + 1);
	}
	fail_msg("one gives more facts than the other");
}

static void test_cut(void **state)
{
	struct pattern_set *set = shipped();
	struct random r = random_start();

	(void)state;
	for (int round = 0; round < 4; round++) {
		_cleanup_buffer_ struct buffer log = {0};
		struct notes whole, cut;
		struct slice rest;
		int cuts = 0;

		make_log(&r, &log);
		notes_open(&whole, set);
		parser_block(whole.parser, buffer_slice(&log));
		parser_end(whole.parser);
		assert_true(whole.fact_count > 100);

		notes_open(&cut, set);
		for (rest = buffer_slice(&log); rest.n; cuts++) {
			parser_block(cut.parser, take_lines(&rest, 1 + random_below(&r, 60)));
			move_on(&cut, set);
		}
		parser_end(cut.parser);
		assert_true(cuts > 20);
		if (!slice_equal(buffer_slice(&whole.facts), buffer_slice(&cut.facts)))
			say_difference(buffer_slice(&whole.facts), buffer_slice(&cut.facts));
		notes_close(&whole);
		notes_close(&cut);
	}
	pattern_set_free(set);
}

/* Sessions of every kind, half-way. */
static void make_state(const struct pattern_set *set, struct random *r, struct buffer *to)
{
	_cleanup_buffer_ struct buffer log = {0};
	struct notes notes;
	struct slice rest;

	make_log(r, &log);
	rest = buffer_slice(&log);
	notes_open(&notes, set);
	parser_block(notes.parser, take_lines(&rest, 700));
	parser_save(notes.parser, to);
	notes_close(&notes);
}

/* An exact copy, so that a sanitizer sees a read behind it. */
static int restore(struct parser *p, struct slice bytes)
{
	char *exact = memory_copy(bytes.p, bytes.n);
	char *tight = realloc(exact, bytes.n ? bytes.n : 1);
	int r = parser_restore(p, (struct slice){tight, bytes.n});

	free(tight);
	return r;
}

static void check_is_empty(struct notes *notes)
{
	parser_end(notes->parser);
	assert_int_equal(notes->fact_count, 0);
}

static void test_truncated(void **state)
{
	struct pattern_set *set = shipped();
	struct random r = random_start();
	_cleanup_buffer_ struct buffer saved = {0};
	struct notes notes;

	(void)state;
	make_state(set, &r, &saved);
	assert_true(saved.n > 2000);
	notes_open(&notes, set);
	for (size_t n = 0; n < saved.n; n += n < 200 ? 1 : 1 + random_below(&r, saved.n / 500)) {
		assert_int_equal(
		    restore(notes.parser, slice_first(buffer_slice(&saved), n)), -EBADMSG);
		check_is_empty(&notes);
	}
	buffer_char(&saved, '\0');
	assert_int_equal(restore(notes.parser, buffer_slice(&saved)), -EBADMSG);
	check_is_empty(&notes);
	notes_close(&notes);
	pattern_set_free(set);
}

static void test_changed(void **state)
{
	struct pattern_set *set = shipped();
	struct random r = random_start();
	_cleanup_buffer_ struct buffer saved = {0};
	struct notes notes;

	(void)state;
	make_state(set, &r, &saved);
	notes_open(&notes, set);
	for (int i = 0; i < 1000; i++) {
		size_t at = random_below(&r, saved.n);
		char bit = (char)(1 << random_below(&r, 8));

		saved.p[at] ^= bit;
		assert_int_equal(restore(notes.parser, buffer_slice(&saved)), -EBADMSG);
		check_is_empty(&notes);
		saved.p[at] ^= bit;
	}
	assert_int_equal(restore(notes.parser, buffer_slice(&saved)), 0);
	notes_close(&notes);
	pattern_set_free(set);
}

static void seal(struct buffer *saved)
{
	static const struct hash_seed seed = SESSION_CHECKSUM_SEED;
	size_t mark = slice_find(buffer_slice(saved), '\n') + 1;
	uint64_t sum = hash_bytes(&seed, slice_skip(buffer_slice(saved), mark + sizeof(sum)));

	memcpy(saved->p + mark, &sum, sizeof(sum));
}

/* Wrong inside, with a checksum that is right: refused or taken, and then a log is read on. */
static void test_wrong_inside(void **state)
{
	static const uint64_t numbers[] = {0, 1, UINT64_MAX, INT64_MAX, (uint64_t)1 << 63, 1000000};
	struct pattern_set *set = shipped();
	struct random r = random_start();
	_cleanup_buffer_ struct buffer good = {0}, log = {0};
	struct notes notes;
	int taken = 0, refused = 0;

	(void)state;
	make_state(set, &r, &good);
	make_log(&r, &log);
	notes_open(&notes, set);
	seal(&good);
	assert_int_equal(restore(notes.parser, buffer_slice(&good)), 0);
	for (int i = 0; i < 400; i++) {
		_cleanup_buffer_ struct buffer bad = {0};
		size_t at = 27 + random_below(&r, good.n - 27 - 8);
		struct slice some = buffer_slice(&log);
		int result;

		buffer_add(&bad, buffer_slice(&good));
		if (i % 2)
			memcpy(bad.p + at, &numbers[random_below(&r, ARRAY_SIZE(numbers))], 8);
		else
			bad.p[at] = (char)random_below(&r, 256);
		seal(&bad);
		result = restore(notes.parser, buffer_slice(&bad));
		assert_true(result == 0 || result == -EBADMSG);
		taken += result == 0;
		refused += result != 0;
		parser_block(notes.parser, take_lines(&some, 40));
		parser_end(notes.parser);
		buffer_clear(&notes.facts);
		buffer_clear(&notes.lines);
	}
	assert_true(taken > 10);
	assert_true(refused > 10);
	notes_close(&notes);
	pattern_set_free(set);
}

/* Sessions of a file that is no longer there are dropped, the others stay. */
static void test_without_a_file(void **state)
{
	static const char toy[] =
	    "mta: %s\nheader: syslog\n"
	    "idents: [{match: %s, as: it, service: mx, direction: in, silence: none}]\n"
	    "patterns:\n"
	    "  - {name: open, literal: open, event: open, regex: open}\n"
	    "  - {name: mail, literal: mail, event: mark, set: {mail: 1}, regex: mail}\n";
	char one[512], two[512];
	const char *both[] = {one, two};
	struct pattern_set *with, *without;
	_cleanup_buffer_ struct buffer saved = {0};
	struct notes notes;

	(void)state;
	snprintf(one, sizeof(one), toy, "one", "a");
	snprintf(two, sizeof(two), toy, "two", "b");
	with = set_of(both, 2);
	without = set_of(both, 1);
	notes_open(&notes, with);
	parser_block(
	    notes.parser, SLICE("Nov 23 10:00:00 h a[1]: open\nNov 23 10:00:01 h a[1]: mail\n"
				"Nov 23 10:00:00 h b[1]: open\nNov 23 10:00:02 h b[1]: mail\n"));
	parser_save(notes.parser, &saved);
	notes_close(&notes);
	notes_open(&notes, without);
	assert_int_equal(parser_restore(notes.parser, buffer_slice(&saved)), 0);
	parser_end(notes.parser);
	assert_string_equal(
	    buffer_text(&notes.facts), "session connection mx none mail=1 @10:00:01\n");
	notes_close(&notes);
	pattern_set_free(with);
	pattern_set_free(without);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_wrong_inside),
	    cmocka_unit_test(test_without_a_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
