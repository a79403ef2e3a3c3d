/* SPDX-License-Identifier: ISC */
#include "cmd/report_source.h"

#include "base/log.h"
#include "base/memory.h"
#include "cmd/ingest.h"
#include "cmd/log_order.h"
#include "cmd/store_path.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Logs of mail that syslog writes, then those that servers write themselves. */
static const char *const syslog_files[] = {"/var/log/mail.log", "/var/log/maillog"};
static const char *const own_files[] = {
    "/var/log/exim4/mainlog", "/var/log/exim/main.log", "/var/log/exim/mainlog"};

struct operand_list {
	char **paths;
	size_t count;
};

static void add_operand(struct operand_list *list, const char *path)
{
	list->paths = memory_grow(list->paths, list->count + 1, sizeof(*list->paths));
	list->paths[list->count++] = memory_string(path);
}

static void operand_list_free(struct operand_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
}

/* The file and what logrotate made of it last; a week is seldom in one file. */
static bool add_existing(struct operand_list *list, const char *path)
{
	_cleanup_buffer_ struct buffer rotated = {0};

	if (access(path, F_OK) < 0)
		return false;
	buffer_printf(&rotated, "%s.1", path);
	if (access(rotated.p, F_OK) == 0)
		add_operand(list, rotated.p);
	add_operand(list, path);
	return true;
}

/* The same messages often lie in the journal and in mail.log: one of them is read, never both. */
static void find_logs(struct operand_list *list)
{
	_cleanup_buffer_ struct buffer names = {0};
	bool syslog = false;

	for (size_t i = 0; i < ARRAY_SIZE(syslog_files); i++)
		syslog |= add_existing(list, syslog_files[i]);
	if (!syslog)
		add_operand(list, "journal:");
	for (size_t i = 0; i < ARRAY_SIZE(own_files); i++)
		add_existing(list, own_files[i]);
	for (size_t i = 0; i < list->count; i++)
		buffer_printf(&names, "%s%s", i ? ", " : "", list->paths[i]);
	log_info("there is no store yet; reading %s", buffer_text(&names));
}

static bool is_journal(const char *path)
{
	struct stat st;

	return strcmp(path, "journal:") == 0 || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
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

static int read_journal(struct ingest *in, const struct report_source *source, const char *path)
{
	_cleanup_diag_ struct diag d = {0};
	int r = ingest_journal(in, strcmp(path, "journal:") == 0 ? NULL : path,
	    source->since_given ? source->since : INT64_MIN, &d);

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

		if (is_journal(list->paths[i]))
			continue;
		*log = (struct log_operand){.path = list->paths[i], .zone = source->zone};
		config_apply(source->config, log->path, source->zone_given, &log->zone, &log->host);
		count++;
	}
	log_order(logs, count, source->year);
	for (size_t i = 0; i < count; i++)
		total += logs[i].size;
	in->progress = progress_new(total, source->quiet);
	for (size_t i = 0; i < count; i++)
		all = read_file(in, &logs[i]) == 0 && all;
	for (size_t i = 0; i < list->count; i++)
		if (is_journal(list->paths[i]))
			all = read_journal(in, source, list->paths[i]) == 0 && all;
	in->progress = progress_free(in->progress);
	free(logs);
	return all;
}

static int read_into_memory(const struct report_source *source, const struct operand_list *list,
    struct store **ret, bool *ret_all)
{
	_cleanup_store_ struct store *store = NULL;
	_cleanup_diag_ struct diag d = {0};
	struct ingest in = {
	    .patterns = source->patterns,
	    .internal = &source->config->internal,
	    .year = source->year,
	    .unfinished = true,
	    .commit_bytes = INT64_MAX,
	    .import = {.arguments = ""},
	};
	int r = store_open(NULL, STORE_MEMORY, &store, &d);

	in.store = store;
	if (r == 0 && !source->peers)
		r = peer_policy_change(store, PEERS_OFF, PEER_ADDRESSES_FULL, 0, &d);
	if (r == 0)
		r = ingest_begin(&in, &d);
	if (r < 0) {
		say(&d, "");
		return r;
	}
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
		find_logs(&list);
	}
	return read_into_memory(source, &list, ret, ret_all);
}
