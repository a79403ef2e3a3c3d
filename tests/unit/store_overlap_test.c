/* SPDX-License-Identifier: ISC */
/* Of one host and MTA a file or the journal speaks for an hour, not both. */
#include "store/overlap.h"

#include "base/memory.h"
#include "store/commit.h"
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HOUR 1795482000 /* 2026-11-24 01:00 UTC */

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
	f->aggregate = aggregate_new();
	f->import.arguments = "one";
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	store_free(f->store);
	aggregate_free(f->aggregate);
	diag_free(&f->diag);
	free(f);
	return 0;
}

static void lines(struct fixture *f, const char *host, int from, int hours)
{
	for (int i = from; i < from + hours; i++) {
		struct line_report line = {.time = HOUR + i * 3600,
		    .host = slice_of(host),
		    .mta = SLICE("postfix"),
		    .outcome = OUTCOME_MATCHED};

		aggregate_line(f->aggregate, &line);
	}
}

/* As an import, or as a service does. */
static int commit(struct fixture *f, const char *source, const char *class, bool import, bool allow)
{
	struct rungs rungs = {0};
	struct stream_move move = {.name = slice_of(source),
	    .to = {.at = {.offset = 100, .head_length = 100}},
	    .rungs = &rungs};
	struct import_log log = {.import = &f->import, .move = &move};
	int r;

	memcpy(move.to.at.head, source, strlen(source) < 16 ? strlen(source) : 16);
	assert_int_equal(stream_newest(f->store, &move.newest, &f->diag), 0);
	diag_free(&f->diag);
	r = store_commit(f->store,
	    &(struct batch){
		.aggregate = f->aggregate,
		.source = slice_of(source),
		.class = class,
		.moves = (struct stream_move *[]){&move},
		.move_count = import ? 1 : 0,
		.log = import ? &log : NULL,
		.overlap_allowed = allow,
	    },
	    &f->diag);
	if (r < 0)
		aggregate_clear(f->aggregate);
	return r;
}

static void the_same_hours_are_refused(void **state)
{
	struct fixture *f = *state;

	lines(f, "mx1", 0, 5);
	assert_int_equal(commit(f, "system", "journal", false, false), 0);
	lines(f, "mx1", 3, 4);
	assert_int_equal(commit(f, "mail.log", "file", true, false), -EEXIST);
	assert_string_equal(f->diag.text,
	    "the file 'mail.log' tells of host 'mx1' and MTA 'postfix' from 2026-11-24T04:00Z to "
	    "2026-11-24T06:00Z, and so did the journal 'system': they may be the same lines; "
	    "--overlap=allow counts them, too");
	assert_int_equal(f->import.id, 0);
	lines(f, "mx1", 3, 4);
	assert_int_equal(commit(f, "mail.log", "file", true, true), 0);
}

static void others_are_not(void **state)
{
	struct fixture *f = *state;

	lines(f, "mx1", 0, 5);
	assert_int_equal(commit(f, "system", "journal", false, false), 0);
	lines(f, "mx2", 0, 5);
	lines(f, "mx1", 5, 5);
	lines(f, "mx1", -5, 5);
	assert_int_equal(commit(f, "mail.log", "file", true, false), 0);
	lines(f, "mx2", 0, 5); /* rotation parts a file within an hour */
	assert_int_equal(commit(f, "mail.log.1", "file", true, false), 0);
}

static void days_stand_for_their_hours(void **state)
{
	struct fixture *f = *state;

	lines(f, "mx1", 0, 1);
	assert_int_equal(commit(f, "system", "journal", false, false), 0);
	assert_int_equal(rollup_set_zone(f->store, "UTC", &f->diag), 0);
	assert_int_equal(rollup_days(f->store, HOUR + 2 * 86400, INT_MAX, &f->diag), 0);
	lines(f, "mx1", 4, 1);
	assert_int_equal(commit(f, "mail.log", "file", true, false), -EEXIST);
	lines(f, "mx1", 24, 1);
	assert_int_equal(commit(f, "mail.log", "file", true, false), 0);
}

static int64_t end(struct fixture *f, const char *host, const char *class)
{
	int64_t at = -1;

	assert_int_equal(
	    store_coverage_end(f->store, slice_of(host), SLICE("postfix"), class, &at, &f->diag),
	    0);
	return at;
}

static void where_a_new_source_begins(void **state)
{
	struct fixture *f = *state;

	lines(f, "mx1", 0, 5);
	assert_int_equal(commit(f, "mail.log", "file", true, false), 0);
	assert_int_equal(end(f, "mx1", "journal"), HOUR + 5 * 3600);
	assert_int_equal(end(f, "mx1", "file"), 0);
	assert_int_equal(end(f, "mx2", "journal"), 0);
	assert_int_equal(rollup_set_zone(f->store, "UTC", &f->diag), 0);
	assert_int_equal(rollup_days(f->store, HOUR + 2 * 86400, INT_MAX, &f->diag), 0);
	assert_int_equal(end(f, "mx1", "journal"), HOUR + 23 * 3600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_same_hours_are_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(others_are_not, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(days_stand_for_their_hours, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(where_a_new_source_begins, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
