/* SPDX-License-Identifier: ISC */

/* mailtls-import: counts logs into the store, each line once. */

#include "base/escape.h"
#include "base/log.h"
#include "base/memory.h"
#include "cmd/config.h"
#include "cmd/import_journal.h"
#include "cmd/ingest.h"
#include "cmd/journal_operand.h"
#include "cmd/log_order.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/pattern_path.h"
#include "cmd/store_path.h"
#include "store/peer_policy.h"
#include "store/prune.h"
#include "store/rollup.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	OPTION_STORE = 256,
	OPTION_CONFIG,
	OPTION_PATTERNS,
	OPTION_YEAR,
	OPTION_TZ,
	OPTION_HOST,
	OPTION_DRY_RUN,
	OPTION_OVERLAP,
	OPTION_COMMIT_BYTES,
	OPTION_PEERS,
	OPTION_PEER_ADDRESSES,
	OPTION_QUIET = 'q',
};

static const struct option_row rows[] = {
    {OPTION_STORE, "store", "PATH",
	"the store; default $MAILTLS_STORE, else the configuration's, else " MAILTLS_STATE
	"/mailtls.db"},
    {OPTION_CONFIG, "config", "FILE",
	"the configuration; default $MAILTLS_CONFIG, else " MAILTLS_SYSCONF "/mailtls.yaml"},
    {OPTION_YEAR, "year", "YEAR", "the year of each log's first line, for stamps without one"},
    {OPTION_TZ, "tz", "ZONE", "the time zone of stamps that name none"},
    {OPTION_HOST, "host", "NAME", "the host of lines that name none"},
    {OPTION_PATTERNS, "patterns", "DIR", "pattern files to use instead of the installed ones"},
    {OPTION_DRY_RUN, "dry-run", NULL, "say what would be counted, day by day; write nothing"},
    {OPTION_OVERLAP, "overlap", "allow",
	"count logs, too, of which some lines may be counted already"},
    {OPTION_PEERS, "peers", "WHAT",
	"which peers the store keeps from now on: off, weak (a new store's), all"},
    {OPTION_PEER_ADDRESSES, "peer-addresses", "HOW",
	"how it keeps their addresses from now on: full (a new store's), net, hash, none"},
    {OPTION_COMMIT_BYTES, "commit-bytes", "N",
	"commit counts and position every N bytes of input; default 67108864"},
    {OPTION_QUIET, "quiet", NULL, "no progress and no summary"},
};

static const struct options options = {
    .program = "mailtls-import",
    .synopsis = "[OPTION...] LOG...",
    .about = "Counts the TLS facts of mail logs (plain, .gz, .xz, .zst, .bz2; - is standard input; "
	     "journal: is this machine's journal, and a folder of journal files one, too) into the "
	     "store.  A log that is given again, renamed, compressed or grown is known by its "
	     "content: only what is new of it is counted.",
    .rows = rows,
    .count = ARRAY_SIZE(rows),
};

struct call {
	const char *store, *config_file, *patterns, *zone, *host;
	const struct config *config;
	int year;
	bool dry_run, overlap_allowed, quiet;
	int64_t commit_bytes;
	int peers, peer_addresses; /* -1: as the configuration says */
	const char **journals;	   /* as journal_operand() gives them */
	size_t journal_count;
};

struct totals {
	size_t fresh, grown, known, failed;
	struct ingest_counts counted;
};

static int64_t positive(const char *value)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (errno || *end || end == value || n <= 0)
		options_wrong(&options, "'%s' is not a number of bytes", value);
	return n;
}

static int word(const char *option, const char *words, int (*from)(struct slice), const char *value)
{
	int chosen = from(slice_of(value));

	if (chosen < 0)
		options_wrong(&options, "--%s takes %s, not '%s'", option, words, value);
	return chosen;
}

static void read_call(int argc, char **argv, struct call *c)
{
	const char *value;

	for (int id; (id = options_next(&options, argc, argv, &value));)
		switch (id) {
		case OPTION_STORE:
			c->store = value;
			break;
		case OPTION_CONFIG:
			c->config_file = value;
			break;
		case OPTION_PATTERNS:
			c->patterns = value;
			break;
		case OPTION_YEAR:
			c->year = options_year(&options, value);
			break;
		case OPTION_TZ:
			c->zone = value;
			break;
		case OPTION_HOST:
			c->host = value;
			break;
		case OPTION_DRY_RUN:
			c->dry_run = true;
			break;
		case OPTION_OVERLAP:
			if (strcmp(value, "allow") != 0)
				options_wrong(&options, "--overlap takes 'allow', not '%s'", value);
			c->overlap_allowed = true;
			break;
		case OPTION_COMMIT_BYTES:
			c->commit_bytes = positive(value);
			break;
		case OPTION_PEERS:
			c->peers = word("peers", "off, weak or all", peers_from, value);
			break;
		case OPTION_PEER_ADDRESSES:
			c->peer_addresses = word("peer-addresses", "full, net, hash or none",
			    peer_addresses_from, value);
			break;
		case OPTION_QUIET:
			c->quiet = true;
			break;
		}
}

/* What was given, for the list of imports. */
static void join_arguments(struct buffer *to, char **argv)
{
	_cleanup_buffer_ struct buffer raw = {0};

	for (int i = 1; argv[i]; i++)
		buffer_printf(&raw, "%s%s", i > 1 ? " " : "", argv[i]);
	escape_utf8(to, buffer_slice(&raw));
}

/* A dry run counts into a copy in memory; without a store there is nothing to copy. */
static int open_store(const struct call *c, struct store **ret, struct diag *d)
{
	const char *path = store_path(c->store, c->config);
	int r;

	if (!c->dry_run)
		return store_open(path, STORE_CREATE, ret, d);
	r = access(path, F_OK) < 0 && errno == ENOENT ? store_open(NULL, STORE_MEMORY, ret, d)
						      : store_open(path, STORE_COPY, ret, d);
	return r;
}

static void add_counted(struct ingest_counts *to, const struct ingest_counts *counted)
{
	to->lines += counted->lines;
	for (int i = 0; i < FACT_KIND_MAX; i++)
		to->facts[i] += counted->facts[i];
	for (int i = 0; i < OUTCOME_MAX; i++)
		to->outcomes[i] += counted->outcomes[i];
}

static void add_result(struct totals *totals, const struct ingest_result *result)
{
	bool was_known = result->verdict == STREAM_CONTINUED || result->verdict == STREAM_COUNTED;

	if (result->new_bytes == 0 && was_known)
		totals->known++;
	else if (was_known)
		totals->grown++;
	else
		totals->fresh++;
	add_counted(&totals->counted, &result->counted);
}

/* How a log or journal ended. */
static int settle(
    struct totals *totals, const struct ingest_result *result, int r, const struct diag *d)
{
	if (r == 0) {
		add_result(totals, result);
		return 0;
	}
	totals->failed++;
	add_counted(&totals->counted, &result->counted);
	log_diag(d);
	return r;
}

static int import_one(struct ingest *in, struct log_operand *log, bool quiet, struct totals *totals)
{
	_cleanup_reader_ struct reader *reader = log->reader;
	_cleanup_diag_ struct diag d = {0};
	struct ingest_result result = {0};
	int r = reader ? 0 : reader_open(log->path, &reader, &d);

	log->reader = NULL;
	in->zone = log->zone;
	in->host = log->host;
	if (r == 0)
		r = ingest_log(in, reader, &result, &d);
	progress_clear(in->progress);
	r = settle(totals, &result, r, &d);
	if (r == 0 && result.unfinished && !quiet)
		log_info("'%s': its last line is not finished; it was left for the next time",
		    log->path);
	return r;
}

static int import_one_journal(
    struct ingest *in, const struct config *config, const char *where, struct totals *totals)
{
	_cleanup_diag_ struct diag d = {0};
	struct ingest_result result;
	int r = import_journal(in, config, where, &result, &d);

	progress_clear(in->progress);
	return settle(totals, &result, r, &d);
}

static void import_logs(struct ingest *in, struct log_operand *logs, size_t count,
    const struct call *c, struct totals *totals)
{
	size_t done = 0, all = count + c->journal_count;
	int r = 0;

	for (; done < all && !ingest_is_fatal(r); done++)
		r = done < count
			? import_one(in, &logs[done], c->quiet, totals)
			: import_one_journal(in, c->config, c->journals[done - count], totals);
	totals->failed += all - done;
}

static void print_totals(const struct ingest *in, const struct totals *t, bool dry_run)
{
	const struct ingest_counts *c = &t->counted;

	printf("%s%lld new lines: %lld handshakes, %lld sessions, %lld failures; "
	       "%lld near misses; logs: %zu new, %zu grown, %zu known, %zu not read",
	    dry_run ? "would count " : "", (long long)c->lines, (long long)c->facts[FACT_HANDSHAKE],
	    (long long)c->facts[FACT_SESSION], (long long)c->facts[FACT_FAILURE],
	    (long long)c->outcomes[OUTCOME_NEAR_MISS], t->fresh, t->grown, t->known, t->failed);
	if (in->import.id && !dry_run)
		printf(" (import %lld)", (long long)in->import.id);
	printf("\n");
}

static int print_day(void *context, const struct import_day *day)
{
	struct civil civil;
	char date[32];

	(void)context;
	civil_from_seconds(day->day, &civil);
	snprintf(date, sizeof(date), "%04d-%02d-%02d", civil.year, civil.month, civil.day);
	printf("%-12s %10lld handshakes %10lld sessions %10lld failures\n",
	    day->day ? date : "no time", (long long)day->handshakes, (long long)day->sessions,
	    (long long)day->failures);
	return 0;
}

static int import_all(
    struct ingest *in, struct log_operand *logs, size_t count, const struct call *c)
{
	_cleanup_diag_ struct diag d = {0};
	struct totals totals = {0};
	int r = config_settle(c->config, in->store, in->import.time, &d);

	if (r == 0)
		r = import_prune(in->store, in->import.time, &d);
	if (r == 0) /* what earlier imports brought */
		r = rollup_old(in->store, in->import.time, &d);
	if (r == 0)
		r = ingest_begin(in, &d);
	if (r < 0) {
		log_diag(&d);
		return EXIT_FAILED;
	}
	import_logs(in, logs, count, c, &totals);
	if (store_prune(in->store, in->import.time, true, &d) < 0) {
		totals.failed++;
		log_diag(&d);
	}
	if (c->dry_run && in->import.id &&
	    import_days(in->store, in->import.id, print_day, NULL, &d) < 0) {
		log_diag(&d);
		return EXIT_FAILED;
	}
	if (!c->quiet)
		print_totals(in, &totals, c->dry_run);
	return totals.failed ? EXIT_FAILED : EXIT_DONE;
}

static int run(const struct call *c, char **argv, struct log_operand *logs, size_t count)
{
	_cleanup_pattern_set_ struct pattern_set *patterns = NULL;
	_cleanup_progress_ struct progress *progress = NULL;
	_cleanup_store_ struct store *store = NULL;
	_cleanup_zone_ struct zone *zone =
	    options_zone(&options, c->zone ? c->zone : c->config->timezone);
	_cleanup_buffer_ struct buffer arguments = {0};
	_cleanup_diag_ struct diag d = {0};
	int64_t total = 0;
	int r;

	if (pattern_path_load(c->patterns, c->config, &patterns) < 0)
		return EXIT_FAILED;
	if (open_store(c, &store, &d) < 0) {
		log_diag(&d);
		return EXIT_FAILED;
	}
	for (size_t i = 0; i < count; i++) {
		logs[i].zone = zone;
		logs[i].host = c->host;
		config_apply(
		    c->config, logs[i].path, c->zone != NULL, &logs[i].zone, &logs[i].host);
	}
	log_order(logs, count, c->year);
	for (size_t i = 0; i < count; i++)
		total += logs[i].size;
	progress = progress_new(total, c->quiet);
	join_arguments(&arguments, argv);
	struct ingest in = {
	    .store = store,
	    .patterns = patterns,
	    .internal = &c->config->internal,
	    .year = c->year,
	    .overlap_allowed = c->overlap_allowed,
	    .commit_bytes = c->commit_bytes,
	    .import = {.time = time(NULL), .arguments = buffer_text(&arguments)},
	    .progress = progress,
	};
	r = import_all(&in, logs, count, c);
	ingest_end(&in);
	for (size_t i = 0; i < count; i++)
		reader_free(logs[i].reader);
	return r;
}

int main(int argc, char **argv)
{
	struct call call = {.commit_bytes = INGEST_COMMIT_BYTES, .peers = -1, .peer_addresses = -1};
	_cleanup_config_ struct config *config = NULL;
	_cleanup_free_ struct log_operand *logs = NULL;
	_cleanup_free_ const char **journals = NULL;
	size_t count = 0, from_stdin = 0;
	_cleanup_free_ char **copy = memory_array((size_t)argc + 1, sizeof(*copy));
	int r;

	memcpy(copy, argv, (size_t)argc * sizeof(*copy));
	log_open(options.program, LOG_LEVEL_INFO);
	read_call(argc, argv, &call);
	if (config_open(call.config_file, &config) < 0)
		return EXIT_FAILED;
	call.config = config;
	if (call.peers >= 0)
		config->peers = call.peers;
	if (call.peer_addresses >= 0)
		config->peer_addresses = call.peer_addresses;
	if (optind == argc)
		options_wrong(&options, "which logs?  Name at least one, or - for standard input");
	logs = memory_array((size_t)(argc - optind), sizeof(*logs));
	journals = memory_array((size_t)(argc - optind), sizeof(*journals));
	call.journals = journals;
	for (int i = optind; i < argc; i++) {
		if (journal_operand(argv[i], &journals[call.journal_count])) {
			call.journal_count++;
			continue;
		}
		logs[count++].path = argv[i];
		from_stdin += strcmp(argv[i], "-") == 0;
	}
	if (from_stdin > 1)
		options_wrong(&options, "standard input can be read once only");
	r = run(&call, copy, logs, count);
	return output_end(r);
}
