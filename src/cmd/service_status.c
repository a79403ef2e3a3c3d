/* SPDX-License-Identifier: ISC */
#include "cmd/service_status.h"

#include "base/escape.h"
#include "base/log.h"
#include "base/zone.h"
#include "cmd/options.h"
#include "cmd/store_lock.h"
#include "cmd/store_path.h"
#include "store/source_list.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void print_time(const char *what, int64_t time, int64_t now)
{
	struct civil c;
	int64_t ago = now - time;

	civil_from_seconds(time, &c);
	printf("    %-11s %04d-%02d-%02d %02d:%02d:%02d UTC (", what, c.year, c.month, c.day,
	    c.hour, c.minute, c.second);
	if (ago < 120)
		printf("%lld s ago)\n", (long long)ago);
	else if (ago < 2 * 3600)
		printf("%lld min ago)\n", (long long)ago / 60);
	else if (ago < 2 * 86400)
		printf("%lld h ago)\n", (long long)ago / 3600);
	else
		printf("%lld days ago)\n", (long long)ago / 86400);
}

/* Of a log whose newest file still goes by its name. */
static void print_behind(const struct followed_source *row)
{
	_cleanup_buffer_ struct buffer name = {0};
	struct stat st;

	if (strcmp(row->class, "file") != 0)
		return;
	escape_terminal(&name, slice_of(row->position));
	if (stat(row->position, &st) < 0 || st.st_size < row->offset)
		printf(
		    "    behind      cannot be told: '%s' was moved or cut\n", buffer_text(&name));
	else
		printf("    behind      %lld bytes of '%s'\n",
		    (long long)(st.st_size - row->offset), buffer_text(&name));
}

static int print_source(void *context, const struct followed_source *row)
{
	_cleanup_buffer_ struct buffer name = {0};
	int64_t now = time(NULL);
	size_t *count = context;

	escape_terminal(&name, slice_of(row->name));
	printf("%s (%s)\n", buffer_text(&name), row->class);
	print_time("since", row->since, now);
	print_time("last read", row->last_read, now);
	if (row->last_event)
		print_time("last event", row->last_event, now);
	else
		printf("    last event  none yet\n");
	print_behind(row);
	printf("    counted     %lld lines, %lld bytes\n", (long long)row->lines,
	    (long long)row->bytes);
	if (row->untrusted)
		printf("    left out    %lld entries of senders that are none of mail's\n",
		    (long long)row->untrusted);
	if (row->evicted)
		printf("    ended early %lld sessions, as too many were open at once\n",
		    (long long)row->evicted);
	if (row->gaps)
		print_time("last gap", row->last_gap, now);
	printf("    gaps        %lld\n", (long long)row->gaps);
	++*count;
	return 0;
}

int service_status(const struct plan_request *request)
{
	_cleanup_config_ struct config *config = NULL;
	_cleanup_store_ struct store *store = NULL;
	_cleanup_diag_ struct diag d = {0};
	const char *path;
	size_t count = 0;
	pid_t holder;

	if (config_open(request->config, &config) < 0)
		return EXIT_FAILED;
	path = store_path(request->store, config);
	if (store_open(path, STORE_READ, &store, &d) < 0) {
		log_error("%s", d.text);
		return EXIT_FAILED;
	}
	holder = store_lock_holder(path);
	if (holder)
		printf("mailtlsd is running (process %ld), into '%s'\n", (long)holder, path);
	else
		printf("mailtlsd is not running on '%s'\n", path);
	if (store_followed(store, print_source, &count, &d) < 0) {
		log_error("%s", d.text);
		return EXIT_FAILED;
	}
	if (!count)
		printf("it has followed nothing yet\n");
	return EXIT_DONE;
}
