/* SPDX-License-Identifier: ISC */
#include "base/zone.h"

#include <stdio.h>

#define DAY INT64_C(86400)
#define DAYS_IN_400_YEARS 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

/* Years begin in March here: the day that only leap years have is then a year's last. */

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t days_before_year(int64_t year)
{
	return 365 * year + floor_divide(year, 4) - floor_divide(year, 100) +
	       floor_divide(year, 400);
}

static int64_t days_of(const struct civil *c)
{
	int64_t year = c->month > 2 ? c->year : c->year - (int64_t)1;
	int month = c->month > 2 ? c->month - 3 : c->month + 9;

	return days_before_year(year) + (153 * month + 2) / 5 + c->day - 1 - DAYS_TO_1970;
}

int64_t civil_to_seconds(const struct civil *c)
{
	return days_of(c) * DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

void civil_from_seconds(int64_t seconds, struct civil *ret)
{
	int64_t days = floor_divide(seconds, DAY);
	int64_t rest = seconds - days * DAY;
	int64_t since = days + DAYS_TO_1970;
	int64_t cycle = floor_divide(since, DAYS_IN_400_YEARS);
	int64_t year, month;

	since -= cycle * DAYS_IN_400_YEARS;
	year = since / 365;
	while (days_before_year(year) > since)
		year--;
	since -= days_before_year(year);
	month = (5 * since + 2) / 153;
	*ret = (struct civil){
	    .year = (int)(400 * cycle + year + (month >= 10)),
	    .month = (int)(month < 10 ? month + 3 : month - 9),
	    .day = (int)(since - (153 * month + 2) / 5 + 1),
	    .hour = (int)(rest / 3600),
	    .minute = (int)(rest / 60 % 60),
	    .second = (int)(rest % 60),
	};
}

static char *two_digits(char *to, int n, char behind)
{
	*to++ = (char)('0' + n / 10);
	*to++ = (char)('0' + n % 10);
	*to++ = behind;
	return to;
}

/* Each entry of a journal has one: printf() would be a tenth of what reading it costs. */
size_t civil_utc_text(int64_t seconds, char to[CIVIL_TEXT_MAX])
{
	struct civil c;
	char *p = to;

	civil_from_seconds(seconds, &c);
	if (c.year < 0 || c.year > 9999)
		return (size_t)snprintf(to, CIVIL_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ",
		    c.year, c.month, c.day, c.hour, c.minute, c.second);
	*p++ = (char)('0' + c.year / 1000);
	*p++ = (char)('0' + c.year / 100 % 10);
	p = two_digits(p, c.year % 100, '-');
	p = two_digits(p, c.month, '-');
	p = two_digits(p, c.day, 'T');
	p = two_digits(p, c.hour, ':');
	p = two_digits(p, c.minute, ':');
	p = two_digits(p, c.second, 'Z');
	*p = '\0';
	return (size_t)(p - to);
}

int civil_weekday(const struct civil *c)
{
	int64_t since_monday = days_of(c) + 3; /* 1970-01-01 was a Thursday */

	return (int)(since_monday - 7 * floor_divide(since_monday, 7));
}

int civil_month_days(int year, int month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}
