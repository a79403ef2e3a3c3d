/* SPDX-License-Identifier: ISC */
/* Hours folded into local days, weeks and months, over changes of the clock and odd zones. */
#include "report/bucket.h"

#include "base/macros.h"
#include "report/figure.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct zone *open_zone(const char *name)
{
	_cleanup_diag_ struct diag d = {0};
	struct zone *zone = NULL;

	assert_int_equal(zone_open(name, &zone, &d), 0);
	return zone;
}

static int64_t utc(int year, int month, int day, int hour, int minute)
{
	return civil_to_seconds(&(struct civil){year, month, day, hour, minute, 0});
}

static const struct day {
	const char *zone;
	int year, month, day;
	int hours; /* UTC hours that belong to that day */
} days[] = {
    {"UTC", 2026, 3, 29, 24},
    {"Europe/Berlin", 2026, 3, 28, 24},
    {"Europe/Berlin", 2026, 3, 29, 23},
    {"Europe/Berlin", 2026, 10, 25, 25},
    {"America/New_York", 2026, 3, 8, 23},
    {"America/New_York", 2026, 11, 1, 25},
    {"Asia/Kathmandu", 2026, 11, 24, 24},
    {"Asia/Kolkata", 2026, 11, 24, 24},
    /* 24.5 and 23.5 hours long; the hour over its midnight belongs to the first of two days */
    {"Australia/Lord_Howe", 2026, 4, 5, 25},
    {"Australia/Lord_Howe", 2026, 4, 6, 24},
    {"Australia/Lord_Howe", 2026, 10, 4, 23},
};

/* Every hour around the day goes to the day on whose date it began, and to nothing else. */
static void hours_of_a_day(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		const struct day *d = &days[i];
		_cleanup_zone_ struct zone *zone = open_zone(d->zone);
		int64_t middle = utc(d->year, d->month, d->day, 0, 0), start = 0;
		int hours = 0;

		for (int h = -48; h < 72; h++) {
			int64_t hour = middle + h * 3600, bucket;
			struct civil local, first;

			bucket = bucket_start(BUCKET_DAY, zone, hour);
			zone_to_civil(zone, hour, &local);
			zone_to_civil(zone, bucket, &first);
			assert_int_equal(local.year, first.year);
			assert_int_equal(local.month, first.month);
			assert_int_equal(local.day, first.day);
			if (local.month == d->month && local.day == d->day) {
				assert_true(!start || start == bucket);
				start = bucket;
				hours++;
			}
		}
		assert_int_equal(hours, d->hours);
	}
}

static const struct fold {
	const char *zone;
	enum bucket bucket;
	int64_t hour[5], start[5]; /* year month day hour minute, UTC */
} folds[] = {
    {"UTC", BUCKET_HOUR, {2026, 11, 24, 12, 0}, {2026, 11, 24, 12, 0}},
    /* 18:00 UTC is 23:45 of the day before in Kathmandu, 19:00 is 00:45 */
    {"Asia/Kathmandu", BUCKET_DAY, {2026, 11, 23, 18, 0}, {2026, 11, 22, 18, 15}},
    {"Asia/Kathmandu", BUCKET_DAY, {2026, 11, 23, 19, 0}, {2026, 11, 23, 18, 15}},
    {"Asia/Kathmandu", BUCKET_HOUR, {2026, 11, 23, 18, 0}, {2026, 11, 23, 18, 0}},
    {"Europe/Berlin", BUCKET_DAY, {2026, 3, 29, 21, 0}, {2026, 3, 28, 23, 0}},
    {"Europe/Berlin", BUCKET_DAY, {2026, 3, 29, 22, 0}, {2026, 3, 29, 22, 0}},
    {"Europe/Berlin", BUCKET_WEEK, {2026, 3, 29, 21, 0}, {2026, 3, 22, 23, 0}},
    {"Europe/Berlin", BUCKET_WEEK, {2026, 3, 29, 22, 0}, {2026, 3, 29, 22, 0}},
    {"Europe/Berlin", BUCKET_MONTH, {2026, 4, 30, 21, 0}, {2026, 3, 31, 22, 0}},
    {"Europe/Berlin", BUCKET_MONTH, {2026, 10, 31, 23, 0}, {2026, 10, 31, 23, 0}},
    {"America/New_York", BUCKET_DAY, {2026, 11, 2, 4, 0}, {2026, 11, 1, 4, 0}},
    {"America/New_York", BUCKET_MONTH, {2027, 1, 1, 4, 0}, {2026, 12, 1, 5, 0}},
    {"Australia/Lord_Howe", BUCKET_DAY, {2026, 4, 5, 13, 0}, {2026, 4, 4, 13, 0}},
    /* the clock goes forward at midnight: the day begins at 01:00 */
    {"Asia/Beirut", BUCKET_DAY, {2026, 3, 29, 10, 0}, {2026, 3, 28, 22, 0}},
};

static int64_t at(const int64_t c[5])
{
	return utc((int)c[0], (int)c[1], (int)c[2], (int)c[3], (int)c[4]);
}

static void starts(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(folds); i++) {
		_cleanup_zone_ struct zone *zone = open_zone(folds[i].zone);
		_cleanup_buffer_ struct buffer got = {0}, want = {0};

		figure_iso(&got, bucket_start(folds[i].bucket, zone, at(folds[i].hour)));
		figure_iso(&want, at(folds[i].start));
		assert_string_equal(buffer_text(&got), buffer_text(&want));
	}
}

/* The next bucket begins where the hours of this one end, for two years of every zone. */
static void next_follows(void **state _unused_)
{
	static const char *const zones[] = {"UTC", "Europe/Berlin", "America/New_York",
	    "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Beirut"};

	for (size_t z = 0; z < ARRAY_SIZE(zones); z++) {
		_cleanup_zone_ struct zone *zone = open_zone(zones[z]);

		for (enum bucket bucket = BUCKET_HOUR; bucket <= BUCKET_MONTH; bucket++) {
			int64_t hour = utc(2026, 1, 1, 0, 0),
				now = bucket_start(bucket, zone, hour);

			for (; hour < utc(2028, 1, 1, 0, 0); hour += 3600) {
				int64_t start = bucket_start(bucket, zone, hour);

				if (start != now)
					assert_int_equal(start, bucket_next(bucket, zone, now));
				assert_true(hour >= start);
				assert_true(hour < bucket_next(bucket, zone, start));
				now = start;
			}
		}
	}
}

static void of_periods(void **state _unused_)
{
	assert_int_equal(bucket_for_period(3600), BUCKET_HOUR);
	assert_int_equal(bucket_for_period(2 * 86400), BUCKET_HOUR);
	assert_int_equal(bucket_for_period(7 * 86400), BUCKET_DAY);
	assert_int_equal(bucket_for_period(90 * 86400), BUCKET_WEEK);
	assert_int_equal(bucket_for_period(3 * INT64_C(31536000)), BUCKET_MONTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hours_of_a_day),
	    cmocka_unit_test(starts),
	    cmocka_unit_test(next_follows),
	    cmocka_unit_test(of_periods),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
