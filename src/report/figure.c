/* SPDX-License-Identifier: ISC */
#include "report/figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void figure_count(struct buffer *to, int64_t count)
{
	char digits[32];
	size_t n;

	if (count < 0) {
		buffer_char(to, '-');
		count = -count;
	}
	snprintf(digits, sizeof(digits), "%" PRId64, count);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			buffer_char(to, ',');
		buffer_char(to, digits[i]);
	}
}

/* A number of tenths, or of other decimals.  Not by %f: the point is a comma in many locales. */
static void add_decimal(struct buffer *to, int64_t number, int decimals, const char *end)
{
	int64_t one = decimals == 1 ? 10 : 1000000;

	buffer_printf(to, "%" PRId64 ".%0*" PRId64 "%s", number / one, decimals, number % one, end);
}

void figure_share(struct buffer *to, double fraction)
{
	if (fraction <= 0)
		buffer_text_add(to, "0%");
	else if (fraction >= 1)
		buffer_text_add(to, "100%");
	else if (fraction < 0.001)
		buffer_text_add(to, "<0.1%");
	else if (fraction > 0.999)
		buffer_text_add(to, ">99.9%");
	else
		add_decimal(to, (int64_t)(fraction * 1000 + 0.5), 1, "%");
}

void figure_change(struct buffer *to, double change)
{
	double size = change < 0 ? -change : change;

	if (size < 1e-9) { /* what is left of a difference of equal shares */
		buffer_char(to, '=');
		return;
	}
	buffer_char(to, change < 0 ? '-' : '+');
	if (size < 0.001)
		buffer_text_add(to, "<0.1");
	else
		add_decimal(to, (int64_t)(size * 1000 + 0.5), 1, "");
}

void figure_number(struct buffer *to, double number)
{
	double size = number < 0 ? -number : number;

	if (number < 0)
		buffer_char(to, '-');
	if (size >= 100)
		figure_count(to, llround(size));
	else if (size > 0 && size < 0.1)
		buffer_text_add(to, "<0.1");
	else if (size > 0)
		add_decimal(to, (int64_t)(size * 10 + 0.5), 1, "");
	else
		buffer_char(to, '0');
}

void figure_count_difference(struct buffer *to, int64_t count)
{
	if (count > 0)
		buffer_char(to, '+');
	if (count)
		figure_count(to, count);
	else
		buffer_char(to, '=');
}

void figure_difference(struct buffer *to, double number)
{
	if (number > 0)
		buffer_char(to, '+');
	if (number < 0 || number > 0)
		figure_number(to, number);
	else
		buffer_char(to, '=');
}

void figure_date(struct buffer *to, const struct zone *zone, int64_t t)
{
	struct civil c;

	zone_to_civil(zone, t, &c);
	buffer_printf(to, "%04d-%02d-%02d", c.year, c.month, c.day);
}

void figure_time(struct buffer *to, const struct zone *zone, int64_t t)
{
	struct civil c;

	zone_to_civil(zone, t, &c);
	buffer_printf(to, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

bool figure_is_midnight(const struct zone *zone, int64_t t)
{
	struct civil c;

	zone_to_civil(zone, t, &c);
	return c.hour == 0 && c.minute == 0 && c.second == 0;
}

void figure_seconds(struct buffer *to, int64_t seconds)
{
	if (seconds < 60)
		buffer_printf(to, "%" PRId64 " s", seconds);
	else if (seconds < 3600)
		buffer_printf(to, "%" PRId64 " min", seconds / 60);
	else if (seconds < 2 * 86400)
		buffer_printf(
		    to, "%" PRId64 " h %" PRId64 " min", seconds / 3600, seconds % 3600 / 60);
	else
		buffer_printf(
		    to, "%" PRId64 " days %" PRId64 " h", seconds / 86400, seconds % 86400 / 3600);
}

void figure_of(struct buffer *to, int64_t count, const char *one, const char *many)
{
	figure_count(to, count);
	buffer_char(to, ' ');
	buffer_text_add(to, count == 1 ? one : many);
}

static int64_t millionths(double fraction)
{
	int64_t n = (int64_t)(fraction * 1e6 + 0.5);

	if (n <= 0 && fraction > 0)
		return 1;
	if (n >= 1000000 && fraction < 1)
		return 999999;
	return n;
}

double figure_fraction(double fraction)
{
	return (double)millionths(fraction) / 1e6;
}

void figure_six(struct buffer *to, double fraction)
{
	add_decimal(to, millionths(fraction), 6, "");
}

void figure_signed_six(struct buffer *to, double change)
{
	if (change < 0)
		buffer_char(to, '-');
	figure_six(to, change < 0 ? -change : change);
}

double figure_signed_fraction(double change)
{
	return change < 0 ? -figure_fraction(-change) : figure_fraction(change);
}

#define NINE 9
#define DECIMALS 30 /* what is smaller is 0 */

/* A size rounded to nine digits, as a whole number of its last decimal. */
static int64_t nine_digits(double size, int *ret_decimals)
{
	int before = size > 0 ? (int)floor(log10(size)) + 1 : 1;
	int decimals = NINE - before < DECIMALS ? NINE - before : DECIMALS;
	int64_t digits = llround(size * pow(10, decimals));

	*ret_decimals = decimals > 0 ? decimals : 0;
	return decimals < 0 ? digits * llround(pow(10, -decimals)) : digits;
}

double figure_nine(double number)
{
	int decimals;
	int64_t digits = nine_digits(fabs(number), &decimals);

	return copysign((double)digits / pow(10, decimals), number);
}

/* Not by %g: no exponent, and the point is a comma in many locales. */
void figure_exact(struct buffer *to, double number)
{
	char text[64];
	int decimals, n;
	int64_t digits = nine_digits(fabs(number), &decimals);

	for (; decimals && digits % 10 == 0; decimals--)
		digits /= 10;
	n = snprintf(text, sizeof(text), "%0*" PRId64, decimals + 1, digits);
	if (number < 0 && digits)
		buffer_char(to, '-');
	buffer_append(to, text, (size_t)(n - decimals));
	if (decimals)
		buffer_char(to, '.');
	buffer_append(to, text + n - decimals, (size_t)decimals);
}

void figure_iso(struct buffer *to, int64_t t)
{
	char text[CIVIL_TEXT_MAX];

	buffer_append(to, text, civil_utc_text(t, text));
}
