/* SPDX-License-Identifier: ISC */
#include "report/view.h"

#include "base/macros.h"
#include "base/memory.h"
#include "report/census.h"
#include "report/filter.h"
#include <errno.h>
#include <string.h>

#define HOUR 3600
#define WEEK (7 * 24 * HOUR)

const struct view views[] = {
    {.name = "summary",
	.answers = "one screen: protocol shares, top ciphers, groups, what is missing",
	.peers = true,
	.compares = true,
	.build = summary_build},
    {.name = "protocols",
	.answers = "which TLS versions were used, clear text included",
	.peers = true,
	.build = view_build_tally,
	.tally = &protocols_tally},
    {.name = "ciphers",
	.answers = "which cipher suites were used, and what they are made of",
	.build = view_build_tally,
	.tally = &ciphers_tally},
    {.name = "groups",
	.answers = "which key-exchange groups were used, and which are post-quantum",
	.build = view_build_tally,
	.tally = &groups_tally},
    {.name = "signatures",
	.answers = "which kinds and sizes of certificate keys were used",
	.build = view_build_tally,
	.tally = &signatures_tally},
    {.name = "failures",
	.answers = "why handshakes failed, in which words, and with whom",
	.fixed = true,
	.peers = true,
	.build = failures_build},
    {.name = "plaintext",
	.answers = "who still sends, fetches or logs in in clear text",
	.fixed = true,
	.peers = true,
	.build = plaintext_build},
    {.name = "if-disabled",
	.answers = "who would break, and who would fall back to clear text (--disable)",
	.fixed = true,
	.by_domain = true,
	.disables = true,
	.peers = true,
	.build = disabled_build},
    {.name = "peers",
	.answers = "which peer uses which protocol and cipher suite",
	.fixed = true,
	.peers = true,
	.build = peers_build},
    {.name = "users",
	.answers = "who logs in with which protocol and cipher suite",
	.fixed = true,
	.peers = true,
	.build = users_build},
    {.name = "outbound",
	.answers = "what refusing clear text would do to mail that goes out",
	.fixed = true,
	.peers = true,
	.build = outbound_build},
    {.name = "compliance",
	.answers = "how much conforms to a policy (--policy), rule by rule",
	.fixed = true,
	.peers = true,
	.build = compliance_build},
    {.name = "trend",
	.answers = "how it changed: any grouping (--by) over time (--bucket)",
	.over_time = true,
	.build = view_build_tally,
	.tally = &trend_tally},
    {.name = "capacity",
	.answers = "how busy it was: peaks, keys, key exchanges and costs of handshakes",
	.over_time = true,
	.costs = true,
	.by_machine = true,
	.build = capacity_build},
    {.name = "diff",
	.answers = "before and after a change: what differs from another period (--compare)",
	.fixed = true,
	.peers = true,
	.compares = true,
	.of_change = true,
	.build = diff_build},
    {.name = "forecast",
	.answers = "where it goes: growth, and when clear text and old versions are gone",
	.fixed = true,
	.since = "14w",
	.build = forecast_build},
    {.name = "coverage",
	.answers = "what was read, to when, with what gaps and near misses",
	.fixed = true,
	.build = coverage_build},
    {0},
};

const struct view *view_find(const char *name, struct diag *d)
{
	_cleanup_buffer_ struct buffer names = {0};

	for (const struct view *v = views; v->name; v++) {
		if (strcmp(v->name, name) == 0)
			return v;
		buffer_printf(&names, "%s%s", v == views ? "" : ", ", v->name);
	}
	diag_set(d, EINVAL, NULL, 0, 0, "there is no view \"%s\": expected one of %s", name,
	    buffer_text(&names));
	return NULL;
}

void view_add(struct report *report, struct result *result)
{
	report->results[report->result_count++] = result;
}

void view_add_columns(
    struct result *result, const char *title, const struct column *own, size_t count)
{
	result->title = title;
	for (size_t i = 0; i < common_column_count; i++) {
		struct column column = common_columns[i].column;

		column.once = strcmp(column.name, "mta") == 0;
		result_column(result, &column);
	}
	for (size_t i = 0; i < count; i++)
		result_column(result, &own[i]);
}

void view_name_policies(struct report *report)
{
	struct buffer names = {0};

	if (!report->judge.count || report->evidence.judged)
		return;
	judge_names(&report->judge, &names);
	report->evidence.judged = buffer_take(&names);
}

void view_add_verdicts(struct report *report, struct result *result)
{
	judge_add_columns(&report->judge, result);
	view_name_policies(report);
}

struct feeding {
	const struct report_request *request;
	query_count_fn row;
	void *context;
	const struct evidence *evidence;
	bool by_hour, other_zone; /* than that of days that hours were rolled up into */
	bool without, moved;	  /* what became of such days */
};

/* A day of another zone counts where its noon is. */
static int feed(void *context, int64_t hour, const struct tuple *tuple, int64_t n)
{
	struct feeding *f = context;

	if (!filter_tuple(f->request, tuple))
		return 0;
	if (hour > 0 && hour < f->evidence->rolled_until) {
		f->without = f->without || f->by_hour;
		f->moved = f->moved || f->other_zone;
		if (f->by_hour)
			return 0;
		hour += f->other_zone ? 12 * HOUR : 0;
	}
	return f->row(f->context, hour, tuple, n);
}

static void tell_of_days(struct report *report, const struct feeding *f)
{
	const struct evidence *e = &report->evidence;
	_cleanup_buffer_ struct buffer text = {0};
	struct civil c;

	civil_from_seconds(e->rolled_until, &c);
	buffer_printf(&text, "hours before %04d-%02d-%02dT%02d:%02dZ were rolled up into days",
	    c.year, c.month, c.day, c.hour, c.minute);
	if (f->without)
		buffer_text_add(&text, ": they are not in what is told by the hour");
	else
		buffer_printf(&text,
		    " of %s: here each counts for the day of %s that its noon is in",
		    e->rolled_zone, zone_name(f->request->zone));
	if (f->without || f->moved)
		evidence_warn(&report->evidence, buffer_text(&text));
}

static bool dimensions_by_hour(const struct tally_plan *plan)
{
	bool by_hour = plan->bucket == BUCKET_HOUR;

	for (size_t i = 0; i < plan->dimension_count; i++)
		by_hour = by_hour || plan->dimensions[i]->of_hour;
	return by_hour;
}

int view_counts(
    struct report *report, bool by_hour, query_count_fn row, void *context, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	struct feeding f = {
	    .request = report->request,
	    .row = row,
	    .context = context,
	    .evidence = e,
	    .by_hour = by_hour,
	    .other_zone = strcmp(e->rolled_zone, zone_name(report->request->zone)) != 0,
	};
	struct query query = {
	    .since = f.request->since_given ? f.request->since : INT64_MIN,
	    .until = f.request->until_given ? f.request->until : INT64_MAX,
	    .hourly = true,
	};
	int failed = query_counts(report->store, &query, feed, &f, d);

	if (!failed)
		tell_of_days(report, &f);
	return failed;
}

static int add_to_tally(void *context, int64_t hour, const struct tuple *tuple, int64_t n)
{
	return tally_add(context, hour, tuple, n);
}

/* Hours are read only where they matter; sums are in the evidence already. */
int view_tally(
    struct report *report, const struct tally_plan *plan, struct tally *ret, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	int failed = 0;

	tally_init(ret, plan, &report->evidence);
	if (tally_is_over_time(ret))
		failed = view_counts(report, dimensions_by_hour(plan), add_to_tally, ret, d);
	else
		for (size_t i = 0; !failed && i < e->counted_count; i++)
			failed = tally_add(
			    ret, e->counted[i].last_hour, &e->counted[i].tuple, e->counted[i].n);
	if (failed == -E2BIG)
		diag_set(d, E2BIG, NULL, 0, 0,
		    "the report has more than %d rows: choose a longer --bucket or fewer "
		    "dimensions in --by",
		    TALLY_ROWS);
	if (failed)
		tally_free(ret);
	return failed;
}

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
	for (size_t i = 0; i < view->column_count; i++)
		result_column(result, &view->columns[i].column);
	if (view->judged)
		view_add_verdicts(report, result);
}

static struct cell dimension_cell(
    const struct dimension *dimension, const struct dimension_value *value)
{
	if (dimension->type == COLUMN_COUNT)
		return value->number < 0 ? (struct cell){0} : cell_count(value->number);
	return cell_text(value->text);
}

static void add_row(
    struct result *result, const struct view_row *row, const struct tally_view *view)
{
	const struct tally_plan *plan = row->tally->plan;
	struct cell *cell = result_row(result);

	for (size_t i = 0; i < common_column_count; i++)
		*cell++ = common_columns[i].fill(row);
	for (size_t i = 0; i < plan->dimension_count; i++)
		if (has_own_column(view, plan->dimensions[i]))
			*cell++ = dimension_cell(plan->dimensions[i], &row->row->values[i]);
	for (size_t i = 0; i < view->column_count; i++)
		*cell++ = view->columns[i].fill(row);
	if (view->judged)
		judge_add_cells(&row->report->judge, &row->row->tuple, true, cell);
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

/* --top keeps the first rows of each time: of a trend the leaders of each bucket. */
static void add_rows(struct report *report, struct result *result, const struct tally *tally,
    const struct tally_view *view)
{
	size_t top = report->request->top, taken = 0;

	for (size_t i = 0; i < tally->row_count; i++) {
		struct view_row row = {report, tally, &tally->rows[i], result};

		if (i && !same_time(tally->plan, &tally->rows[i - 1], &tally->rows[i]))
			taken = 0;
		if (!top || taken++ < top)
			add_row(result, &row, view);
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
	struct tally_plan plan;
	struct result *result;
	int failed;

	make_plan(report, view->tally, &plan);
	failed = view_tally(report, &plan, &tally, d);
	if (failed)
		return failed;
	/* A summary for people shows who matters, not how many they are. */
	if (view->tally->peers && !(report->for_people && report->view != view))
		failed = census_take(report, &tally, true, d);
	if (failed)
		return failed;
	tell_of_hours(report, &tally);
	tally_sort(&tally, order_of(report, view->tally, &tally));
	result = result_new(view->name);
	view_add(report, result);
	add_columns(result, report, &plan, view->tally);
	add_rows(report, result, &tally, view->tally);
	return 0;
}
