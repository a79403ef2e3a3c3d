/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/pattern_set.h"
#include "parse/prove.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* A good file; line 8 is its first pattern. */
#define TOP                                                                                        \
	"mta: toy\n"                                                                               \
	"header: syslog\n"                                                                         \
	"idents:\n"                                                                                \
	"  - {match: toy, as: toy, service: mx, direction: in}\n"                                  \
	"define:\n"                                                                                \
	"  peer: '(?<peer>\\S+)'\n"                                                                \
	"patterns:\n"
#define SHAKE                                                                                      \
	"  - {name: shake, literal: hello, event: handshake, regex: 'hello (?&peer) "              \
	"(?<protocol>TLS\\S+)$'}\n"
#define SAMPLES                                                                                    \
	"samples:\n"                                                                               \
	"  - lines: 'Nov 23 10:00:00 h toy[1]: hello 192.0.2.1 TLSv1.2'\n"                         \
	"    facts: [{fact: handshake, protocol: TLSv1.2, peer: 192.0.2.1}]\n"
#define PATTERN(rest) TOP "  - {name: it, " rest "}\n" SAMPLES

struct row {
	const char *text, *says;
};

struct folder {
	char path[40], file[64];
};

static void folder_make(struct folder *f, const char *name)
{
	snprintf(f->path, sizeof(f->path), "/tmp/mailtls-test-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	snprintf(f->file, sizeof(f->file), "%s/%s", f->path, name);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void folder_remove(struct folder *f)
{
	unlink(f->file);
	rmdir(f->path);
}

/* says: the diagnosis after the file's folder; NULL: none. */
static void check_load(const char *name, const char *text, const char *says)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_buffer_ struct buffer said = {0}, wanted = {0};
	struct pattern_set *set = NULL;
	struct folder f;
	const char *paths[] = {f.path};
	int r;

	folder_make(&f, name);
	write_file(f.file, text);
	r = patterns_load(paths, 1, &set, &d);
	folder_remove(&f);
	diag_text(&d, &said);
	if (says)
		buffer_printf(&wanted, "%s/%s", f.path, says);
	if ((r < 0) != (says != NULL) || (set != NULL) != (r == 0) ||
	    !slice_equal(buffer_slice(&said), buffer_slice(&wanted)))
		fail_msg("%s\n--- gives %d and\n%s\nand not\n%s", text, r, buffer_text(&said),
		    buffer_text(&wanted));
	pattern_set_free(set);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_load("it.yaml", rows[i].text, rows[i].says);
}
#define CHECK(rows) check_rows(rows, ARRAY_SIZE(rows))

static void test_good(void **state)
{
	static const struct row rows[] = {
	    {TOP SHAKE SAMPLES, NULL},
	    {"expire: 30m\nabout: x\nversions: 1\nusers: a\nunits: [b, c]\ncontainers: []\n" TOP
		    SHAKE SAMPLES "not:\n  - 'Nov 23 10:00:00 h toy[1]: hullo'\n"
	     "hints: [{when: no-handshake, text: Set it.}]\n",
		NULL},
	};

	(void)state;
	CHECK(rows);
}

static void test_top(void **state)
{
	static const struct row rows[] = {
	    {"", "it.yaml:1:1: the file is empty"},
	    {"- a\n", "it.yaml:1:1: a pattern file is a mapping of `key: value`"},
	    {"header: syslog\n", "it.yaml:1:1: 'mta' is missing here"},
	    {"mta: ''\n", "it.yaml:1:6: 'mta' is empty"},
	    {"mta: [a]\n", "it.yaml:1:6: mta is a word or text"},
	    {"mta: a\nmda: b\n",
		"it.yaml:2:1: 'mda' is not a key of a pattern file; did you mean 'mta'?"},
	    {"mta: a\nheader: syslog\nmta: b\n",
		"it.yaml:3:1: key 'mta' is there twice, first in line 1"},
	    {"mta: a\n", "it.yaml:1:1: 'header' is missing here"},
	    {"mta: a\nheader: sendmail\n",
		"it.yaml:2:9: 'sendmail' is not a word that 'header' knows"},
	    {"mta: a\nheader: syslog\nexpire: soon\n",
		"it.yaml:3:9: 'expire' is a span of time such as 1h or 30m"},
	    {"mta: a\nheader: syslog\n", "it.yaml:1:1: 'idents' is missing here"},
	    {"mta: a\nheader: syslog\nidents: toy\n", "it.yaml:3:9: idents is a list"},
	    {"mta: a\nheader: syslog\nidents: []\n", "it.yaml:1:1: 'patterns' is missing here"},
	    {TOP SHAKE SAMPLES "hints: [{when: never, text: x}]\n",
		"it.yaml:12:9: 'never' is no condition; there are no-handshake, protocol-unknown "
		"and no-session"},
	    {TOP SHAKE SAMPLES "hints: [{when: no-session}]\n",
		"it.yaml:12:9: 'text' is missing here"},
	    {"mta: a\n\theader: syslog\n",
		"it.yaml:2:1: not YAML: found a tab character that violates indentation"},
	    {"mta: a\nabout: \x1b[31m\n",
		"it.yaml:2:8: not YAML: control characters are not allowed"},
	    {"mta: &a b\n", "it.yaml:1:6: anchors are not used here"},
	};

	(void)state;
	CHECK(rows);
}

#define IDENT(text) "mta: a\nheader: syslog\nidents:\n  - " text "\n"

static void test_idents(void **state)
{
	static const struct row rows[] = {
	    {IDENT("toy"), "it.yaml:4:5: an ident is a mapping of `key: value`"},
	    {IDENT("{as: x}"),
		"it.yaml:4:5: an ident needs `match`, a regex for the whole program name"},
	    {IDENT("{match: x}"),
		"it.yaml:4:5: an ident needs `as`, the short name its patterns use"},
	    {IDENT("{match: '(', as: x}"),
		"it.yaml:4:13: not a regex: missing closing parenthesis, after `(`"},
	    {IDENT("{match: x, as: x, service: smtp}"),
		"it.yaml:4:32: 'smtp' is not a word that 'service' knows"},
	    {IDENT("{match: x, as: x, direction: up}"),
		"it.yaml:4:34: 'up' is not a word that 'direction' knows"},
	    {IDENT("{match: x, as: x, silence: loud}"),
		"it.yaml:4:32: 'loud' is not a word that 'silence' knows"},
	    {IDENT("{match: x, as: x, silent: none}"),
		"it.yaml:4:23: 'silent' is not a key of an ident; did you mean 'silence'?"},
	};

	(void)state;
	CHECK(rows);
}

#define PLAIN(text)                                                                                \
	"mta: a\nheader: plain\ndefine: {stamp: '(?<time>\\d+)'}\nidents:\n  - " text "\n"

/* Where the ident reads the header, it may name the stamp, once, and nothing else. */
static void test_plain_idents(void **state)
{
	static const struct row rows[] = {
	    {PLAIN("{match: '(?&stamp) x', as: x}"), "it.yaml:1:1: 'patterns' is missing here"},
	    {PLAIN("{match: '(?&stamp) (?&stamp)', as: x}"),
		"it.yaml:5:13: group 'time': an ident has one group at most, 'time'"},
	    {PLAIN("{match: '(?<host>x)', as: x}"),
		"it.yaml:5:13: group 'host': an ident has one group at most, 'time'"},
	    {PLAIN("{match: '(?&step) x', as: x}"), "it.yaml:5:13: (?&step) is not defined above"},
	    {"mta: a\nheader: plain\nidents: [{match: '(?<time>\\d+) ', as: x}]\npatterns:\n"
	     "  - {name: it, literal: hello, event: close, set: {mail: 1}, regex: hello$}\n"
	     "samples:\n  - lines: '1795428111 hello'\n"
	     "    facts: [{fact: session, time: '2026-11-23T10:01:51Z', mail: 1}]\n"
	     "not: [1795428111 hello there, 'x hello', hello]\n",
		NULL},
	    {"mta: a\nheader: plain\nidents: [{match: '(?<time>\\d+) ', as: x}]\npatterns:\n"
	     "  - {name: it, literal: hello, event: close, set: {mail: 1}, regex: hello$}\n"
	     "samples:\n  - lines: '1795428111 hello'\n"
	     "    facts: [{fact: session, time: '2026-11-23T10:01:52Z'}]\n",
		"it.yaml:8: fact 1: time should be 2026-11-23T10:01:52Z and is "
		"2026-11-23T10:01:51Z"},
	    {"mta: a\nheader: plain\nidents: [{match: 'y ', as: x}]\npatterns:\n"
	     "  - {name: it, literal: hello, event: close, set: {mail: 1}, regex: hello$}\n"
	     "samples:\n  - lines: 'x hello'\n    facts: []\n",
		"it.yaml:7: no ident claims 'x hello'"},
	};

	(void)state;
	CHECK(rows);
}

static void test_patterns(void **state)
{
	static const struct row rows[] = {
	    {TOP "  - shake\n", "it.yaml:8:5: a pattern is a mapping of `key: value`"},
	    {TOP "  - {literal: hello}\n", "it.yaml:8:5: 'name' is missing here"},
	    {PATTERN("literals: hello"),
		"it.yaml:8:16: 'literals' is not a key of a pattern; did you mean 'literal'?"},
	    {PATTERN("from: [ham]"), "it.yaml:8:22: no ident is called 'ham'"},
	    {PATTERN("event: ignore"),
		"it.yaml:8:5: pattern 'it' needs a `literal` that stands in all its lines"},
	    {PATTERN("literal: he"), "it.yaml:8:25: a literal has 3 bytes or more, on one line"},
	    {PATTERN("literal: [hello, \"hel\\nlo\"]"),
		"it.yaml:8:25: a literal has 3 bytes or more, on one line"},
	    {PATTERN("literal: hello"), "it.yaml:8:5: pattern 'it' needs a `regex`"},
	    {PATTERN("literal: hello, regex: 'hello ('"),
		"it.yaml:8:39: not a regex: missing closing parenthesis, after `hello (`"},
	    {PATTERN("literal: hello, regex: 'hello (?&per)'"),
		"it.yaml:8:39: (?&per) is not defined above"},
	    {PATTERN("literal: hello, regex: 'hello (?&peer'"), "it.yaml:8:39: (?& without its )"},
	    {PATTERN("literal: hello, regex: '(?<colour>hello)'"),
		"it.yaml:8:39: group 'colour' is not named after a field"},
	    {PATTERN("literal: hello, regex: '(?<tls>hello)'"),
		"it.yaml:8:39: group 'tls' is not named after a field"},
	    {PATTERN("literal: hello, regex: '(?<unit__login>hello)'"),
		"it.yaml:8:39: group 'unit__login' is not named after a field"},
	    {PATTERN("literal: hello, regex: '(?<tls__maybe>hello)'"),
		"it.yaml:8:39: group 'tls__maybe': no such value of 'tls'"},
	    {PATTERN("literal: hello, regex: '(?<class__bad>hello)'"),
		"it.yaml:8:39: group 'class__bad': no such value of 'class'"},
	    {PATTERN("literal: hello, regex: '(?<mail__yes>hello)'"),
		"it.yaml:8:39: group 'mail__yes': no such value of 'mail'"},
	    {PATTERN("literal: hello, regex: hello, set: {tls: perhaps}"),
		"it.yaml:8:57: 'perhaps' is no value of 'tls'"},
	    {PATTERN("literal: hello, regex: hello, set: {mail: many}"),
		"it.yaml:8:58: 'many' is no value of 'mail'"},
	    {PATTERN("literal: hello, regex: hello, set: {class: broken}"),
		"it.yaml:8:59: 'broken' is no value of 'class'"},
	    {PATTERN("literal: hello, regex: hello, set: {colour: red}"),
		"it.yaml:8:52: 'colour' is not a field"},
	    {PATTERN("literal: hello, regex: hello, set: [tls]"),
		"it.yaml:8:51: set is a mapping of `field: value`"},
	    {PATTERN("literal: hello, regex: hello"),
		"it.yaml:8:5: pattern 'it' needs an `event`, 4 at most"},
	    {PATTERN("literal: hello, regex: hello, event: shake"),
		"it.yaml:8:53: 'shake' is not an event"},
	    {PATTERN("literal: hello, regex: hello, event: [ignore, mark]"),
		"it.yaml:8:53: 'ignore' stands alone"},
	    {PATTERN("literal: hello, regex: hello, event: [close, handshake]"),
		"it.yaml:8:53: 'close' ends a session and stands last"},
	    {PATTERN("literal: hello, regex: hello, event: [login, close]"),
		"it.yaml:8:53: 'login' ends a session and stands last"},
	    {PATTERN("literal: hello, regex: hello, event: [mark, open]"),
		"it.yaml:8:53: 'open' begins a session and stands first"},
	    {PATTERN("literal: hello, regex: hello, event: mark, wait: long"),
		"it.yaml:8:65: 'long' is not a word that 'wait' knows"},
	    {PATTERN("literal: hello, regex: hello, event: mark, within: thread"),
		"it.yaml:8:67: 'thread' is not a word that 'within' knows"},
	    {PATTERN("literal: hello, regex: hello, event: mark, within: process"),
		"it.yaml:8:67: the regex has no group 'key'"},
	    {PATTERN("literal: hello, regex: hello, event: mark, once: 1"),
		"it.yaml:8:65: 'once' is yes or no"},
	    {TOP SHAKE SHAKE SAMPLES,
		"it.yaml:9:5: pattern 'shake' is there twice, first in line 8"},
	    {"mta: a\nheader: syslog\nidents: []\ndefine:\n  a: '(?&b)'\n  b: x\npatterns: []\n",
		"it.yaml:5:6: (?&b) is not defined above"},
	    {"mta: a\nheader: syslog\nidents: []\ndefine: [a]\npatterns: []\n",
		"it.yaml:4:9: define is a mapping of `name: regex`"},
	};

	(void)state;
	CHECK(rows);
}

/* A definition of definitions of definitions does not fill the memory. */
static void test_expansion(void **state)
{
	_cleanup_buffer_ struct buffer text = {0};

	(void)state;
	buffer_text_add(&text, "mta: a\nheader: syslog\nidents: []\ndefine:\n  d0: 'aaaaaaaaaa'\n");
	for (int i = 1; i < 20; i++)
		buffer_printf(&text, "  d%d: '(?&d%d)(?&d%d)(?&d%d)(?&d%d)'\n", i, i - 1, i - 1,
		    i - 1, i - 1);
	buffer_text_add(&text, "patterns: []\n");
	check_load("it.yaml", buffer_text(&text), "it.yaml:12:7: expands to more than 65536 bytes");
}

#define SAMPLE(line, facts)                                                                        \
	TOP SHAKE "samples:\n  - lines: 'Nov 23 10:00:00 h " line "'\n    facts: " facts "\n"

static void test_proof(void **state)
{
	static const struct row rows[] = {
	    {TOP SHAKE, "it.yaml:1: samples: a list of {lines, facts} is missing"},
	    {TOP SHAKE "samples: []\n", "it.yaml:1: samples: a list of {lines, facts} is missing"},
	    {TOP SHAKE "samples:\n  - lines: x\n",
		"it.yaml:10: a sample has `lines` (text) and `facts` (a list)"},
	    {TOP SHAKE "samples:\n  - lines: x\n    facts: [handshake]\n",
		"it.yaml:11: a fact is a mapping of `field: value`"},
	    {TOP SHAKE "samples:\n  - lines: x\n    facts: []\n    fact: []\n",
		"it.yaml:12: 'fact' is not a key of a sample"},
	    {TOP SHAKE SAMPLES "not: x\n", "it.yaml:12: not: a list of lines"},
	    {TOP SHAKE SAMPLES "not: [[x]]\n", "it.yaml:12: a line is text"},
	    {TOP SHAKE SAMPLES "  - lines: hello\n    facts: []\n",
		"it.yaml:12: the line has no header of kind 'syslog'"},
	    {SAMPLE("ham[1]: hello 192.0.2.1 TLSv1.2", "[{fact: handshake}]"),
		"it.yaml:11: gives 0 facts, fewer than listed"},
	    {SAMPLE("toy[1]: hello 192.0.2.1 TLSv1.2", "[]"),
		"it.yaml:10: gives a fact that is not listed: fact: handshake, direction: in, "
		"service: mx, unit: connection, protocol: TLSv1.2, protocol_raw: TLSv1.2, "
		"internal: "
		"no, peer: 192.0.2.1, host: h"},
	    {SAMPLE("toy[1]: hello 192.0.2.1 TLSv1.2", "[{fact: handshake, peer: null}]"),
		"it.yaml:11: fact 1: peer should be null and is 192.0.2.1"},
	    {SAMPLE("toy[1]: hello 192.0.2.1 TLSv1.2", "[{fact: handshake, user: bob}]"),
		"it.yaml:11: fact 1: user should be bob and is null"},
	    {SAMPLE("toy[1]: hello 192.0.2.1 TLSv1.2", "[{fact: handshake, protocol: TLSv1.3}]"),
		"it.yaml:11: fact 1: protocol should be TLSv1.3 and is TLSv1.2"},
	    {SAMPLE("toy[1]: hello 192.0.2.1 TLSv1.2", "[{fact: handshake, colour: red}]"),
		"it.yaml:11: fact 1: 'colour' is not a field of a fact"},
	    {SAMPLE("toy[1]: hello 192.0.2.1 TLSv1.2", "[{fact: handshake, peer: [a]}]"),
		"it.yaml:11: fact 1: peer: a value is a word or text"},
	    {SAMPLE("toy[1]: hello 192.0.2.1 TLSv1.2", "[{fact: handshake}, {fact: session}]"),
		"it.yaml:11: gives 1 facts, fewer than listed"},
	    {TOP SHAKE SAMPLES "not:\n  - 'Nov 23 10:00:00 h toy[1]: hello 192.0.2.1 TLSv1.2'\n",
		"it.yaml:13: gives a fact that is not listed: fact: handshake, direction: in, "
		"service: mx, unit: connection, protocol: TLSv1.2, protocol_raw: TLSv1.2, "
		"internal: "
		"no, peer: 192.0.2.1, host: h"},
	    {TOP SHAKE "  - {name: bye, literal: bye, event: mark, regex: bye}\n" SAMPLES,
		"it.yaml:9: no sample reaches pattern 'bye'"},
	    {TOP SHAKE
		"  - {name: two, literal: hello, event: mark, regex: 'hello .*TLS'}\n" SAMPLES,
		"it.yaml:11: patterns 'shake' (line 8) and 'two' (line 9) both take this line"},
	    {TOP SHAKE
		"  - {name: two, literal: hello, event: ignore, regex: 'hello .*TLS'}\n" SAMPLES,
		"it.yaml:9: no sample reaches pattern 'two'"},
	    {TOP SHAKE "  - {name: two, literal: hello, event: mark, also: yes, regex: 'hello "
		       ".*TLS'}\n" SAMPLES,
		NULL},
	    {TOP SHAKE "  - {name: two, literal: hullo, event: mark, regex: 'h[ue]llo'}\n" SAMPLES
		       "  - lines: 'Nov 23 10:00:00 h toy[1]: hello 192.0.2.1'\n    facts: []\n",
		"it.yaml:13: pattern 'two' (line 9) would take this line, but its literal is not "
		"in it"},
	};

	(void)state;
	CHECK(rows);
}

static void note_failure(void *context, const char *path, unsigned line, const char *text)
{
	(void)path;
	buffer_printf(context, "%u: %s\n", line, text);
}

/* What comes after the first failure: how far the nearest pattern came. */
static void check_proof(const char *text, const char *wanted)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_buffer_ struct buffer said = {0};
	struct pattern_set *set = NULL;
	struct folder f;
	const char *paths[] = {f.file};

	folder_make(&f, "it.yaml");
	write_file(f.file, text);
	assert_int_equal(pattern_set_read(paths, 1, &set, &d), 0);
	folder_remove(&f);
	assert_true(prove_mta(set, set->mtas[0], note_failure, &said) > 0);
	assert_string_equal(buffer_text(&said), wanted);
	pattern_set_free(set);
}

static void test_matched_up_to_here(void **state)
{
	(void)state;
	check_proof(SAMPLE("toy[1]: hello 192.0.2.1 SSLv3", "[{fact: handshake}]"),
	    "11: gives 0 facts, fewer than listed\n"
	    "10: pattern 'shake' (line 8) matched up to here: hello 192.0.2.1  >>> SSLv3\n"
	    "8: no sample reaches pattern 'shake'\n");
	check_proof(SAMPLE("ham[1]: hello 192.0.2.1 TLSv1.2", "[{fact: handshake}]"),
	    "11: gives 0 facts, fewer than listed\n"
	    "10: no ident claims 'ham'\n"
	    "8: no sample reaches pattern 'shake'\n");
	/* A block shows which of its lines it was. */
	check_proof(TOP SHAKE "samples:\n  - lines: |\n"
			      "      Nov 23 10:00:00 h toy[1]: hello 192.0.2.1 TLSv1.2\n"
			      "      Nov 23 10:00:00 h toy[1]: hello 192.0.2.2 SSLv3\n"
			      "    facts: [{fact: handshake}, {fact: handshake}]\n",
	    "13: gives 1 facts, fewer than listed\n"
	    "12: pattern 'shake' (line 8) matched up to here: hello 192.0.2.2  >>> SSLv3\n");
	check_proof(TOP SHAKE "samples:\n  - lines: |\n"
			      "      Nov 23 10:00:00 h toy[1]: hello 192.0.2.1 TLSv1.2\n"
			      "      Nov 23 10:00:00 h toy[1]: hello 192.0.2.1 TLSv1.3\n"
			      "    facts: [{fact: handshake}]\n",
	    "12: gives a fact that is not listed: fact: handshake, direction: in, service: mx, "
	    "unit: connection, protocol: TLSv1.3, protocol_raw: TLSv1.3, internal: no, peer: "
	    "192.0.2.1, host: h\n");
	check_proof(TOP "  - {name: slow, literal: hello, event: mark, regex: 'hello (a+)+$'}\n"
			"samples:\n"
			"  - {lines: 'Nov 23 10:00:00 h toy[1]: hello "
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', facts: []}\n",
	    "10: pattern 'slow' (line 8) needs too many steps for this line\n"
	    "8: no sample reaches pattern 'slow'\n");
}

static void test_reasons(void **state)
{
	static const struct row rows[] = {
	    {"reasons: [{text: x, class: broken}]\n",
		"reasons.yaml:1:11: 'broken' is not a class of reasons"},
	    {"reasons: [{text: x}]\n", "reasons.yaml:1:11: 'class' is missing here"},
	    {"reasons: [{class: other}]\n", "reasons.yaml:1:11: 'text' is missing here"},
	    {"reasons: [{text: x, class: other, also: y}]\n",
		"reasons.yaml:1:35: 'also' is not a key of a reason; its keys: text, class"},
	    {"reasons: x\n", "reasons.yaml:1:10: reasons is a list"},
	    {"{}\n", "reasons.yaml:1:1: 'reasons' is missing here"},
	    {"classes: []\n",
		"reasons.yaml:1:1: 'classes' is not a key of a file of reasons; its keys: reasons"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_load("reasons.yaml", rows[i].text, rows[i].says);
}

static void check_set(const char *const *paths, size_t count, int error, const char *says)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_buffer_ struct buffer said = {0};
	struct pattern_set *set = NULL;
	int r = pattern_set_read(paths, count, &set, &d);

	assert_int_equal(r, error);
	diag_text(&d, &said);
	assert_string_equal(buffer_text(&said), says);
	pattern_set_free(set);
}

static void test_sets(void **state)
{
	struct folder one, two;
	const char *paths[] = {one.path, two.path};
	const char *missing[] = {"/nowhere"};
	_cleanup_buffer_ struct buffer wanted = {0};
	_cleanup_diag_ struct diag d = {0};
	struct pattern_set *set = NULL;

	(void)state;
	folder_make(&one, "toy.yaml");
	folder_make(&two, "toy.yaml");
	buffer_printf(&wanted, "%s: holds no pattern file", two.path);
	check_set(paths, 2, -ENOENT, buffer_text(&wanted));
	check_set(missing, 1, -ENOENT, "/nowhere: cannot be read: No such file or directory");
	check_set(NULL, 0, -ENOENT, "holds no pattern file");

	/* The same name in a later directory takes the earlier one's place, broken or not. */
	write_file(one.file, "broken");
	write_file(two.file, TOP SHAKE SAMPLES);
	assert_int_equal(patterns_load(paths, 2, &set, &d), 0);
	assert_int_equal(set->count, 1);
	assert_string_equal(set->mtas[0]->path, two.file);
	pattern_set_free(set);

	/* Two names, one mta. */
	unlink(one.file);
	snprintf(one.file, sizeof(one.file), "%s/a.yaml", one.path);
	write_file(one.file, TOP SHAKE SAMPLES);
	buffer_clear(&wanted);
	buffer_printf(
	    &wanted, "%s:1:1: mta 'toy' is already described by '%s'", two.file, one.file);
	check_set(paths, 2, -EINVAL, buffer_text(&wanted));
	folder_remove(&one);
	folder_remove(&two);
}

static void test_too_many_literals(void **state)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct folder f;
	const char *paths[] = {f.path};

	(void)state;
	buffer_text_add(&text, TOP "  - name: it\n    event: mark\n    regex: x\n    literal:\n");
	for (int i = 0; i < LITERALS_MAX; i++)
		buffer_printf(&text, "      - word%d\n", i);
	folder_make(&f, "it.yaml");
	write_file(f.file, buffer_text(&text));
	check_set(paths, 1, -E2BIG, "the pattern files have more than 512 literals");
	folder_remove(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_top),
	    cmocka_unit_test(test_idents),
	    cmocka_unit_test(test_plain_idents),
	    cmocka_unit_test(test_patterns),
	    cmocka_unit_test(test_expansion),
	    cmocka_unit_test(test_proof),
	    cmocka_unit_test(test_matched_up_to_here),
	    cmocka_unit_test(test_reasons),
	    cmocka_unit_test(test_sets),
	    cmocka_unit_test(test_too_many_literals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
