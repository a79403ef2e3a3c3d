/* SPDX-License-Identifier: ISC */
#pragma once

/* Everything a reader can choose about a report, as the options of mailtls-report give it.
 *
 * {0} with a zone is a valid request: view summary as a table, of the whole store, shares without
 * internal traffic.  All that is pointed to is borrowed and outlives the report.  Words are checked
 * by report_write(), which names those that would do. */

#include "base/zone.h"
#include "report/bucket.h"
#include "store/query.h"
#include "tls/advice.h"
#include "tls/cost.h"
#include "tls/policy.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_DIMENSIONS 6 /* --by names no more than these */

struct words {
	const char *const *p;
	size_t n;
};

enum internal { INTERNAL_EXCLUDE, INTERNAL_INCLUDE, INTERNAL_ONLY };

/* What a report is compared with. */
enum compare {
	COMPARE_DEFAULT, /* the period before, in views that are made of a change */
	COMPARE_BEFORE,	 /* the same, asked for: ends where the report begins, and is as long */
	COMPARE_FROM,	 /* from compare_since on, as long as the report */
	COMPARE_SPAN,	 /* from compare_since until compare_until */
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What a pattern file tells an admin whose log lacks evidence. */
struct hint {
	const char *mta, *when, *text; /* when: no-handshake, protocol-unknown, no-session */
};

/* What a pattern file knows of its server's configuration. */
struct mta_advice {
	const char *mta;
	const struct advice_list *advice;
};

struct report_request {
	const char *view;   /* NULL: summary, or trend if there is a `by` */
	const char *format; /* NULL: table */

	bool since_given, until_given;
	int64_t since, until; /* UTC seconds; not given: where the store begins and ends */
	int64_t now; /* an open period ends here or later: silence since is a part of it; 0: not */
	const struct zone *zone;

	enum compare compare;
	int64_t compare_since, compare_until; /* UTC seconds */

	struct words by;
	enum bucket bucket; /* BUCKET_NONE: the view's own */
	struct words direction, service, mta, host, unit;
	enum internal internal;
	bool raw;
	size_t top; /* 0: all */

	const struct policy_set *policies; /* all there are; NULL: nothing is judged */
	struct words policy;		   /* judge by these; none: by judge.h's default */
	const struct cost *cost;	   /* of handshakes, for view capacity; NULL: not known */
	struct words disable;		   /* what view if-disabled switches off */
	struct words fail_if;		   /* conditions (alarm.h) */

	const struct mta_advice *advice;
	size_t advice_count;
	const struct hint *hints;
	size_t hint_count;
	bool no_hints, no_formula_guard;
	enum color color;
	size_t width; /* of a table; 0: that of the terminal, else $COLUMNS, else 80 */

	/* Told each condition that holds. */
	void (*alarm)(void *context, const char *sentence);
	void *alarm_context;

	/* Told once for each thing that a reader of CSV or NDJSON would not see otherwise. */
	void (*warn)(void *context, const char *sentence);
	void *warn_context;
};

/* Whether a report of the request asks for what there is of such a tuple. */
typedef bool (*report_asks_fn)(const struct report_request *request, const struct tuple *tuple);
