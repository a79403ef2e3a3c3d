/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/macros.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

struct row {
	struct slice text;
	const char *terminal, *utf8; /* NULL: as it is */
};
#define ROW(text, ...)                                                                             \
	{                                                                                          \
		{text, sizeof(text) - 1}, __VA_ARGS__                                              \
	}

static void check(const char *how, struct slice text, const struct buffer *got, const char *wanted)
{
	struct slice want = wanted ? slice_of(wanted) : text;

	if (!slice_equal(buffer_slice(got), want))
		fail_msg("%s: '%s' and not '%.*s'", how, buffer_text(got), SLICE_FMT(want));
}

static void test_escape(void **state)
{
	static const struct row rows[] = {
	    ROW("", NULL, NULL),
	    ROW("plain ~ text \\x1b", NULL, NULL),
	    ROW("\x1b[2J\x1b]0;evil\x07", "\\x1b[2J\\x1b]0;evil\\x07", NULL),
	    ROW("a\nb\rc\td\x7f", "a\\x0ab\\x0dc\\x09d\\x7f", NULL),
	    ROW("a\0b", "a\\x00b", "a\\x00b"),
	    ROW("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x92", NULL, NULL),
	    ROW("\xc2\x9b"
		"31m",
		"\\xc2\\x9b31m", NULL), /* C1 */
	    ROW("\xe2\x80\xae"
		"txt",
		"\\xe2\\x80\\xaetxt", NULL), /* right to left */
	    ROW("\xe2\x81\xa6"
		"x",
		"\\xe2\\x81\\xa6x", NULL), /* isolate */
	    ROW("\xe2\x80\xa8"
		"x",
		"\\xe2\\x80\\xa8x", NULL), /* line separator */
	    ROW("\xef\xbb\xbf"
		"x",
		"\\xef\\xbb\\xbfx", NULL), /* byte order mark */
	    ROW("\xe2\x80\x8b"
		"x",
		"\\xe2\\x80\\x8bx", NULL), /* zero width */
	    ROW("\xff\xfe", "\\xff\\xfe", "\\xff\\xfe"),
	    ROW("\x80", "\\x80", "\\x80"),
	    ROW("\xc3", "\\xc3", "\\xc3"), /* cut off */
	    ROW("\xe2\x82", "\\xe2\\x82", "\\xe2\\x82"),
	    ROW("\xc0\xaf", "\\xc0\\xaf", "\\xc0\\xaf"), /* overlong */
	    ROW("\xe0\x80\xaf", "\\xe0\\x80\\xaf", "\\xe0\\x80\\xaf"),
	    ROW("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf", "\\xf0\\x80\\x80\\xaf"),
	    ROW("\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"), /* surrogate */
	    ROW("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80"),
	    ROW("\xf4\x8f\xbf\xbf", NULL, NULL),
	    ROW("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80", "\\xf8\\x88\\x80\\x80\\x80"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buffer_ struct buffer terminal = {0}, utf8 = {0};

		escape_terminal(&terminal, rows[i].text);
		check("terminal", rows[i].text, &terminal, rows[i].terminal);
		escape_utf8(&utf8, rows[i].text);
		check("utf8", rows[i].text, &utf8, rows[i].utf8);
	}
}

/* Whatever comes in, what goes out is printable and decodes. */
static void test_every_pair(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 0x10000; i++) {
		char bytes[3] = {(char)(i >> 8), (char)i, 'x'};
		_cleanup_buffer_ struct buffer terminal = {0}, utf8 = {0};
		struct slice rest;

		escape_terminal(&terminal, (struct slice){bytes, sizeof(bytes)});
		escape_utf8(&utf8, (struct slice){bytes, sizeof(bytes)});
		for (rest = buffer_slice(&terminal); rest.n;) {
			unsigned code = 0;
			size_t n = utf8_decode(rest, &code);

			assert_true(n > 0 && code >= 0x20 && (code < 0x7f || code > 0x9f));
			rest = slice_skip(rest, n);
		}
		for (rest = buffer_slice(&utf8); rest.n;) {
			unsigned code = 0;
			size_t n = utf8_decode(rest, &code);

			assert_true(n > 0 && code > 0);
			rest = slice_skip(rest, n);
		}
		assert_int_equal(terminal.p[terminal.n - 1], 'x');
		assert_int_equal(utf8.p[utf8.n - 1], 'x');
	}
}

/* What the log writes to stderr. */
static void check_log(enum log_level quietest, enum log_level level, const char *wanted)
{
	int ends[2], before = dup(STDERR_FILENO);
	char text[256] = "";

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	dup2(ends[1], STDERR_FILENO);
	log_open("test", quietest);
	log_message(level, "cannot read '%s'", "a\nb\x1b[m");
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	if (read(ends[0], text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(before);
	close(ends[0]);
	close(ends[1]);
	assert_string_equal(text, wanted);
}

static void test_log(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	check_log(LOG_LEVEL_INFO, LOG_LEVEL_ERROR, "test: cannot read 'a\\x0ab\\x1b[m'\n");
	check_log(
	    LOG_LEVEL_INFO, LOG_LEVEL_WARNING, "test: warning: cannot read 'a\\x0ab\\x1b[m'\n");
	check_log(LOG_LEVEL_INFO, LOG_LEVEL_INFO, "test: cannot read 'a\\x0ab\\x1b[m'\n");
	check_log(LOG_LEVEL_INFO, LOG_LEVEL_DEBUG, "");
	check_log(LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, "");
	/* Another process's stream. */
	setenv("JOURNAL_STREAM", "1:1", 1);
	check_log(LOG_LEVEL_INFO, LOG_LEVEL_ERROR, "test: cannot read 'a\\x0ab\\x1b[m'\n");
	unsetenv("JOURNAL_STREAM");
}

/* Long plain texts are looked at several bytes at once: a byte counts wherever it stands, and
 * whatever stands beside it. */
static void test_each_byte_at_each_place(void **state)
{
	static const char beside[] = {' ', '~', '\x7f', '\x1f'};

	(void)state;
	for (int byte = 0; byte < 256; byte++) /* those above are no character alone */
		for (size_t at = 0; at < 20; at++)
			for (size_t k = 0; k < ARRAY_SIZE(beside); k++) {
				_cleanup_buffer_ struct buffer whole = {0}, parts = {0};
				char text[20];

				memset(text, 'a', sizeof(text));
				text[(at + 1) % sizeof(text)] = beside[k];
				text[at] = (char)byte;
				escape_terminal(&whole, (struct slice){text, sizeof(text)});
				for (size_t i = 0; i < sizeof(text); i++)
					escape_terminal(&parts, (struct slice){text + i, 1});
				assert_true(
				    slice_equal(buffer_slice(&whole), buffer_slice(&parts)));
			}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_escape),
	    cmocka_unit_test(test_each_byte_at_each_place),
	    cmocka_unit_test(test_every_pair),
	    cmocka_unit_test(test_log),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
