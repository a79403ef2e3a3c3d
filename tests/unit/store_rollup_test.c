/* SPDX-License-Identifier: ISC */
/* Hours become days of the store's zone, and no sum changes: not by rolling up, not by a process
 * that ends on the way, not by what comes late, not by taking that back. */
#include "store/rollup.h"

#include "base/memory.h"
#include "store/audit.h"
#include "store/commit.h"
#include "store/handle.h"
#include "store/prune.h"
#include "store/query.h"
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR 3600
#define DAY (24 * HOUR)
#define MARCH 1774656000 /* 2026-03-28 00:00 UTC: a day before the clocks of Europe change */

struct fixture {
	char folder[32], path[64];
	struct store *store;
	struct aggregate *aggregate;
	struct diag diag;
};

static int set_up(void **state)
{
	struct fixture *f = memory_alloc(sizeof(*f));

	strcpy(f->folder, "/tmp/mailtls-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/db", f->folder);
	assert_int_equal(store_open(f->path, STORE_CREATE, &f->store, &f->diag), 0);
	f->aggregate = aggregate_new();
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[80];

	store_free(f->store);
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, ends[i]);
		unlink(name);
	}
	rmdir(f->folder);
	aggregate_free(f->aggregate);
	diag_free(&f->diag);
	free(f);
	return 0;
}

static void count(struct fixture *f, int64_t time, const char *cipher, int n)
{
	struct fact fact = {
	    .kind = FACT_HANDSHAKE,
	    .time = time,
	    .host = SLICE("mx1"),
	    .mta = SLICE("postfix"),
	    .direction = DIRECTION_IN,
	    .service = SERVICE_MX,
	    .unit = UNIT_CONNECTION,
	    .cipher = slice_of(cipher),
	    .bits = -1,
	    .resumed = -1,
	    .mail = -1,
	    .auth = -1,
	};
	struct line_report line = {.time = time, .host = SLICE("mx1"), .mta = SLICE("postfix")};

	while (n--) {
		aggregate_fact(f->aggregate, &fact);
		aggregate_line(f->aggregate, &line);
	}
}

static void commit(struct fixture *f, struct import_log *log)
{
	struct stream_move *moves[] = {log ? log->move : NULL};

	assert_int_equal(store_commit(f->store,
			     &(struct batch){
				 .aggregate = f->aggregate,
				 .source = SLICE("mail.log"),
				 .class = "file",
				 .read = {.lines = 1, .bytes = 1},
				 .moves = moves,
				 .move_count = log ? 1 : 0,
				 .log = log,
			     },
			     &f->diag),
	    0);
}

static int64_t number(struct fixture *f, const char *sql)
{
	int64_t n;

	assert_int_equal(database_integer(f->store->db, &f->diag, 0, &n, sql, ""), 0);
	return n;
}

static void not_ok(void *context, const char *sentence)
{
	(void)context;
	print_error("%s\n", sentence);
}

static void is_sound(struct fixture *f)
{
	assert_int_equal(store_check(f->store, not_ok, NULL, &f->diag), 0);
}

static int add_up(void *context, int64_t hour, const struct tuple *tuple, int64_t n)
{
	(void)hour, (void)tuple;
	*(int64_t *)context += n;
	return 0;
}

/* What a report of that time counts, read in both ways and from coverage. */
static int64_t counted(struct fixture *f, int64_t since, int64_t until)
{
	int64_t hourly = 0, total = 0;
	struct query query = {.since = since, .until = until, .hourly = true};

	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(query_counts(f->store, &query, add_up, &hourly, &f->diag), 0);
	query.hourly = false;
	assert_int_equal(query_counts(f->store, &query, add_up, &total, &f->diag), 0);
	query_end(f->store);
	assert_int_equal(hourly, total);
	return total;
}

static int add_matched(void *context, const struct coverage *row)
{
	*(int64_t *)context += row->matched;
	return 0;
}

static int64_t covered(struct fixture *f, int64_t since, int64_t until)
{
	int64_t matched = 0;
	struct query query = {.since = since, .until = until};

	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(query_coverage(f->store, &query, add_matched, &matched, &f->diag), 0);
	query_end(f->store);
	return matched;
}

static void days_are_of_the_zone(void **state)
{
	struct fixture *f = *state;
	/* Local midnights of Berlin: 23:00 UTC, after the change of the clock 22:00. */
	int64_t first = MARCH - HOUR, second = MARCH + 23 * HOUR, third = MARCH + 46 * HOUR;

	assert_int_equal(rollup_set_zone(f->store, "Europe/Berlin", &f->diag), 0);
	for (int64_t hour = first; hour < third + DAY; hour += HOUR)
		count(f, hour, "A", 1);
	count(f, 0, "A", 5);
	commit(f, NULL);
	assert_int_equal(rollup_days(f->store, third + DAY - 1, INT_MAX, &f->diag), 0);
	assert_int_equal(number(f, "SELECT value FROM meta WHERE key = 'rolled_until'"), third);
	assert_int_equal(number(f, "SELECT count(*) FROM count_day"), 2);
	assert_int_equal(counted(f, first, second), 24);
	assert_int_equal(counted(f, second, third), 23);
	assert_int_equal(counted(f, third, third + 3 * HOUR), 3);
	assert_int_equal(covered(f, second, third + 3 * HOUR), 23 + 3);
	/* Bounds are floored to the day where only days are left. */
	assert_int_equal(counted(f, second + 5 * HOUR, third), 23);
	assert_int_equal(counted(f, first, second + 5 * HOUR), 24);
	assert_int_equal(counted(f, INT64_MIN, INT64_MAX), 24 + 23 + 24 + 5);
	assert_int_equal(counted(f, 1, INT64_MAX), 24 + 23 + 24);
	is_sound(f);
}

/* The hour that straddles a midnight belongs to the day it began in. */
static void hours_that_straddle_midnight(void **state)
{
	struct fixture *f = *state;
	int64_t midnight = MARCH + 18 * HOUR + HOUR / 2;

	assert_int_equal(rollup_set_zone(f->store, "Asia/Kolkata", &f->diag), 0);
	for (int64_t hour = MARCH; hour < MARCH + 2 * DAY; hour += HOUR)
		count(f, hour, "A", 1);
	commit(f, NULL);
	assert_int_equal(rollup_days(f->store, midnight + DAY, INT_MAX, &f->diag), 0);
	assert_int_equal(counted(f, midnight - DAY, midnight), 19);
	assert_int_equal(counted(f, midnight, midnight + DAY), 24);
	assert_int_equal(counted(f, midnight + DAY, INT64_MAX), 5);
	is_sound(f);
}

static void the_zone_stays(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rollup_set_zone(f->store, "Europe/Berlin", &f->diag), 0);
	assert_int_equal(rollup_set_zone(f->store, "Atlantis", &f->diag), -ENOENT);
	diag_free(&f->diag);
	count(f, MARCH, "A", 1);
	commit(f, NULL);
	assert_int_equal(rollup_days(f->store, MARCH + 2 * DAY, INT_MAX, &f->diag), 0);
	assert_int_equal(rollup_set_zone(f->store, "Europe/Berlin", &f->diag), 0);
	assert_int_equal(rollup_set_zone(f->store, "Asia/Kolkata", &f->diag), -EEXIST);
	assert_non_null(strstr(f->diag.text, "Europe/Berlin"));
}

static void counts_that_come_late(void **state)
{
	struct fixture *f = *state;
	int64_t rev;

	assert_int_equal(rollup_set_zone(f->store, "Europe/Berlin", &f->diag), 0);
	count(f, MARCH + HOUR, "A", 3);
	commit(f, NULL);
	rollup_days(f->store, MARCH + 3 * DAY, INT_MAX, &f->diag);
	rev = number(f, "SELECT max(rev) FROM count_day");
	assert_int_equal(rev, number(f, "SELECT value FROM meta WHERE key = 'rev'"));
	count(f, MARCH + 5 * HOUR, "A", 4);
	count(f, MARCH - 40 * DAY, "B", 1);
	count(f, MARCH + 9 * DAY, "B", 1);
	commit(f, NULL);
	assert_int_equal(number(f, "SELECT count(*) FROM count_day"), 2);
	assert_int_equal(number(f, "SELECT n FROM count_day WHERE day > 1774000000"), 7);
	assert_true(number(f, "SELECT max(rev) FROM count_day") > rev);
	assert_int_equal(counted(f, INT64_MIN, INT64_MAX), 9);
	assert_int_equal(covered(f, INT64_MIN, INT64_MAX), 9);
	is_sound(f);
}

static void import(struct fixture *f, struct import *run, struct stream_move *move, char name)
{
	struct import_log log = {.import = run, .move = move};

	move->name = slice_of("mail.log");
	move->to = (struct stream){
	    .at = {.offset = 100, .head_length = 100, .head = {(unsigned char)name}}};
	assert_int_equal(stream_newest(f->store, &move->newest, &f->diag), 0);
	commit(f, &log);
}

static void undo_after_rolling_up(void **state)
{
	struct fixture *f = *state;
	struct rungs rungs = {0};
	struct stream_move a = {.rungs = &rungs}, b = {.rungs = &rungs}, c = {.rungs = &rungs};
	struct import first = {.arguments = "1"}, second = {.arguments = "2"},
		      late = {.arguments = "3"};

	for (int hour = 0; hour < 60; hour++)
		count(f, MARCH + hour * HOUR, "A", 1 + hour % 3);
	import(f, &first, &a, 'a');
	for (int hour = 0; hour < 60; hour += 7)
		count(f, MARCH + hour * HOUR, "A", 2);
	import(f, &second, &b, 'b');
	assert_int_equal(counted(f, INT64_MIN, INT64_MAX), 120 + 18);
	rollup_days(f->store, MARCH + 2 * DAY, INT_MAX, &f->diag);
	assert_int_equal(counted(f, INT64_MIN, INT64_MAX), 120 + 18);
	is_sound(f);
	for (int hour = 0; hour < 60; hour += 5)
		count(f, MARCH + hour * HOUR, "A", 1);
	import(f, &late, &c, 'c');
	is_sound(f);
	assert_int_equal(counted(f, INT64_MIN, INT64_MAX), 120 + 18 + 12);
	assert_int_equal(import_undo(f->store, second.id, &f->diag), 0);
	assert_int_equal(counted(f, INT64_MIN, INT64_MAX), 120 + 12);
	assert_int_equal(import_undo(f->store, first.id, &f->diag), 0);
	assert_int_equal(counted(f, MARCH, MARCH + DAY), 5);
	assert_int_equal(covered(f, MARCH, MARCH + DAY), 5);
	assert_int_equal(import_undo(f->store, late.id, &f->diag), 0);
	assert_int_equal(counted(f, INT64_MIN, INT64_MAX), 0);
	assert_int_equal(covered(f, INT64_MIN, INT64_MAX), 0);
	is_sound(f);
}

static void no_call_does_all(void **state)
{
	struct fixture *f = *state;
	int64_t left, before = INT64_MAX, now = MARCH + 300 * DAY;

	for (int day = 0; day < 200; day++)
		count(f, MARCH + day * DAY, "A", 1);
	commit(f, NULL);
	do {
		left = store_prune(f->store, now, false, &f->diag);
		assert_true(left >= 0 && left < before);
		assert_true(before == INT64_MAX || before - left <= PRUNE_DAYS);
		before = left;
	} while (left);
	assert_int_equal(number(f, "SELECT count(*) FROM count_day"), 200);
	assert_int_equal(counted(f, INT64_MIN, INT64_MAX), 200);
	store_prune(f->store, now, false, &f->diag);
	assert_int_equal(number(f, "PRAGMA auto_vacuum"), 2);
	is_sound(f);
}

/* A process that rolls up ends anywhere; whoever opens the store next sees all that was counted. */
static void killed_on_the_way(void **state)
{
	struct fixture *f = *state;
	int64_t all;

	for (int day = 0; day < 150; day++)
		for (int i = 0; i < 24; i++)
			count(f, MARCH + day * DAY + i * HOUR, i & 1 ? "A" : "B", 1);
	commit(f, NULL);
	all = counted(f, INT64_MIN, INT64_MAX);
	f->store = store_free(f->store);
	for (int round = 0; round < 20; round++) {
		pid_t child = fork();

		if (child == 0) {
			if (store_open(f->path, STORE_WRITE, &f->store, &f->diag) == 0)
				rollup_days(f->store, MARCH + 150 * DAY, INT_MAX, &f->diag);
			_exit(0);
		}
		usleep((unsigned)(1000 + round * 500));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		assert_int_equal(store_open(f->path, STORE_READ, &f->store, &f->diag), 0);
		assert_int_equal(counted(f, INT64_MIN, INT64_MAX), all);
		assert_int_equal(covered(f, INT64_MIN, INT64_MAX), all);
		is_sound(f);
		f->store = store_free(f->store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(days_are_of_the_zone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(hours_that_straddle_midnight, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_zone_stays, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(counts_that_come_late, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(undo_after_rolling_up, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(no_call_does_all, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(killed_on_the_way, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
