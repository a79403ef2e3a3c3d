/* SPDX-License-Identifier: ISC */
#include "base/span.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>
#include <errno.h>

#define NOW INT64_C(1795486473) /* 2026-11-24 02:14:33 UTC, a Tuesday */

static struct zone *open_zone(const char *name)
{
	struct diag d = {0};
	struct zone *z = NULL;

	if (zone_open(name, &z, &d) < 0)
		fail_msg("%s", d.text);
	return z;
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
	    {"90s", 90},
	    {"5m", 300},
	    {"5min", 300},
	    {"24h", 86400},
	    {"7d", 604800},
	    {"4w", 2419200},
	    {"0d", 0},
	    {"007d", 604800},
	    {"9999999w", INT64_C(6047999395200)},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		int64_t seconds = -1;

		if (span_parse(rows[i].text, &seconds, &d) < 0)
			fail_msg("%s", d.text);
		assert_int_equal(seconds, rows[i].seconds);
	}
}

static void test_no_durations(void **state)
{
	static const struct {
		const char *text;
		int error;
		const char *said;
	} rows[] = {
	    {"", EINVAL, "is not a duration"},
	    {"d", EINVAL, "is not a duration"},
	    {"-7d", EINVAL, "is not a duration"},
	    {"7", EINVAL, "has no unit"},
	    {"7x", EINVAL, "unknown unit 'x'"},
	    {"7 d", EINVAL, "unknown unit ' d'"},
	    {"7D", EINVAL, "unknown unit 'D'"},
	    {"1h30m", EINVAL, "unknown unit 'h30m'"},
	    {"1.5h", EINVAL, "unknown unit '.5h'"},
	    {"3mo", EINVAL, "no fixed length"},
	    {"1y", EINVAL, "no fixed length"},
	    {"99999999d", ERANGE, "too long"},
	    {"18446744073709551617s", ERANGE, "too long"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		int64_t seconds = -1;

		assert_int_equal(span_parse(rows[i].text, &seconds, &d), -rows[i].error);
		assert_int_equal(seconds, -1);
		if (!strstr(d.text, rows[i].said))
			fail_msg("'%s' says: %s", rows[i].text, d.text);
	}
}

static void test_instants(void **state)
{
	static const struct {
		const char *text, *zone;
		int64_t now, seconds;
	} rows[] = {
	    {"now", "UTC", NOW, NOW}, {"0s", "UTC", NOW, NOW},
	    {"7d", "Europe/Berlin", NOW, NOW - 604800}, {"@1795486473", "UTC", 0, NOW},
	    {"@0", "UTC", NOW, 0}, {"today", "UTC", NOW, 1795478400},
	    {"yesterday", "UTC", NOW, 1795392000}, {"today", "Europe/Berlin", NOW, 1795474800},
	    {"today", "America/New_York", NOW, 1795410000},
	    /* the day after a change, and the day of it */
	    {"yesterday", "Europe/Berlin", 1792969200, 1792879200},
	    {"today", "Europe/Berlin", 1792969199, 1792879200},
	    {"yesterday", "Europe/Berlin", 1774821600, 1774738800},
	    {"2026-11-01", "UTC", NOW, 1793491200},
	    {"2026-11-01", "Europe/Berlin", NOW, 1793487600},
	    {"2024-02-29", "UTC", NOW, 1709164800}, {"2026-11-01 13:00", "UTC", NOW, 1793538000},
	    {"2026-11-01T13:00", "UTC", NOW, 1793538000},
	    {"2026-11-01 13:00:59", "UTC", NOW, 1793538059},
	    {"2026-11-01T13:00:00Z", "Europe/Berlin", NOW, 1793538000},
	    {"2026-11-01T13:00+01:00", "America/New_York", NOW, 1793534400},
	    {"2026-11-01 13:00-0330", "UTC", NOW, 1793550600},
	    /* 00:00 was skipped there; of a repeated hour the earlier */
	    {"2018-11-04", "America/Sao_Paulo", NOW, 1541300400},
	    {"2026-10-25 02:30", "Europe/Berlin", NOW, 1792888200},
	    /* by the calendar */
	    {"1mo", "UTC", NOW, 1792808073},
	    {"1mo", "UTC", 1774915200, 1772236800},  /* 2026-03-31: 02-28 */
	    {"1mo", "UTC", 1711843200, 1709164800},  /* 2024-03-31: 02-29 */
	    {"12mo", "UTC", 1709164800, 1677542400}, /* 2024-02-29: 2023-02-28 */
	    {"1y", "UTC", NOW, 1763950473}, {"11mo", "UTC", NOW, 1766542473},
	    {"12mo", "UTC", NOW, 1763950473},
	    {"1mo", "Europe/Berlin", NOW, 1792804473}, /* 03:14 local on both days */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_zone_ struct zone *z = open_zone(rows[i].zone);
		_cleanup_diag_ struct diag d = {0};
		int64_t seconds = -1;

		if (instant_parse(rows[i].text, z, rows[i].now, &seconds, &d) < 0)
			fail_msg("%s", d.text);
		if (seconds != rows[i].seconds)
			fail_msg("row %zu, '%s': %lld instead of %lld", i, rows[i].text,
			    (long long)seconds, (long long)rows[i].seconds);
	}
}

static void test_no_instants(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
	    {"", "is not a point in time"},
	    {"tomorrow", "is not a point in time"},
	    {"-7d", "is not a point in time"},
	    {"last week", "is not a point in time"},
	    {"7", "has no unit"},
	    {"7fortnights", "unknown unit"},
	    {"9000y", "too long"},
	    {"@", "seconds since 1970"},
	    {"@12x", "seconds since 1970"},
	    {"@-5", "seconds since 1970"},
	    {"2026-13-01", "no such day"},
	    {"2026-00-01", "no such day"},
	    {"2026-02-29", "no such day"},
	    {"2026-11-31", "no such day"},
	    {"2026-11-01 24:00", "no such time"},
	    {"2026-11-01 12:60", "no such time"},
	    {"2026-11-1", "is not a date"},
	    {"2026-11", "is not a date"},
	    {"2026-11-01 ", "is not a date"},
	    {"2026-11-01 13", "is not a date"},
	    {"2026-11-01 13:00:0", "is not a date"},
	    {"2026-11-01 13:00 CET", "is not a date"},
	    {"2026-11-01 13:00+1", "is not a date"},
	    {"2026-11-01T13:00Zulu", "is not a date"},
	    {"2026-11-0113:00", "is not a date"},
	};
	_cleanup_zone_ struct zone *z = open_zone("UTC");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		int64_t seconds = -1;

		if (instant_parse(rows[i].text, z, NOW, &seconds, &d) >= 0)
			fail_msg("'%s' was taken", rows[i].text);
		assert_int_equal(seconds, -1);
		if (!strstr(d.text, rows[i].said))
			fail_msg("'%s' says: %s", rows[i].text, d.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_durations),
	    cmocka_unit_test(test_no_durations),
	    cmocka_unit_test(test_instants),
	    cmocka_unit_test(test_no_instants),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
