/* SPDX-License-Identifier: ISC */
/* Logs that are missed: told once each, again where that was not committed, and none forgotten when
 * there are too many. */
#include "cmd/missed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void found(void **state)
{
	struct missed list = {0};
	struct feed feed = {0};

	(void)state;
	missed_add(&list, 0, GAP_TRUNCATED, 100, "mail.log");
	assert_int_equal(list.count, 0);
	missed_add(&list, 7, GAP_TRUNCATED, 100, "mail.log");
	missed_tell(&list, &feed, true);
	assert_int_equal(feed.gap_count, 0);
	missed_found(&list, 7);
	missed_tell(&list, &feed, false);
	assert_int_equal(feed.gap_count, 0);
	assert_int_equal(list.count, 0);
}

static void told(void **state)
{
	struct missed list = {0};
	struct feed feed = {0};

	(void)state;
	missed_add(&list, 7, GAP_TRUNCATED, 100, "mail.log");
	missed_tell(&list, &feed, false);
	missed_tell(&list, &feed, false);
	assert_int_equal(feed.gap_count, 1);
	assert_int_equal(feed.gaps[0].kind, GAP_TRUNCATED);
	assert_int_equal(feed.gaps[0].from, 100);
	assert_true(feed.dirty);
	missed_committed(&list);
	assert_int_equal(list.count, 0);
}

static void not_committed(void **state)
{
	struct missed list = {0};
	struct feed feed = {0};

	(void)state;
	missed_add(&list, 7, GAP_VANISHED, 100, "mail.log");
	missed_tell(&list, &feed, false);
	missed_again(&list);
	feed.gap_count = 0;
	missed_tell(&list, &feed, false);
	assert_int_equal(feed.gap_count, 1);
	assert_int_equal(feed.gaps[0].kind, GAP_VANISHED);
}

static void too_many(void **state)
{
	struct missed list = {0};
	struct feed feed = {0};

	(void)state;
	for (int i = 0; i < MISSED_MAX - 1; i++)
		missed_add(&list, i + 1, GAP_TRUNCATED, 100 + i, "mail.log");
	missed_tell(&list, &feed, true);
	assert_int_equal(feed.gap_count, 0);
	missed_add(&list, MISSED_MAX, GAP_TRUNCATED, 200, "mail.log");
	missed_tell(&list, &feed, true);
	assert_int_equal(feed.gap_count, MISSED_MAX);
	/* The last is told anew, from where it began. */
	missed_add(&list, MISSED_MAX + 1, GAP_TRUNCATED, 300, "mail.log");
	missed_tell(&list, &feed, true);
	assert_int_equal(feed.gap_count, MISSED_MAX + 1);
	assert_int_equal(feed.gaps[MISSED_MAX].from, 200);
	missed_committed(&list);
	assert_int_equal(list.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(found),
	    cmocka_unit_test(told),
	    cmocka_unit_test(not_committed),
	    cmocka_unit_test(too_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
