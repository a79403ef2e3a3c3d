/* SPDX-License-Identifier: ISC */

/* mailtlsd: follows mail servers' logs and counts each line exactly once. */

#include "base/log.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/service.h"
#include "cmd/service_status.h"
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	OPTION_CONFIG = 256,
	OPTION_STORE,
	OPTION_PATTERNS,
	OPTION_TZ,
	OPTION_HOST,
	OPTION_POLL,
	OPTION_CHECK,
	OPTION_STATUS
};

static const struct option_row rows[] = {
    {OPTION_CONFIG, "config", "FILE",
	"the configuration; default $MAILTLS_CONFIG, else " MAILTLS_SYSCONF "/mailtls.yaml"},
    {OPTION_STORE, "store", "PATH",
	"the store; default $MAILTLS_STORE, else the configuration's, else " MAILTLS_STATE
	"/mailtls.db"},
    {OPTION_PATTERNS, "patterns", "PATH", "a pattern file or a folder of them"},
    {OPTION_TZ, "tz", "ZONE", "the zone of stamps that name none"},
    {OPTION_HOST, "host", "NAME", "the host of lines that name none, of the LOGs"},
    {OPTION_POLL, "poll", "SECONDS", "look so often, and do not wait to be told"},
    {OPTION_CHECK, "check", NULL, "only check configuration and patterns"},
    {OPTION_STATUS, "status", NULL, "only show what is followed, and how far it is read"},
};

static const struct options options = {
    .program = "mailtlsd",
    .synopsis = "[OPTION...] [LOG...]\n--check [OPTION...]\n--status [OPTION...]",
    .about = "Follows the sources that the configuration lists, or the LOGs (files, which may be "
	     "patterns for their names), or the usual ones, and counts into the store.",
    .rows = rows,
    .count = ARRAY_SIZE(rows),
};

static int make_plan(void *context, struct plan **ret)
{
	return plan_make(context, ret);
}

static int check(const struct plan_request *request)
{
	_cleanup_plan_ struct plan *plan = NULL;

	if (plan_make(request, &plan) < 0)
		return EXIT_FAILED;
	printf("configuration and patterns are good: %zu sources, %zu pattern files\n",
	    plan->feed_count, plan->patterns->count);
	return output_end(EXIT_DONE);
}

static int64_t seconds(const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (*end || end == value || n < 1 || n > 86400)
		options_wrong(&options, "--poll takes seconds, from 1 to 86400, not '%s'", value);
	return n;
}

int main(int argc, char **argv)
{
	struct plan_request request = {0};
	bool only_check = false, only_status = false;
	const char *value;
	int id;

	/* Threads only load patterns, which this one uses: theirs need be no memory of their own.
	 */
	mallopt(M_ARENA_MAX, 1);
	log_open(options.program, LOG_LEVEL_INFO);
	while ((id = options_next(&options, argc, argv, &value))) {
		switch (id) {
		case OPTION_CONFIG:
			request.config = value;
			break;
		case OPTION_STORE:
			request.store = value;
			break;
		case OPTION_PATTERNS:
			request.patterns = value;
			break;
		case OPTION_TZ:
			request.zone = value;
			break;
		case OPTION_HOST:
			request.host = value;
			break;
		case OPTION_POLL:
			request.poll = seconds(value);
			break;
		case OPTION_CHECK:
			only_check = true;
			break;
		case OPTION_STATUS:
			only_status = true;
			break;
		}
	}
	request.sources = (const char *const *)argv + optind;
	request.source_count = (size_t)(argc - optind);
	if (only_check)
		return check(&request);
	if (only_status)
		return output_end(service_status(&request));
	return service_run(make_plan, &request) < 0 ? EXIT_FAILED : EXIT_DONE;
}
