/* SPDX-License-Identifier: ISC */
#include "parse/clock.h"

#include "parse/clock_text.h"

#define DAY INT64_C(86400)
#define YEAR (366 * DAY)
#define OFFSET_VARIES INT64_MAX
#define EARLIEST INT64_C(631152000) /* 1990 */

#define TAI64N_LENGTH 25
/* 1970 as multilog and tai64n count: ten seconds, and none of the leap seconds since. */
#define TAI64_EPOCH UINT64_C(0x400000000000000a)

/* How far behind the latest line one may stand and still be only late: within a repeated hour,
 * within a log whose first year was given, and within one whose year is found. */
#define LATE_IN_HOUR 30
#define LATE_IN_YEAR (31 * DAY)
#define LATE_AT_ALL (183 * DAY)
/* The longest that clocks were set back, with room. */
#define REPEATED_MAX (3 * INT64_C(3600))

void clock_init(struct clock *c, const struct zone *zone, int64_t log_time, int year)
{
	*c = (struct clock){
	    .zone = zone,
	    .log_time = log_time,
	    .year = year,
	    .latest = TIME_UNKNOWN,
	    .latest_local = TIME_UNKNOWN,
	};
}

static int64_t utc_after(const struct clock *c, const struct civil *local, int64_t after)
{
	return c->zone ? zone_to_utc(c->zone, local, after) : civil_to_seconds(local);
}

/* Of a repeated local time the later one only if the log is past the earlier one by more than
 * lateness explains, and not by so much that it says nothing. */
static int64_t local_to_utc(const struct clock *c, const struct civil *local)
{
	int64_t first = utc_after(c, local, INT64_MIN);

	if (c->latest_local == TIME_UNKNOWN || c->latest_local - LATE_IN_HOUR <= first ||
	    c->latest_local - first > REPEATED_MAX)
		return first;
	return utc_after(c, local, c->latest_local - LATE_IN_HOUR);
}

static bool day_exists(const struct civil *c)
{
	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= civil_month_days(c->year, c->month);
}

/* The year by hand, then on from the latest stamp: the one year that puts this one less than a
 * month before it or less than eleven after it. */
static int year_onwards(const struct clock *c, struct civil *local)
{
	if (c->latest == TIME_UNKNOWN)
		return c->year;
	local->year = c->current_year;
	if (!day_exists(local) || utc_after(c, local, INT64_MIN) < c->latest - LATE_IN_YEAR)
		return c->current_year + 1;
	if (utc_after(c, local, INT64_MIN) > c->latest + YEAR - LATE_IN_YEAR)
		return c->current_year - 1;
	return c->current_year;
}

/* The latest year that does not put it more than a day after the log. */
static int year_before(const struct clock *c, struct civil *local)
{
	struct civil limit;

	civil_from_seconds(c->log_time + 2 * DAY, &limit);
	for (int year = limit.year; year > limit.year - 9; year--) {
		local->year = year;
		if (day_exists(local) && utc_after(c, local, INT64_MIN) <= c->log_time + DAY)
			return year;
	}
	return limit.year;
}

static int year_find(const struct clock *c, struct civil local, int second_of_hour)
{
	local.minute = second_of_hour / 60;
	local.second = second_of_hour % 60;
	return c->year ? year_onwards(c, &local) : year_before(c, &local);
}

/* The offset of the zone if it is one and the same throughout that hour. */
static int64_t hour_offset(const struct clock *c, const struct civil *hour)
{
	struct civil last = *hour;
	int64_t first_utc = utc_after(c, hour, INT64_MIN), last_utc;

	last.minute = last.second = 59;
	last_utc = utc_after(c, &last, INT64_MIN);
	if (last_utc - first_utc != 3599 || last_utc != utc_after(c, &last, INT64_MAX))
		return OFFSET_VARIES;
	return civil_to_seconds(hour) - first_utc;
}

/* civil.year is 0 in a stamp that has none.  Keeps the hour for the next line if every stamp in
 * it is read alike. */
static void hour_set(
    struct clock *c, struct clock_hour *h, struct slice key, struct civil civil, int second_of_hour)
{
	*h = (struct clock_hour){.has_year = civil.year != 0, .log_time = c->log_time};
	if (!h->has_year && civil.month >= 1 && civil.month <= 12) {
		civil.year = year_find(c, civil, second_of_hour);
		if (year_find(c, civil, 0) == year_find(c, civil, 3599))
			h->length = key.n;
	} else {
		h->length = key.n;
	}
	h->year = civil.year;
	h->possible = day_exists(&civil) && civil.hour < 24;
	if (h->possible) {
		h->start = civil_to_seconds(&civil);
		h->offset = hour_offset(c, &civil);
	}
	if (h->length > sizeof(h->key))
		h->length = 0;
	if (h->length)
		memcpy(h->key, key.p, h->length);
}

static bool hour_is(const struct clock *c, const struct clock_hour *h, struct slice text)
{
	return h->length && text.n >= h->length &&
	       slice_equal(slice_first(text, h->length), (struct slice){h->key, h->length}) &&
	       h->log_time == c->log_time;
}

static int64_t hour_to_utc(const struct clock *c, const struct clock_hour *h, int second_of_hour)
{
	struct civil local;

	if (h->offset != OFFSET_VARIES)
		return h->start + second_of_hour - h->offset;
	civil_from_seconds(h->start + second_of_hour, &local);
	return local_to_utc(c, &local);
}

static void order_note(struct clock *c, const struct clock_hour *h, int64_t time)
{
	if (c->latest_local == TIME_UNKNOWN || time > c->latest_local)
		c->latest_local = time;
	if (h->has_year)
		return;
	if (c->latest == TIME_UNKNOWN) {
		c->latest = time;
	} else if (!c->year && (time < c->latest - LATE_AT_ALL || time > c->latest + YEAR + DAY)) {
		c->spans_too_long = true;
	}
	if (time > c->latest)
		c->latest = time;
	c->current_year = h->year;
}

static void stamp_set(struct clock *c, const struct clock_hour *h, int second_of_hour,
    const struct zone_text *zone, struct stamp *ret)
{
	int64_t time = TIME_UNKNOWN;

	if (h->possible && second_of_hour >= 0)
		time = zone->known ? h->start + second_of_hour - zone->offset
				   : hour_to_utc(c, h, second_of_hour);
	if (time > c->log_time + DAY || time < EARLIEST)
		time = TIME_UNKNOWN;
	else if (!zone->known)
		order_note(c, h, time);
	*ret = (struct stamp){.time = time, .has_year = h->has_year, .has_zone = zone->known};
}

size_t clock_rfc3164(struct clock *c, struct slice text, struct stamp *ret)
{
	struct clock_hour *h = &c->hours[CLOCK_RFC3164], dated;
	struct civil civil = {0};
	bool cached = hour_is(c, h, text);
	size_t at = cached ? h->length : text_month_hour(text, &civil);
	size_t hour_length = at;
	int second_of_hour, year;

	if (at == 0 || !text_minute(text, at, &second_of_hour))
		return 0;
	at += TEXT_MINUTE_LENGTH;
	at += text_fraction(text, at);
	year = text_year_behind(text, at);
	if (year && (cached ? !h->has_year : civil.year == 0)) {
		text_month_hour(text, &civil);
		civil.year = year;
		hour_set(c, &dated, SLICE_NONE, civil, 0);
		h = &dated;
		at += TEXT_YEAR_LENGTH;
	} else if (!cached) {
		hour_set(c, h, slice_first(text, hour_length), civil,
		    second_of_hour < 0 ? 0 : second_of_hour);
	}
	stamp_set(c, h, second_of_hour, &(struct zone_text){0}, ret);
	return at;
}

/* Stamps that begin with the whole date. */
static size_t dated(struct clock *c, struct clock_hour *h, struct slice text,
    size_t (*read_hour)(struct slice text, struct civil *ret), struct stamp *ret)
{
	struct zone_text zone;
	struct civil civil;
	bool cached = hour_is(c, h, text);
	size_t at = cached ? h->length : read_hour(text, &civil);
	int second_of_hour;

	if (at == 0 || !text_minute(text, at, &second_of_hour))
		return 0;
	if (!cached)
		hour_set(c, h, slice_first(text, at), civil, 0);
	at += TEXT_MINUTE_LENGTH;
	at += text_fraction(text, at);
	at += text_zone(text, at, &zone);
	stamp_set(c, h, second_of_hour, &zone, ret);
	return at;
}

size_t clock_iso(struct clock *c, struct slice text, struct stamp *ret)
{
	return dated(c, &c->hours[CLOCK_ISO], text, text_iso_hour, ret);
}

size_t clock_common(struct clock *c, struct slice text, struct stamp *ret)
{
	return dated(c, &c->hours[CLOCK_COMMON], text, text_common_hour, ret);
}

size_t clock_asctime(struct clock *c, struct slice text, struct stamp *ret)
{
	struct clock_hour *h = &c->hours[CLOCK_ASCTIME];
	struct civil civil;
	size_t day = text_weekday(text), at;
	int second_of_hour, year;

	if (hour_is(c, h, text)) {
		at = h->length;
	} else {
		at = day ? text_month_hour(slice_skip(text, day), &civil) : 0;
		if (at == 0 || civil.year)
			return 0;
		at += day;
		h->length = 0;
	}
	if (!text_minute(text, at, &second_of_hour))
		return 0;
	year = text_year_behind(text, at + TEXT_MINUTE_LENGTH);
	if (!year)
		return 0;
	if (h->length == 0 || h->year != year) {
		text_month_hour(slice_skip(text, day), &civil);
		civil.year = year;
		hour_set(c, h, slice_first(text, at), civil, 0);
	}
	stamp_set(c, h, second_of_hour, &(struct zone_text){0}, ret);
	return at + TEXT_MINUTE_LENGTH + TEXT_YEAR_LENGTH;
}

size_t clock_full(struct clock *c, struct slice text, struct stamp *ret)
{
	struct clock_hour *h = &c->hours[CLOCK_FULL];
	struct zone_text zone;
	struct civil civil;
	bool cached = hour_is(c, h, text);
	size_t day = text_weekday(text), at;
	int second_of_hour;

	if (cached) {
		at = h->length;
	} else {
		at = day ? text_iso_hour(slice_skip(text, day), &civil) : 0;
		if (at == 0)
			return 0;
		at += day;
	}
	if (!text_minute(text, at, &second_of_hour))
		return 0;
	if (!cached)
		hour_set(c, h, slice_first(text, at), civil, 0);
	at += TEXT_MINUTE_LENGTH;
	at += text_fraction(text, at);
	at += text_zone_name(text, at, &zone);
	stamp_set(c, h, second_of_hour, &zone, ret);
	return at;
}

size_t clock_unix(struct clock *c, struct slice text, struct stamp *ret)
{
	int64_t time = 0;
	size_t at = 0;

	for (; at < text.n && at < 12 && text.p[at] >= '0' && text.p[at] <= '9'; at++)
		time = 10 * time + text.p[at] - '0';
	if (at < 9 || at > 11)
		return 0;
	if (time > c->log_time + DAY || time < EARLIEST)
		time = TIME_UNKNOWN;
	*ret = (struct stamp){.time = time, .has_year = true, .has_zone = true};
	return at + text_fraction(text, at);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t clock_tai64n(struct clock *c, struct slice text, struct stamp *ret)
{
	uint64_t seconds = 0;
	int64_t time;

	if (text.n < TAI64N_LENGTH || text.p[0] != '@')
		return 0;
	for (size_t i = 1; i < TAI64N_LENGTH; i++) {
		int digit = hex_digit(text.p[i]);

		if (digit < 0)
			return 0;
		if (i <= 16)
			seconds = seconds << 4 | (unsigned)digit;
	}
	time = seconds < TAI64_EPOCH || seconds - TAI64_EPOCH > INT32_MAX * INT64_C(2)
		   ? TIME_UNKNOWN
		   : (int64_t)(seconds - TAI64_EPOCH);
	if (time > c->log_time + DAY || time < EARLIEST)
		time = TIME_UNKNOWN;
	*ret = (struct stamp){.time = time, .has_year = true, .has_zone = true};
	return TAI64N_LENGTH;
}

static size_t read_any(struct clock *c, struct slice text, struct stamp *ret)
{
	if (hour_is(c, &c->hours[CLOCK_RFC3164], text))
		return clock_rfc3164(c, text, ret);
	if (text.p[0] >= '0' && text.p[0] <= '9') {
		if (text.p[4] == '-' || text.p[4] == '/')
			return clock_iso(c, text, ret);
		if (text.p[2] == '/')
			return clock_common(c, text, ret);
		return text.p[4] == ' ' ? clock_rfc3164(c, text, ret) : clock_unix(c, text, ret);
	}
	if (text.p[0] == '@')
		return clock_tai64n(c, text, ret);
	if (text_weekday(text))
		return text.p[4] >= '0' && text.p[4] <= '9' ? clock_full(c, text, ret)
							    : clock_asctime(c, text, ret);
	return clock_rfc3164(c, text, ret);
}

/* Where nothing follows that could be a part of the stamp: a year, a zone. */
static bool ends_at(struct slice text, size_t at)
{
	return at + 1 < text.n && text.p[at] == ' ' && text.p[at + 1] >= 'a' &&
	       text.p[at + 1] <= 'z';
}

/* Reading the same stamp again changes nothing: it is the latest, or as late as it was. */
size_t clock_any(struct clock *c, struct slice text, struct stamp *ret)
{
	struct clock_last *last = &c->last;
	size_t n;

	if (text.n < 9)
		return 0;
	if (last->length && last->log_time == c->log_time && ends_at(text, last->length) &&
	    slice_equal(slice_first(text, last->length), (struct slice){last->key, last->length})) {
		*ret = last->stamp;
		return last->length;
	}
	n = read_any(c, text, ret);
	last->length = 0;
	if (n && n <= sizeof(last->key) && ends_at(text, n)) {
		*last = (struct clock_last){.length = n, .log_time = c->log_time, .stamp = *ret};
		memcpy(last->key, text.p, n);
	}
	return n;
}
