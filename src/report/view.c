/* SPDX-License-Identifier: ISC */
#include "report/view.h"

#include "base/macros.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "report/family.h"
#include "report/filter.h"
#include "report/sections.h"
#include <errno.h>
#include <string.h>

#define HOUR 3600

const struct view views[] = {
    {.name = "summary",
	.answers = "one screen: protocol shares, top ciphers, groups, what is missing",
	.peers = true,
	.minutes = true,
	.compares = true,
	.build = summary_build,
	.asks_for_peers_of = matter_asks_for_peers_of},
    {.name = "protocols",
	.answers = "which TLS versions were used, clear text included",
	.peers = true,
	.compares = true,
	.build = view_build_tally,
	.tally = &protocols_tally},
    {.name = "ciphers",
	.answers = "which cipher suites were used, and what they are made of",
	.compares = true,
	.build = view_build_tally,
	.tally = &ciphers_tally},
    {.name = "groups",
	.answers = "which key-exchange groups were used, and which are post-quantum",
	.compares = true,
	.build = view_build_tally,
	.tally = &groups_tally},
    {.name = "signatures",
	.answers = "which kinds and sizes of certificate keys were used",
	.compares = true,
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
	.compares = true,
	.build = view_build_tally,
	.tally = &trend_tally},
    {.name = "capacity",
	.answers = "how busy it was: peaks, keys, key exchanges and costs of handshakes",
	.over_time = true,
	.costs = true,
	.by_machine = true,
	.minutes = true,
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
	const char *names[ARRAY_SIZE(views)];
	_cleanup_buffer_ struct buffer advice = {0};
	size_t n = 0;

	for (const struct view *v = views; v->name; v++) {
		if (strcmp(v->name, name) == 0)
			return v;
		names[n++] = v->name;
	}
	nearest_advise(&advice, name, names, n);
	diag_set(d, EINVAL, NULL, 0, 0, "there is no view \"%s\": %s", name, buffer_text(&advice));
	return NULL;
}

void view_add(struct report *report, struct result *result)
{
	report->results[report->result_count++] = result;
}

bool view_has_room(const struct report *report, const struct result *result)
{
	return !report->request->top || result->row_count < report->request->top;
}

struct cell *view_begin_row(const struct view_row *row)
{
	struct cell *cell = result_row(row->result);

	for (size_t i = 0; i < common_column_count; i++)
		*cell++ = common_columns[i].fill(row);
	return cell;
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

static int read_counts(struct report *report, bool by_hour, bool of_days, query_count_fn row,
    void *context, struct diag *d)
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
	    .daily = of_days ? report->request->zone : NULL,
	};
	int failed = query_counts(report->store, &query, feed, &f, d);

	if (!failed)
		tell_of_days(report, &f);
	return failed;
}

int view_counts(
    struct report *report, bool by_hour, query_count_fn row, void *context, struct diag *d)
{
	return read_counts(report, by_hour, !by_hour, row, context, d);
}

static int add_to_tally(void *context, int64_t hour, const struct tuple *tuple, int64_t n)
{
	return tally_add(context, hour, tuple, n);
}

int view_refuse_rows(struct diag *d)
{
	return diag_set(d, E2BIG, NULL, 0, 0,
	    "the report has more than %d rows: choose a longer --bucket or fewer dimensions in "
	    "--by",
	    TALLY_ROWS);
}

/* Days that are shown as those of another period are not always days of the zone there. */
static int tally_over_time(
    struct report *report, const struct tally_plan *plan, struct tally *tally, struct diag *d)
{
	bool by_hour = tally_plan_is_by_hour(plan);

	return read_counts(report, by_hour, !by_hour && !plan->shift, add_to_tally, tally, d);
}

/* Hours are read only where they matter; sums are in the evidence already. */
int view_tally(
    struct report *report, const struct tally_plan *plan, struct tally *ret, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	int failed = 0;

	tally_init(ret, plan, &report->evidence);
	if (family_is_asked_for(plan))
		failed = family_add(report, ret, d);
	else if (tally_is_over_time(ret))
		failed = tally_over_time(report, plan, ret, d);
	else
		for (size_t i = 0; !failed && i < e->counted_count; i++)
			failed = tally_add(
			    ret, e->counted[i].last_hour, &e->counted[i].tuple, e->counted[i].n);
	if (failed == -E2BIG)
		view_refuse_rows(d);
	if (failed)
		tally_free(ret);
	return failed;
}
