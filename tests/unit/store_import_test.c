/* SPDX-License-Identifier: ISC */
/* Imports: a log is known again by its content, and what it added can be taken back exactly. */
#include "store/import.h"

#include "base/memory.h"
#include "store/audit.h"
#include "store/commit.h"
#include "store/handle.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HOUR 1795482000

struct fixture {
	struct store *store;
	struct aggregate *aggregate;
	struct import import;
	struct diag diag;
};

static int set_up(void **state)
{
	struct fixture *f = memory_alloc(sizeof(*f));

	assert_int_equal(store_open(NULL, STORE_MEMORY, &f->store, &f->diag), 0);
	f->store->mode = STORE_WRITE; /* as if it were kept: with all that its views tell */
	f->aggregate = aggregate_new();
	assert_int_equal(store_prime(f->store, f->aggregate, 0, &f->diag), 0);
	f->import.arguments = "one";
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	f->store->mode = STORE_MEMORY;
	store_free(f->store);
	aggregate_free(f->aggregate);
	diag_free(&f->diag);
	free(f);
	return 0;
}

/* `lines` lines of a log that is like no other of a different name. */
static void make_log(struct buffer *to, const char *name, int from, int lines)
{
	for (int i = from; i < from + lines; i++)
		buffer_printf(to, "%s: line of a log, as long as lines are: %032d\n", name, i);
}

static enum stream_verdict look(
    struct fixture *f, struct slice log, struct stream *ret, char name[64])
{
	_cleanup_stream_search_ struct stream_search *search = NULL;
	_cleanup_identity_ struct identity *identity = identity_new(store_secret(f->store));
	struct stream_names names;
	enum stream_verdict verdict;
	struct position at;
	int64_t next, offset = 0;

	assert_int_equal(stream_search_begin(f->store, log, &search, &f->diag), 0);
	while ((next = stream_search_next(search)) > 0 && next <= (int64_t)log.n) {
		identity_update(identity,
		    slice_first(slice_skip(log, (size_t)offset), (size_t)(next - offset)));
		offset = next;
		identity_position(identity, &at);
		stream_search_at(search, &at);
	}
	if (next > 0 || log.n < IDENTITY_HEAD) {
		identity_update(identity, slice_skip(log, (size_t)offset));
		identity_position(identity, &at);
		assert_int_equal(stream_search_end(search, &at, &f->diag), 0);
	}
	verdict = stream_search_verdict(search, ret, &names);
	snprintf(name, 64, "%s", names.last);
	return verdict;
}

/* Counts the log from where `from` stands, `facts` facts an hour in `hours` hours, in one commit.
 */
static int count_log(struct fixture *f, const char *name, struct slice log,
    const struct stream *from, int hours, int facts, int64_t *ret_log)
{
	_cleanup_identity_ struct identity *identity = identity_new(store_secret(f->store));
	_cleanup_(rungs_free) struct rungs rungs = {0};
	struct stream_move move = {
	    .name = slice_of(name),
	    .to = *from,
	    .committed = from->at.offset,
	    .rungs = &rungs,
	};
	struct import_log row = {.import = &f->import, .from = *from, .move = &move};
	struct fact fact = {.kind = FACT_HANDSHAKE,
	    .host = slice_of(name),
	    .mta = SLICE("postfix"),
	    .cipher = SLICE("AES256-SHA"),
	    .bits = 256,
	    .peer = SLICE("192.0.2.7")};
	struct line_report line = {.host = slice_of(name), .mta = SLICE("postfix")};
	int r = 0;

	for (int hour = 0; hour < hours; hour++)
		for (int i = 0; i < facts; i++) {
			fact.time = line.time = HOUR + hour * 3600;
			fact.kind = i ? FACT_HANDSHAKE : FACT_FAILURE;
			fact.reason = fact.reason_raw = i ? SLICE_NONE : slice_of(name);
			aggregate_fact(f->aggregate, &fact);
			aggregate_line(f->aggregate, &line);
		}
	assert_int_equal(stream_newest(f->store, &move.newest, &f->diag), 0);
	for (size_t at = 0; at < log.n;) {
		size_t n = slice_find(slice_skip(log, at), '\n') + 1;

		identity_update(identity, slice_first(slice_skip(log, at), n));
		at += n;
		identity_position(identity, &move.to.at);
		if (at <= IDENTITY_HEAD)
			rungs_add(&rungs, &move.to.at);
	}
	r = store_commit(f->store,
	    &(struct batch){
		.aggregate = f->aggregate,
		.source = slice_of(name),
		.class = "file",
		.read = {.lines = 7, .bytes = (int64_t)log.n - from->at.offset, .bad_time = 1},
		.moves = (struct stream_move *[]){&move},
		.move_count = 1,
		.log = &row,
		.owner = OWNER_IMPORT,
		.sessions = slice_of(name),
	    },
	    &f->diag);
	if (ret_log)
		*ret_log = row.id;
	return r;
}

static const struct stream nothing;

static void known_by_content(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer log = {0}, other = {0};
	struct stream stream;
	struct slice whole;
	char name[64];
	size_t line; /* all are as long as the first */

	make_log(&log, "one", 0, 1000);
	whole = buffer_slice(&log);
	assert_int_equal(look(f, whole, &stream, name), STREAM_NEW);
	line = slice_find(whole, '\n') + 1;
	whole.n = 800 * line;
	assert_int_equal(count_log(f, "one", whole, &nothing, 2, 3, NULL), 0);

	/* the same again, grown, and nothing that it is not */
	assert_int_equal(look(f, whole, &stream, name), STREAM_CONTINUED);
	assert_int_equal(stream.at.offset, whole.n);
	assert_string_equal(name, "one");
	assert_int_equal(look(f, buffer_slice(&log), &stream, name), STREAM_CONTINUED);
	assert_int_equal(stream.at.offset, whole.n);
	assert_int_equal(count_log(f, "two", buffer_slice(&log), &stream, 2, 3, NULL), 0);
	assert_int_equal(look(f, buffer_slice(&log), &stream, name), STREAM_CONTINUED);
	assert_int_equal(stream.at.offset, log.n);
	assert_string_equal(name, "two");

	/* shorter: at a commit and at each of the first lines it is known, elsewhere not */
	assert_int_equal(look(f, whole, &stream, name), STREAM_COUNTED);
	for (size_t n = 1; n * line <= IDENTITY_HEAD; n++)
		assert_int_equal(
		    look(f, slice_first(whole, n * line), &stream, name), STREAM_COUNTED);
	assert_int_equal(look(f, slice_first(whole, 500 * line), &stream, name), STREAM_SHORTER);

	/* begins alike and goes on differently, before or behind a rung */
	buffer_add(&other, slice_first(whole, 700 * line));
	make_log(&other, "elsewhere", 0, 400);
	assert_int_equal(look(f, buffer_slice(&other), &stream, name), STREAM_NEW);
	buffer_clear(&other);
	make_log(&other, "two", 0, 1000);
	assert_int_equal(look(f, buffer_slice(&other), &stream, name), STREAM_NEW);
}

static void a_short_log_that_grows(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer log = {0};
	struct stream stream = nothing;
	char name[64];

	for (int round = 0; round < 300; round++) {
		make_log(&log, "one", round, 1);
		assert_int_equal(look(f, buffer_slice(&log), &stream, name),
		    round ? STREAM_CONTINUED : STREAM_NEW);
		assert_int_equal(count_log(f, "one", buffer_slice(&log), &stream, 1, 1, NULL), 0);
	}
	for (size_t n = log.n; n; n -= log.n / 300) {
		bool old = n > IDENTITY_HEAD && n <= log.n - RUNG_COMMITS * (log.n / 300);

		assert_int_equal(look(f, slice_first(buffer_slice(&log), n), &stream, name),
		    n == log.n ? STREAM_CONTINUED
		    : old      ? STREAM_SHORTER
			       : STREAM_COUNTED);
	}
}

static void the_beginning_of_another(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer one = {0}, two = {0}, name = {0};

	make_log(&one, "one", 0, 5);
	make_log(&two, "two", 0, 500);
	assert_int_equal(count_log(f, "one", buffer_slice(&one), &nothing, 1, 1, NULL), 0);
	assert_int_equal(count_log(f, "two", buffer_slice(&two), &nothing, 1, 1, NULL), 0);
	assert_int_equal(stream_begins(f->store, buffer_slice(&one), 2, &name, &f->diag), 0);
	assert_string_equal(buffer_text(&name), "one");
	buffer_clear(&name);
	assert_int_equal(stream_begins(f->store, buffer_slice(&two), 1, &name, &f->diag), 0);
	assert_string_equal(buffer_text(&name), "two");
	buffer_clear(&name);
	assert_int_equal(stream_begins(f->store, buffer_slice(&two), 2, &name, &f->diag), 0);
	assert_int_equal(
	    stream_begins(f->store, slice_skip(buffer_slice(&two), 10), 1, &name, &f->diag), 0);
	assert_int_equal(name.n, 0);
}

static void two_imports_at_a_time(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer log = {0};
	struct stream stream = nothing;
	struct stream_move move;
	struct import_log late = {.import = &f->import, .move = &move};
	_cleanup_(rungs_free) struct rungs rungs = {0};
	char name[64];
	struct batch batch = {
	    .aggregate = f->aggregate,
	    .source = SLICE("one"),
	    .class = "file",
	    .moves = (struct stream_move *[]){&move},
	    .move_count = 1,
	    .log = &late,
	};

	make_log(&log, "one", 0, 100);
	assert_int_equal(count_log(f, "one", buffer_slice(&log), &nothing, 1, 1, NULL), 0);
	assert_int_equal(look(f, buffer_slice(&log), &stream, name), STREAM_CONTINUED);

	/* one that had looked before the other counted: a new log, and a grown one */
	move = (struct stream_move){.name = SLICE("one"), .to = {.at = stream.at}, .rungs = &rungs};
	assert_int_equal(store_commit(f->store, &batch, &f->diag), -ESTALE);
	assert_int_equal(move.to.id, 0);
	late.from = move.to = stream;
	move.committed = stream.at.offset - 50;
	diag_free(&f->diag);
	assert_int_equal(store_commit(f->store, &batch, &f->diag), -ESTALE);
	assert_non_null(strstr(f->diag.text, "another import counted 'one'"));
}

/* Everything that counts, as text.  Rows of 0 stay for the sake of their rev, dictionaries stay. */
static void dump(struct fixture *f, struct buffer *to)
{
	static const char *const tables[] = {
	    "SELECT hour || ' ' || tuple || ' ' || n FROM count WHERE n > 0 ORDER BY 1",
	    "SELECT origin || ' ' || hour || ' ' || matched || ' ' || ignored || ' ' || near_miss"
	    " FROM coverage ORDER BY 1",
	    "SELECT name || ' ' || lines || ' ' || bytes || ' ' || bad_time FROM source ORDER BY 1",
	    "SELECT id || ' ' || offset || ' ' || closed || ' ' || head_length || ' ' || hex(head)"
	    " || hex(chain) || hex(partial) FROM stream ORDER BY 1",
	    "SELECT stream || ' ' || offset || ' ' || hex(partial) FROM ladder ORDER BY 1",
	    "SELECT log || ' ' || hour || ' ' || tuple || ' ' || n FROM import_count ORDER BY 1",
	    "SELECT dimension || ' ' || n FROM folded ORDER BY 1",
	    "SELECT day || ' ' || peer || ' ' || tuple || ' ' || first_seen || ' ' || last_seen"
	    " || ' ' || handshakes || ' ' || sessions || ' ' || failures FROM peer_day ORDER BY 1",
	    "SELECT minute || ' ' || host || ' ' || handshakes || ' ' || failures"
	    " FROM minute JOIN place ON place.id = place ORDER BY 1",
	    "SELECT day || ' ' || mta || ' ' || reason || ' ' || raw || ' ' || n FROM reason_day"
	    " ORDER BY 1",
	};
	struct statement *st;

	buffer_clear(to);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		assert_int_equal(database_query(f->store->db, &f->diag, &st, tables[i], ""), 0);
		while (statement_step(st, &f->diag) == 1) {
			buffer_add(to, column_text(st, 0));
			buffer_char(to, '\n');
		}
	}
}

static int64_t number(struct fixture *f, const char *sql)
{
	int64_t n;

	assert_int_equal(database_integer(f->store->db, &f->diag, -1, &n, sql, ""), 0);
	return n;
}

static void fail_problem(void *context, const char *sentence)
{
	(void)context;
	fail_msg("%s", sentence);
}

static void undo_is_exact(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer one = {0}, two = {0}, empty = {0}, first = {0}, now = {0};
	struct stream stream;
	char name[64];
	int64_t rev;

	dump(f, &empty);
	make_log(&one, "one", 0, 200);
	assert_int_equal(count_log(f, "one", buffer_slice(&one), &nothing, 5, 3, NULL), 0);
	dump(f, &first);

	/* the second import: more of the first log, and another one */
	f->import = (struct import){.time = 1, .arguments = "two"};
	make_log(&one, "one", 200, 100);
	make_log(&two, "two", 0, 50);
	assert_int_equal(look(f, buffer_slice(&one), &stream, name), STREAM_CONTINUED);
	assert_int_equal(count_log(f, "one", buffer_slice(&one), &stream, 9, 2, NULL), 0);
	assert_int_equal(count_log(f, "two", buffer_slice(&two), &nothing, 1, 1, NULL), 0);
	assert_int_equal(number(f, "SELECT sum(n) FROM count"), 15 + 18 + 1);
	assert_int_equal(store_check(f->store, fail_problem, NULL, &f->diag), 0);

	assert_int_equal(import_undo(f->store, 1, &f->diag), -EBUSY);
	assert_string_equal(f->diag.text,
	    "import 1 cannot be undone: import 2 counted more of the same log (as 'one'); "
	    "undo that one first");
	diag_free(&f->diag);

	rev = number(f, "SELECT max(rev) FROM count");
	assert_int_equal(import_undo(f->store, 2, &f->diag), 0);
	dump(f, &now);
	assert_string_equal(buffer_text(&now), buffer_text(&first));
	assert_int_equal(store_check(f->store, fail_problem, NULL, &f->diag), 0);
	/* a fleet learns of each counter that went down */
	assert_int_equal(number(f, "SELECT count(*) FROM count WHERE n = 0"), 9);
	assert_true(number(f, "SELECT min(rev) FROM count WHERE n = 0") > rev);

	/* what was undone can be counted again */
	assert_int_equal(look(f, buffer_slice(&two), &stream, name), STREAM_NEW);
	assert_int_equal(look(f, buffer_slice(&one), &stream, name), STREAM_CONTINUED);

	assert_int_equal(import_undo(f->store, 1, &f->diag), 0);
	dump(f, &now);
	assert_string_equal(buffer_text(&now), buffer_text(&empty));
	assert_int_equal(import_undo(f->store, 1, &f->diag), -ENOENT);
}

static void one_log_is_taken_back(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer one = {0}, two = {0}, first = {0}, now = {0};
	int64_t log;

	make_log(&one, "one", 0, 200);
	make_log(&two, "two", 0, 50);
	assert_int_equal(count_log(f, "one", buffer_slice(&one), &nothing, 5, 3, NULL), 0);
	dump(f, &first);
	assert_int_equal(count_log(f, "two", buffer_slice(&two), &nothing, 5, 3, &log), 0);
	assert_int_equal(import_take_back(f->store, log, &f->diag), 0);
	dump(f, &now);
	assert_string_equal(buffer_text(&now), buffer_text(&first));
	/* the import goes on */
	assert_int_equal(count_log(f, "two", buffer_slice(&two), &nothing, 5, 3, &log), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM import"), 1);
	assert_int_equal(store_check(f->store, fail_problem, NULL, &f->diag), 0);
}

static void rev_rises_with_each_commit(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer one = {0}, two = {0};

	make_log(&one, "one", 0, 20);
	make_log(&two, "two", 0, 20);
	assert_int_equal(count_log(f, "one", buffer_slice(&one), &nothing, 3, 1, NULL), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM count WHERE rev = 1"), 3);
	assert_int_equal(count_log(f, "two", buffer_slice(&two), &nothing, 2, 1, NULL), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM count WHERE rev = 1"), 3);
	assert_int_equal(number(f, "SELECT count(*) FROM count WHERE rev = 2"), 2);
}

#define SPELLINGS 40

static void count_spellings(struct fixture *f)
{
	struct fact fact = {.kind = FACT_HANDSHAKE, .time = 1795482000, .host = SLICE("mx1")};
	char cipher[32], group[32];

	fact.mta = SLICE("postfix");
	fact.protocol = PROTOCOL_TLSV1_2;
	fact.protocol_raw = SLICE("TLSv1.2");
	for (int i = 0; i < SPELLINGS * SPELLINGS; i++) {
		snprintf(cipher, sizeof(cipher), "ECDHE-RSA-AES%d-SHA", i / SPELLINGS);
		snprintf(group, sizeof(group), "group%d", i % SPELLINGS);
		fact.cipher = slice_of(cipher);
		fact.group = slice_of(group);
		aggregate_fact(f->aggregate, &fact);
	}
	assert_int_equal(
	    store_commit(f->store,
		&(struct batch){
		    .aggregate = f->aggregate, .source = SLICE("mail.log"), .class = "file"},
		&f->diag),
	    0);
}

/* More than are remembered: each means what it says all the same. */
static void many_spellings(void **state)
{
	struct fixture *f = *state;

	count_spellings(f);
	assert_int_equal(number(f, "SELECT count(*) FROM tuple"), SPELLINGS * SPELLINGS);
	assert_int_equal(number(f, "SELECT count(*) FROM tuple t JOIN derived d ON d.tuple = t.id"
				   " WHERE d.group_name = t.group_name AND d.kx = 'ecdhe'"
				   " AND d.protocol = 'TLSv1.2'"),
	    SPELLINGS * SPELLINGS);
	assert_int_equal(store_check(f->store, fail_problem, NULL, &f->diag), 0);
}

/* Nobody asks its views. */
static void nothing_is_derived_in_memory(void **state)
{
	struct fixture *f = *state;

	f->store->mode = STORE_MEMORY;
	count_spellings(f);
	assert_int_equal(number(f, "SELECT count(*) FROM tuple"), SPELLINGS * SPELLINGS);
	assert_int_equal(number(f, "SELECT count(*) FROM derived"), 0);
}

static void an_old_import_cannot_be_undone(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer one = {0};

	make_log(&one, "one", 0, 20);
	f->import.time = 1000;
	assert_int_equal(count_log(f, "one", buffer_slice(&one), &nothing, 3, 1, NULL), 0);
	assert_int_equal(import_prune(f->store, 1000 + RETENTION_DEFAULT.imports, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM import_count"), 3);
	assert_int_equal(import_prune(f->store, 1001 + RETENTION_DEFAULT.imports, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM import_count"), 0);
	assert_int_equal(number(f, "SELECT sum(n) FROM count"), 3);
	assert_int_equal(import_undo(f->store, 1, &f->diag), -ENODATA);
	assert_int_equal(store_check(f->store, fail_problem, NULL, &f->diag), 0);
}

static void count_problem(void *context, const char *sentence)
{
	(void)sentence;
	++*(int *)context;
}

/* Each breaks one thing that the check must notice. */
static void check_notices(void **state)
{
	static const char *const breaks[] = {
	    "UPDATE count SET hour = hour + 1 WHERE hour = (SELECT min(hour) FROM count)",
	    "UPDATE count SET n = n - 1",
	    "UPDATE count SET rev = 99",
	    "UPDATE import_log SET handshakes = handshakes + 1",
	    "UPDATE coverage SET near_miss = -1",
	    "UPDATE stream SET offset = 0",
	    "UPDATE stream SET head = x'00'",
	    "UPDATE ladder SET offset = offset + 1000000",
	    "UPDATE import_log SET offset = offset + 1",
	    "DELETE FROM derived",
	};
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer one = {0};

	make_log(&one, "one", 0, 20);
	assert_int_equal(count_log(f, "one", buffer_slice(&one), &nothing, 3, 1, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(breaks); i++) {
		int problems = 0;

		assert_int_equal(database_script(f->store->db, breaks[i], &f->diag), 0);
		assert_true(store_check(f->store, count_problem, &problems, &f->diag) > 0);
		assert_true(problems > 0);
		tear_down(state);
		set_up(state);
		f = *state;
		assert_int_equal(count_log(f, "one", buffer_slice(&one), &nothing, 3, 1, NULL), 0);
	}
	assert_int_equal(store_check(f->store, fail_problem, NULL, &f->diag), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(known_by_content, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_short_log_that_grows, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_beginning_of_another, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(two_imports_at_a_time, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(undo_is_exact, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(one_log_is_taken_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(rev_rises_with_each_commit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(many_spellings, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(nothing_is_derived_in_memory, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_old_import_cannot_be_undone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(check_notices, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
