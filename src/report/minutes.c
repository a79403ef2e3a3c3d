/* SPDX-License-Identifier: ISC */
#include "report/minutes.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/table.h"
#include "report/filter.h"
#include <string.h>

#define HOUR 3600
#define LINES (1 << 16) /* hosts are bounded by the store */

/* One host (or all) and direction. */
struct minute_line {
	int64_t minute, made, failed; /* being added up, over hosts */
	int64_t *loads;		      /* of the bucket's minutes that had any */
	size_t load_count, load_room;
	struct busy now; /* the bucket */
	struct busy *buckets;
	size_t bucket_count, bucket_room;
};

bool minutes_can_tell(const struct report_request *r)
{
	return !r->service.n && !r->mta.n && !r->unit.n;
}

static struct slice make_key(struct buffer *key, const char *host, enum direction direction)
{
	buffer_clear(key);
	buffer_char(key, (char)('0' + direction));
	buffer_text_add(key, host);
	return buffer_slice(key);
}

static struct minute_line *need_line(struct minutes *m, const char *host, enum direction direction)
{
	bool fresh;
	size_t *number = table_add(m->numbers, make_key(&m->key, host, direction), &fresh);

	if (!number)
		return NULL;
	if (fresh) {
		*number = m->line_count++;
		m->lines = memory_grow(m->lines, m->line_count, sizeof(*m->lines));
		m->lines[*number] = (struct minute_line){0};
	}
	return &m->lines[*number];
}

static void close_minute(struct minute_line *line)
{
	int64_t load = line->made + line->failed;

	if (!load)
		return;
	if (line->load_count == line->load_room) {
		line->load_room = line->load_room ? 2 * line->load_room : 64;
		line->loads = memory_grow(line->loads, line->load_room, sizeof(*line->loads));
	}
	line->loads[line->load_count++] = load;
	line->now.handshakes += line->made;
	line->now.failures += line->failed;
	if (load > line->now.peak) {
		line->now.at = line->minute;
		line->now.peak = load;
		line->now.peak_made = line->made;
		line->now.peak_failed = line->failed;
	}
	line->made = line->failed = 0;
}

static int64_t hour_from(int64_t t)
{
	return (t + HOUR - 1) / HOUR * HOUR;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* An hour belongs to the bucket that it begins in.  The store's last hour may be a day. */
static int64_t minutes_covered(const struct minutes *m)
{
	const struct evidence *e = &m->report->evidence;
	int64_t last =
	    e->to < e->rolled_until ? least(e->to + 24 * HOUR, e->rolled_until) : e->to + HOUR;
	int64_t from = hour_from(m->bucket > e->since ? m->bucket : e->since);
	int64_t until = hour_from(least(m->end, least(e->until, last)));

	if (from < e->from)
		from = e->from;
	return until > from ? (until - from) / 60 : 0;
}

static int64_t percentile(const struct minute_line *line, int64_t covered, int percent)
{
	int64_t known = (int64_t)line->load_count;
	int64_t all = covered > known ? covered : known;
	int64_t rank = (all * percent + 99) / 100, zeros = all - known;

	return rank > zeros ? line->loads[rank - zeros - 1] : 0;
}

static int compare_loads(const void *first, const void *second)
{
	int64_t a = *(const int64_t *)first, b = *(const int64_t *)second;

	return (a > b) - (a < b);
}

static void close_bucket(const struct minutes *m, struct minute_line *line)
{
	close_minute(line);
	if (!line->load_count)
		return;
	qsort(line->loads, line->load_count, sizeof(*line->loads), compare_loads);
	line->now.bucket = m->bucket;
	line->now.p95 = percentile(line, minutes_covered(m), 95);
	line->now.p99 = percentile(line, minutes_covered(m), 99);
	if (line->bucket_count == line->bucket_room) {
		line->bucket_room = line->bucket_room ? 2 * line->bucket_room : 16;
		line->buckets =
		    memory_grow(line->buckets, line->bucket_room, sizeof(*line->buckets));
	}
	line->buckets[line->bucket_count++] = line->now;
	line->now = (struct busy){0};
	line->load_count = 0;
}

static void turn_to(struct minutes *m, int64_t hour)
{
	const struct zone *zone = m->report->request->zone;

	for (size_t i = 0; i < m->line_count; i++)
		close_bucket(m, &m->lines[i]);
	m->bucket = bucket_start(m->size, zone, hour);
	m->end = bucket_next(m->size, zone, m->bucket);
}

static bool is_wanted(const struct report_request *r, const struct minute_row *row)
{
	bool wanted =
	    row->internal ? r->internal != INTERNAL_EXCLUDE : r->internal != INTERNAL_ONLY;

	return wanted && filter_word(&r->host, row->host) &&
	       filter_word(&r->direction, direction_name(row->direction));
}

static int add_minute(void *context, const struct minute_row *row)
{
	struct minutes *m = context;
	int64_t hour = row->minute - row->minute % HOUR;
	struct minute_line *line;

	if (!is_wanted(m->report->request, row))
		return 0;
	if (hour >= m->end)
		turn_to(m, hour);
	line = need_line(m, m->by_host ? row->host : "", row->direction);
	if (!line)
		return 0; /* its sums will differ */
	if (line->minute != row->minute)
		close_minute(line);
	line->minute = row->minute;
	line->made += row->handshakes;
	line->failed += row->failures;
	return 0;
}

int minutes_read(const struct report *report, enum bucket bucket, bool by_host, struct minutes *ret,
    struct diag *d)
{
	struct minutes m = {
	    .report = report,
	    .size = bucket,
	    .by_host = by_host,
	    .numbers = table_new(sizeof(size_t), LINES),
	    .end = INT64_MIN,
	};
	const struct query query = {
	    .since = report->evidence.since,
	    .until = report->evidence.until,
	};
	int failed = query_minutes(report->store, &query, add_minute, &m, d);

	for (size_t i = 0; i < m.line_count; i++)
		close_bucket(&m, &m.lines[i]);
	*ret = m;
	return failed;
}

void minutes_free(struct minutes *m)
{
	for (size_t i = 0; i < m->line_count; i++) {
		free(m->lines[i].loads);
		free(m->lines[i].buckets);
	}
	free(m->lines);
	table_free(m->numbers);
	buffer_free(&m->key);
	*m = (struct minutes){0};
}

struct busy minutes_busy(
    const struct minutes *m, const char *host, enum direction direction, int64_t bucket)
{
	_cleanup_buffer_ struct buffer key = {0};
	const size_t *number = table_get(m->numbers, make_key(&key, host, direction));
	const struct minute_line *line = number ? &m->lines[*number] : NULL;
	size_t low = 0, high = line ? line->bucket_count : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (line->buckets[middle].bucket == bucket)
			return line->buckets[middle];
		if (line->buckets[middle].bucket < bucket)
			low = middle + 1;
		else
			high = middle;
	}
	return (struct busy){.bucket = bucket};
}
