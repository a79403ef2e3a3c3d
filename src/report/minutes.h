/* SPDX-License-Identifier: ISC */
#pragma once

/* How busy minutes were: of each bucket and direction, and with --by host of each host.
 *
 * A minute's load is the handshakes that were begun in it, those that failed included; of several
 * hosts it is their sum.  A percentile is the load that so many of a hundred minutes of the bucket
 * do not exceed (nearest rank: the least load of which that holds).  Minutes without a handshake
 * count as 0, as far as anything is known of them: from the first to the last hour with a counter
 * in the store, and no further than the report's period.
 *
 * Minutes are kept by host and direction, and for a time, so an answer may be less than what the
 * counters hold.  Whoever asks compares the sums: where these differ, minutes are gone.  Internal
 * traffic is left out unless the request includes it. */

#include "report/view.h"

struct busy {
	int64_t bucket;
	int64_t handshakes, failures; /* sums */
	int64_t at;		      /* the busiest minute, the first of several; 0: none */
	int64_t peak, peak_made, peak_failed; /* of it: all, and of these */
	int64_t p95, p99;
};

struct minutes {
	const struct report *report;
	enum bucket size;
	bool by_host;
	struct table *numbers; /* of hosts and directions: places in lines */
	struct minute_line *lines;
	size_t line_count;
	struct buffer key;
	int64_t bucket, end; /* the one that is read */
};

/* False where the report's filters are finer than minutes are kept. */
bool minutes_can_tell(const struct report_request *request);

/* Of the report's period and filters. */
int minutes_read(const struct report *report, enum bucket bucket, bool by_host, struct minutes *ret,
    struct diag *d);
void minutes_free(struct minutes *m);

/* host is "" unless by_host.  {.bucket} where no minute had a handshake. */
struct busy minutes_busy(
    const struct minutes *m, const char *host, enum direction direction, int64_t bucket);

#define _cleanup_minutes_ _cleanup_(minutes_free)
