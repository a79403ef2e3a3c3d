/* SPDX-License-Identifier: ISC */
#pragma once

/* Old hours rolled up into days of the store's zone.
 *
 * One instant, rolled_until, parts a store: every counter of an hour before it is in a day, every
 * one of a later hour in that hour; so is coverage, and what imports added.  It is the end of a
 * local day, and moves a day at a time, each in a transaction of its own that raises the store's
 * revision: sums are the same before, after, and whenever a process ends.  What comes later for an
 * hour before it is counted into its day. */

#include "base/diag.h"
#include "base/zone.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

/* How far hours are rolled up, and the zone of the days, which lives as long as the store.  Read
 * anew by each transaction, as another program may have gone on. */
struct rollup {
	int64_t until; /* UTC seconds, 0: none are */
	const struct zone *zone;
};
int rollup_read(struct store *s, struct rollup *ret, struct diag *d);

/* What a counter of an hour is kept under: the hour, or the start of its day. */
int64_t rollup_key(const struct rollup *rollup, int64_t hour);
bool rollup_is_day(const struct rollup *rollup, int64_t key);

/* Rolls up at most so many days of those that had ended at `before`; returns how many are left to
 * do, or a negative errno. */
int64_t rollup_days(struct store *s, int64_t before, int days, struct diag *d);

/* All that are older than the store keeps hours. */
int rollup_old(struct store *s, int64_t now, struct diag *d);

/* Names the zone of the store.  Once hours were rolled up it stays what it is: 0 if it is that,
 * -EEXIST with a sentence if it is another.  A name that is no zone's: -ENOENT. */
int rollup_set_zone(struct store *s, const char *name, struct diag *d);
