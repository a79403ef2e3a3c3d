/* SPDX-License-Identifier: ISC */
#include "report/bucket.h"

#include "base/macros.h"
#include "base/memory.h"

#define HOUR 3600
#define DAY (24 * HOUR)

static const char *const names[] = {"none", "hour", "day", "week", "month", "auto"};
_Static_assert(ARRAY_SIZE(names) == BUCKET_MAX, "a word for each bucket");

const char *bucket_name(enum bucket bucket)
{
	return names[bucket];
}

enum bucket bucket_for_period(int64_t seconds)
{
	if (seconds <= 2 * DAY)
		return BUCKET_HOUR;
	if (seconds <= 62 * DAY)
		return BUCKET_DAY;
	if (seconds <= 400 * DAY)
		return BUCKET_WEEK;
	return BUCKET_MONTH;
}

/* Moves a local date by days; the time of day becomes 00:00. */
static void add_days(struct civil *c, int days)
{
	struct civil date = {.year = c->year, .month = c->month, .day = c->day};

	civil_from_seconds(civil_to_seconds(&date) + (int64_t)days * DAY, c);
}

int64_t bucket_start(enum bucket bucket, const struct zone *zone, int64_t hour)
{
	struct civil c;

	if (bucket == BUCKET_NONE)
		return 0;
	if (bucket == BUCKET_HOUR)
		return hour;
	if (bucket == BUCKET_DAY)
		return zone_day_start(zone, hour);
	zone_to_civil(zone, hour, &c);
	add_days(&c, bucket == BUCKET_WEEK ? -civil_weekday(&c) : 0);
	if (bucket == BUCKET_MONTH)
		c.day = 1;
	return zone_to_utc(zone, &c, INT64_MIN);
}

int64_t bucket_next(enum bucket bucket, const struct zone *zone, int64_t start)
{
	struct civil c;

	if (bucket == BUCKET_NONE)
		return INT64_MAX;
	if (bucket == BUCKET_HOUR)
		return start + HOUR;
	if (bucket == BUCKET_DAY)
		return zone_day_next(zone, start);
	zone_to_civil(zone, start, &c);
	add_days(&c, bucket == BUCKET_WEEK ? 7 : 32 - c.day);
	if (bucket == BUCKET_MONTH)
		c.day = 1;
	return zone_to_utc(zone, &c, INT64_MIN);
}

size_t bucket_starts(
    enum bucket bucket, const struct zone *zone, int64_t since, int64_t until, int64_t **ret)
{
	int64_t *starts = NULL;
	size_t n = 0;

	for (int64_t start = bucket_start(bucket, zone, since); start < until;
	     start = bucket_next(bucket, zone, start)) {
		starts = memory_grow(starts, n + 1, sizeof(*starts));
		starts[n++] = start;
	}
	*ret = starts;
	return n;
}
