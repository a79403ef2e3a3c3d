/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "report/beside.h"
#include "report/census.h"
#include "report/family.h"
#include "report/view.h"
#include <string.h>

#define HOUR 3600
#define WEEK (7 * 24 * HOUR)

/* The views that are a tally: a row of the result for each of its rows. */

static void add_dimension(struct tally_plan *plan, const struct dimension *dimension)
{
	for (size_t i = 0; i < plan->dimension_count; i++)
		if (plan->dimensions[i] == dimension)
			return;
	plan->dimensions[plan->dimension_count++] = dimension;
}

static void make_plan(
    const struct report *report, const struct tally_view *view, struct tally_plan *ret)
{
	*ret = (struct tally_plan){
	    .bucket = report->bucket,
	    .zone = report->request->zone,
	    .by_host = report->by_host,
	    .request = report->request,
	    .raw = report->request->raw,
	    .handshakes_only = view->handshakes_only,
	    .failures = view->failures,
	};
	if (!view->by_replaces || !report->request->by.n)
		for (size_t i = 0; i < ARRAY_SIZE(view->dimensions) && view->dimensions[i]; i++)
			add_dimension(ret, dimension_of(view->dimensions[i]));
	for (size_t i = 0; i < report->by_count; i++)
		add_dimension(ret, report->by[i]);
}

static bool compares(const struct report *report)
{
	return report->request->compare != COMPARE_DEFAULT;
}

/* A dimension is a column of its own unless the view has one for it (ciphers has protocol). */
static bool has_own_column(const struct tally_view *view, const struct dimension *dimension)
{
	for (size_t i = 0; i < view->column_count; i++)
		if (strcmp(view->columns[i].column.name, dimension->name) == 0)
			return false;
	if (!view->by_replaces)
		for (size_t i = 0; i < ARRAY_SIZE(view->dimensions) && view->dimensions[i]; i++)
			if (strcmp(view->dimensions[i], dimension->name) == 0)
				return false;
	return true;
}

/* By reason there is nothing but failures, which must not be what a narrow table leaves out. */
static struct column column_by(const struct tally_plan *plan, const struct column *column)
{
	struct column by = *column;

	for (size_t i = 0; i < plan->dimension_count; i++)
		if (strcmp(plan->dimensions[i]->name, "reason") == 0)
			by.spare = strcmp(by.name, "failures") == 0 ? 0 : by.spare + 1;
	return by;
}

static void add_columns(struct result *result, struct report *report, const struct tally_plan *plan,
    const struct tally_view *view)
{
	for (size_t i = 0; i < common_column_count; i++) {
		struct column column = common_columns[i].column;

		if (strcmp(column.name, "bucket_utc") == 0)
			column.title = bucket_name(report->bucket);
		result_column(result, &column);
	}
	for (size_t i = 0; i < plan->dimension_count; i++)
		if (has_own_column(view, plan->dimensions[i]))
			result_column(result, &(struct column){.name = plan->dimensions[i]->name,
						  .type = plan->dimensions[i]->type});
	for (size_t i = 0; i < view->column_count; i++) {
		const struct column column = column_by(plan, &view->columns[i].column);

		result_column(result, &column);
		if (compares(report))
			beside_add_change(&view->columns[i].column, result);
	}
	if (view->judged)
		view_add_verdicts(report, result);
	if (compares(report))
		beside_add_before(view, result);
}

static struct cell dimension_cell(
    const struct dimension *dimension, const struct dimension_value *value)
{
	if (dimension->type == COLUMN_COUNT)
		return value->number < 0 ? (struct cell){0} : cell_count(value->number);
	return cell_text(value->text);
}

static void add_row(
    const struct view_row *row, const struct tally_view *view, struct beside *beside)
{
	const struct tally_plan *plan = row->tally->plan;
	struct cell *cell = view_begin_row(row);
	struct view_row found;
	const struct view_row *other = beside_row(beside, row, &found);

	for (size_t i = 0; i < plan->dimension_count; i++)
		if (has_own_column(view, plan->dimensions[i]))
			*cell++ = dimension_cell(plan->dimensions[i], &row->row->values[i]);
	for (size_t i = 0; i < view->column_count; i++) {
		*cell++ = view->columns[i].fill(row);
		if (compares(row->report))
			cell = beside_put_change(&view->columns[i], row, other, cell);
	}
	if (view->judged)
		cell = judge_add_cells(&row->report->judge, &row->row->tuple, true, cell);
	if (compares(row->report))
		beside_put_before(view, other, cell);
}

static bool same_time(
    const struct tally_plan *plan, const struct tally_row *a, const struct tally_row *b)
{
	if (a->bucket != b->bucket)
		return false;
	for (size_t i = 0; i < plan->dimension_count; i++)
		if (plan->dimensions[i]->of_time && a->values[i].number != b->values[i].number)
			return false;
	return true;
}

static bool is_empty(const struct tally_row *row)
{
	return !row->counts.handshakes && !row->counts.sessions && !row->counts.failures;
}

/* All that a row had of no known family may have been moved to those of the peers it is of. */
static bool is_moved(struct beside *beside, const struct view_row *row)
{
	struct view_row memory;
	const struct view_row *other;

	if (!family_is_asked_for(row->tally->plan) || !is_empty(row->row))
		return false;
	other = beside_row(beside, row, &memory);
	return !other || is_empty(other->row);
}

/* --top keeps the first rows of each time: of a trend the leaders of each bucket. */
static void add_rows(struct report *report, struct result *result, const struct tally *tally,
    const struct tally_view *view, struct beside *beside)
{
	size_t top = report->request->top, taken = 0;

	for (size_t i = 0; i < tally->row_count; i++) {
		struct view_row row = {report, tally, &tally->rows[i], result};

		if (i && !same_time(tally->plan, &tally->rows[i - 1], &tally->rows[i]))
			taken = 0;
		if (!is_moved(beside, &row) && (!top || taken++ < top))
			add_row(&row, view, beside);
	}
}

/* People read flow by flow; programs sort for themselves, and --top wants the most. */
static unsigned order_of(
    const struct report *report, const struct tally_view *view, const struct tally *tally)
{
	bool by_flow = view->by_flow && report->for_people && !report->request->top;

	return (tally_is_over_time(tally) ? BY_TIME : 0) | (by_flow ? BY_FLOW : 0);
}

/* Offsets last for months. */
static bool has_other_hours(const struct zone *zone, int64_t since, int64_t until)
{
	for (int64_t t = since; t < until; t += WEEK)
		if (zone_offset(zone, t) % HOUR)
			return true;
	return false;
}

static void tell_of_hours(struct report *report, const struct tally *tally)
{
	const struct evidence *e = &report->evidence;
	const struct zone *zone = report->request->zone;
	_cleanup_buffer_ struct buffer text = {0};

	if (!tally_is_over_time(tally) || report->bucket == BUCKET_HOUR ||
	    !has_other_hours(zone, e->since, e->until))
		return;
	buffer_printf(&text,
	    "counters are of UTC hours: that in which a day of %s begins counts for the day before",
	    zone_name(zone));
	evidence_warn(&report->evidence, buffer_text(&text));
}

int view_build_tally(struct report *report, const struct view *view, struct diag *d)
{
	_cleanup_tally_ struct tally tally = {0};
	_cleanup_beside_ struct beside beside = {0};
	struct tally_plan plan;
	struct result *result;
	int failed;

	make_plan(report, view->tally, &plan);
	failed = view_tally(report, &plan, &tally, d);
	if (failed)
		return failed;
	/* A summary for people shows who matters, not how many they are; of a log it has no others
	 * (matter_asks_for_peers_of()). */
	if (view->tally->peers && !family_is_asked_for(&plan) &&
	    !(report->for_people && report->view != view))
		failed = census_take(report, &tally, true, d);
	if (!failed && compares(report))
		failed = beside_collect(report, &plan, &tally, &beside, d);
	if (failed)
		return failed;
	tell_of_hours(report, &tally);
	tally_sort(&tally, order_of(report, view->tally, &tally));
	result = result_new(view->name);
	view_add(report, result);
	add_columns(result, report, &plan, view->tally);
	add_rows(report, result, &tally, view->tally, &beside);
	return 0;
}
