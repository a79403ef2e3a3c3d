/* SPDX-License-Identifier: ISC */
#include "report/regression.h"

#include "base/macros.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NEAR 1e-9
#define assert_near(a, b, by) assert_true(fabs((a) - (b)) <= (by))

static void test_line_under_a_week(void **state _unused_)
{
	static const double week[] = {50, 60, 55, 52, 40, -30, -45};
	struct regression_point points[21];
	struct regression line;

	for (int i = 0; i < 21; i++)
		points[i] = (struct regression_point){.day = i, .value = 100 + week[i % 7] + 2 * i};
	assert_int_equal(regression_fit(points, 21, &line), 0);
	assert_near(line.slope, 2, NEAR);
	assert_near(line.r2, 1, NEAR);
	assert_int_equal(line.freedom, 13);
	assert_true(regression_has_slope(&line));
	/* The average week is 26 above the hundred. */
	assert_near(regression_at(&line, 20), 126 + 40, NEAR);
	assert_near(regression_at(&line, 120), 126 + 240, NEAR);
	assert_near(regression_range(&line, 120), 0, 1e-6);
}

/* Worked by hand: two of each of two weekdays, and a third of one. */
static void test_scatter(void **state _unused_)
{
	static const struct regression_point points[] = {
	    {0, 10}, {1, 20}, {7, 12}, {8, 28}, {14, 14}};
	struct regression line;

	/* Days off their means: -7, -3.5, 0, 3.5, 7; values: -2, -4, 0, 4, 2. */
	assert_int_equal(regression_fit(points, ARRAY_SIZE(points), &line), 0);
	assert_near(line.spread, 122.5, NEAR);
	assert_near(line.slope, 56 / 122.5, NEAR);
	assert_near(line.r2, 56 * 56 / 122.5 / 40, NEAR);
	assert_int_equal(line.freedom, 2);
	assert_near(line.day, (7 + 4.5) / 2, NEAR);
	assert_near(line.level, (12 + 24) / 2.0, NEAR);
	assert_near(line.doubt, (1 / 3.0 + 1 / 2.0) / 4, NEAR);
	assert_near(line.deviation * line.deviation, (40 - 56 * 56 / 122.5) / 2, NEAR);
}

static void test_no_line(void **state _unused_)
{
	struct regression_point points[] = {
	    {0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}, {6, 7}, {7, 8}, {7, 9}};
	struct regression line = {.slope = -1};

	/* One of each weekday: nothing is left of the days. */
	assert_int_equal(regression_fit(points, 7, &line), -ENODATA);
	assert_int_equal(regression_fit(points, 8, &line), -ENODATA);
	assert_int_equal(regression_fit(points, 0, &line), -ENODATA);
	assert_near(line.slope, -1, 0);
	assert_int_equal(regression_fit(points, 9, &line), 0);
	assert_int_equal(line.freedom, 1);
}

static void test_constant(void **state _unused_)
{
	struct regression_point points[14];
	struct regression line;

	for (int i = 0; i < 14; i++)
		points[i] = (struct regression_point){.day = i, .value = 0.25};
	assert_int_equal(regression_fit(points, 14, &line), 0);
	assert_near(line.slope, 0, 0);
	assert_near(line.r2, -1, 0);
	assert_false(regression_has_slope(&line));
}

/* Of the tables of Student's t. */
static void test_quantiles(void **state _unused_)
{
	assert_near(regression_quantile(5), 2.5706, 0.0004);
	assert_near(regression_quantile(6), 2.4469, 0.0002);
	assert_near(regression_quantile(10), 2.2281, 0.0001);
	assert_near(regression_quantile(30), 2.0423, 0.0001);
	assert_near(regression_quantile(120), 1.9799, 0.0001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_line_under_a_week),
	    cmocka_unit_test(test_scatter),
	    cmocka_unit_test(test_no_line),
	    cmocka_unit_test(test_constant),
	    cmocka_unit_test(test_quantiles),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
