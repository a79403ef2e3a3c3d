/* SPDX-License-Identifier: ISC */
#pragma once

/* Time zones, each tabulated once.
 *
 * glibc knows one zone at a time and takes a misspelt name as UTC, so a zone is read from its TZif
 * file (RFC 8536) here: the transitions in it, then those its rule gives up to 2099.  Nothing
 * touches TZ or any other state of the process.  Names are those of the zone database
 * ("Europe/Berlin", "UTC"); "" or NULL is the machine's own zone ($TZ, which may also be a POSIX
 * rule, else /etc/localtime).  A name that is none gives -ENOENT and a diagnosis. */

#include "base/diag.h"
#include "base/macros.h"
#include <stddef.h>
#include <stdint.h>

struct zone;

struct civil {
	int year, month, day, hour, minute, second; /* month and day from 1 */
};

int zone_open(const char *name, struct zone **ret, struct diag *d);
struct zone *zone_free(struct zone *z);
const char *zone_name(const struct zone *z);

/* Seconds east of UTC at that instant. */
int zone_offset(const struct zone *z, int64_t utc);

/* Local time to UTC.  Of a repeated hour the earlier instant, unless it lies before `after`; a
 * local time that the clock skipped is read as if it had not been changed yet. */
int64_t zone_to_utc(const struct zone *z, const struct civil *local, int64_t after);
void zone_to_civil(const struct zone *z, int64_t utc, struct civil *ret);

/* When the local day of an instant began, and when one that began then ends; a day of a change of
 * the clock has 23 or 25 hours. */
int64_t zone_day_start(const struct zone *z, int64_t utc);
int64_t zone_day_next(const struct zone *z, int64_t start);

/* The proleptic Gregorian calendar without a zone. */
int64_t civil_to_seconds(const struct civil *c);
void civil_from_seconds(int64_t seconds, struct civil *ret);
/* 2026-11-23T10:01:51Z and a NUL; the length without it. */
#define CIVIL_TEXT_MAX 32
size_t civil_utc_text(int64_t seconds, char to[CIVIL_TEXT_MAX]);
int civil_weekday(const struct civil *c); /* 0 Monday .. 6 Sunday */
int civil_month_days(int year, int month);

DEFINE_CLEANUP(struct zone, zone_free);
#define _cleanup_zone_ _cleanup_(zone_free_p)
