/* SPDX-License-Identifier: ISC */
#include "base/zone.h"
#include "base/zone_table.h"
#include <errno.h>
#include <stdbool.h>

/* POSIX TZ rules: `std offset [dst [offset] [,start[/time],end[/time]]]`, with the hours up to
 * 167 and the quoted names that RFC 8536 allows.  Offsets in a rule count west of UTC. */

#define DAY INT64_C(86400)

enum date_form { DATE_WEEKDAY, DATE_WITHOUT_FEB_29, DATE_OF_YEAR };

struct date {
	enum date_form form;
	int month, week, day;
	int64_t time; /* seconds after that day's local midnight */
};

struct rule {
	int64_t standard, summer; /* seconds east of UTC */
	bool changes;
	struct date start, end;
};

static bool take(struct slice *s, char c)
{
	if (s->n == 0 || *s->p != c)
		return false;
	*s = slice_skip(*s, 1);
	return true;
}

static bool take_number(struct slice *s, int64_t least, int64_t most, int64_t *ret)
{
	int64_t value = 0;
	size_t n = 0;

	for (; n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		value = 10 * value + s->p[n] - '0';
	if (n == 0 || value < least || value > most)
		return false;
	*s = slice_skip(*s, n);
	*ret = value;
	return true;
}

static bool take_name(struct slice *s)
{
	size_t n = 0;

	if (take(s, '<')) {
		n = slice_find(*s, '>');
		if (n == s->n)
			return false;
		*s = slice_skip(*s, n + 1);
		return true;
	}
	while (n < s->n && ((s->p[n] | 0x20) >= 'a' && (s->p[n] | 0x20) <= 'z'))
		n++;
	*s = slice_skip(*s, n);
	return n >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct slice *s, int64_t *ret)
{
	int64_t hour, minute = 0, second = 0;
	bool negative = take(s, '-');

	if (!negative)
		take(s, '+');
	if (!take_number(s, 0, 167, &hour))
		return false;
	if (take(s, ':') && !take_number(s, 0, 59, &minute))
		return false;
	if (take(s, ':') && !take_number(s, 0, 59, &second))
		return false;
	*ret = (hour * 3600 + minute * 60 + second) * (negative ? -1 : 1);
	return true;
}

static bool take_date(struct slice *s, struct date *ret)
{
	int64_t month = 0, week = 0, day;

	if (take(s, 'M')) {
		ret->form = DATE_WEEKDAY;
		if (!take_number(s, 1, 12, &month) || !take(s, '.') ||
		    !take_number(s, 1, 5, &week) || !take(s, '.') || !take_number(s, 0, 6, &day))
			return false;
	} else if (take(s, 'J')) {
		ret->form = DATE_WITHOUT_FEB_29;
		if (!take_number(s, 1, 365, &day))
			return false;
	} else {
		ret->form = DATE_OF_YEAR;
		if (!take_number(s, 0, 365, &day))
			return false;
	}
	ret->month = (int)month;
	ret->week = (int)week;
	ret->day = (int)day;
	ret->time = 2 * 3600;
	return !take(s, '/') || take_time(s, &ret->time);
}

static bool rule_read(struct slice s, struct rule *ret)
{
	int64_t west;

	if (!take_name(&s) || !take_time(&s, &west))
		return false;
	*ret = (struct rule){.standard = -west};
	if (s.n == 0)
		return true;
	if (!take_name(&s))
		return false;
	ret->changes = true;
	ret->summer = ret->standard + 3600;
	if (s.n && *s.p != ',') {
		if (!take_time(&s, &west))
			return false;
		ret->summer = -west;
	}
	if (s.n == 0) /* what glibc takes then */
		s = SLICE(",M3.2.0,M11.1.0");
	return take(&s, ',') && take_date(&s, &ret->start) && take(&s, ',') &&
	       take_date(&s, &ret->end) && s.n == 0;
}

/* Local seconds. */
static int64_t date_in(const struct date *d, int year)
{
	struct civil first = {.year = year, .month = 1, .day = 1};
	int day;

	if (d->form != DATE_WEEKDAY) {
		int64_t after = d->day;

		if (d->form == DATE_WITHOUT_FEB_29 &&
		    (d->day < 60 || civil_month_days(year, 2) == 28))
			after--;
		return civil_to_seconds(&first) + after * DAY + d->time;
	}
	first.month = d->month;
	day = 1 + (d->day + 6 - civil_weekday(&first)) % 7; /* a rule's 0 is Sunday */
	day += 7 * (d->week - 1);
	while (day > civil_month_days(year, d->month))
		day -= 7;
	first.day = day;
	return civil_to_seconds(&first) + d->time;
}

static void add_after(struct zone_table *t, int64_t known, int64_t at, int64_t offset)
{
	if (at > known)
		zone_table_add(t, at, offset);
}

int zone_table_extend(struct zone_table *t, struct slice text)
{
	struct civil last = {.year = 1970};
	struct rule rule;
	int64_t known;

	if (!rule_read(text, &rule))
		return -EINVAL;
	if (t->n == 0)
		zone_table_add(t, INT64_MIN, rule.standard);
	known = t->p[t->n - 1].at;
	if (known > INT64_MIN)
		civil_from_seconds(known, &last);
	for (int year = last.year; rule.changes && year <= ZONE_LAST_YEAR; year++) {
		int64_t start = date_in(&rule.start, year) - rule.standard;
		int64_t end = date_in(&rule.end, year) - rule.summer;

		if (start < end)
			add_after(t, known, start, rule.summer);
		add_after(t, known, end, rule.standard);
		if (start >= end)
			add_after(t, known, start, rule.summer);
	}
	return 0;
}
