/* SPDX-License-Identifier: ISC */
#include "parse/clock.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#define LOG_TIME INT64_C(1795500000) /* 2026-11-24 06:00:00 UTC */
#define DAY INT64_C(86400)

static struct zone *open_zone(const char *name)
{
	struct diag d = {0};
	struct zone *z = NULL;

	if (zone_open(name, &z, &d) < 0)
		fail_msg("%s", d.text);
	return z;
}

static int64_t utc(int year, int month, int day, int hour, int minute, int second)
{
	return civil_to_seconds(&(struct civil){year, month, day, hour, minute, second});
}

/* The time of a stamp that must be one to its last byte. */
static int64_t read_stamp(struct clock *c, const char *text)
{
	struct stamp stamp;

	if (clock_any(c, slice_of(text), &stamp) != strlen(text))
		fail_msg("'%s' is not read whole", text);
	return stamp.time;
}

typedef size_t stamp_reader(struct clock *, struct slice, struct stamp *);

static const struct {
	stamp_reader *read;
	const char *text; /* up to the # */
	int64_t offset;	  /* from 2026-11-23 10:01:51 UTC, in Berlin */
	bool has_year, has_zone;
} forms[] = {
    {clock_rfc3164, "Nov 23 10:01:51# mx1", -3600, false, false},
    {clock_rfc3164, "Nov 23 10:01:51.149621# mx1", -3600, false, false},
    {clock_rfc3164, "Nov  3 10:01:51# mx1", -3600 - 20 * DAY, false, false},
    {clock_rfc3164, "Nov 03 10:01:51# mx1", -3600 - 20 * DAY, false, false},
    {clock_rfc3164, "Nov 3 10:01:51# mx1", -3600 - 20 * DAY, false, false},
    {clock_rfc3164, "2026 Nov 23 10:01:51# mx1", -3600, true, false},
    {clock_rfc3164, "Nov 23 2026 10:01:51# mx1", -3600, true, false},
    {clock_rfc3164, "Nov 23 10:01:51 2026# mx1", -3600, true, false},
    {clock_rfc3164, "Nov 23 10:01:51.5 2026#", -3600, true, false},
    {clock_rfc3164, "Nov 23 10:01:51# 2001:db8::10 x:", -3600, false, false},
    {clock_rfc3164, "2026 Nov 23 10:01:51# 2001 x:", -3600, true, false},
    {clock_rfc3164, "Nov 23 2026 10:01:51# 2001 x:", -3600, true, false},
    {clock_rfc3164, "Nov 23 10:01:51# 192.0.2.1 x:", -3600, false, false},
    {clock_rfc3164, "Nov 23 10:01:51#.x", -3600, false, false},
    {clock_iso, "2026-11-23T10:01:51Z# mx1", 0, true, true},
    {clock_iso, "2026-11-23T10:01:51.149Z#,x", 0, true, true},
    {clock_iso, "2026-11-23T10:01:51.149621+00:00# mx1", 0, true, true},
    {clock_iso, "2026-11-23T10:01:51+0100# mx1", -3600, true, true},
    {clock_iso, "2026-11-23T10:01:51+05:45# mx1", -20700, true, true},
    {clock_iso, "2026-11-23T10:01:51-03:30# mx1", 12600, true, true},
    {clock_iso, "2026-11-23T10:01:51+01#", -3600, true, true},
    {clock_iso, "2026-11-23T10:01:51# mx1", -3600, true, false},
    {clock_iso, "2026-11-23 10:01:51# 1xVft9", -3600, true, false},
    {clock_iso, "2026-11-23 10:01:51 +0000# 1xVft9", 0, true, true},
    {clock_iso, "2026-11-23 10:01:51.792 -0500# [12]", 18000, true, true},
    {clock_iso, "2026-11-23 10:01:51# -0500x", -3600, true, false},
    {clock_iso, "2026-11-23 10:01:51# +01:00", -3600, true, false},
    {clock_iso, "2026-11-23T10:01:51#+010", -3600, true, false},
    {clock_iso, "2026/11/23 10:01:51# [info] 91#91:", -3600, true, false},
    {clock_common, "23/Nov/2026:10:01:51 +0100# TCP", -3600, true, true},
    {clock_common, "23/Nov/2026:10:01:51 -0330#", 12600, true, true},
    {clock_common, "23/Nov/2026:10:01:51.114#] fe", -3600, true, false},
    {clock_asctime, "Mon Nov 23 10:01:51 2026# Info:", -3600, true, false},
    {clock_asctime, "Tue Nov  3 10:01:51 2026# Info:", -3600 - 20 * DAY, true, false},
    {clock_full, "Mon 2026-11-23 10:01:51 UTC# mx1", 0, true, true},
    {clock_full, "Mon 2026-11-23 10:01:51 CET# mx1", -3600, true, false},
    {clock_full, "Mon 2026-11-23 10:01:51 +0545# mx1", -20700, true, true},
    {clock_full, "Mon 2026-11-23 10:01:51 -03# mx1", 10800, true, true},
    {clock_unix, "1795428111# mx1", 0, true, true},
    {clock_unix, "1795428111.149621# mx1", 0, true, true},
    {clock_tai64n, "@400000006b040f19092f8a14# mx1", 0, true, true},
};

static void test_forms(void **state)
{
	_cleanup_zone_ struct zone *berlin = open_zone("Europe/Berlin");
	struct clock c;

	(void)state;
	clock_init(&c, berlin, LOG_TIME, 0);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(forms); i++) {
		size_t row = i / 2; /* the second time out of the cache */
		size_t length = strcspn(forms[row].text, "#");
		char text[64];
		struct stamp stamp, any;

		snprintf(text, sizeof(text), "%.*s%s", (int)length, forms[row].text,
		    forms[row].text + length + 1);
		if (forms[row].read(&c, slice_of(text), &stamp) != length)
			fail_msg("'%s' is read to another end", forms[row].text);
		if (stamp.time != utc(2026, 11, 23, 10, 1, 51) + forms[row].offset)
			fail_msg("'%s' is %lld", forms[row].text, (long long)stamp.time);
		assert_int_equal(stamp.has_year, forms[row].has_year);
		assert_int_equal(stamp.has_zone, forms[row].has_zone);
		assert_int_equal(clock_any(&c, slice_of(text), &any), length);
		assert_int_equal(any.time, stamp.time);
	}
}

/* A stamp at the end of its memory: whatever is cut off, no reader looks behind the cut. */
static void test_cut_stamps(void **state)
{
	static stamp_reader *const readers[] = {clock_rfc3164, clock_iso, clock_common,
	    clock_asctime, clock_full, clock_unix, clock_tai64n, clock_any};
	struct stamp stamp;
	struct clock c;

	(void)state;
	clock_init(&c, NULL, LOG_TIME, 0);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t whole = strcspn(forms[i].text, "#");

		for (size_t n = 1; n <= whole; n++) {
			char *exact = malloc(n);

			memcpy(exact, forms[i].text, n);
			for (size_t r = 0; r < ARRAY_SIZE(readers); r++)
				assert_true(readers[r](&c, (struct slice){exact, n}, &stamp) <= n);
			if (n < 9) /* short of the shortest, 10 digits of a second */
				assert_int_equal(
				    clock_any(&c, (struct slice){exact, n}, &stamp), 0);
			free(exact);
		}
	}
	assert_int_equal(clock_any(&c, SLICE_NONE, &stamp), 0);
}

static void test_no_stamps(void **state)
{
	static const char *const texts[] = {"", "mx1 postfix/smtpd[1]: x", "Nov 23 10:01 mx1",
	    "Nov 23 10:01:5 mx1", "Nov 23 10-01-51", "Nox 23 10:01:51", "nOv 23 10:01:51",
	    "Nov 23  10:01:51", "Nov  23 10:01:5x", "Nov xx 10:01:51", "Nov23 10:01:51",
	    "2026-11-23", "2026-11-23T10:01", "2026-11-23_10:01:51", "2026/11-23 10:01:51",
	    "26-11-23 10:01:51", "23/Nov/2026 10:01:51", "23/Nox/2026:10:01:51",
	    "3/Nov/2026:10:01:51", "23-Nov-2026:10:01:51", "0000-11-23 10:01:51",
	    "Mon Nov 23 10:01:51", "Mon Nov 23", "Xon Nov 23 10:01:51 2026",
	    "Mon 23 Nov 10:01:51 2026", "12345678", "123456789012.5", "#Fields: date-time",
	    "[12345.678901] mx1"};
	struct clock c;

	(void)state;
	clock_init(&c, NULL, LOG_TIME, 0);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(texts); i++) {
		struct stamp stamp;

		if (clock_any(&c, slice_of(texts[i / 2]), &stamp) != 0)
			fail_msg("'%s' is taken for a stamp", texts[i / 2]);
		read_stamp(&c, "Nov 23 10:01:51"); /* a warm cache changes nothing */
		read_stamp(&c, "2026-11-23T10:01:51");
		read_stamp(&c, "23/Nov/2026:10:01:51");
		read_stamp(&c, "Mon Nov 23 10:01:51 2026");
	}
}

static void test_impossible(void **state)
{
	static const char *const texts[] = {"Feb 30 10:01:51", "Nov 31 10:01:51", "Nov  0 10:01:51",
	    "Nov 23 24:01:51", "Nov 23 10:60:51", "Nov 23 10:01:61", "2026-02-29T10:01:51Z",
	    "2026-13-01T10:01:51Z", "2026-00-01T10:01:51Z", "2026-11-00T10:01:51Z",
	    "2026-11-23T25:01:51Z", "1989-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
	    "2026-11-25T06:00:01Z", "2038-01-19T03:14:08Z", "2026-11-25 06:00:01",
	    "9999-12-31T23:59:59Z", "Wed Nov 25 06:00:01 2026", "Sun Dec 31 23:59:59 1989",
	    "Nov 23 1985 10:01:51", "Wed 2026-11-25 06:00:01 UTC", "631151999", "1795586401",
	    "99999999999"};
	struct clock c;

	(void)state;
	clock_init(&c, NULL, LOG_TIME, 0);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(texts); i++)
		if (read_stamp(&c, texts[i / 2]) != TIME_UNKNOWN)
			fail_msg("'%s' is taken for true", texts[i / 2]);
	assert_false(clock_spans_too_long(&c));
	assert_int_equal(read_stamp(&c, "2026-11-25T06:00:00Z"), LOG_TIME + DAY);
	assert_int_equal(read_stamp(&c, "1795586400"), LOG_TIME + DAY);
	assert_int_equal(read_stamp(&c, "1990-01-01T00:00:00Z"), 631152000);
	assert_int_equal(read_stamp(&c, "2016-12-31T23:59:60Z"), utc(2017, 1, 1, 0, 0, 0));
}

/* Lines of one log in order; year 0 in the last column: a stamp that cannot be true. */
struct line {
	const char *stamp;
	int year;
};

static void check_years(
    int64_t log_time, int by_hand, const struct line *lines, size_t count, bool too_long)
{
	struct clock c;

	clock_init(&c, NULL, log_time, by_hand);
	for (size_t i = 0; i < count; i++) {
		struct civil seen = {0};
		int64_t time = read_stamp(&c, lines[i].stamp);

		if (time != TIME_UNKNOWN)
			civil_from_seconds(time, &seen);
		if (seen.year != lines[i].year)
			fail_msg("line %zu, %s: %d instead of %d", i, lines[i].stamp, seen.year,
			    lines[i].year);
	}
	assert_int_equal(clock_spans_too_long(&c), too_long);
}
#define CHECK_YEARS(log_time, by_hand, lines, too_long)                                            \
	check_years(log_time, by_hand, lines, ARRAY_SIZE(lines), too_long)

static void test_year_found(void **state)
{
	static const struct line around[] = {{"Nov 25 2026 05:00:00", 2026},
	    {"Nov 24 05:59:59", 2026}, {"Nov 24 06:00:01", 2026}, {"Nov 25 05:59:59", 2026},
	    {"Nov 25 06:00:00", 2026}};
	static const struct line ahead[] = {{"Nov 25 06:00:01", 2025}, {"Nov 25 05:59:00", 2026}};
	static const struct line within_an_hour[] = {
	    {"Nov 25 06:10:00", 2026}, {"Nov 25 06:40:00", 2025}, {"Nov 25 06:20:00", 2026}};
	static const struct line year_end[] = {{"Dec 30 10:00:00", 2025}, {"Dec 31 23:59:58", 2025},
	    {"Jan  1 00:00:01", 2026}, {"Dec 31 23:59:59", 2025}, {"Jan  1 00:00:00", 2026},
	    {"Dec 31 23:59:57", 2025}, {"Jan  1 00:00:02", 2026}, {"Jan  2 00:00:02", 2026}};
	static const struct line written_at_new_year[] = {
	    {"Dec 31 23:59:59", 2025}, {"Jan  1 00:00:01", 2026}, {"Dec 31 23:59:59", 2025}};
	static const struct line a_year[] = {{"Nov 25 07:00:00", 2025}, {"Feb 28 07:00:00", 2026},
	    {"Mar  1 07:00:00", 2026}, {"Nov 24 05:00:00", 2026}};
	static const struct line late_by_days[] = {{"Nov 20 07:00:00", 2026},
	    {"Nov 17 07:00:00", 2026}, {"Nov 20 07:00:01", 2026}, {"Aug  1 00:00:00", 2026}};

	(void)state;
	CHECK_YEARS(LOG_TIME, 0, around, false);
	CHECK_YEARS(LOG_TIME, 0, ahead, false);
	CHECK_YEARS(LOG_TIME + 1800, 0, within_an_hour, true);
	CHECK_YEARS(LOG_TIME, 0, year_end, false);
	CHECK_YEARS(utc(2026, 1, 1, 0, 0, 5), 0, written_at_new_year, false);
	/* the clock of the machine that reads is a little behind: still not a year */
	CHECK_YEARS(utc(2025, 12, 31, 23, 59, 30), 0, written_at_new_year, false);
	CHECK_YEARS(LOG_TIME, 0, a_year, false);
	CHECK_YEARS(LOG_TIME, 0, late_by_days, false);
}

static void test_leap_day(void **state)
{
	static const struct line alone[] = {{"Feb 29 12:00:00", 2024}, {"Feb 29 12:00:01", 2024}};
	static const struct line in_its_log[] = {
	    {"Feb 28 23:59:59", 2024}, {"Feb 29 12:00:00", 2024}, {"Mar  1 00:00:00", 2024}};
	static const struct line read_later[] = {
	    {"Feb 28 23:59:59", 2026}, {"Feb 29 12:00:00", 2024}};
	static const struct line first_later[] = {
	    {"Feb 29 12:00:00", 2024}, {"Mar  1 12:00:00", 2026}};
	static const struct line by_hand[] = {{"Feb 28 23:59:59", 2024}, {"Feb 29 12:00:00", 2024},
	    {"Mar  1 00:00:00", 2024}, {"Jun  1 12:00:00", 2024}, {"Feb 28 12:00:00", 2025},
	    {"Feb 29 12:00:00", 0}, {"Mar  1 12:00:00", 2025}};
	static const struct line century[] = {{"Feb 29 12:00:00", 2096}};

	(void)state;
	CHECK_YEARS(LOG_TIME, 0, alone, false);
	CHECK_YEARS(utc(2024, 3, 3, 0, 0, 0), 0, in_its_log, false);
	CHECK_YEARS(LOG_TIME, 2024, in_its_log, false);
	/* a log that cannot be of the year that its time suggests */
	CHECK_YEARS(LOG_TIME, 0, read_later, true);
	CHECK_YEARS(LOG_TIME, 0, first_later, true);
	CHECK_YEARS(LOG_TIME, 2024, by_hand, false);
	CHECK_YEARS(utc(2103, 1, 1, 0, 0, 0), 0, century, false);
	CHECK_YEARS(utc(2104, 2, 1, 0, 0, 0), 0, century, false);
}

static void test_year_by_hand(void **state)
{
	static const struct line years[] = {{"Oct 10 10:00:00", 2024}, {"Dec 31 23:59:59", 2024},
	    {"Jan  1 00:00:01", 2025}, {"Dec 31 23:59:59", 2024}, {"Jan  1 00:00:00", 2025},
	    {"Oct  1 10:00:00", 2025}, {"Sep 20 10:00:00", 2025}, {"Nov 24 05:00:00", 2025},
	    {"Nov 23 05:00:00", 2025}, {"Jan 15 00:00:00", 2026}, {"Nov 24 06:00:00", 2026}};
	static const struct line first_at_new_year[] = {{"Jan  1 00:00:01", 2026},
	    {"Dec 31 23:59:59", 2025}, {"Jan  1 00:00:01", 2026}, {"Jan  2 00:00:01", 2026}};
	static const struct line long_silence[] = {
	    {"Feb  1 10:00:00", 2024}, {"Dec 20 10:00:00", 2024}, {"Nov  1 10:00:00", 2025}};
	static const struct line too_late[] = {{"Nov 20 10:00:00", 2026}, {"Jan  1 10:00:00", 0},
	    {"Nov 20 10:00:01", 2026}, {"Nov 26 10:00:00", 0}, {"Nov 21 10:00:00", 2026}};

	(void)state;
	CHECK_YEARS(LOG_TIME, 2024, years, false);
	CHECK_YEARS(LOG_TIME, 2026, first_at_new_year, false);
	CHECK_YEARS(LOG_TIME, 2024, long_silence, false);
	CHECK_YEARS(LOG_TIME, 2026, too_late, false);
}

static void test_spans_too_long(void **state)
{
	int64_t from = utc(2025, 10, 20, 12, 0, 0);
	static const char *const months = "JanFebMarAprMayJunJulAugSepOctNovDec";

	(void)state;
	for (int by_hand = 0; by_hand <= 2025; by_hand += 2025) {
		struct clock c;

		clock_init(&c, NULL, LOG_TIME, by_hand);
		/* thirteen months, a line a day */
		for (int64_t t = from; t < LOG_TIME; t += DAY) {
			struct civil day;
			char text[32];
			int64_t seen;

			civil_from_seconds(t, &day);
			snprintf(text, sizeof(text), "%.3s %2d 12:00:00",
			    months + 3 * (day.month - 1), day.day);
			seen = read_stamp(&c, text);
			if (by_hand)
				assert_int_equal(seen, t);
		}
		assert_int_equal(clock_spans_too_long(&c), by_hand == 0);
	}
}

/* The same bytes in another year: what was kept does not stay. */
static void test_year_moves(void **state)
{
	struct clock c;

	(void)state;
	clock_init(&c, NULL, LOG_TIME, 0);
	assert_int_equal(read_stamp(&c, "Nov 23 10:01:51"), utc(2026, 11, 23, 10, 1, 51));
	c.log_time += 365 * DAY;
	assert_int_equal(read_stamp(&c, "Nov 23 10:01:52"), utc(2027, 11, 23, 10, 1, 52));
	assert_int_equal(read_stamp(&c, "Mon Nov 23 10:01:51 2026"), utc(2026, 11, 23, 10, 1, 51));
	assert_int_equal(read_stamp(&c, "Mon Nov 23 10:01:51 2020"), utc(2020, 11, 23, 10, 1, 51));
	c.log_time -= 2 * 365 * DAY;
	assert_int_equal(read_stamp(&c, "Nov 23 10:01:53"), utc(2025, 11, 23, 10, 1, 53));
}

/* A line each minute or so through every change of a zone's clock: each hour comes out as it was,
 * whatever lies in the cache.  One step back in ten, as from a relay. */
static void walk(const char *zone, int64_t change, bool dated)
{
	static const char *const months = "JanFebMarAprMayJunJulAugSepOctNovDec";
	_cleanup_zone_ struct zone *z = open_zone(zone);
	struct clock c;
	int line = 0;

	clock_init(&c, z, change + DAY, 0);
	for (int64_t t = change - 4 * 3600; t < change + 4 * 3600; t += line % 10 ? 23 : -7) {
		struct civil l;
		char text[64];

		zone_to_civil(z, t, &l);
		if (dated)
			snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d", l.year,
			    l.month, l.day, l.hour, l.minute, l.second);
		else
			snprintf(text, sizeof(text), "%.3s %2d %02d:%02d:%02d",
			    months + 3 * (l.month - 1), l.day, l.hour, l.minute, l.second);
		if (read_stamp(&c, text) != t)
			fail_msg("%s, line %d, %s: off by %lld s", zone, line, text,
			    (long long)(read_stamp(&c, text) - t));
		line++;
	}
}

static void test_changes_of_the_clock(void **state)
{
	static const struct {
		const char *zone;
		int64_t change;
	} rows[] = {
	    {"Europe/Berlin", 1774746000}, {"Europe/Berlin", 1792890000},
	    {"America/New_York", 1772953200}, {"America/New_York", 1793512800},
	    {"Australia/Lord_Howe", 1775314800}, {"Australia/Lord_Howe", 1791041400},
	    {"Asia/Kathmandu", 1791041400}, {"Asia/Pyongyang", 1525446000},
	    {"America/Caracas", 1197183600}, {"Pacific/Apia", 1325239200},
	    {"Europe/Berlin", 1767222000}, /* New Year */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		walk(rows[i].zone, rows[i].change, true);
		walk(rows[i].zone, rows[i].change, false);
	}
}

static void test_hours_told_by_order_only(void **state)
{
	_cleanup_zone_ struct zone *berlin = open_zone("Europe/Berlin");
	struct clock c;

	(void)state;
	clock_init(&c, berlin, LOG_TIME, 0);
	/* nothing shows the later one */
	assert_int_equal(read_stamp(&c, "Oct 25 02:10:00"), 1792887000);
	assert_int_equal(read_stamp(&c, "Oct 25 02:50:00"), 1792889400);
	/* back by forty minutes: the clock was */
	assert_int_equal(read_stamp(&c, "Oct 25 02:10:00"), 1792890600);
	/* a skipped one is read by the clock before */
	assert_int_equal(read_stamp(&c, "Mar 29 02:30:00"), 1774747800);
	assert_int_equal(read_stamp(&c, "Mar 29 02:30:01"), 1774747801);
	/* an older log after a newer one is no order */
	assert_int_equal(read_stamp(&c, "2020-10-25 02:30:00"), 1603585800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_cut_stamps),
	    cmocka_unit_test(test_no_stamps),
	    cmocka_unit_test(test_impossible),
	    cmocka_unit_test(test_year_found),
	    cmocka_unit_test(test_leap_day),
	    cmocka_unit_test(test_year_by_hand),
	    cmocka_unit_test(test_spans_too_long),
	    cmocka_unit_test(test_year_moves),
	    cmocka_unit_test(test_changes_of_the_clock),
	    cmocka_unit_test(test_hours_told_by_order_only),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
