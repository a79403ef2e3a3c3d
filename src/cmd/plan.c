/* SPDX-License-Identifier: ISC */
#include "cmd/plan.h"

#include "base/log.h"
#include "base/memory.h"
#include "cmd/feed_file.h"
#include "cmd/feed_folder.h"
#include "cmd/feed_journal.h"
#include "cmd/journal_operand.h"
#include "cmd/pattern_path.h"
#include "cmd/store_path.h"
#include "cmd/usual_logs.h"
#include "input/family.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000)
#define WRITTEN_LATELY (7 * 86400)

static int add_feed(struct plan *plan, struct feed *feed)
{
	plan->feeds = memory_grow(plan->feeds, plan->feed_count + 1, sizeof(struct feed *));
	plan->feeds[plan->feed_count++] = feed;
	return 0;
}

static bool is_readable(const char *path)
{
	if (access(path, R_OK) == 0)
		return true;
	if (errno == EACCES)
		log_warning(
		    "'%s' is there and may not be read by this user; it is not followed", path);
	return false;
}

static bool is_written(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && time(NULL) - st.st_mtime < WRITTEN_LATELY;
}

/* What syslog hands on is in its file or in the journal, and often in both: one of them it is. */
static int add_usual_sources(struct plan *plan)
{
	const char *file = NULL;

	for (const char *const *path = usual_syslog_logs; !file && *path; path++)
		if (is_written(*path) && is_readable(*path))
			file = *path;
	if (file) {
		log_info(
		    "no sources are configured: following '%s', which is being written, for all "
		    "that goes through syslog",
		    file);
		add_feed(plan, feed_file_new(&plan->environment, file, NULL, plan->zone));
	} else if (access("/var/log/journal", F_OK) == 0 || access("/run/log/journal", F_OK) == 0) {
		log_info("no sources are configured: following the journal, as no syslog daemon "
			 "writes mail's messages to a file");
		add_feed(plan, journal_operand_feed(&plan->environment, plan->config, ""));
	}
	for (const char *const *path = usual_own_logs; *path; path++)
		if (is_written(*path) && is_readable(*path)) {
			log_info("and '%s', a mail server's own log", *path);
			add_feed(plan, feed_file_new(&plan->environment, *path, NULL, plan->zone));
		}
	if (plan->feed_count)
		return 0;
	log_error(
	    "no sources are configured, and no log of a mail server was found; name what is to "
	    "be followed, or list it under sources in the configuration");
	return -ENOENT;
}

static int add_configured(struct plan *plan, const struct config_source *source)
{
	const struct zone *zone = source->zone ? source->zone : plan->zone;
	_cleanup_buffer_ struct buffer where = {0};

	if (source->kind == CONFIG_FILES)
		return add_feed(
		    plan, feed_file_new(&plan->environment, source->path, source->host, zone));
	if (source->directory)
		return add_feed(plan, feed_folder_new(&plan->environment, source->directory,
					  source->units, source->trust));
	if (source->namespace)
		buffer_printf(&where, "namespace=%s", source->namespace);
	return add_feed(
	    plan, feed_journal_new(&plan->environment, where.n ? buffer_text(&where) : NULL,
		      source->units, source->trust));
}

/* An operand: a path as the user wrote it, from where the user stands, or a journal. */
static int add_operand(struct plan *plan, const char *text, const char *host)
{
	_cleanup_buffer_ struct buffer path = {0};
	_cleanup_free_ char *folder = text[0] == '/' ? NULL : getcwd(NULL, 0);
	const char *where;

	if (slice_starts(slice_of(text), SLICE("journal:")) && journal_operand(text, &where))
		return add_feed(
		    plan, journal_operand_feed(&plan->environment, plan->config, where));
	if (folder)
		buffer_printf(&path, "%s/", folder);
	buffer_text_add(&path, text);
	return add_feed(
	    plan, feed_file_new(&plan->environment, buffer_text(&path), host, plan->zone));
}

static int add_feeds(struct plan *plan, const struct plan_request *request)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < request->source_count; i++)
		r = add_operand(plan, request->sources[i], request->host);
	if (request->source_count)
		return r;
	for (size_t i = 0; r == 0 && i < plan->config->source_count; i++)
		r = add_configured(plan, &plan->config->sources[i]);
	return r < 0 || plan->feed_count ? r : add_usual_sources(plan);
}

/* Said also of what is only checked.  What comes later and matches two is counted once, too. */
static bool tell_overlap(const char *path, const struct family *family, const char *other_path,
    const struct family *other)
{
	for (size_t i = 0; i < family->count; i++)
		if (family->files[i].live && family_member(other, &family->files[i])) {
			log_warning("'%s' is a file of the source '%s', too: its lines are counted "
				    "there, and not for '%s'",
			    family->files[i].path, other_path, path);
			return true;
		}
	return false;
}

static void tell_overlaps(const struct plan *plan)
{
	struct family *families = memory_array(plan->feed_count + 1, sizeof(*families));

	for (size_t i = 0; i < plan->feed_count; i++) {
		if (strcmp(plan->feeds[i]->kind->class, "file") != 0)
			continue;
		family_find(plan->feeds[i]->name, &families[i]);
		for (size_t j = 0; j < i; j++)
			tell_overlap(
			    plan->feeds[i]->name, &families[i], plan->feeds[j]->name, &families[j]);
	}
	for (size_t i = 0; i < plan->feed_count; i++)
		family_free(&families[i]);
	free(families);
}

int plan_make(const struct plan_request *request, struct plan **ret)
{
	_cleanup_plan_ struct plan *plan = memory_alloc(sizeof(*plan));
	_cleanup_diag_ struct diag d = {0};
	const char *zone = request->zone;
	int r = config_open(request->config, &plan->config);

	if (r < 0)
		return r;
	r = pattern_path_load(request->patterns, plan->config, &plan->patterns);
	if (r < 0)
		return r;
	if (!zone)
		zone = plan->config->timezone;
	r = zone_open(zone, &plan->zone, &d);
	if (r < 0) {
		log_error("%s", d.text);
		return r;
	}
	plan->store = store_path(request->store, plan->config);
	plan->environment = (struct feed_environment){
	    .patterns = plan->patterns,
	    .internal = &plan->config->internal,
	    .poll = SECOND * (uint64_t)(request->poll > 0 ? request->poll : plan->config->poll),
	    .always_poll = request->poll > 0,
	};
	r = add_feeds(plan, request);
	if (r < 0)
		return r;
	tell_overlaps(plan);
	*ret = plan;
	plan = NULL;
	return 0;
}

struct plan *plan_free(struct plan *plan)
{
	if (!plan)
		return NULL;
	for (size_t i = 0; i < plan->feed_count; i++)
		feed_free(plan->feeds[i]);
	free(plan->feeds);
	pattern_set_free(plan->patterns);
	zone_free(plan->zone);
	config_free(plan->config);
	free(plan);
	return NULL;
}
