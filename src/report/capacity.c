/* SPDX-License-Identifier: ISC */
#include "report/capacity.h"

#include "base/memory.h"
#include "base/table.h"
#include "report/figure.h"
#include "report/filter.h"
#include <errno.h>
#include <string.h>

#define ROWS (1 << 20)

static struct capacity_line *need_line(struct capacity *c, const struct tuple *t)
{
	const char *host = c->report->by_host ? t->host : "";
	size_t *number;
	bool fresh;

	buffer_clear(&c->key);
	buffer_char(&c->key, (char)('0' + t->direction));
	buffer_text_add(&c->key, host);
	number = table_add(c->numbers, buffer_slice(&c->key), &fresh);
	if (!number)
		return NULL;
	if (fresh) {
		*number = c->line_count++;
		c->lines = memory_grow(c->lines, c->line_count, sizeof(*c->lines));
		c->lines[*number] = (struct capacity_line){
		    .host = host,
		    .mta = t->mta,
		    .direction = t->direction,
		    .service = (int)t->service,
		    .unit = UNIT_NOT_ANY,
		    .handshake_unit = UNIT_NOT_ANY,
		    .latest = SIZE_MAX,
		};
	}
	return &c->lines[*number];
}

/* Counters come in order of time, so the row is the line's latest or a new one. */
static struct capacity_row *need_row(struct capacity *c, struct capacity_line *line, int64_t bucket)
{
	if (line->latest < c->row_count && c->rows[line->latest].bucket == bucket)
		return &c->rows[line->latest];
	if (c->row_count == ROWS)
		return NULL;
	if (c->row_count == c->row_room) {
		c->row_room = c->row_room ? 2 * c->row_room : 64;
		c->rows = memory_grow(c->rows, c->row_room, sizeof(*c->rows));
	}
	line->latest = c->row_count++;
	c->rows[line->latest] =
	    (struct capacity_row){.line = (size_t)(line - c->lines), .bucket = bucket};
	return &c->rows[line->latest];
}

static void meet_unit(int *unit, enum unit met)
{
	*unit = *unit == UNIT_NOT_ANY || *unit == (int)met ? (int)met : SEVERAL;
}

static void count_for_line(struct capacity_line *line, const struct tuple *t, int64_t n)
{
	bool same_mta = strcmp(line->mta, t->mta) == 0;

	if (!same_mta)
		line->mta = "";
	if (line->service != (int)t->service)
		line->service = SEVERAL;
	if (t->fact == FACT_HANDSHAKE) {
		meet_unit(&line->handshake_unit, t->unit);
		line->handshakes += n;
	} else if (t->fact == FACT_SESSION) {
		meet_unit(&line->unit, t->unit);
		line->carrier = !line->carrier || strcmp(line->carrier, t->mta) == 0 ? t->mta : "";
	} else {
		line->failures += n;
	}
}

static void count_handshakes(struct capacity_row *row, const struct tuple *t, int64_t n)
{
	row->handshakes += n;
	row->resumed += t->resumed == 1 ? n : 0;
	row->resumed_known += t->resumed != -1 ? n : 0;
	row->keys[work_key(t->signature, &t->suite)] += n;
	row->exchanges[work_exchange(t->group, t->post_quantum, &t->suite)] += n;
}

static void add_cost(
    struct capacity_row *row, const struct cost *cost, const struct tuple *t, int64_t n)
{
	const struct subject subject = {
	    .protocol = t->protocol,
	    .suite = &t->suite,
	    .group = t->group,
	    .post_quantum = t->post_quantum,
	    /* Who has no direction may have signed or verified. */
	    .signature = t->direction == DIRECTION_UNKNOWN ? "" : t->signature,
	};
	struct handshake_cost of =
	    cost_of(cost, &subject, t->resumed, t->direction == DIRECTION_IN);

	if (of.key >= 0) {
		row->key_costs_known += n;
		row->cost += n * of.key;
	}
	if (of.exchange >= 0) {
		row->exchange_costs_known += n;
		row->cost += n * of.exchange;
	}
}

static int add_count(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	struct capacity *c = context;
	const struct report *report = c->report;
	struct capacity_line *line;
	struct capacity_row *row;

	if (filter_apart(report->request, t))
		return 0;
	line = need_line(c, t);
	row = line ? need_row(c, line,
			 hour > 0 ? bucket_start(report->bucket, report->request->zone, hour) : 0)
		   : NULL;
	if (!row)
		return -E2BIG;
	count_for_line(line, t, n);
	if (t->fact == FACT_HANDSHAKE) {
		count_handshakes(row, t, n);
		if (report->request->cost)
			add_cost(row, report->request->cost, t, n);
		return 0;
	}
	*(t->fact == FACT_SESSION ? &row->sessions : &row->failures) += n;
	return 0;
}

/* A minute that is not kept any more is missing from the sum. */
static bool add_busy(
    struct capacity_row *row, const struct capacity_line *line, const struct minutes *minutes)
{
	row->busy = minutes_busy(minutes, line->host, line->direction, row->bucket);
	row->busy_known = row->bucket && row->busy.handshakes == row->handshakes &&
			  row->busy.failures == row->failures;
	return row->busy_known || !row->bucket;
}

static void warn_of_gone(struct report *report, int64_t gone)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (!gone)
		return;
	figure_of(&text, gone, "row has", "rows have");
	buffer_text_add(&text, " no peak: the minutes are not in the store any more");
	evidence_warn(&report->evidence, buffer_text(&text));
}

static int add_peaks(struct capacity *c, struct diag *d)
{
	_cleanup_minutes_ struct minutes minutes = {0};
	int64_t gone = 0;
	int failed;

	if (!minutes_can_tell(c->report->request)) {
		evidence_warn(
		    &c->report->evidence, "no peaks: minutes are not kept by mta, service or unit");
		return 0;
	}
	failed = minutes_read(c->report, c->report->bucket, c->report->by_host, &minutes, d);
	for (size_t i = 0; !failed && i < c->row_count; i++) {
		const struct capacity_line *line = &c->lines[c->rows[i].line];

		if (line->handshakes)
			gone += !add_busy(&c->rows[i], line, &minutes);
	}
	warn_of_gone(c->report, gone);
	return failed;
}

static bool delivery_of_several(const struct capacity_line *line)
{
	return line->unit == UNIT_DELIVERY && !*line->carrier;
}

static void tell_of_units(struct capacity *c)
{
	bool several = false;

	for (size_t i = 0; i < c->line_count; i++) {
		struct capacity_line *line = &c->lines[i];

		if (delivery_of_several(line))
			line->unit = SEVERAL;
		several = several || line->unit == SEVERAL;
	}
	if (several && !c->report->request->no_hints)
		evidence_hint(&c->report->evidence,
		    "sessions of several kinds are not added up: --mta, --service or --unit counts "
		    "one kind");
}

static int compare_rows(const void *first, const void *second, void *context)
{
	const struct capacity *c = context;
	const struct capacity_row *a = first, *b = second;
	const struct capacity_line *of_a = &c->lines[a->line], *of_b = &c->lines[b->line];
	int64_t load_a = a->handshakes + a->failures, load_b = b->handshakes + b->failures;
	int order = (a->bucket > b->bucket) - (a->bucket < b->bucket);

	if (!order)
		order = (load_a < load_b) - (load_a > load_b);
	if (!order)
		order = strcmp(of_a->host, of_b->host);
	return order ? order : (int)of_a->direction - (int)of_b->direction;
}

static void capacity_free(struct capacity *c)
{
	table_free(c->numbers);
	buffer_free(&c->key);
	free(c->lines);
	free(c->rows);
}

int capacity_build(struct report *report, const struct view *view, struct diag *d)
{
	_cleanup_(capacity_free) struct capacity c = {
	    .report = report,
	    .result = result_new(view->name),
	    .numbers = table_new(sizeof(size_t), ROWS),
	};
	int failed;

	view_add(report, c.result);
	report->evidence.needs_handshakes = true;
	failed = view_counts(report, report->bucket == BUCKET_HOUR, add_count, &c, d);
	if (failed == -E2BIG)
		diag_set(d, E2BIG, NULL, 0, 0,
		    "the report has more than %d rows: choose a longer --bucket", ROWS);
	if (!failed)
		failed = add_peaks(&c, d);
	if (failed)
		return failed;
	tell_of_units(&c);
	if (c.row_count)
		qsort_r(c.rows, c.row_count, sizeof(*c.rows), compare_rows, &c);
	capacity_write(&c);
	if (report->draws)
		capacity_charts_add(&c);
	return 0;
}
