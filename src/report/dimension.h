/* SPDX-License-Identifier: ISC */
#pragma once

/* What counters can be grouped by: a table of names and of how each is read from a tuple.
 *
 * mta, direction, service and unit are always grouped by (`always`), because nothing is added up
 * across them; host fills the common column of that name.  hour, day, week and month are a bucket.
 * weekday and hour-of-day are taken from the local time at which the counted hour began.  In a
 * value, "" and -1 say that the log did not tell; texts are static or the store's. */

#include "base/diag.h"
#include "base/zone.h"
#include "report/bucket.h"
#include "report/result.h"
#include "store/query.h"
#include <stdbool.h>

struct dimension_value {
	const char *text;
	int64_t number; /* the value of a COLUMN_COUNT, else where it stands among its like */
};

struct dimension {
	const char *name;
	enum column_type type;
	bool always, host, of_time, of_hour;
	bool of_peer;	    /* of who spoke: only lists can be grouped by it */
	bool of_address;    /* of the peer's address, which is no part of a tuple: no `of` */
	enum bucket bucket; /* BUCKET_NONE if it is none */
	/* local is only given for a dimension that is of_time; raw asks for the spelling as logged
	 * where there is one. */
	struct dimension_value (*of)(
	    const struct tuple *tuple, const struct civil *local, bool raw);
};

/* The family that an address or a network is of; "" if the text is neither. */
struct dimension_value dimension_of_address(const char *peer);

/* NULL and a diagnosis that names the words that would do. */
const struct dimension *dimension_find(const char *name, struct diag *d);

/* For views, whose own dimensions are always there. */
const struct dimension *dimension_of(const char *name);
