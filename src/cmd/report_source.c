/* SPDX-License-Identifier: ISC */
#include "cmd/report_source.h"

#include "base/log.h"
#include "base/memory.h"
#include "cmd/ingest.h"
#include "cmd/log_order.h"
#include "cmd/pattern_path.h"
#include "cmd/store_path.h"
#include "cmd/usual_logs.h"
#include "report/report.h"
#include "store/derive.h"
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct operand {
	bool journal;
	char *where; /* a path; of a journal as journal_open() takes it */
	char *const *units;
	enum config_trust trust;
};

struct operand_list {
	struct operand *p;
	size_t count;
};

static void add(struct operand_list *list, const struct operand *operand)
{
	list->p = memory_grow(list->p, list->count + 1, sizeof(*list->p));
	list->p[list->count++] = *operand;
}

static void operand_list_free(struct operand_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->p[i].where);
	free(list->p);
}

static void add_file(struct operand_list *list, const char *path)
{
	add(list, &(struct operand){.where = memory_string(path)});
}

static bool holds_file(const struct operand_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->p[i].journal && strcmp(list->p[i].where, path) == 0)
			return true;
	return false;
}

/* where: NULL for this machine's own.  A folder of journals was sent or carried here and is of
 * strangers anyway. */
static void add_journal(struct operand_list *list, const char *where)
{
	bool of_machine = !where || slice_starts(slice_of(where), SLICE("namespace="));

	add(list, &(struct operand){
		      .journal = true,
		      .where = where ? memory_string(where) : NULL,
		      .trust = of_machine ? CONFIG_TRUST_USERS : CONFIG_TRUST_ANY,
		  });
}

static void add_operand(struct operand_list *list, const char *text)
{
	const char *where = text + strlen("journal:");
	struct stat st;

	if (slice_starts(slice_of(text), SLICE("journal:")))
		add_journal(list, *where ? where : NULL);
	else if (stat(text, &st) == 0 && S_ISDIR(st.st_mode))
		add_journal(list, text);
	else
		add_file(list, text);
}

/* The file and what logrotate made of it last; a week is seldom in one file. */
static void add_with_rotated(struct operand_list *list, const char *path)
{
	_cleanup_buffer_ struct buffer rotated = {0};

	buffer_printf(&rotated, "%s.1", path);
	if (access(rotated.p, F_OK) == 0 && !holds_file(list, rotated.p))
		add_file(list, rotated.p);
	if (!holds_file(list, path))
		add_file(list, path);
}

static bool add_existing(struct operand_list *list, const char *path)
{
	if (access(path, F_OK) < 0)
		return false;
	add_with_rotated(list, path);
	return true;
}

/* What no file goes by is named all the same, so that it is told. */
static void add_configured(struct operand_list *list, const struct config_source *source)
{
	_cleanup_buffer_ struct buffer where = {0};
	glob_t files;

	if (source->kind == CONFIG_JOURNAL) {
		if (source->namespace)
			buffer_printf(&where, "namespace=%s", source->namespace);
		else if (source->directory)
			buffer_text_add(&where, source->directory);
		add(list, &(struct operand){
			      .journal = true,
			      .where = where.n ? buffer_take(&where) : NULL,
			      .units = source->units,
			      .trust = source->trust,
			  });
		return;
	}
	if (glob(source->path, GLOB_NOCHECK, NULL, &files) != 0) {
		add_file(list, source->path);
		return;
	}
	for (size_t i = 0; i < files.gl_pathc; i++)
		add_with_rotated(list, files.gl_pathv[i]);
	globfree(&files);
}

/* The same messages often lie in the journal and in mail.log: one of them is read, never both. */
static void add_usual(struct operand_list *list)
{
	bool syslog = false;

	for (const char *const *path = usual_syslog_logs; *path; path++)
		syslog |= add_existing(list, *path);
	if (!syslog)
		add_journal(list, NULL);
	for (const char *const *path = usual_own_logs; *path; path++)
		add_existing(list, *path);
}

static void find_logs(struct operand_list *list, const struct config *config)
{
	_cleanup_buffer_ struct buffer names = {0};

	for (size_t i = 0; i < config->source_count; i++)
		add_configured(list, &config->sources[i]);
	if (!list->count)
		add_usual(list);
	for (size_t i = 0; i < list->count; i++)
		buffer_printf(&names, "%s%s%s", i ? ", " : "", list->p[i].journal ? "journal:" : "",
		    list->p[i].where ? list->p[i].where : "");
	log_info("there is no store yet; reading %s", buffer_text(&names));
}

static void say(const struct diag *d, const char *what_is_done)
{
	_cleanup_buffer_ struct buffer text = {0};

	diag_text(d, &text);
	log_error("%s%s", buffer_text(&text), what_is_done);
}

static int read_file(struct ingest *in, struct log_operand *log)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_reader_ struct reader *reader = log->reader;
	struct ingest_result result;
	int r = 0;

	log->reader = NULL;
	in->zone = log->zone;
	in->host = log->host;
	if (!reader)
		r = reader_open(log->path, &reader, &d);
	if (r == 0)
		r = ingest_log(in, reader, &result, &d);
	progress_clear(in->progress);
	if (r < 0)
		say(&d, r == -EBADMSG ? "" : "; it is left out"); /* how far it came is said */
	else if (result.new_bytes == 0 &&
		 (result.verdict == STREAM_COUNTED || result.verdict == STREAM_CONTINUED))
		log_info("'%s' holds nothing that was not read before", log->path);
	return r;
}

static int read_journal(
    struct ingest *in, const struct report_source *source, const struct operand *journal)
{
	_cleanup_diag_ struct diag d = {0};
	const struct report_request *request = source->request;
	int64_t now = request->now ? request->now : time(NULL);
	int r = ingest_journal(in, journal->where, journal->units, journal->trust,
	    request->since_given ? report_begins(request, now) : INT64_MIN, &d);

	progress_clear(in->progress);
	if (r < 0)
		say(&d, r == -EBADMSG ? "; the others were read" : "; it is left out");
	return r;
}

static bool read_operands(
    struct ingest *in, const struct report_source *source, const struct operand_list *list)
{
	struct log_operand *logs = memory_array(list->count, sizeof(*logs));
	int64_t total = 0;
	size_t count = 0;
	bool all = true;

	for (size_t i = 0; i < list->count; i++) {
		struct log_operand *log = &logs[count];

		if (list->p[i].journal)
			continue;
		*log = (struct log_operand){.path = list->p[i].where, .zone = source->zone};
		config_apply(source->config, log->path, source->zone_given, &log->zone, &log->host);
		count++;
	}
	in->single = list->count == 1;
	log_order(logs, count, source->year);
	for (size_t i = 0; i < count; i++)
		total += logs[i].size;
	in->progress = progress_new(total, source->quiet);
	for (size_t i = 0; i < count; i++)
		all = read_file(in, &logs[i]) == 0 && all;
	for (size_t i = 0; i < list->count; i++)
		if (list->p[i].journal)
			all = read_journal(in, source, &list->p[i]) == 0 && all;
	in->progress = progress_free(in->progress);
	free(logs);
	return all;
}

struct asking {
	const struct report_request *request;
	report_asks_fn asks;
	struct derive_memo *memo;
};

static bool asks_for_peers_of(void *context, const struct aggregate_tuple *t)
{
	const struct asking *asking = context;
	struct tuple tuple;
	bool asks;

	derive_aggregated(asking->memo, t, &tuple);
	asks = asking->asks(asking->request, &tuple);
	derive_aggregated_free(&tuple);
	return asks;
}

static int read_into_memory(const struct report_source *source, const struct operand_list *list,
    struct store **ret, bool *ret_all)
{
	_cleanup_pattern_set_ struct pattern_set *patterns = NULL;
	_cleanup_store_ struct store *store = NULL;
	_cleanup_diag_ struct diag d = {0};
	_cleanup_derive_memo_ struct derive_memo *memo = derive_memo_new();
	struct asking asking = {
	    .request = source->request,
	    .asks = report_asks_for_peers_of(source->request),
	    .memo = memo,
	};
	struct ingest in = {
	    .internal = &source->config->internal,
	    .year = source->year,
	    .one_shot = true,
	    .commit_bytes = INT64_MAX,
	    .import = {.arguments = ""},
	};
	int r = 0;

	if (!source->patterns)
		r = pattern_path_load(source->pattern_path, source->config, &patterns);
	if (r < 0)
		return r;
	r = store_open(NULL, STORE_MEMORY, &store, &d);
	in.patterns = source->patterns ? source->patterns : patterns;
	in.store = store;
	if (r == 0 && !report_asks_for_peers(source->request))
		r = peer_policy_change(store, PEERS_OFF, PEER_ADDRESSES_FULL, 0, &d);
	if (r == 0)
		r = ingest_begin(&in, &d);
	if (r < 0) {
		say(&d, "");
		return r;
	}
	if (!report_asks_for_minutes(source->request))
		aggregate_leave_minutes(in.aggregate);
	if (asking.asks)
		aggregate_peers_of(in.aggregate, asks_for_peers_of, &asking);
	*ret_all = read_operands(&in, source, list);
	r = ingest_finish(&in, &d);
	if (r < 0)
		say(&d, "");
	ingest_end(&in);
	if (r < 0)
		return r;
	*ret = store;
	store = NULL;
	return 0;
}

int report_source_open(const struct report_source *source, struct store **ret, bool *ret_all)
{
	_cleanup_(operand_list_free) struct operand_list list = {0};
	_cleanup_diag_ struct diag d = {0};
	const char *path = store_path(source->store, source->config);
	int r;

	*ret_all = true;
	for (size_t i = 0; i < source->operand_count; i++)
		add_operand(&list, source->operands[i]);
	if (!list.count) {
		r = store_open(path, STORE_READ, ret, &d);
		if (r != -ENOENT || source->store || getenv("MAILTLS_STORE")) {
			if (r < 0)
				say(&d, "");
			return r;
		}
		find_logs(&list, source->config);
	}
	return read_into_memory(source, &list, ret, ret_all);
}
