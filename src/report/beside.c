/* SPDX-License-Identifier: ISC */
#include "report/beside.h"

#include "base/macros.h"
#include <errno.h>
#include <string.h>

#define HOUR INT64_C(3600)
#define WEEK (7 * 24 * HOUR)

/* A bucket that is told by weekday, too, has its partner on the same one; summer time is an hour.
 */
static bool weekdays_differ(const struct report *report, const struct tally_plan *plan)
{
	int64_t shift = report->evidence.since - report->past->report.evidence.since;
	int64_t rest = (shift % WEEK + WEEK) % WEEK;
	bool of_time = false;

	for (size_t i = 0; i < plan->dimension_count; i++)
		of_time = of_time || plan->dimensions[i]->of_time;
	return of_time && report->bucket != BUCKET_NONE && rest > HOUR && rest < WEEK - HOUR;
}

static int refuse(struct report *report, const struct tally *tally, struct diag *d)
{
	const struct past *past = report->past;

	if (report->bucket != BUCKET_NONE && !past->as_long &&
	    report->request->compare == COMPARE_SPAN)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "over time, the period of --compare must be as long as the one that is "
		    "compared with it: give it without an end");
	if (weekdays_differ(report, tally->plan))
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "over time and by weekday or hour of the day, the period of --compare must "
		    "begin "
		    "on the same weekday");
	if (tally_plan_is_by_hour(tally->plan) &&
	    past->report.evidence.since < past->report.evidence.rolled_until)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "the hours of the period of --compare were rolled up into days, so it cannot "
		    "be told by the hour");
	return 0;
}

/* What the other period's counters would be warned of is true of the report. */
static void hand_on_warnings(struct report *report)
{
	const struct evidence *e = &report->past->report.evidence;

	for (size_t i = 0; i < e->warning_count; i++)
		evidence_warn(&report->evidence, e->warnings[i]);
}

/* Rows that were added stand behind those that were counted. */
static int add_absent(struct tally *to, const struct tally *of, size_t count)
{
	int failed = 0;

	for (size_t i = 0; !failed && i < count; i++)
		failed = tally_add_absent(to, &of->rows[i]);
	return failed;
}

int beside_collect(struct report *report, const struct tally_plan *plan, struct tally *tally,
    struct beside *ret, struct diag *d)
{
	size_t counted = tally->row_count;
	struct past *past;
	int failed = past_need(report, &past, d);

	if (failed || !past->known)
		return failed;
	failed = refuse(report, tally, d);
	if (failed)
		return failed;
	ret->past = past;
	ret->plan = *plan;
	ret->plan.request = &past->request;
	ret->plan.shift = report->evidence.since - past->report.evidence.since;
	failed = view_tally(&past->report, &ret->plan, &ret->tally, d);
	if (failed)
		return failed;
	hand_on_warnings(report);
	failed = add_absent(tally, &ret->tally, ret->tally.row_count);
	if (!failed)
		failed = add_absent(&ret->tally, tally, counted);
	return failed ? view_refuse_rows(d) : 0;
}

void beside_free(struct beside *beside)
{
	tally_free(&beside->tally);
	beside->past = NULL;
}

static bool is_compared(const struct column *column)
{
	static const char *const names[] = {"handshakes", "sessions", "sessions_mail", "failures",
	    "share", "share_mail", "share_handshakes"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(column->name, names[i]) == 0)
			return true;
	return false;
}

static bool has_change(const struct column *column)
{
	return is_compared(column) && column->type == COLUMN_FRACTION &&
	       seen_by(column->audience, AUDIENCE_TABLE);
}

/* One share is what a view is about; how the others changed is for wide tables. */
void beside_add_change(const struct column *column, struct result *result)
{
	bool chief = strcmp(column->name, "share") == 0;
	_cleanup_buffer_ struct buffer name = {0};

	if (!has_change(column))
		return;
	buffer_printf(&name, "%s_change", column->name);
	result_column(
	    result, &(struct column){
			.name = result_text(result, buffer_text(&name)),
			.title = "+/-",
			.type = COLUMN_CHANGE,
			.audience = AUDIENCE_TABLE,
			.legend = chief ? "+/-: points against the period beside it." : NULL,
			.spare = chief ? 0 : 5,
		    });
}

struct cell *beside_put_change(const struct view_column *column, const struct view_row *row,
    const struct view_row *other, struct cell *cell)
{
	if (!has_change(&column->column))
		return cell;
	if (other)
		*cell = cell_change(column->fill(other), column->fill(row));
	return cell + 1;
}

static bool has_before(const struct column *column)
{
	return is_compared(column) && seen_by(column->audience, AUDIENCE_DATA);
}

void beside_add_before(const struct tally_view *view, struct result *result)
{
	for (size_t i = 0; i < view->column_count; i++) {
		const struct column *column = &view->columns[i].column;
		_cleanup_buffer_ struct buffer name = {0}, title = {0};

		if (!has_before(column))
			continue;
		buffer_printf(&name, "%s_before", column->name);
		buffer_printf(&title, "%s before", column->title ? column->title : column->name);
		result_column(result,
		    &(struct column){
			.name = result_text(result, buffer_text(&name)),
			.title = result_text(result, buffer_text(&title)),
			.type = column->type,
			.audience = column->type == COLUMN_FRACTION ? AUDIENCE_DATA : AUDIENCE_ALL,
			.spare = 8,
		    });
	}
}

void beside_put_before(
    const struct tally_view *view, const struct view_row *other, struct cell *cell)
{
	for (size_t i = 0; i < view->column_count; i++) {
		if (!has_before(&view->columns[i].column))
			continue;
		if (other)
			*cell = view->columns[i].fill(other);
		cell++;
	}
}

const struct view_row *beside_row(
    struct beside *beside, const struct view_row *row, struct view_row *ret)
{
	const struct tally_row *other =
	    beside->past ? tally_find_like(&beside->tally, row->row) : NULL;

	*ret = (struct view_row){
	    .report = other ? &beside->past->report : NULL,
	    .tally = &beside->tally,
	    .row = other,
	    .result = row->result,
	};
	return other ? ret : NULL;
}
