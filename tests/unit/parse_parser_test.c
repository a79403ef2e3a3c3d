/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse_facts.h"

static const char one[] =
    "mta: one\n"
    "header: syslog\n"
    "idents:\n"
    "  - {match: 'one/.*', as: door, service: mx, direction: in}\n"
    "  - {match: both, as: both, service: imap, direction: in}\n"
    "patterns:\n"
    "  - {name: shake, literal: shaken, event: handshake, regex: 'shaken by (?<peer>\\S+) "
    "(?<protocol>TLS\\S+)$'}\n"
    "  - {name: slow, literal: shaken, event: mark, regex: 'shaken (a+)+$'}\n"
    "  - {name: noise, literal: TLS, event: ignore, regex: 'the TLS noise'}\n"
    "  - {name: door-only, from: [door], literal: knock, event: mark, regex: knock}\n"
    "  - {name: bits, literal: ' bits', event: [handshake], regex: '(?<protocol>TLSv1.1) "
    "(?<bits>\\d+) bits', set: {peer_name: in}}\n"
    "  - {name: more-bits, literal: ' bits', event: handshake, also: yes, regex: '.*and "
    "(?<protocol>TLSv1.2) (?<bits>\\d+) bits', set: {peer_name: out}}\n";

static const char two[] =
    "mta: two\n"
    "header: syslog\n"
    "idents: [{match: 'two|both', as: two, service: relay, direction: out}]\n"
    "patterns:\n"
    "  - {name: sent, literal: sent, event: carried, regex: 'sent (?<peer>\\S+)$'}\n"
    "  - {name: shake, literal: shaken, event: handshake, regex: 'shaken to (?<peer>\\S+)$'}\n";

static const char three[] =
    "mta: three\n"
    "header: exim\n"
    "idents: [{match: exim, as: exim, service: mx, direction: in}]\n"
    "patterns:\n"
    "  - {name: sent, literal: sent, event: carried, regex: 'sent (?<peer>\\S+)$'}\n";

static const char *const files[] = {one, two, three};

struct row {
	const char *name, *text, *lines, *facts;
};

static void check_rows(const struct row *rows, size_t count)
{
	struct pattern_set *set = set_of(files, ARRAY_SIZE(files));

	for (size_t i = 0; i < count; i++) {
		struct notes notes;

		notes_open(&notes, set);
		parser_block(notes.parser, slice_of(rows[i].text));
		parser_end(notes.parser);
		if (strcmp(buffer_text(&notes.lines), rows[i].lines) != 0 ||
		    strcmp(buffer_text(&notes.facts), rows[i].facts) != 0)
			fail_msg("%s:\n%s--- gives\n%s%s--- and not\n%s%s", rows[i].name,
			    rows[i].text, buffer_text(&notes.lines), buffer_text(&notes.facts),
			    rows[i].lines, rows[i].facts);
		notes_close(&notes);
	}
	pattern_set_free(set);
}

#define AT "Nov 23 10:00:00 "

static void test_outcomes(void **state)
{
	static const struct row rows[] = {
	    {"matched, its line end and all",
		AT "m one/x[1]: shaken by 192.0.2.1 TLSv1.2\n" AT
		   "m one/x[1]: shaken by 192.0.2.2 TLSv1.3\r\n",
		"1 matched m one shake\n2 matched m one shake\n",
		"handshake connection mx TLSv1.2 peer=192.0.2.1 @10:00:00\n"
		"handshake connection mx TLSv1.3 peer=192.0.2.2 @10:00:00\n"},
	    {"ignored", AT "m one/x[1]: the TLS noise\n", "1 ignored m one noise\n", ""},
	    {"near misses: every word, and claimed idents only",
		AT "m one/x[1]: some TLS\n" AT "m one/x[1]: some SSL\n" AT
		   "m one/x[1]: a STARTTLS\n" AT "m one/x[1]: no cipher\n" AT
		   "m one/x[1]: tls ssl Cipher\n" AT "m three[1]: some TLS\n" AT
		   "m one[1]: some TLS\n" AT "TLS one/x[1]: shaken but not much\n",
		"1 near-miss m one -\n2 near-miss m one -\n3 near-miss m one -\n"
		"4 near-miss m one -\n",
		""},
	    {"a limit is no near miss",
		AT "m one/x[1]: shaken aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n",
		"1 limit-hit m one -\n", ""},
	    {"and is told of whose pattern it was, not where another took the line",
		AT "m both[1]: shaken aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n" AT
		   "m both[1]: shaken to 192.0.2.1\n",
		"1 limit-hit m one -\n2 matched m two shake\n",
		"handshake connection relay out unknown peer=192.0.2.1 @10:00:00\n"},
	    {"the first mta that takes it", AT "m both[1]: sent 192.0.2.1\n",
		"1 matched m two sent\n",
		"session delivery relay out unknown mail=1 peer=192.0.2.1 @10:00:00\n"},
	    {"from: the ident decides",
		AT "m one/x[1]: knock\n" AT "m both[1]: knock\n" AT "m both[1]: knock TLS\n",
		"1 matched m one door-only\n3 near-miss m one -\n", ""},
	    {"also: one line, two facts, one report",
		AT "m one/x[1]: TLSv1.1 128 bits and TLSv1.2 256 bits\n" AT
		   "m one/x[1]: TLSv1.0 128 bits and TLSv1.2 256 bits\n",
		"1 matched m one bits\n2 matched m one more-bits\n",
		"handshake connection mx TLSv1.1 bits=128 name=in @10:00:00\n"
		"handshake connection mx TLSv1.2 bits=256 name=out @10:00:00\n"
		"handshake connection mx TLSv1.2 bits=256 name=out @10:00:00\n"},
	    {"two kinds of header",
		"2026-11-23 10:00:00 sent 192.0.2.1\n" AT "m exim[1]: sent 192.0.2.2\n",
		"1 matched h three sent\n2 matched m three sent\n",
		"session message mx unknown mail=1 peer=192.0.2.1 @10:00:00\n"
		"session message mx unknown mail=1 peer=192.0.2.2 @10:00:00\n"},
	    {"a host that is not told is the log's", AT "two[1]: sent 192.0.2.1\n",
		"1 matched h two sent\n",
		"session delivery relay out unknown mail=1 peer=192.0.2.1 @10:00:00\n"},
	    {"a literal anywhere but in the message makes no match",
		AT "shaken one/x[1]: nothing\n", "", ""},
	    {"lines without a time", "Feb 30 10:00:00 m two[1]: sent 192.0.2.1\n",
		"1 matched m two sent\n",
		"session delivery relay out unknown mail=1 peer=192.0.2.1 @?\n"},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* Two files whose header is read by their idents, in the order before one whose lines name it. */
static const char bare[] =
    "mta: bare\n"
    "header: plain\n"
    "idents:\n"
    "  - {match: '(?=\\{\"t\":(?<time>\\d+))', as: record, direction: out}\n"
    "  - {match: '(?:(?<time>[^ ]+) )?\\[[A-Z]+\\] ', as: log}\n"
    "patterns:\n"
    "  - {name: record, from: [record], literal: sent, event: carried, regex: "
    "'[^}]*sent:(?<peer>[^}]+)'}\n"
    "  - {name: log, literal: sent, event: carried, regex: 'sent (?<peer>\\S+)$'}\n"
    "  - {name: shake, literal: shaken, event: handshake, regex: 'shaken$'}\n";

static const char bare_too[] =
    "mta: bare-too\n"
    "header: plain\n"
    "idents: [{match: '(?<time>\\d{4}/[^ ]+ [^ ]+) ', as: log}]\n"
    "patterns: [{name: log, literal: sent, event: carried, regex: '.*sent (?<peer>\\S+)$'}]\n";

/* The ident reads the front of the line: it proves whose it is, and tells the time. */
static void test_plain(void **state)
{
	static const char *const all[] = {bare, bare_too, two};
	static const char text[] = "{\"t\":1795428000,sent:192.0.2.1}\n"
				   "container-1  | 2026-11-23T10:00:01Z [INFO] sent 192.0.2.2\n"
				   "[INFO] sent 192.0.2.3\n"
				   "2026/11/23 10:00:02 sent 192.0.2.4\n"
				   "yesterday [INFO] sent 192.0.2.5\n"
				   "2026-11-23T10:00:03Z [INFO] some TLS\n"
	    /* a program's name wins; a front that no ident knows is no header */
	    AT "m two[1]: sent 192.0.2.6\n" AT "m none[1]: [INFO] sent 192.0.2.7\n"
				   "[info] sent 192.0.2.8\n"
				   "{\"u\":1795428000,sent:192.0.2.9,TLS}\n";
	struct pattern_set *set = set_of(all, ARRAY_SIZE(all));
	struct line_counts counts;
	struct notes notes;

	(void)state;
	notes_open(&notes, set);
	parser_block(notes.parser, slice_of(text));
	assert_string_equal(buffer_text(&notes.lines),
	    "1 matched h bare record\n2 matched h bare log\n3 matched h bare log\n"
	    "4 matched h bare-too log\n5 matched h bare log\n6 near-miss h bare -\n"
	    "7 matched m two sent\n");
	assert_string_equal(buffer_text(&notes.facts),
	    "session delivery unknown out unknown mail=1 peer=192.0.2.1 @10:00:00\n"
	    "session message unknown unknown mail=1 peer=192.0.2.2 @10:00:01\n"
	    "session message unknown unknown mail=1 peer=192.0.2.3 @?\n"
	    "session message unknown unknown mail=1 peer=192.0.2.4 @10:00:02\n"
	    "session message unknown unknown mail=1 peer=192.0.2.5 @?\n"
	    "session delivery relay out unknown mail=1 peer=192.0.2.6 @10:00:00\n");
	parser_counts(notes.parser, &counts);
	assert_int_equal(counts.lines, 10);
	assert_int_equal(counts.headers, 8);
	assert_int_equal(counts.unparsed, 2);
	assert_int_equal(counts.bad_time, 1);
	notes_close(&notes);
	pattern_set_free(set);
}

/* Numbers of lines count through blocks; so do the counts, until another log begins. */
static void test_counts(void **state)
{
	struct pattern_set *set = set_of(files, ARRAY_SIZE(files));
	struct line_counts counts;
	struct clock clock;
	struct notes notes;

	(void)state;
	notes_open(&notes, set);
	parser_block(
	    notes.parser, SLICE("\nnothing\n" AT "m two[1]: sent a\n" AT "m two[1]: sent b\n\n"));
	assert_int_equal(parser_line_number(notes.parser), 5);
	parser_block(notes.parser, SLICE("TLS without a header\n" AT "m two[1]: sent c\n"
					 "Feb 30 10:00:00 m two[1]: sent d\n"));
	assert_string_equal(buffer_text(&notes.lines),
	    "3 matched m two sent\n4 matched m two sent\n7 matched m two sent\n"
	    "8 matched m two sent\n");
	parser_counts(notes.parser, &counts);
	assert_int_equal(counts.lines, 8);
	assert_int_equal(counts.headers, 4);
	assert_int_equal(counts.unparsed, 1);
	assert_int_equal(counts.bad_time, 1);
	assert_int_equal(parser_evicted(notes.parser), 0);

	clock_init(&clock, NULL, LOG_TIME, 0);
	parser_log(notes.parser, SLICE_NONE, &clock);
	buffer_clear(&notes.lines);
	parser_block(notes.parser, SLICE(AT "two[1]: sent a\n"));
	assert_string_equal(buffer_text(&notes.lines), "1 matched - two sent\n");
	parser_counts(notes.parser, &counts);
	assert_int_equal(counts.lines, 1);
	assert_int_equal(counts.headers, 1);
	assert_int_equal(counts.unparsed, 0);
	notes_close(&notes);
	pattern_set_free(set);
}

/* More program names than are remembered, and longer ones. */
static void test_many_programs(void **state)
{
	struct pattern_set *set = set_of(files, ARRAY_SIZE(files));
	_cleanup_buffer_ struct buffer text = {0};
	struct notes notes;

	(void)state;
	notes_open(&notes, set);
	for (int i = 0; i < 10000; i++)
		buffer_printf(
		    &text, AT "m %s/%d: shaken by 192.0.2.1 TLSv1.2\n", i % 2 ? "one" : "none", i);
	parser_block(notes.parser, buffer_slice(&text));
	assert_int_equal(notes.fact_count, 5000);
	buffer_clear(&text);
	buffer_text_add(&text, AT "m one/");
	for (int i = 0; i < 2000; i++)
		buffer_char(&text, 'x');
	buffer_text_add(&text, ": shaken by 192.0.2.1 TLSv1.2\n");
	parser_block(notes.parser, buffer_slice(&text));
	assert_int_equal(notes.fact_count, 5001);
	notes_close(&notes);
	pattern_set_free(set);
}

/* Vector or portable: the same lines. */
static void test_portable(void **state)
{
	const struct slice text = SLICE(
	    AT "m one/x[1]: shaken by 192.0.2.1 TLSv1.2\n" AT "m one/x[1]: TLS\n" AT "m x: x\n");
	struct pattern_set *set = set_of(files, ARRAY_SIZE(files));
	struct notes vector, portable;

	(void)state;
	notes_open(&vector, set);
	parser_block(vector.parser, text);
	pattern_set_use_portable_scan(set);
	notes_open(&portable, set);
	parser_block(portable.parser, text);
	assert_string_equal(buffer_text(&vector.lines), buffer_text(&portable.lines));
	assert_string_equal(
	    buffer_text(&vector.lines), "1 matched m one shake\n2 near-miss m one -\n");
	notes_close(&vector);
	notes_close(&portable);
	pattern_set_free(set);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_outcomes),
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_many_programs),
	    cmocka_unit_test(test_portable),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
