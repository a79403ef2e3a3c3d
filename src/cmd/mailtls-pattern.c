/* SPDX-License-Identifier: ISC */

/* mailtls-pattern: proves pattern files, explains a line, shows what matched in a log. */

#include "base/log.h"
#include "base/memory.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/pattern_path.h"
#include "cmd/pattern_tool.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPTION_TAP = 256,
	OPTION_FORMAT,
	OPTION_MTA,
	OPTION_SUMMARY,
	OPTION_PATTERNS,
	OPTION_CONFIG,
	OPTION_YEAR,
	OPTION_TZ,
	OPTION_HOST
};

static const struct option_row rows[] = {
    {OPTION_PATTERNS, "patterns", "DIR", "pattern files to use instead of the installed ones"},
    {OPTION_CONFIG, "config", "FILE",
	"the configuration; default $MAILTLS_CONFIG, else " MAILTLS_SYSCONF "/mailtls.yaml"},
    {OPTION_TAP, "tap", NULL, "check: results as TAP"},
    {OPTION_FORMAT, "format", "FORMAT", "match: ndjson (default) or table"},
    {OPTION_MTA, "mta", "NAME", "match: only facts of this mta"},
    {OPTION_SUMMARY, "summary", NULL,
	"match: hits of each pattern, near misses, lines without a header"},
    {OPTION_YEAR, "year", "YEAR", "the year of the first line, for stamps without one"},
    {OPTION_TZ, "tz", "ZONE", "the time zone of stamps that name none"},
    {OPTION_HOST, "host", "NAME", "the host of lines that name none"},
};

static const struct options options = {
    .program = "mailtls-pattern",
    .synopsis = "check [--tap] [FILE|DIR...]\n"
		"explain [OPTION...] LINE\n"
		"match [OPTION...] FILE...",
    .about = "Proves pattern files by their samples, explains what is made of one log line, or "
	     "prints every fact that logs hold.",
    .rows = rows,
    .count = ARRAY_SIZE(rows),
};

struct call {
	const char *patterns, *config_file, *zone;
	const struct config *config;
	bool tap;
	struct pattern_match_request match;
};

static void read_call(int argc, char **argv, struct call *c)
{
	enum { FORMAT_NDJSON, FORMAT_TABLE };
	static const char *const formats[] = {[FORMAT_NDJSON] = "ndjson", [FORMAT_TABLE] = "table"};
	const char *value;

	for (int id; (id = options_next(&options, argc, argv, &value));)
		switch (id) {
		case OPTION_PATTERNS:
			c->patterns = value;
			break;
		case OPTION_CONFIG:
			c->config_file = value;
			break;
		case OPTION_TAP:
			c->tap = true;
			break;
		case OPTION_FORMAT:
			c->match.table = options_choose(&options, "a format", value, formats,
					     ARRAY_SIZE(formats)) == FORMAT_TABLE;
			break;
		case OPTION_MTA:
			c->match.mta = value;
			break;
		case OPTION_SUMMARY:
			c->match.summary = true;
			break;
		case OPTION_YEAR:
			c->match.year = options_year(&options, value);
			break;
		case OPTION_TZ:
			c->zone = value;
			break;
		case OPTION_HOST:
			c->match.host = value;
			break;
		}
}

/* Without files all that count.  One file alone is held against the reasons that count, unless it
 * comes with its own: its samples name classes. */
static int read_set(const struct call *c, char **files, size_t count, struct pattern_set **ret)
{
	_cleanup_(data_path_free) struct data_path path = {0};
	_cleanup_diag_ struct diag d = {0};
	_cleanup_free_ const char **paths = NULL;
	size_t n;
	int r;

	pattern_path_find(c->patterns, c->config, &path);
	if (count)
		pattern_path_keep_reasons(&path);
	n = path.count;
	paths = memory_array(n + count, sizeof(*paths));
	for (size_t i = 0; i < n + count; i++)
		paths[i] = i < n ? path.paths[i] : files[i - n];
	r = pattern_set_read(paths, n + count, ret, &d);
	if (r < 0)
		log_diag(&d);
	return r;
}

/* A misspelt name would find nothing, and read as if there were nothing. */
static void check_mta(const struct pattern_set *set, const char *name)
{
	_cleanup_free_ const char **names = memory_array(set->count, sizeof(*names));

	for (size_t i = 0; i < set->count; i++)
		names[i] = set->mtas[i]->name;
	if (name)
		options_choose(&options, "an MTA of the patterns", name, names, set->count);
}

static int run(const char *command, struct call *c, char **operands, size_t count)
{
	_cleanup_pattern_set_ struct pattern_set *set = NULL;
	_cleanup_zone_ struct zone *zone = NULL;

	if (strcmp(command, "check") == 0)
		return read_set(c, operands, count, &set) < 0 ? EXIT_FAILED
							      : pattern_check(set, c->tap);
	zone = options_zone(&options, c->zone ? c->zone : c->config->timezone);
	if (pattern_path_load(c->patterns, c->config, &set) < 0)
		return EXIT_FAILED;
	if (strcmp(command, "explain") == 0) {
		if (count != 1)
			options_wrong(&options, "explain takes one line, in quotes");
		return pattern_explain(set, c->config, zone, c->match.year, operands[0]);
	}
	if (count == 0)
		options_wrong(&options, "match needs a log");
	check_mta(set, c->match.mta);
	c->match.config = c->config;
	c->match.zone = zone;
	c->match.zone_given = c->zone != NULL;
	return pattern_match_logs(set, &c->match, operands, count);
}

int main(int argc, char **argv)
{
	_cleanup_config_ struct config *config = NULL;
	static const char *const commands[] = {"check", "explain", "match"};
	struct call call = {0};
	const char *command;

	log_open("mailtls-pattern", LOG_LEVEL_INFO);
	read_call(argc, argv, &call);
	if (optind == argc)
		options_wrong(&options, "say what to do: check, explain or match");
	command = argv[optind++];
	options_choose(&options, "a command", command, commands, ARRAY_SIZE(commands));
	if (config_open(call.config_file, &config) < 0)
		return EXIT_FAILED;
	call.config = config;
	return output_end(run(command, &call, argv + optind, (size_t)(argc - optind)));
}
