/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "base/table.h"
#include "report/filter.h"
#include "report/listing.h"
#include <errno.h>
#include <string.h>

/* View failures: why handshakes failed, in which words, and with whom.
 *
 * The counters know the class of the reason, hour by hour, and are what is counted here.  The words
 * and the peers are kept apart from each other, by day.  A failure gets words where the class had
 * but one wording that day, or where the wordings of the day add up to the counter; it gets a peer
 * likewise.  Where a day had several of both, who failed in which words is not known, and the words
 * are shown.  Nothing is guessed, and the counts always add up to the counters. */

enum { REASON, RAW, PEER };

#define CELLS (1 << 18)

struct part {
	char *text; /* words or peer */
	int64_t n, first, last;
};

struct parts {
	struct part *p;
	size_t count;
	int64_t n;
};

/* The failures of one day, flow and class. */
struct day {
	int64_t n;
	size_t cells;
	struct parts raws;
};

/* Of one unit, and of one host where hosts are told apart. */
struct cell_of_day {
	struct tuple tuple;
	struct day *day;
	int64_t n, first, last;
	struct parts peers;
	bool straddled; /* a peer's failures of the day are only partly of the period */
};

struct gathering {
	struct listing listing;
	struct table *days, *cells;
	struct buffer key;
	int64_t since, until; /* of the report */
	int64_t rolled;	      /* before it there are days of the store's zone */
	struct diag *d;
};

static int too_many(struct diag *d)
{
	return diag_set(
	    d, E2BIG, NULL, 0, 0, "there are too many kinds of failures: choose a shorter period");
}

static void add_part(struct parts *parts, const char *text, int64_t n, int64_t first, int64_t last)
{
	struct part *part = NULL;

	parts->n += n;
	for (size_t i = 0; i < parts->count && !part; i++)
		if (strcmp(parts->p[i].text, text) == 0)
			part = &parts->p[i];
	if (!part) {
		parts->p = memory_grow(parts->p, parts->count + 1, sizeof(*parts->p));
		part = &parts->p[parts->count++];
		*part = (struct part){.text = memory_string(text), .first = first, .last = last};
	}
	part->n += n;
	part->first = first < part->first ? first : part->first;
	part->last = last > part->last ? last : part->last;
}

static void parts_free(struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		free(parts->p[i].text);
	free(parts->p);
}

static struct slice day_key(struct buffer *key, int64_t day, const char *mta,
    enum direction direction, enum service service, bool internal, const char *reason)
{
	int parts[] = {direction, service, internal};

	buffer_clear(key);
	buffer_append(key, &day, sizeof(day));
	buffer_append(key, parts, sizeof(parts));
	buffer_append(key, mta, strlen(mta) + 1);
	buffer_append(key, reason, strlen(reason) + 1);
	return buffer_slice(key);
}

static struct slice tuple_day_key(struct buffer *key, int64_t day, const struct tuple *t)
{
	return day_key(key, day, t->mta, t->direction, t->service, t->internal, t->reason);
}

/* The key of a day, and after it what tells its cells apart. */
static struct slice cell_key(struct gathering *g, int64_t day, const struct tuple *t)
{
	int unit = t->unit;

	tuple_day_key(&g->key, day, t);
	buffer_append(&g->key, &unit, sizeof(unit));
	if (g->listing.report->by_host)
		buffer_append(&g->key, t->host, strlen(t->host) + 1);
	return buffer_slice(&g->key);
}

/* A day of the store's zone is kept apart from the UTC days of words and peers, unless it is one.
 */
static int64_t day_of(const struct gathering *g, int64_t hour)
{
	if (hour > 0 && hour < g->rolled)
		return hour;
	return hour > 0 ? hour - hour % LISTING_DAY : 0;
}

static bool is_asked_for(const struct gathering *g, const struct tuple *t)
{
	return t->fact == FACT_FAILURE && filter_tuple(g->listing.report->request, t);
}

static int add_count(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	struct gathering *g = context;
	struct cell_of_day *cell;
	struct day *day;
	bool fresh;

	if (!is_asked_for(g, t))
		return 0;
	day = table_add(g->days, tuple_day_key(&g->key, day_of(g, hour), t), NULL);
	cell = day ? table_add(g->cells, cell_key(g, day_of(g, hour), t), &fresh) : NULL;
	if (!cell)
		return too_many(g->d);
	if (fresh) {
		*cell = (struct cell_of_day){.tuple = *t, .day = day, .first = hour};
		day->cells++;
	}
	day->n += n;
	cell->n += n;
	cell->first = hour < cell->first ? hour : cell->first;
	cell->last = hour > cell->last ? hour : cell->last;
	return 0;
}

static int add_reason(void *context, const struct reason_day *row)
{
	struct gathering *g = context;
	struct day *day = table_get(g->days, day_key(&g->key, row->day, row->mta, row->direction,
						 row->service, row->internal, row->reason));

	if (day)
		add_part(&day->raws, row->raw, row->n, 0, 0);
	return 0;
}

static int add_peer(void *context, const struct peer_day *row)
{
	struct gathering *g = context;
	struct cell_of_day *cell;

	if (!is_asked_for(g, row->tuple))
		return 0;
	cell = table_get(g->cells, cell_key(g, row->day, row->tuple));
	if (!cell || row->last_seen < g->since || row->first_seen >= g->until)
		return 0;
	cell->straddled |= row->first_seen < g->since || row->last_seen >= g->until;
	add_part(&cell->peers, row->peer, row->failures, row->first_seen, row->last_seen);
	return 0;
}

static int put(struct gathering *g, const struct cell_of_day *cell, const char *raw,
    const char *peer, const struct part *part)
{
	const char *const names[LISTING_NAMES] = {
	    [REASON] = cell->tuple.reason, [RAW] = raw, [PEER] = peer};
	struct listed *row;
	int failed = listing_need(&g->listing, &cell->tuple, names, &row, g->d);

	if (failed || !row)
		return failed;
	row->n += part->n;
	listing_seen(row, part->first, part->last);
	return 0;
}

/* Each of the words, with the peer if there was but one. */
static int put_raws(struct gathering *g, const struct cell_of_day *cell, const char *peer)
{
	int failed = 0;

	for (size_t i = 0; !failed && i < cell->day->raws.count; i++) {
		struct part part = cell->day->raws.p[i];

		part.first = cell->first;
		part.last = cell->last;
		failed = put(g, cell, part.text, peer, &part);
	}
	return failed;
}

/* Each of the peers, and what failed with others. */
static int put_peers(struct gathering *g, const struct cell_of_day *cell, const char *raw)
{
	struct part rest = {.n = cell->n - cell->peers.n, .first = cell->first, .last = cell->last};
	int failed = 0;

	for (size_t i = 0; !failed && i < cell->peers.count; i++)
		failed = put(g, cell, raw, cell->peers.p[i].text, &cell->peers.p[i]);
	return !failed && rest.n ? put(g, cell, raw, "", &rest) : failed;
}

static int put_cell(struct gathering *g, struct cell_of_day *cell)
{
	const struct day *day = cell->day;
	const struct part all = {.n = cell->n, .first = cell->first, .last = cell->last};
	bool one_raw = day->raws.count == 1 && day->raws.n >= day->n;
	bool split_raws = day->cells == 1 && day->raws.count > 1 && day->raws.n == cell->n;
	bool peers = !cell->straddled && cell->peers.n <= cell->n;
	bool one_peer = peers && cell->peers.count == 1 && cell->peers.n == cell->n;

	if (split_raws)
		return put_raws(g, cell, one_peer ? cell->peers.p[0].text : "");
	if (peers)
		return put_peers(g, cell, one_raw ? day->raws.p[0].text : "");
	return put(g, cell, one_raw ? day->raws.p[0].text : "", "", &all);
}

static int put_cells(struct gathering *g)
{
	int failed = 0;

	for (struct cell_of_day *cell = table_oldest(g->cells); cell && !failed;
	     cell = table_newer(g->cells, cell))
		failed = put_cell(g, cell);
	return failed;
}

static void gathering_free(struct gathering *g)
{
	for (struct cell_of_day *cell = table_oldest(g->cells); cell;
	     cell = table_newer(g->cells, cell))
		parts_free(&cell->peers);
	for (struct day *day = table_oldest(g->days); day; day = table_newer(g->days, day))
		parts_free(&day->raws);
	table_free(g->cells);
	table_free(g->days);
	buffer_free(&g->key);
	listing_free(&g->listing);
}

static struct cell reason(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, REASON);
}

static struct cell reason_raw(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, RAW);
}

/* A certificate is refused in the handshake by some servers and after it by others. */
static struct cell stage(const struct listing *l _unused_, const struct listed *row)
{
	static const struct {
		const char *class, *stage;
	} stages[] = {
	    {"no-shared-cipher", "handshake"},
	    {"unsupported-protocol", "handshake"},
	    {"not-tls", "handshake"},
	    {"certificate-rejected", "handshake"},
	    {"lost-connection", "handshake"},
	    {"timeout", "handshake"},
	    {"tls-required", "policy"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
		if (strcmp(stages[i].class, row->names[REASON]) == 0)
			return cell_text(stages[i].stage);
	return (struct cell){0};
}

static struct cell peer(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, PEER);
}

static struct cell count(const struct listing *l _unused_, const struct listed *row)
{
	return cell_count(row->n);
}

static struct cell last_seen(const struct listing *l _unused_, const struct listed *row)
{
	return listing_time(row->last_seen);
}

static const struct listing_column columns[] = {
    {{.name = "reason", .kept = true}, reason},
    {{.name = "reason_raw", .title = "in words"}, reason_raw},
    {{.name = "stage", .spare = 3}, stage},
    {{.name = "peer"}, peer},
    {{.name = "count", .type = COLUMN_COUNT}, count},
    {{.name = "first_seen", .title = "first seen", .type = COLUMN_TIME, .spare = 4},
	listing_first_seen},
    {{.name = "last_seen", .title = "last seen", .type = COLUMN_TIME, .spare = 2}, last_seen},
};

static const struct listing_view list = {
    .name = "failures",
    .columns = columns,
    .column_count = ARRAY_SIZE(columns),
};

int failures_build(struct report *report, const struct view *view _unused_, struct diag *d)
{
	const struct report_request *request = report->request;
	const struct query hours = {
	    .since = request->since_given ? request->since : INT64_MIN,
	    .until = request->until_given ? request->until : INT64_MAX,
	    .hourly = true,
	};
	const struct query days = listing_query(report);
	struct gathering g = {
	    .days = table_new(sizeof(struct day), CELLS),
	    .cells = table_new(sizeof(struct cell_of_day), CELLS),
	    .since = hours.since,
	    .until = hours.until,
	    .rolled = report->evidence.rolled_until,
	    .d = d,
	};
	int failed;

	listing_init(&g.listing, report, &list);
	failed = query_counts(report->store, &hours, add_count, &g, d);
	if (!failed)
		failed = query_reasons(report->store, &days, add_reason, &g, d);
	if (!failed)
		failed = query_peers(report->store, &days, add_peer, &g, d);
	if (!failed)
		failed = put_cells(&g);
	if (!failed)
		listing_write(&g.listing);
	if (!failed)
		listing_empty(&g.listing, "Failures", "none that the log tells of");
	gathering_free(&g);
	return failed;
}
