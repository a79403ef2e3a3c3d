/* SPDX-License-Identifier: ISC */
#include "base/zone.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

static struct zone *open_zone(const char *name)
{
	struct diag d = {0};
	struct zone *z = NULL;

	if (zone_open(name, &z, &d) < 0)
		fail_msg("%s", d.text);
	return z;
}

static void test_local_to_utc(void **state)
{
	static const struct {
		const char *zone;
		struct civil local;
		int64_t after, utc;
	} rows[] = {
	    {"UTC", {1970, 1, 1, 0, 0, 0}, INT64_MIN, 0},
	    {"UTC", {2026, 11, 24, 2, 14, 33}, INT64_MIN, 1795486473},
	    {"Europe/Berlin", {2026, 11, 24, 3, 14, 33}, INT64_MIN, 1795486473},
	    {"Asia/Kathmandu", {2026, 11, 24, 7, 59, 33}, INT64_MIN, 1795486473},
	    /* repeated: the earlier one, unless that is before `after` */
	    {"Europe/Berlin", {2026, 10, 25, 2, 30, 0}, INT64_MIN, 1792888200},
	    {"Europe/Berlin", {2026, 10, 25, 2, 30, 0}, 1792888200, 1792888200},
	    {"Europe/Berlin", {2026, 10, 25, 2, 30, 0}, 1792888201, 1792891800},
	    {"Europe/Berlin", {2026, 10, 25, 2, 30, 0}, INT64_MAX, 1792891800},
	    {"Europe/Berlin", {2026, 10, 25, 1, 59, 59}, INT64_MAX, 1792886399},
	    {"Europe/Berlin", {2026, 10, 25, 3, 0, 0}, INT64_MIN, 1792893600},
	    {"America/New_York", {2026, 11, 1, 1, 30, 0}, INT64_MIN, 1793511000},
	    {"America/New_York", {2026, 11, 1, 1, 30, 0}, INT64_MAX, 1793514600},
	    {"Australia/Lord_Howe", {2026, 4, 5, 1, 45, 0}, INT64_MIN, 1775313900},
	    {"Australia/Lord_Howe", {2026, 4, 5, 1, 45, 0}, INT64_MAX, 1775315700},
	    {"Australia/Lord_Howe", {2026, 4, 5, 1, 15, 0}, INT64_MAX, 1775312100},
	    /* skipped: as if the clock had not been changed yet */
	    {"Europe/Berlin", {2026, 3, 29, 2, 30, 0}, INT64_MIN, 1774747800},
	    {"Europe/Berlin", {2026, 3, 29, 2, 30, 0}, INT64_MAX, 1774747800},
	    {"America/New_York", {2026, 3, 8, 2, 30, 0}, INT64_MIN, 1772955000},
	    {"Australia/Lord_Howe", {2026, 10, 4, 2, 15, 0}, INT64_MIN, 1791042300},
	    /* a whole day was skipped on 2011-12-30 */
	    {"Pacific/Apia", {2011, 12, 30, 12, 0, 0}, INT64_MIN, 1325282400},
	    {"Pacific/Apia", {2011, 12, 31, 0, 30, 0}, INT64_MIN, 1325241000},
	    /* far ahead, by the rule at the end of the file */
	    {"Europe/Berlin", {2060, 7, 1, 12, 0, 0}, INT64_MIN, 2855901600},
	    {"Europe/Berlin", {2099, 1, 1, 12, 0, 0}, INT64_MIN, 4070948400},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_zone_ struct zone *z = open_zone(rows[i].zone);
		int64_t utc = zone_to_utc(z, &rows[i].local, rows[i].after);

		if (utc != rows[i].utc)
			fail_msg("row %zu, %s: %lld instead of %lld", i, rows[i].zone,
			    (long long)utc, (long long)rows[i].utc);
	}
}

/* Every local time of two years around each change leads back to where it came from. */
static void test_round_trip(void **state)
{
	static const char *const zones[] = {"Europe/Berlin", "America/New_York",
	    "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns",
	    "Pacific/Apia"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		_cleanup_zone_ struct zone *z = open_zone(zones[i]);

		for (int64_t utc = 1767225600; utc < 1830297600; utc += 577) {
			struct civil c;

			zone_to_civil(z, utc, &c);
			assert_int_equal(civil_to_seconds(&c), utc + zone_offset(z, utc));
			assert_int_equal(zone_to_utc(z, &c, utc), utc);
		}
	}
}

static void test_offset(void **state)
{
	_cleanup_zone_ struct zone *berlin = open_zone("Europe/Berlin");
	_cleanup_zone_ struct zone *howe = open_zone("Australia/Lord_Howe");

	(void)state;
	assert_int_equal(zone_offset(berlin, 1774745999), 3600);
	assert_int_equal(zone_offset(berlin, 1774746000), 7200);
	assert_int_equal(zone_offset(berlin, 1792889999), 7200);
	assert_int_equal(zone_offset(berlin, 1792890000), 3600);
	assert_int_equal(zone_offset(berlin, 2855901600), 7200);
	assert_int_equal(zone_offset(howe, 1775314799), 39600);
	assert_int_equal(zone_offset(howe, 1775314800), 37800);
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *seen;
	} good[] = {
	    {"Europe/Berlin", "Europe/Berlin"},
	    {"UTC", "UTC"},
	    {"/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"},
	};
	static const char *const bad[] = {"Europe/Berln", "europe/berlin!", "Europe",
	    "../zoneinfo/UTC", "Europe/../UTC", "/etc/localtime", "/etc/passwd",
	    "/usr/share/zoneinfo/../zoneinfo/UTC", "zone.tab", "CET-1CEST,M3.5.0,M10.5.0/3",
	    " UTC"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		_cleanup_zone_ struct zone *z = open_zone(good[i].name);

		assert_string_equal(zone_name(z), good[i].seen);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_diag_ struct diag d = {0};
		struct zone *z = NULL;

		if (zone_open(bad[i], &z, &d) != -ENOENT)
			fail_msg("'%s' was taken", bad[i]);
		assert_null(z);
		assert_non_null(strstr(d.text, "is not a time zone known here"));
		assert_non_null(strstr(d.text, bad[i]));
	}
}

static void test_machine_zone(void **state)
{
	static const struct {
		const char *tz, *name;
		int64_t winter, summer; /* offsets, 2026-01-01 and 2026-07-01 */
	} rows[] = {
	    {"Europe/Berlin", "Europe/Berlin", 3600, 7200},
	    {":America/New_York", "America/New_York", -18000, -14400},
	    {"/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo", 32400, 32400},
	    {"", "UTC", 0, 0},
	    {"CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200},
	    {"EST5EDT4,M3.2.0/2:00:00,M11.1.0/2", "EST5EDT4,M3.2.0/2:00:00,M11.1.0/2", -18000,
		-14400},
	    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 39600,
		37800},
	    {"XXX-2YYY,J60,J300", "XXX-2YYY,J60,J300", 7200, 10800},
	    {"XXX-2YYY,59/-1,299/26", "XXX-2YYY,59/-1,299/26", 7200, 10800},
	    {"XXX3", "XXX3", -10800, -10800},
	};
	static const char *const bad[] = {"Europe/Berln", "X1", "XXX", "XXX-2YYY,J0,J300",
	    "XXX-2YYY,M13.1.0,M4.1.0", "XXX-2YYY,J60", "<XXX-2", "../../etc/passwd"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_zone_ struct zone *z = NULL;

		setenv("TZ", rows[i].tz, 1);
		z = open_zone(i % 2 ? "" : NULL);
		assert_string_equal(zone_name(z), rows[i].name);
		assert_int_equal(zone_offset(z, 1767225600), rows[i].winter);
		assert_int_equal(zone_offset(z, 1782864000), rows[i].summer);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_diag_ struct diag d = {0};
		struct zone *z = NULL;

		setenv("TZ", bad[i], 1);
		if (zone_open(NULL, &z, &d) >= 0)
			fail_msg("TZ '%s' was taken", bad[i]);
		assert_non_null(strstr(d.text, bad[i]));
	}
	unsetenv("TZ");
	zone_free(open_zone(NULL));
}

/* A rule's changes fall on the same seconds as those of the zone whose rule it is. */
static void test_rule_and_file_agree(void **state)
{
	_cleanup_zone_ struct zone *file = open_zone("Australia/Lord_Howe"), *rule = NULL;

	(void)state;
	setenv("TZ", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1);
	rule = open_zone(NULL);
	unsetenv("TZ");
	for (int64_t utc = 1767225600; utc < 4000000000; utc += 20011)
		assert_int_equal(zone_offset(rule, utc), zone_offset(file, utc));
}

/* J60 is March 1 in every year, 59 is the 60th day. */
static void test_days_of_rules(void **state)
{
	static const struct {
		const char *rule;
		int64_t change;
	} rows[] = {
	    {"XXX-2YYY,J60,J300", 1709251200},	      /* 2024-03-01 00:00 UTC */
	    {"XXX-2YYY,J60,J300", 1740787200},	      /* 2025-03-01 00:00 UTC */
	    {"XXX-2YYY,J59,J300", 1709078400},	      /* 2024-02-28 00:00 UTC */
	    {"XXX-2YYY,59/-1,299/26", 1709154000},    /* 2024-02-28 21:00 UTC */
	    {"XXX-2YYY,59/-1,299/26", 1740776400},    /* 2025-02-28 21:00 UTC */
	    {"XXX-2YYY,M2.5.4/0,M9.1.0", 1709157600}, /* 2024-02-28 22:00 UTC, the 29th there */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_zone_ struct zone *z = NULL;

		setenv("TZ", rows[i].rule, 1);
		z = open_zone(NULL);
		unsetenv("TZ");
		assert_int_equal(zone_offset(z, rows[i].change - 1), 7200);
		assert_int_equal(zone_offset(z, rows[i].change), 10800);
	}
}

static void assert_text(int64_t seconds, const char *text)
{
	char found[CIVIL_TEXT_MAX];

	assert_int_equal(civil_utc_text(seconds, found), strlen(text));
	assert_string_equal(found, text);
}

static void test_calendar(void **state)
{
	struct civil day = {.year = 2026, .month = 11, .day = 23};
	struct civil seen;

	(void)state;
	assert_int_equal(civil_weekday(&day), 0);
	day.day = 29;
	assert_int_equal(civil_weekday(&day), 6);
	assert_int_equal(civil_month_days(2024, 2), 29);
	assert_int_equal(civil_month_days(2026, 2), 28);
	assert_text(0, "1970-01-01T00:00:00Z");
	assert_text(1764057671, "2025-11-25T08:01:11Z");
	assert_text(-1, "1969-12-31T23:59:59Z");
	assert_text(INT64_C(253402300799), "9999-12-31T23:59:59Z");
	assert_text(INT64_C(253402300800), "10000-01-01T00:00:00Z");
	assert_text(-INT64_C(62135596801), "0000-12-31T23:59:59Z");
	assert_int_equal(civil_month_days(2100, 2), 28);
	assert_int_equal(civil_month_days(2000, 2), 29);
	assert_int_equal(civil_month_days(2026, 12), 31);
	for (int64_t t = INT64_C(-62000000000); t < INT64_C(90000000000); t += 86400 * 31 + 1) {
		civil_from_seconds(t, &seen);
		assert_in_range(seen.month, 1, 12);
		assert_in_range(seen.day, 1, civil_month_days(seen.year, seen.month));
		assert_int_equal(civil_to_seconds(&seen), t);
	}
	civil_from_seconds(951782400, &seen);
	assert_true(seen.year == 2000 && seen.month == 2 && seen.day == 29);
	civil_from_seconds(-1, &seen);
	assert_true(seen.year == 1969 && seen.month == 12 && seen.day == 31 && seen.second == 59);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_local_to_utc),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_offset),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_machine_zone),
	    cmocka_unit_test(test_rule_and_file_agree),
	    cmocka_unit_test(test_days_of_rules),
	    cmocka_unit_test(test_calendar),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
