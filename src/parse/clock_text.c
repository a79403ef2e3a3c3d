/* SPDX-License-Identifier: ISC */
#include "parse/clock_text.h"

static bool digit_at(struct slice text, size_t at)
{
	return at < text.n && text.p[at] >= '0' && text.p[at] <= '9';
}

static bool byte_at(struct slice text, size_t at, char c)
{
	return at < text.n && text.p[at] == c;
}

/* A number of exactly n digits, or -1. */
static int number_at(struct slice text, size_t at, size_t n)
{
	int value = 0;

	if (text.n < at + n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned)(text.p[at + i] - '0');

		if (digit > 9)
			return -1;
		value = 10 * value + (int)digit;
	}
	return value;
}

/* The number, from 1, of the three letters that stand there before that byte; 0 if they are none.
 */
static int name_at(struct slice text, size_t at, const char *names, char behind)
{
	if (text.n < at + 4 || text.p[at + 3] != behind)
		return 0;
	for (int i = 0; names[3 * i]; i++)
		if (memcmp(text.p + at, names + 3 * i, 3) == 0)
			return i + 1;
	return 0;
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* As other languages write them (glibc 2.36, LC_TIME abmon of de, fr, es, it, nl, da, pl), in the
 * order of the year: journalctl keeps to the locale of who calls it. */
static const char *const other_months[] = {
    " Jän janv. ene gen jan sty ",
    " févr. feb lut ",
    " Mär mars mar mrt ",
    " avril abr apr kwi ",
    " Mai mai may mag mei maj ",
    " juin jun giu cze ",
    " juil. jul lug lip ",
    " août ago aug sie ",
    " sept. sep set wrz ",
    " Okt oct. oct ott okt paź ",
    " nov. nov lis ",
    " Dez déc. dic dec gru ",
};
#define OTHER_MONTH_MAX 6 /* bytes */

/* The month whose name and a space stand there, 0 if none do. */
static int month_at(struct slice text, size_t at, size_t *ret_length)
{
	char name[1 + OTHER_MONTH_MAX + 2] = " ";
	int month = name_at(text, at, months, ' ');
	size_t n;

	*ret_length = 3;
	if (month || at >= text.n)
		return month;
	n = slice_find(slice_skip(text, at), ' ');
	if (n == 0 || n > OTHER_MONTH_MAX || at + n == text.n || memchr(text.p + at, 0, n))
		return 0;
	memcpy(name + 1, text.p + at, n);
	name[1 + n] = ' ';
	*ret_length = n;
	for (int i = 0; i < 12; i++)
		if (strstr(other_months[i], name))
			return i + 1;
	return 0;
}

size_t text_weekday(struct slice text)
{
	return name_at(text, 0, "MonTueWedThuFriSatSun", ' ') ? 4 : 0;
}

size_t text_month_hour(struct slice text, struct civil *ret)
{
	int year = number_at(text, 0, 4), month, day, hour;
	size_t at = 0, length;

	if (year >= 0 && byte_at(text, 4, ' '))
		at = 5;
	else
		year = 0;
	month = month_at(text, at, &length);
	if (!month)
		return 0;
	at += length + 1;
	at += byte_at(text, at, ' ');
	day = number_at(text, at, digit_at(text, at + 1) ? 2 : 1);
	at += digit_at(text, at + 1) ? 2 : 1;
	if (day < 0 || !byte_at(text, at, ' '))
		return 0;
	at++;
	if (year == 0 && number_at(text, at, 4) >= 0 && byte_at(text, at + 4, ' ')) {
		year = number_at(text, at, 4);
		at += 5;
	}
	hour = number_at(text, at, 2);
	if (hour < 0)
		return 0;
	*ret = (struct civil){.year = year, .month = month, .day = day, .hour = hour};
	return at + 2;
}

size_t text_iso_hour(struct slice text, struct civil *ret)
{
	int year = number_at(text, 0, 4), month = number_at(text, 5, 2);
	int day = number_at(text, 8, 2), hour = number_at(text, 11, 2);

	if (year < 1 || month < 0 || day < 0 || hour < 0 ||
	    (text.p[4] != '-' && text.p[4] != '/') || text.p[7] != text.p[4] ||
	    (text.p[10] != 'T' && text.p[10] != ' '))
		return 0;
	*ret = (struct civil){.year = year, .month = month, .day = day, .hour = hour};
	return 13;
}

size_t text_common_hour(struct slice text, struct civil *ret)
{
	int day = number_at(text, 0, 2), month = name_at(text, 3, months, '/');
	int year = number_at(text, 7, 4), hour = number_at(text, 12, 2);

	if (day < 0 || !month || year < 1 || hour < 0 || text.p[2] != '/' || text.p[11] != ':')
		return 0;
	*ret = (struct civil){.year = year, .month = month, .day = day, .hour = hour};
	return 14;
}

bool text_minute(struct slice text, size_t at, int *ret_second_of_hour)
{
	int minute = number_at(text, at + 1, 2), second = number_at(text, at + 4, 2);

	if (minute < 0 || second < 0 || text.p[at] != ':' || text.p[at + 3] != ':')
		return false;
	/* 60 is a leap second; it is counted with the next minute. */
	*ret_second_of_hour = minute < 60 && second <= 60 ? 60 * minute + second : -1;
	return true;
}

size_t text_fraction(struct slice text, size_t at)
{
	size_t n = 1;

	if (!byte_at(text, at, '.'))
		return 0;
	while (digit_at(text, at + n))
		n++;
	return n > 1 ? n : 0;
}

int text_year_behind(struct slice text, size_t at)
{
	int year;

	if (!byte_at(text, at, ' ') || !digit_at(text, at + 1))
		return 0;
	year = number_at(text, at + 1, 4);
	at += TEXT_YEAR_LENGTH;
	return year > 0 && (at == text.n || text.p[at] == ' ') ? year : 0;
}

/* +01:00, +0100, +01 */
static size_t numeric_zone(struct slice text, size_t at, struct zone_text *ret)
{
	int hour = number_at(text, at + 1, 2), minute = 0;
	size_t n = 3;

	if (hour < 0 || (text.p[at] != '+' && text.p[at] != '-'))
		return 0;
	if (byte_at(text, at + 3, ':') && number_at(text, at + 4, 2) >= 0) {
		minute = number_at(text, at + 4, 2);
		n = 6;
	} else if (number_at(text, at + 3, 2) >= 0) {
		minute = number_at(text, at + 3, 2);
		n = 5;
	}
	if (digit_at(text, at + n))
		return 0;
	*ret = (struct zone_text){
	    .known = true,
	    .offset = (hour * 3600 + minute * 60) * (text.p[at] == '-' ? -1 : 1),
	};
	return n;
}

size_t text_zone(struct slice text, size_t at, struct zone_text *ret)
{
	size_t n;

	*ret = (struct zone_text){0};
	if (byte_at(text, at, 'Z')) {
		ret->known = true;
		return 1;
	}
	if (!byte_at(text, at, ' '))
		return numeric_zone(text, at, ret);
	n = numeric_zone(text, at + 1, ret);
	if (n == 5 && (at + 6 == text.n || byte_at(text, at + 6, ' ')))
		return 6;
	*ret = (struct zone_text){0};
	return 0;
}

size_t text_zone_name(struct slice text, size_t at, struct zone_text *ret)
{
	struct slice name;
	size_t n = 1;

	*ret = (struct zone_text){0};
	if (!byte_at(text, at, ' '))
		return 0;
	n = numeric_zone(text, at + 1, ret);
	if (n)
		return n + 1;
	while (at + 1 + n < text.n && text.p[at + 1 + n] >= 'A' && text.p[at + 1 + n] <= 'Z')
		n++;
	if (n < 2 || n > 5)
		return 0;
	name = slice_first(slice_skip(text, at + 1), n);
	ret->known = slice_is(name, "UTC") || slice_is(name, "GMT");
	return n + 1;
}
