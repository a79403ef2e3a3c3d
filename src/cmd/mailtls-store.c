/* SPDX-License-Identifier: ISC */

/* mailtls-store: looks after a store: what is in it, whether it is sound, taking an import back. */

#include "base/escape.h"
#include "base/log.h"
#include "base/zone.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/store_path.h"
#include "store/audit.h"
#include "store/copy.h"
#include "store/import.h"
#include "store/merge.h"
#include "store/prune.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPTION_OUTPUT = 'o', OPTION_STORE = 256, OPTION_CONFIG, OPTION_OVERLAP };

struct call {
	const char *store, *config, *output, *overlap;
};

static const struct option_row rows[] = {
    {OPTION_STORE, "store", "PATH",
	"the store; default $MAILTLS_STORE, else the configuration's, else " MAILTLS_STATE
	"/mailtls.db"},
    {OPTION_CONFIG, "config", "FILE",
	"the configuration; default $MAILTLS_CONFIG, else " MAILTLS_SYSCONF "/mailtls.yaml"},
    {OPTION_OUTPUT, "output", "PATH", "of merge: the store to make"},
    {OPTION_OVERLAP, "overlap", "WHAT",
	"of merge: refuse (the default) or allow stores that hold lines of one host of the same "
	"time"},
};

static const struct options options = {
    .program = "mailtls-store",
    .synopsis = "[OPTION...] info\n"
		"[OPTION...] check\n"
		"[OPTION...] undo IMPORT\n"
		"[OPTION...] forget PEER\n"
		"[OPTION...] backup FILE\n"
		"[OPTION...] compact\n"
		"[OPTION...] export\n"
		"[OPTION...] -o PATH merge STORE...",
    .about = "info says what a store holds, check whether it is sound, undo takes back what one "
	     "import counted, exactly, and forget erases a peer (an address, a name or a login).  "
	     "backup copies the store while it is written, compact makes its file small, export "
	     "prints its counters as JSON, and merge makes one store of several.",
    .rows = rows,
    .count = ARRAY_SIZE(rows),
};

static int fail(const struct diag *d)
{
	log_diag(d);
	return EXIT_FAILED;
}

/* ISO 8601; the clock's second is as exact as people need it. */
static const char *iso(int64_t time, char to[CIVIL_TEXT_MAX])
{
	civil_utc_text(time, to);
	return to;
}

static void print_safe(const char *text)
{
	_cleanup_buffer_ struct buffer safe = {0};

	escape_terminal(&safe, slice_of(text));
	fputs(buffer_text(&safe), stdout);
}

static int print_text(void *context, const char *text, int64_t n)
{
	printf("%-12s", (const char *)context);
	print_safe(text[0] ? text : "-");
	printf(" (%lld)\n", (long long)n);
	return 0;
}

static int print_import(void *context, const struct import_row *row)
{
	char time[CIVIL_TEXT_MAX];

	(void)context;
	printf("import      %lld  %s  ", (long long)row->import, iso(row->time, time));
	print_safe(row->name);
	printf(
	    "  bytes %lld to %lld, %lld lines: %lld handshakes, %lld sessions, %lld failures%s\n",
	    (long long)row->from_byte, (long long)row->to_byte, (long long)row->lines,
	    (long long)row->handshakes, (long long)row->sessions, (long long)row->failures,
	    row->pruned ? " (too old to undo)" : "");
	return 0;
}

static void print_peers(const struct store_info *info)
{
	char changed[CIVIL_TEXT_MAX], first[CIVIL_TEXT_MAX];

	printf("peers       %s %s%s, addresses %s: %lld, of these weak %lld",
	    peers_name(info->policy.peers), info->policy.changed ? "since " : "",
	    info->policy.changed ? iso(info->policy.changed, changed) : "from the beginning",
	    peer_addresses_name(info->policy.addresses), (long long)info->peers,
	    (long long)info->weak_peers);
	if (info->first_peer_day)
		printf(", from %.10s on", iso(info->first_peer_day, first));
	printf("\n");
	if (info->other_peers)
		printf("other peers %lld facts of those beyond the bound of a day\n",
		    (long long)info->other_peers);
}

static void print_info(const struct store *store, const struct store_info *info)
{
	char first[CIVIL_TEXT_MAX], last[CIVIL_TEXT_MAX], created[CIVIL_TEXT_MAX];

	printf("store       ");
	print_safe(store_name(store));
	printf("\nuuid        %s\nschema      %d\ncreated     %s\nsize        %lld bytes\n",
	    info->uuid, info->schema, iso(info->created, created), (long long)info->size);
	if (info->first_hour)
		printf("period      %s to %s\n", iso(info->first_hour, first),
		    iso(info->last_hour + 3600, last));
	printf("zone        %s\n", info->zone);
	if (info->rolled_until)
		printf("days        instead of hours before %s\n", iso(info->rolled_until, first));
	printf("handshakes  %lld\nsessions    %lld\nfailures    %lld\n",
	    (long long)info->facts[FACT_HANDSHAKE], (long long)info->facts[FACT_SESSION],
	    (long long)info->facts[FACT_FAILURE]);
	if (info->untimed)
		printf("no time     %lld of these, with stamps that cannot be true\n",
		    (long long)info->untimed);
	printf("lines       %lld, of these near misses %lld\n", (long long)info->lines,
	    (long long)info->near_misses);
	print_peers(info);
	printf("revision    %lld\ncombinations %lld\nlogs        %lld\n", (long long)info->rev,
	    (long long)info->tuples, (long long)info->streams);
}

static int show_info(struct store *store, const char *operand _unused_)
{
	_cleanup_diag_ struct diag d = {0};
	struct store_info info;
	int r = store_info(store, &info, &d);

	if (r == 0) {
		print_info(store, &info);
		r = store_texts(store, STORE_HOSTS, print_text, (void *)"host", &d);
	}
	if (r == 0)
		r = store_texts(store, STORE_MTAS, print_text, (void *)"mta", &d);
	if (r == 0)
		r = store_texts(store, STORE_FOLDED, print_text, (void *)"folded", &d);
	if (r == 0)
		r = import_list(store, print_import, NULL, &d);
	return r < 0 ? fail(&d) : EXIT_DONE;
}

static void print_problem(void *context, const char *sentence)
{
	printf("%s: %s\n", (const char *)context, sentence);
}

static int check(struct store *store, const char *operand _unused_)
{
	_cleanup_diag_ struct diag d = {0};
	int r = store_check(store, print_problem, (void *)store_name(store), &d);

	if (r < 0)
		return fail(&d);
	if (r == 0)
		printf("%s: ok\n", store_name(store));
	return r ? EXIT_FAILED : EXIT_DONE;
}

static int undo(struct store *store, const char *id)
{
	_cleanup_diag_ struct diag d = {0};

	if (import_undo(store, strtoll(id, NULL, 10), &d) < 0)
		return fail(&d);
	printf("import %s is taken back\n", id);
	return EXIT_DONE;
}

static int forget(struct store *store, const char *peer)
{
	_cleanup_diag_ struct diag d = {0};
	int64_t erased = store_forget(store, peer, &d);

	if (erased < 0)
		return fail(&d);
	printf("%lld rows erased\n", (long long)erased);
	return EXIT_DONE;
}

static int backup(struct store *store, const char *to)
{
	_cleanup_diag_ struct diag d = {0};

	return store_backup(store, to, &d) < 0 ? fail(&d) : EXIT_DONE;
}

static int compact(struct store *store, const char *operand _unused_)
{
	_cleanup_diag_ struct diag d = {0};

	return store_compact(store, time(NULL), &d) < 0 ? fail(&d) : EXIT_DONE;
}

static int print_line(void *context _unused_, struct slice line)
{
	fwrite(line.p, 1, line.n, stdout);
	return putchar('\n') < 0 ? -EIO : 0;
}

static int export(struct store *store, const char *operand _unused_)
{
	_cleanup_diag_ struct diag d = {0};
	int r = store_export(store, print_line, NULL, &d);

	return r < 0 && r != -EIO ? fail(&d) : EXIT_DONE;
}

static const struct command {
	const char *name, *question; /* NULL: no operand */
	enum store_mode mode;
	int (*run)(struct store *store, const char *operand);
	bool number;
} commands[] = {
    {"info", NULL, STORE_READ, show_info, false},
    {"check", NULL, STORE_READ, check, false},
    {"undo", "undo which import?  'info' lists their numbers", STORE_WRITE, undo, true},
    {"forget", "forget whom?  An address, a name or a login", STORE_WRITE, forget, false},
    {"backup", "backup to which file?", STORE_READ, backup, false},
    {"compact", NULL, STORE_WRITE, compact, false},
    {"export", NULL, STORE_READ, export, false},
};

static bool is_number(const char *text)
{
	return text[0] && strspn(text, "0123456789") == strlen(text) && strlen(text) < 18;
}

/* The operand of a command, which must be there. */
static const char *operand(const struct command *command, int argc, char **argv)
{
	if (optind >= argc || !argv[optind][0] || (command->number && !is_number(argv[optind])))
		options_wrong(&options, "%s", command->question);
	return argv[optind++];
}

static int merge(int argc, char **argv, const struct call *call)
{
	enum { OVERLAP_REFUSE, OVERLAP_ALLOW };
	static const char *const overlaps[] = {
	    [OVERLAP_REFUSE] = "refuse", [OVERLAP_ALLOW] = "allow"};
	const char *to = call->output;
	_cleanup_diag_ struct diag d = {0};
	int overlap = OVERLAP_REFUSE;

	if (!to)
		options_wrong(&options, "merge into which store?  -o PATH names it");
	if (call->overlap)
		overlap = options_choose(&options, "a value of --overlap", call->overlap, overlaps,
		    ARRAY_SIZE(overlaps));
	if (argc - optind < 2)
		options_wrong(&options, "merge which stores?  Two at least");
	if (store_merge((const char *const *)argv + optind, (size_t)(argc - optind), to,
		overlap == OVERLAP_ALLOW, &d) < 0)
		return fail(&d);
	return EXIT_DONE;
}

static const struct command *find_command(const char *name)
{
	const char *names[ARRAY_SIZE(commands) + 1];
	int place;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		names[i] = commands[i].name;
	names[ARRAY_SIZE(commands)] = "merge"; /* of stores that it opens itself */
	place = options_choose(&options, "a command", name, names, ARRAY_SIZE(names));
	return &commands[place];
}

int main(int argc, char **argv)
{
	_cleanup_config_ struct config *config = NULL;
	_cleanup_store_ struct store *store = NULL;
	_cleanup_diag_ struct diag d = {0};
	struct call call = {NULL};
	const char *value, *name, *on = NULL;
	const struct command *command;

	log_open(options.program, LOG_LEVEL_INFO);
	for (int id; (id = options_next(&options, argc, argv, &value));)
		*(id == OPTION_STORE	  ? &call.store
		    : id == OPTION_CONFIG ? &call.config
		    : id == OPTION_OUTPUT ? &call.output
					  : &call.overlap) = value;
	name = optind < argc ? argv[optind++] : "";
	if (strcmp(name, "merge") == 0)
		return merge(argc, argv, &call);
	command = find_command(name);
	if (command->question)
		on = operand(command, argc, argv);
	if (optind < argc)
		options_wrong(&options, "'%s' is one operand too many", argv[optind]);
	if (config_open(call.config, &config) < 0)
		return EXIT_FAILED;
	if (store_open(store_path(call.store, config), command->mode, &store, &d) < 0)
		return fail(&d);
	return output_end(command->run(store, on));
}
