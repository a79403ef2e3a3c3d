/* SPDX-License-Identifier: ISC */
#include "cmd/feed.h"

#include "base/log.h"
#include "base/memory.h"
#include "parse/parser.h"
#include "store/source_list.h"
#include <string.h>
#include <time.h>

#define COMMIT_BYTES (64 * 1024 * 1024)

static void count_fact(void *context, const struct fact *fact)
{
	struct feed *feed = context;

	feed->facts[fact->kind]++;
	aggregate_fact(feed->aggregate, fact);
}

static void count_line(void *context, const struct line_report *report)
{
	struct feed *feed = context;

	if (report->time > feed->last_event)
		feed->last_event = report->time;
	feed->near_misses += report->outcome == OUTCOME_NEAR_MISS;
	aggregate_line(feed->aggregate, report);
}

void feed_init(struct feed *feed, const struct feed_kind *kind, struct feed_environment *e,
    const char *name, const char *host, const struct zone *zone)
{
	_cleanup_buffer_ struct buffer owner = {0};

	buffer_printf(&owner, "%s:%s", kind->class, name);
	feed->kind = kind;
	feed->environment = e;
	feed->name = memory_string(name);
	feed->host = memory_string(host);
	feed->zone = zone;
	feed->owner = memory_string(buffer_text(&owner));
}

struct feed *feed_free(struct feed *feed)
{
	if (!feed)
		return NULL;
	feed->parser = parser_free(feed->parser);
	feed->aggregate = aggregate_free(feed->aggregate);
	buffer_free(&feed->sessions);
	free(feed->trouble);
	free(feed->owner);
	free(feed->host);
	free(feed->name);
	feed->kind->free(feed);
	return NULL;
}

/* The open sessions are its own, or what imports left where it goes on for the first time. */
static int restore_sessions(struct feed *feed, struct diag *d)
{
	struct store *store = feed->environment->store;
	struct slice saved;
	int r = store_open_sessions(store, feed->owner, &saved, d);

	if (feed->kind->restore) {
		if (r == 0 && saved.n)
			feed->kind->restore(feed, saved);
		return r;
	}
	feed->takes_over = r == 0 && !saved.p && !feed->environment->import;
	if (feed->takes_over)
		r = store_open_sessions(store, OWNER_IMPORT, &saved, d);
	/* What another version saved is no loss but of the sessions that were open then. */
	if (r == 0 && saved.n)
		parser_restore(feed->parser, saved);
	return r;
}

struct parser *feed_parser(struct feed *feed)
{
	const struct parser_consumer consumer = {
	    .fact = count_fact, .line = count_line, .context = feed};
	struct parser *parser = parser_new(feed->environment->patterns, &consumer);

	parser_internal(parser, feed->environment->internal);
	return parser;
}

void feed_parse_block(struct feed *feed, struct parser *parser, struct buffer *block)
{
	struct line_counts counts;
	struct clock clock;

	clock_init(&clock, feed->zone, time(NULL), 0);
	parser_log(parser, slice_of(feed->host), &clock);
	parser_block(parser, buffer_slice(block));
	parser_counts(parser, &counts);
	feed->read.lines += counts.lines;
	feed->read.bytes += (int64_t)block->n;
	feed->read.bad_time += counts.bad_time;
	feed->read.unparsed += counts.unparsed;
	buffer_clear(block);
}

int feed_reset(struct feed *feed, struct diag *d)
{
	/* A service's clock may be set back. */
	int64_t now = feed->environment->import ? feed->environment->import->time : 0;
	int r;

	feed->kind->forget(feed);
	parser_free(feed->parser);
	aggregate_free(feed->aggregate);
	feed->aggregate = aggregate_new();
	feed->parser = feed->kind->restore ? NULL : feed_parser(feed);
	feed->read = (struct source_counts){0};
	feed->gap_count = 0;
	feed->bytes = feed->evicted = 0;
	feed->dirty = false;
	r = store_prime(feed->environment->store, feed->aggregate, now, d);
	if (r == 0 && feed->kind->locate)
		r = feed->kind->locate(feed, d);
	return r < 0 ? r : restore_sessions(feed, d);
}

int feed_open(struct feed *feed, struct diag *d)
{
	int r = feed_reset(feed, d);

	if (r >= 0)
		r = store_last_event(feed->environment->store, feed->kind->class,
		    slice_of(feed->name), &feed->last_event, d);
	return r < 0 || !feed->kind->open ? r : feed->kind->open(feed, d);
}

static int64_t evicted(const struct feed *feed)
{
	return feed->kind->evicted ? feed->kind->evicted(feed) : parser_evicted(feed->parser);
}

int feed_commit(struct feed *feed, struct diag *d)
{
	const struct feed_environment *e = feed->environment;
	struct batch batch = {
	    .aggregate = feed->aggregate,
	    .source = slice_of(feed->name),
	    .class = feed->kind->class,
	    .last_event = feed->last_event,
	    .read = feed->read,
	    .gaps = feed->gaps,
	    .gap_count = feed->gap_count,
	    .following = e->import ? NULL : &feed->following,
	    .log = e->import ? &feed->log : NULL,
	    .overlap_allowed = e->overlap_allowed,
	    .owner = feed->owner,
	    .takes_over = feed->takes_over,
	};
	int r;

	batch.read.evicted = evicted(feed) - feed->evicted;
	feed->following.now = time(NULL);
	feed->log.import = e->import;
	buffer_clear(&feed->sessions);
	if (feed->kind->save)
		feed->kind->save(feed, &feed->sessions);
	else
		parser_save(feed->parser, &feed->sessions);
	batch.sessions = buffer_slice(&feed->sessions);
	r = feed->kind->position(feed, &batch, d);
	if (r == 0)
		r = store_commit(e->store, &batch, d);
	if (r < 0)
		return r;
	feed->takes_over = false;
	feed->evicted += batch.read.evicted;
	feed->read = (struct source_counts){0};
	feed->gap_count = 0;
	feed->bytes = 0;
	feed->dirty = false;
	feed->kind->committed(feed);
	return 0;
}

bool feed_is_full(const struct feed *feed)
{
	int64_t bytes = feed->environment->commit_bytes;

	return feed->bytes >= (bytes ? bytes : COMMIT_BYTES) || feed->gap_count == FEED_GAPS_MAX ||
	       aggregate_nearly_full(feed->aggregate);
}

/* What has no place of its own is added to the latest of its kind: how many were lost stays true.
 */
void feed_gap(struct feed *feed, const struct gap *gap)
{
	size_t at = feed->gap_count;

	feed->dirty = true;
	if (at < FEED_GAPS_MAX) {
		feed->gaps[feed->gap_count++] = *gap;
		return;
	}
	while (at > 1 && feed->gaps[at - 1].kind != gap->kind)
		at--;
	if (gap->n < 0 || feed->gaps[at - 1].n < 0)
		feed->gaps[at - 1].n = -1;
	else
		feed->gaps[at - 1].n += gap->n;
	if (gap->to > feed->gaps[at - 1].to)
		feed->gaps[at - 1].to = gap->to;
}

void feed_trouble(struct feed *feed, const char *text)
{
	if (!text ? !feed->trouble : feed->trouble && strcmp(text, feed->trouble) == 0)
		return;
	if (text && !feed->environment->import)
		log_warning("%s; waiting for it", text);
	else if (!text)
		log_info("'%s' is read again", feed->name);
	free(feed->trouble);
	feed->trouble = memory_string(text);
}
