/* SPDX-License-Identifier: ISC */

/* mailtls-report: which TLS mail really uses, from the store or straight from logs. */

#include "base/log.h"
#include "base/memory.h"
#include "base/span.h"
#include "cmd/config.h"
#include "cmd/options.h"
#include "cmd/pattern_path.h"
#include "cmd/policy_path.h"
#include "cmd/report_source.h"
#include "report/judge.h"
#include "report/report.h"
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	OPTION_VIEW = 256,
	OPTION_BY,
	OPTION_BUCKET,
	OPTION_DIRECTION,
	OPTION_SERVICE,
	OPTION_MTA,
	OPTION_HOST,
	OPTION_UNIT,
	OPTION_INTERNAL,
	OPTION_POLICY,
	OPTION_POLICIES,
	OPTION_DISABLE,
	OPTION_COST,
	OPTION_COMPARE,
	OPTION_FAIL_IF,
	OPTION_FORMAT,
	OPTION_OUTPUT,
	OPTION_RAW,
	OPTION_TOP,
	OPTION_TZ,
	OPTION_COLOR,
	OPTION_NO_HINTS,
	OPTION_NO_FORMULA_GUARD,
	OPTION_STORE,
	OPTION_CONFIG,
	OPTION_PATTERNS,
	OPTION_YEAR,
	OPTION_NOW,
	OPTION_SINCE = 'S',
	OPTION_UNTIL = 'U',
	OPTION_QUIET = 'q',
};

static const struct option_row rows[] = {
    {OPTION_SINCE, "since", "T",
	"from then on: 7d, 24h, 4w, 3mo, 1y, 2026-11-01, \"2026-11-01 13:00\", yesterday, today, "
	"@EPOCH; default 7d (forecast: 14w), with logs: all"},
    {OPTION_UNTIL, "until", "T", "up to then, not including it; default now"},
    {OPTION_VIEW, "view", "VIEW",
	"summary (default), protocols, ciphers, groups, signatures, failures, plaintext, peers, "
	"users, if-disabled, outbound, compliance, trend, capacity, diff, forecast, coverage"},
    {OPTION_BY, "by", "DIM,...",
	"group by these dimensions: host, mta, service, direction, protocol, cipher, day, weekday, "
	"family ..."},
    {OPTION_BUCKET, "bucket", "SIZE", "of views over time: hour, day, week, month, auto"},
    {OPTION_DIRECTION, "direction", "WORD", "only this direction: in, out"},
    {OPTION_SERVICE, "service", "WORD", "only this service: mx, submission, relay, imap ..."},
    {OPTION_MTA, "mta", "NAME", "only this mail server: postfix, exim, dovecot ..."},
    {OPTION_HOST, "host", "NAME", "only this host, as logged"},
    {OPTION_UNIT, "unit", "WORD", "only sessions of this unit: connection, message ..."},
    {OPTION_INTERNAL, "internal", "WHAT",
	"of loopback and the like: exclude (default), include, only"},
    {OPTION_POLICY, "policy", "NAME,...", "judge by these; list shows all; default " JUDGE_DEFAULT},
    {OPTION_DISABLE, "disable", "WHAT,...",
	"of view if-disabled: TLSv1.0, RC4, 3DES, CBC, kx=RSA, DHE, a suite, a policy ..."},
    {OPTION_COST, "cost", "FILE",
	"of view capacity: what a signature and the like cost, as share/mailtls/measure-costs "
	"found"},
    {OPTION_POLICIES, "policies", "DIR", "policies to use instead of the installed ones"},
    {OPTION_COMPARE, "compare", "T",
	"with another period: before, from T on, or T..T; default before, in summary and diff"},
    {OPTION_FAIL_IF, "fail-if", "CONDITION", "exit with 3 if it holds, as \"legacy_share > 0.5%\""},
    {OPTION_FORMAT, "format", "FORMAT",
	"table (default), csv, json, ndjson, markdown, html, prometheus"},
    {OPTION_OUTPUT, "output", "FILE", "write there, whole or not at all"},
    {OPTION_RAW, "raw", NULL, "a row for each spelling that was logged"},
    {OPTION_TOP, "top", "N", "the first N rows only; shares stay those of all"},
    {OPTION_TZ, "tz", "ZONE",
	"the time zone of days, of dates in options, and of stamps in logs that name none"},
    {OPTION_COLOR, "color", "WHEN", "auto (default), always, never"},
    {OPTION_NO_HINTS, "no-hints", NULL, "no advice on what the logs do not tell"},
    {OPTION_NO_FORMULA_GUARD, "no-formula-guard", NULL,
	"CSV: leave cells that a spreadsheet would run"},
    {OPTION_STORE, "store", "PATH",
	"the store; default $MAILTLS_STORE, else the configuration's, else " MAILTLS_STATE
	"/mailtls.db"},
    {OPTION_CONFIG, "config", "FILE",
	"the configuration; default $MAILTLS_CONFIG, else " MAILTLS_SYSCONF "/mailtls.yaml"},
    {OPTION_PATTERNS, "patterns", "DIR", "pattern files to use instead of the installed ones"},
    {OPTION_YEAR, "year", "YEAR", "the year of each log's first line, for stamps without one"},
    {OPTION_NOW, "now", "T", "report as if it were then"},
    {OPTION_QUIET, "quiet", NULL, "no progress"},
};

static const struct options options = {
    .program = "mailtls-report",
    .synopsis = "[OPTION...] [LOG...]",
    .about = "Reports which TLS protocols and ciphers mail used: of the store, or of the given "
	     "logs (plain, .gz, .xz, .zst, .bz2; - is standard input; journal: or a folder is a "
	     "systemd journal).  With neither, it reads what this machine logs.",
    .rows = rows,
    .count = ARRAY_SIZE(rows),
};

/* A list of words that options add to. */
struct word_list {
	char **p;
	size_t n;
};

struct call {
	const char *since, *until, *zone, *output, *store, *config, *patterns, *policies, *now,
	    *cost, *compare;
	int year;
	bool quiet;
	struct word_list by, direction, service, mta, host, unit, policy, disable, fail_if;
	bool alarmed;
	char *wrong; /* with the call, as the store showed; told when that is closed; or NULL */
	struct report_request request;
};

static void add_words(struct word_list *list, const char *value)
{
	for (const char *p = value;; p++) {
		size_t n = strcspn(p, ",");

		list->p = memory_grow(list->p, list->n + 1, sizeof(*list->p));
		list->p[list->n++] = memory_copy(p, n);
		p += n;
		if (!*p)
			return;
	}
}

static struct words words_of(const struct word_list *list)
{
	return (struct words){(const char *const *)list->p, list->n};
}

static void words_free(struct word_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->p[i]);
	free(list->p);
}

static enum bucket read_bucket(const char *value)
{
	const char *words[BUCKET_MAX - BUCKET_HOUR];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = bucket_name((enum bucket)(BUCKET_HOUR + i));
	return (enum bucket)(
	    BUCKET_HOUR + options_choose(&options, "a bucket", value, words, ARRAY_SIZE(words)));
}

static size_t read_top(const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (*end || end == value || value[0] == '-' || n == 0)
		options_wrong(&options, "'%s' is not a number of rows", value);
	return n;
}

static void read_list_option(struct call *c, int id, const char *value)
{
	struct word_list *const lists[] = {&c->by, &c->direction, &c->service, &c->mta, &c->host,
	    &c->unit, &c->policy, &c->disable};
	static const int ids[] = {OPTION_BY, OPTION_DIRECTION, OPTION_SERVICE, OPTION_MTA,
	    OPTION_HOST, OPTION_UNIT, OPTION_POLICY, OPTION_DISABLE};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (ids[i] == id)
			add_words(lists[i], value);
}

static void read_text_option(struct call *c, int id, const char *value)
{
	const char **const texts[] = {&c->since, &c->until, &c->request.view, &c->request.format,
	    &c->output, &c->zone, &c->store, &c->config, &c->patterns, &c->policies, &c->now,
	    &c->cost, &c->compare};
	static const int ids[] = {OPTION_SINCE, OPTION_UNTIL, OPTION_VIEW, OPTION_FORMAT,
	    OPTION_OUTPUT, OPTION_TZ, OPTION_STORE, OPTION_CONFIG, OPTION_PATTERNS, OPTION_POLICIES,
	    OPTION_NOW, OPTION_COST, OPTION_COMPARE};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (ids[i] == id)
			*texts[i] = value;
}

static void read_flag_option(struct call *c, int id)
{
	bool *const flags[] = {
	    &c->request.raw, &c->request.no_hints, &c->request.no_formula_guard, &c->quiet};
	static const int ids[] = {
	    OPTION_RAW, OPTION_NO_HINTS, OPTION_NO_FORMULA_GUARD, OPTION_QUIET};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (ids[i] == id)
			*flags[i] = true;
}

static void read_option(struct call *c, int id, const char *value)
{
	static const char *const internals[] = {"exclude", "include", "only"};
	static const char *const colors[] = {"auto", "always", "never"};

	switch (id) {
	case OPTION_BUCKET:
		c->request.bucket = read_bucket(value);
		break;
	case OPTION_INTERNAL:
		c->request.internal = (enum internal)options_choose(
		    &options, "a value of --internal", value, internals, ARRAY_SIZE(internals));
		break;
	case OPTION_COLOR:
		c->request.color = (enum color)options_choose(
		    &options, "a value of --color", value, colors, ARRAY_SIZE(colors));
		break;
	case OPTION_FAIL_IF: /* one condition each: a comma is none of its own */
		c->fail_if.p = memory_grow(c->fail_if.p, c->fail_if.n + 1, sizeof(*c->fail_if.p));
		c->fail_if.p[c->fail_if.n++] = memory_string(value);
		break;
	case OPTION_TOP:
		c->request.top = read_top(value);
		break;
	case OPTION_YEAR:
		c->year = options_year(&options, value);
		break;
	default:
		read_list_option(c, id, value);
		read_text_option(c, id, value);
		read_flag_option(c, id);
	}
}

static int64_t read_instant(const char *text, const struct zone *zone, int64_t now)
{
	_cleanup_diag_ struct diag d = {0};
	int64_t instant;

	if (instant_parse(text, zone, now, &instant, &d) < 0)
		options_wrong(&options, "%s", d.text);
	return instant;
}

/* T, T..T, or `before`. */
static void read_compare(
    struct report_request *request, const char *text, const struct zone *zone, int64_t now)
{
	const char *dots = strstr(text, "..");
	_cleanup_free_ char *from = memory_copy(text, dots ? (size_t)(dots - text) : strlen(text));

	if (strcmp(text, "before") == 0) {
		request->compare = COMPARE_BEFORE;
		return;
	}
	request->compare = dots ? COMPARE_SPAN : COMPARE_FROM;
	request->compare_since = read_instant(from, zone, now);
	if (dots)
		request->compare_until = read_instant(dots + 2, zone, now);
}

/* A week, or what the view is usually of, of the store or of what the machine logs; all of logs
 * that were named. */
static void read_period(struct call *c, const struct zone *zone, bool logs_named)
{
	int64_t now = c->now ? read_instant(c->now, zone, time(NULL)) : time(NULL);
	struct report_request *request = &c->request;

	if (!c->since && !logs_named)
		c->since = report_usual_since(request);
	request->since_given = c->since != NULL;
	request->until_given = c->until != NULL;
	request->now = logs_named ? 0 : now; /* a log ends where it ends */
	if (c->since)
		request->since = read_instant(c->since, zone, now);
	if (c->until)
		request->until = read_instant(c->until, zone, now);
	if (c->compare)
		read_compare(request, c->compare, zone, now);
	if (c->since && c->until && request->since >= request->until)
		options_wrong(&options, "--since %s is not before --until %s", c->since, c->until);
}

static void alarm_holds(void *context, const char *sentence)
{
	struct call *c = context;

	c->alarmed = true;
	log_warning("%s", sentence);
}

static void warn(void *context _unused_, const char *sentence)
{
	log_warning("%s", sentence);
}

static struct hint *collect_hints(const struct pattern_set *set, size_t *ret_count)
{
	struct hint *hints = NULL;
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->mtas[i]->hint_count; k++) {
			const struct mta_hint *h = &set->mtas[i]->hints[k];

			hints = memory_grow(hints, n + 1, sizeof(*hints));
			hints[n++] = (struct hint){h->mta, h->when, h->text};
		}
	*ret_count = n;
	return hints;
}

static struct mta_advice *collect_advice(const struct pattern_set *set)
{
	struct mta_advice *advice = memory_array(set->count, sizeof(*advice));

	for (size_t i = 0; i < set->count; i++)
		advice[i] = (struct mta_advice){set->mtas[i]->name, &set->mtas[i]->advice};
	return advice;
}

static int write_report(struct call *c, struct store *store)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_buffer_ struct buffer text = {0};
	int r = c->output ? report_write_file(store, &c->request, c->output, &d)
			  : report_write(store, &c->request, stdout, &d);

	if (r >= 0)
		return c->alarmed ? EXIT_CONDITION : EXIT_DONE;
	diag_text(&d, &text);
	if (r == -EINVAL)
		c->wrong = buffer_take(&text);
	else
		log_error("%s", buffer_text(&text));
	return EXIT_FAILED;
}

/* A wrong word is told before an hour of logs is read. */
static void check_request(const struct call *c)
{
	_cleanup_diag_ struct diag d = {0};

	if (report_check(&c->request, &d) < 0)
		options_wrong(&options, "%s", d.text);
}

static int load_cost(const char *path, struct cost **ret)
{
	_cleanup_diag_ struct diag d = {0};
	int r = path ? cost_load(path, ret, &d) : 0;

	if (r < 0)
		log_diag(&d);
	return r;
}

static void hand_on_words(struct call *c)
{
	c->request.by = words_of(&c->by);
	c->request.direction = words_of(&c->direction);
	c->request.service = words_of(&c->service);
	c->request.mta = words_of(&c->mta);
	c->request.host = words_of(&c->host);
	c->request.unit = words_of(&c->unit);
	c->request.policy = words_of(&c->policy);
	c->request.disable = words_of(&c->disable);
	c->request.fail_if = words_of(&c->fail_if);
}

static int run(struct call *c, const struct config *config, char **operands, size_t count)
{
	_cleanup_pattern_set_ struct pattern_set *set = NULL;
	_cleanup_policy_set_ struct policy_set *policies = NULL;
	_cleanup_zone_ struct zone *zone =
	    options_zone(&options, c->zone ? c->zone : config->timezone);
	_cleanup_store_ struct store *store = NULL;
	_cleanup_cost_ struct cost *cost = NULL;
	_cleanup_free_ struct hint *hints = NULL;
	_cleanup_free_ struct mta_advice *advice = NULL;
	struct report_source source = {
	    .store = c->store,
	    .config = config,
	    .operands = operands,
	    .operand_count = count,
	    .zone = zone,
	    .zone_given = c->zone != NULL,
	    .year = c->year,
	    .quiet = c->quiet,
	    .request = &c->request,
	};
	bool all;
	int r;

	read_period(c, zone, count > 0);
	c->request.zone = zone;
	hand_on_words(c);
	c->request.alarm = alarm_holds;
	c->request.alarm_context = c;
	c->request.warn = warn;
	if (policy_path_load(c->policies, config, &policies) < 0)
		return EXIT_FAILED;
	if (c->policy.n == 1 && strcmp(c->policy.p[0], "list") == 0)
		return policy_list_write(policies, stdout);
	c->request.policies = policies;
	if (load_cost(c->cost, &cost) < 0)
		return EXIT_FAILED;
	c->request.cost = cost;
	check_request(c);
	r = (count ? pattern_path_load : pattern_path_load_notes)(c->patterns, config, &set);
	if (r < 0)
		return EXIT_FAILED;
	hints = collect_hints(set, &c->request.hint_count);
	c->request.hints = hints;
	advice = collect_advice(set);
	c->request.advice = advice;
	c->request.advice_count = set->count;
	source.patterns = count ? set : NULL;
	source.pattern_path = c->patterns;
	if (report_source_open(&source, &store, &all) < 0)
		return EXIT_FAILED;
	r = write_report(c, store);
	return !all ? EXIT_FAILED : r;
}

int main(int argc, char **argv)
{
	_cleanup_config_ struct config *config = NULL;
	struct call call = {0};
	const char *value;
	int r;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_DFL); /* `| head` is no failure to tell about */
	log_open(options.program, LOG_LEVEL_INFO);
	for (int id; (id = options_next(&options, argc, argv, &value));)
		read_option(&call, id, value);
	r = config_open(call.config, &config) < 0
		? EXIT_FAILED
		: run(&call, config, argv + optind, (size_t)(argc - optind));
	if (call.wrong)
		options_wrong(&options, "%s", call.wrong);
	words_free(&call.by);
	words_free(&call.direction);
	words_free(&call.service);
	words_free(&call.mta);
	words_free(&call.host);
	words_free(&call.unit);
	words_free(&call.policy);
	words_free(&call.disable);
	words_free(&call.fail_if);
	return r;
}
