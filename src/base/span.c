/* SPDX-License-Identifier: ISC */
#include "base/span.h"

#include "base/slice.h"
#include <errno.h>
#include <stdbool.h>

#define DAY INT64_C(86400)
#define NUMBER_MAX 10000000 /* of years: still far from overflow */
#define EXAMPLES "write 90s, 30m, 24h, 7d, 4w, 3mo, 1y, today, 2026-11-01 or '2026-11-01 13:00'"

static const struct unit {
	const char *name;
	int64_t seconds; /* 0 if it has no fixed length */
	int months;
} units[] = {
    {"s", 1, 0},
    {"m", 60, 0},
    {"min", 60, 0},
    {"h", 3600, 0},
    {"d", DAY, 0},
    {"w", 7 * DAY, 0},
    {"mo", 0, 1},
    {"y", 0, 12},
};

static bool take(struct slice *s, char c)
{
	if (s->n == 0 || *s->p != c)
		return false;
	*s = slice_skip(*s, 1);
	return true;
}

/* The digits at the front, at most `most` of them. */
static size_t take_number(struct slice *s, size_t most, int64_t *ret)
{
	int64_t value = 0;
	size_t n = 0;

	for (; n < s->n && n < most && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		value = 10 * value + s->p[n] - '0';
	*s = slice_skip(*s, n);
	*ret = value;
	return n;
}

static bool take_two(struct slice *s, int *ret)
{
	int64_t value;

	if (take_number(s, 2, &value) != 2)
		return false;
	*ret = (int)value;
	return true;
}

static const struct unit *unit_of(struct slice word)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (slice_is(word, units[i].name))
			return &units[i];
	return NULL;
}

/* A number and a unit. */
static int duration_read(
    const char *text, int64_t *ret_number, const struct unit **ret_unit, struct diag *d)
{
	struct slice s = slice_of(text);
	int64_t number;
	size_t digits = take_number(&s, 8, &number);
	const struct unit *unit = unit_of(s);

	if (digits == 0)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "'%s' is not a duration: write a number and a unit, such as 90s, 24h or 7d",
		    text);
	if (s.n == 0)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "'%s' has no unit: write %ss, %smin, %sh, %sd or %sw", text, text, text, text,
		    text, text);
	if (digits == 8 || number > NUMBER_MAX)
		return diag_set(d, ERANGE, NULL, 0, 0, "'%s' is too long a time", text);
	if (!unit)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "'%s' has an unknown unit '%s': there are s, m or min, h, d, w, mo and y", text,
		    s.p);
	*ret_number = number;
	*ret_unit = unit;
	return 0;
}

int span_parse(const char *text, int64_t *ret_seconds, struct diag *d)
{
	const struct unit *unit;
	int64_t number;
	int r = duration_read(text, &number, &unit, d);

	if (r < 0)
		return r;
	if (unit->seconds == 0)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "'%s' has no fixed length: months and years differ; write it in days or weeks",
		    text);
	*ret_seconds = number * unit->seconds;
	return 0;
}

/* The same day and hour so many months earlier; the last day of a month that is too short. */
static int64_t months_before(const struct zone *zone, int64_t now, int64_t months)
{
	struct civil c;
	int64_t month;

	zone_to_civil(zone, now, &c);
	month = 12 * (int64_t)c.year + c.month - 1 - months;
	c.year = (int)(month / 12);
	c.month = (int)(month % 12) + 1;
	if (c.day > civil_month_days(c.year, c.month))
		c.day = civil_month_days(c.year, c.month);
	return zone_to_utc(zone, &c, INT64_MIN);
}

static int duration_before(
    const char *text, const struct zone *zone, int64_t now, int64_t *ret, struct diag *d)
{
	const struct unit *unit;
	struct civil today;
	int64_t number;
	int r = duration_read(text, &number, &unit, d);

	if (r < 0)
		return r;
	if (unit->seconds) {
		*ret = now - number * unit->seconds;
		return 0;
	}
	zone_to_civil(zone, now, &today);
	if (number * unit->months / 12 >= today.year)
		return diag_set(d, ERANGE, NULL, 0, 0, "'%s' is too long a time", text);
	*ret = months_before(zone, now, number * unit->months);
	return 0;
}

static int64_t midnight(const struct zone *zone, int64_t now, int days_before)
{
	struct civil c;

	/* From noon, a day is a day whatever the clock did. */
	zone_to_civil(zone, now, &c);
	c.hour = 12;
	c.minute = c.second = 0;
	civil_from_seconds(civil_to_seconds(&c) - days_before * DAY, &c);
	c.hour = 0;
	return zone_to_utc(zone, &c, INT64_MIN);
}

/* Z, +01:00, +0100 or nothing. */
static bool take_offset(struct slice *s, bool *ret_known, int64_t *ret_offset)
{
	int hour, minute;
	bool west;

	*ret_offset = 0;
	*ret_known = s->n > 0;
	if (s->n == 0 || take(s, 'Z'))
		return true;
	west = take(s, '-');
	if ((!west && !take(s, '+')) || !take_two(s, &hour))
		return false;
	take(s, ':');
	if (!take_two(s, &minute) || hour > 18 || minute > 59)
		return false;
	*ret_offset = (hour * 3600 + minute * 60) * (west ? -1 : 1);
	return true;
}

/* YYYY-MM-DD[ |T]HH:MM[:SS][ZONE] */
static bool date_read(struct slice s, struct civil *ret, bool *ret_zone, int64_t *ret_offset)
{
	int64_t year;

	if (take_number(&s, 4, &year) != 4 || !take(&s, '-') || !take_two(&s, &ret->month) ||
	    !take(&s, '-') || !take_two(&s, &ret->day))
		return false;
	ret->year = (int)year;
	*ret_zone = false;
	if (s.n == 0)
		return true;
	if ((!take(&s, ' ') && !take(&s, 'T')) || !take_two(&s, &ret->hour) || !take(&s, ':') ||
	    !take_two(&s, &ret->minute))
		return false;
	if (take(&s, ':') && !take_two(&s, &ret->second))
		return false;
	return take_offset(&s, ret_zone, ret_offset) && s.n == 0;
}

static bool looks_like_date(const char *text)
{
	return strspn(text, "0123456789") == 4 && text[4] == '-';
}

static int date_parse(const char *text, const struct zone *zone, int64_t *ret, struct diag *d)
{
	struct civil c = {0};
	int64_t offset = 0;
	bool has_zone;

	if (!date_read(slice_of(text), &c, &has_zone, &offset))
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "'%s' is not a date: write 2026-11-01, '2026-11-01 13:00' or "
		    "2026-11-01T13:00:00Z",
		    text);
	if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > civil_month_days(c.year, c.month))
		return diag_set(d, EINVAL, NULL, 0, 0, "'%s': there is no such day", text);
	if (c.hour > 23 || c.minute > 59 || c.second > 59)
		return diag_set(d, EINVAL, NULL, 0, 0, "'%s': there is no such time of day", text);
	*ret = has_zone ? civil_to_seconds(&c) - offset : zone_to_utc(zone, &c, INT64_MIN);
	return 0;
}

static int unix_parse(const char *text, int64_t *ret, struct diag *d)
{
	struct slice s = slice_of(text + 1);
	int64_t seconds;

	if (take_number(&s, 12, &seconds) == 0 || s.n)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "'%s' is not a point in time: after @ come the seconds since 1970", text);
	*ret = seconds;
	return 0;
}

int instant_parse(
    const char *text, const struct zone *zone, int64_t now, int64_t *ret, struct diag *d)
{
	if (strcmp(text, "now") == 0) {
		*ret = now;
	} else if (strcmp(text, "today") == 0) {
		*ret = midnight(zone, now, 0);
	} else if (strcmp(text, "yesterday") == 0) {
		*ret = midnight(zone, now, 1);
	} else if (*text == '@') {
		return unix_parse(text, ret, d);
	} else if (looks_like_date(text)) {
		return date_parse(text, zone, ret, d);
	} else if (*text >= '0' && *text <= '9') {
		return duration_before(text, zone, now, ret, d);
	} else {
		return diag_set(
		    d, EINVAL, NULL, 0, 0, "'%s' is not a point in time: " EXAMPLES, text);
	}
	return 0;
}
