/* SPDX-License-Identifier: ISC */
#pragma once

/* Durations and points in time as people write them.
 *
 * A duration is a number and a unit: s, m or min, h, d, w, mo, y ("90s", "24h", "7d", "4w", "3mo",
 * "1y").  A point in time is a duration (that long before now; months and years by the calendar of
 * the zone), "now", "today", "yesterday" (00:00 of the zone), "2026-11-01" (00:00), "2026-11-01
 * 13:00[:00]" with a space or a T (a Z or an offset may follow), or "@1795486473". */

#include "base/diag.h"
#include "base/zone.h"
#include <stdint.h>

/* Seconds; months and years are refused here (-EINVAL), as they have no fixed length. */
int span_parse(const char *text, int64_t *ret_seconds, struct diag *d);

int instant_parse(
    const char *text, const struct zone *zone, int64_t now, int64_t *ret, struct diag *d);
