/* SPDX-License-Identifier: ISC */
#pragma once

/* Hours folded into the days, weeks and months of a reader's zone.
 *
 * A store counts in UTC hours.  bucket_start() gives the UTC instant at which the bucket that an
 * hour belongs to begins: an hour that straddles local midnight (zones of +5:30 or +5:45) belongs
 * to the day it began in, and a day of a change of the clock has 23 or 25 hours.  Weeks begin on
 * Monday.  BUCKET_HOUR keeps the UTC hour; BUCKET_NONE folds everything into one bucket, 0. */

#include "base/zone.h"
#include <stddef.h>
#include <stdint.h>

enum bucket {
	BUCKET_NONE,
	BUCKET_HOUR,
	BUCKET_DAY,
	BUCKET_WEEK,
	BUCKET_MONTH,
	BUCKET_AUTO, /* what suits the length of the period; only in a request */
	BUCKET_MAX,
};

const char *bucket_name(enum bucket bucket);

/* A period is shown in about 20 to 60 buckets. */
enum bucket bucket_for_period(int64_t seconds);

int64_t bucket_start(enum bucket bucket, const struct zone *zone, int64_t hour);

/* The start of the bucket after the one that starts at `start`. */
int64_t bucket_next(enum bucket bucket, const struct zone *zone, int64_t start);

/* All that begin before `until`, the first with `since` in it; the caller frees *ret. */
size_t bucket_starts(
    enum bucket bucket, const struct zone *zone, int64_t since, int64_t until, int64_t **ret);
