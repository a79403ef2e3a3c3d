/* SPDX-License-Identifier: ISC */
#pragma once

/* Where a report's numbers come from: the store, logs that are read into a store in memory, or,
 * when nothing was named and there is no store, the configuration's sources, else what this machine
 * logs. */

#include "base/zone.h"
#include "cmd/config.h"
#include "parse/pattern_set.h"
#include "report/request.h"
#include "store/store.h"

struct report_source {
	const char *store;     /* --store, NULL: the usual place, if there is one */
	char *const *operands; /* logs, journal:[WHERE] or a journal's folder */
	size_t operand_count;
	const char *pattern_path;	    /* --patterns */
	const struct pattern_set *patterns; /* NULL: to be loaded if logs turn out to be read */
	const struct config *config;
	const struct zone *zone; /* of stamps that name none */
	bool zone_given;	 /* by an option: no source of the configuration knows better */
	int year;
	bool quiet;
	const struct report_request
	    *request; /* what it does not ask for need not be read or kept */
};

/* Opens or fills the store; what is wrong is logged, and also what was found and is read.  *ret_all
 * is false if a log could not be read, or not to its end: the report is then of the rest. */
int report_source_open(const struct report_source *source, struct store **ret, bool *ret_all);
