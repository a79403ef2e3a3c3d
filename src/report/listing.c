/* SPDX-License-Identifier: ISC */
#include "report/listing.h"

#include "base/macros.h"
#include "base/memory.h"
#include "base/table.h"
#include "report/filter.h"
#include <errno.h>
#include <string.h>

void listing_init(struct listing *l, struct report *report, const struct listing_view *view)
{
	*l = (struct listing){
	    .report = report,
	    .view = view,
	    .result = result_new(view->name),
	    .numbers = table_new(sizeof(size_t), LISTING_ROWS),
	};
	view_add(report, l->result);
	for (size_t i = 0; i < common_column_count; i++)
		result_column(l->result, &common_columns[i].column);
	for (size_t i = 0; i < view->column_count; i++)
		result_column(l->result, &view->columns[i].column);
	if (view->suite_told)
		view_add_verdicts(report, l->result);
}

void listing_free(struct listing *l)
{
	for (size_t i = 0; i < l->row_count; i++)
		free(l->rows[i].own);
	free(l->rows);
	table_free(l->numbers);
	buffer_free(&l->key);
	*l = (struct listing){0};
}

static int64_t day_floor(int64_t t)
{
	return t - ((t % LISTING_DAY) + LISTING_DAY) % LISTING_DAY;
}

struct query listing_query(const struct report *report)
{
	const struct report_request *r = report->request;

	return (struct query){
	    .since = r->since_given ? day_floor(r->since) : INT64_MIN,
	    .until = r->until_given ? day_floor(r->until + LISTING_DAY - 1) : INT64_MAX,
	};
}

static void key_text(struct buffer *key, const char *text)
{
	buffer_append(key, text, strlen(text) + 1);
}

static void make_key(
    struct listing *l, const struct tally_row *common, const char *const names[LISTING_NAMES])
{
	int parts[] = {common->tuple.direction, common->tuple.service, common->unit,
	    common->unit == UNIT_NOT_ANY ? common->handshake_unit : UNIT_NOT_ANY, common->apart};

	buffer_clear(&l->key);
	buffer_append(&l->key, parts, sizeof(parts));
	key_text(&l->key, l->report->by_host ? common->tuple.host : "");
	key_text(&l->key, common->tuple.mta);
	for (size_t i = 0; i < LISTING_NAMES; i++)
		key_text(&l->key, names[i] ? names[i] : "");
}

static struct listed *add_row(
    struct listing *l, const struct tally_row *common, const char *const names[LISTING_NAMES])
{
	struct listed *row;

	if (l->row_count == l->row_room) {
		l->row_room = l->row_room ? 2 * l->row_room : 64;
		l->rows = memory_grow(l->rows, l->row_room, sizeof(*l->rows));
	}
	row = &l->rows[l->row_count++];
	*row = (struct listed){.common = *common};
	if (l->view->own_size)
		row->own = memory_alloc(l->view->own_size);
	for (size_t i = 0; i < LISTING_NAMES; i++)
		row->names[i] = names[i] && *names[i] ? result_text(l->result, names[i]) : "";
	return row;
}

int listing_need(struct listing *l, const struct tuple *tuple,
    const char *const names[LISTING_NAMES], struct listed **ret, struct diag *d)
{
	const struct flow *flow = evidence_flow(&l->report->evidence, tuple, l->report->by_host);
	struct tally_row common = {
	    .tuple = *tuple, .apart = filter_apart(l->report->request, tuple), .flow = flow};
	size_t *number;
	bool fresh;

	*ret = NULL;
	if (!flow)
		return 0;
	flow_units(flow, tuple, &common.unit, &common.handshake_unit);
	make_key(l, &common, names);
	number = table_add(l->numbers, buffer_slice(&l->key), &fresh);
	if (!number)
		return diag_set(d, E2BIG, NULL, 0, 0,
		    "the report has more than %d rows: choose a shorter period or filter",
		    LISTING_ROWS);
	if (fresh) {
		*number = l->row_count;
		add_row(l, &common, names);
	}
	*ret = &l->rows[*number];
	return 0;
}

void listing_seen(struct listed *row, int64_t first, int64_t last)
{
	if (first > 0 && (!row->first_seen || first < row->first_seen))
		row->first_seen = first;
	if (last > row->last_seen)
		row->last_seen = last;
}

static void meet(struct listing *l, const char **known, const char *text, bool met)
{
	if (!met)
		*known = result_text(l->result, text);
	else if (*known && strcmp(*known, text) != 0)
		*known = NULL;
}

void listing_met(struct listing *l, struct listed *row, const struct peer_day *peer)
{
	meet(l, &row->peer, peer->peer, row->peer_met);
	meet(l, &row->net, peer->net, row->peer_met);
	meet(l, &row->user, peer->user, row->peer_met);
	row->peer_met = true;
	listing_seen(row, peer->first_seen, peer->last_seen);
}

static int compare_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* What has no name stands below what has one. */
static int compare_rows(const void *first, const void *second, void *context)
{
	const struct listing *l = context;
	const struct report *report = l->report;
	const struct listed *a = first, *b = second;
	int order = compare_number(a->common.apart, b->common.apart);

	if (!order && l->view->compare)
		order = l->view->compare(a, b);
	if (!order)
		order = compare_number(b->n, a->n);
	if (!order)
		order = strcmp(a->common.tuple.mta, b->common.tuple.mta);
	if (!order && report->by_host)
		order = strcmp(a->common.tuple.host, b->common.tuple.host);
	if (!order)
		order = compare_number(a->common.tuple.direction, b->common.tuple.direction);
	if (!order)
		order = compare_number(a->common.tuple.service, b->common.tuple.service);
	if (!order)
		order = compare_number(a->common.unit, b->common.unit);
	if (!order)
		order = compare_number(a->common.handshake_unit, b->common.handshake_unit);
	for (size_t i = 0; !order && i < LISTING_NAMES; i++) {
		order = compare_number(!*a->names[i], !*b->names[i]);
		if (!order)
			order = strcmp(a->names[i], b->names[i]);
	}
	return order;
}

static void write_row(struct listing *l, const struct listed *row)
{
	const struct listing_view *view = l->view;
	struct view_row common = {.report = l->report, .row = &row->common, .result = l->result};
	struct cell *cell = view_begin_row(&common);

	for (size_t i = 0; i < view->column_count; i++)
		*cell++ = view->columns[i].fill(l, row);
	if (view->suite_told)
		judge_add_cells(&l->report->judge, &row->common.tuple, view->suite_told(row), cell);
}

void listing_write(struct listing *l)
{
	size_t asked = l->report->request->top, written = 0;
	size_t top = asked ? asked : l->view->most;

	if (l->row_count)
		qsort_r(l->rows, l->row_count, sizeof(*l->rows), compare_rows, l);
	for (size_t i = 0; i < l->row_count && (!top || written < top); i++) {
		if (l->rows[i].n <= 0)
			continue;
		write_row(l, &l->rows[i]);
		written++;
	}
}

void listing_empty(struct listing *l, const char *title, const char *note)
{
	/* Of a log without any fact the block above says so. */
	if (l->result->row_count || !l->report->evidence.counted_count)
		return;
	l->result->title = title;
	l->result->note = note;
}

struct cell listing_name(const struct listed *row, size_t number)
{
	return cell_text(row->names[number]);
}

struct cell listing_time(int64_t hour)
{
	return hour > 0 ? cell_count(hour) : (struct cell){0};
}

struct cell listing_net(const struct listing *l _unused_, const struct listed *row)
{
	bool other = row->peer && strcmp(row->peer, QUERY_OTHER) == 0;

	return cell_text(other ? NULL : row->net);
}

struct cell listing_user(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(row->user);
}

struct cell listing_first_seen(const struct listing *l _unused_, const struct listed *row)
{
	return listing_time(row->first_seen);
}

struct cell listing_last_seen(const struct listing *l _unused_, const struct listed *row)
{
	return listing_time(*row->names[LISTING_WHO] ? row->last_seen : 0);
}

struct cell listing_verdict(const struct listing *l, const struct listed *row)
{
	return judge_cell(&l->report->judge, 0, &row->common.tuple, l->view->suite_told(row));
}
