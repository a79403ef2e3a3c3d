/* SPDX-License-Identifier: ISC */
#pragma once

/* The parts of mailtls-pattern: check, explain, match.  Each returns an exit code. */

#include "base/zone.h"
#include "cmd/config.h"
#include "parse/pattern_set.h"

/* Proves the files; one line a file, TAP if tap. */
int pattern_check(const struct pattern_set *set, bool tap);

/* What each MTA makes of one line: header, ident, how far each pattern came, the facts. */
int pattern_explain(const struct pattern_set *set, const struct config *config,
    const struct zone *zone, int year, const char *line);

struct pattern_match_request {
	const char *mta; /* only facts of this one, NULL all */
	bool table, summary;
	const struct config *config;
	const struct zone *zone;
	bool zone_given; /* by an option: no source of the configuration knows better */
	int year;
	const char *host;
};

/* Every fact of the logs, or a summary of what matched and what nearly did. */
int pattern_match_logs(const struct pattern_set *set, const struct pattern_match_request *request,
    char *const *paths, size_t count);
