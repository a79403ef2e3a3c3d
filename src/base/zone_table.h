/* SPDX-License-Identifier: ISC */
#pragma once

/* What a zone is read into: when its offset from UTC changes, and to what.
 *
 * The first entry stands at INT64_MIN and holds the offset before the first change; the others are
 * in ascending order and each differs from the one before it.  Only base/zone*.c use this. */

#include "base/slice.h"
#include <stddef.h>
#include <stdint.h>

#define ZONE_LAST_YEAR 2099

struct zone_transition {
	int64_t at;	/* UTC seconds */
	int64_t offset; /* seconds east of UTC from then on */
};

struct zone_table {
	struct zone_transition *p;
	size_t n;
};

void zone_table_add(struct zone_table *t, int64_t at, int64_t offset);

/* The transitions of a TZif file.  -EBADMSG if the bytes are none, or count leap seconds. */
int zone_table_read(struct zone_table *t, struct slice file);

/* Those that a POSIX TZ rule ("CET-1CEST,M3.5.0,M10.5.0/3") gives after the last one in the table
 * and up to ZONE_LAST_YEAR.  -EINVAL, and the table as it was, if the rule is none. */
int zone_table_extend(struct zone_table *t, struct slice rule);
