/* SPDX-License-Identifier: ISC */
#include "report/past.h"

#include "base/memory.h"
#include "report/figure.h"
#include <errno.h>

#define HOUR 3600

static int refuse_view(const struct view *view, struct diag *d)
{
	_cleanup_buffer_ struct buffer names = {0};

	for (const struct view *v = views; v->name; v++)
		if (v->compares)
			buffer_printf(&names, "%s%s", names.n ? ", " : "", v->name);
	return diag_set(d, EINVAL, NULL, 0, 0,
	    "view %s cannot be compared with another period (--compare): expected one of %s",
	    view->name, buffer_text(&names));
}

int past_check(const struct report_request *request, const struct view *view, struct diag *d)
{
	if (request->compare != COMPARE_DEFAULT && !view->compares)
		return refuse_view(view, d);
	if (view->of_change && !request->since_given)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "view %s compares a period with another: --since says where it begins",
		    view->name);
	if (request->compare != COMPARE_DEFAULT && !request->since_given)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "--compare needs --since: where the period begins that is compared");
	if (request->compare == COMPARE_SPAN && request->compare_since >= request->compare_until)
		return diag_set(
		    d, EINVAL, NULL, 0, 0, "the period of --compare ends before it begins");
	return 0;
}

static void find_bounds(
    const struct report_request *request, int64_t since, int64_t until, struct report_request *ret)
{
	bool named = request->compare == COMPARE_FROM || request->compare == COMPARE_SPAN;

	ret->since = named ? request->compare_since : since - (until - since);
	ret->until = request->compare == COMPARE_SPAN	? request->compare_until
		     : request->compare == COMPARE_FROM ? ret->since + (until - since)
							: since;
	ret->since_given = ret->until_given = true;
	ret->now = 0;
	ret->hint_count = 0;
}

static int refuse_overlap(
    const struct report *report, const struct report_request *other, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	_cleanup_buffer_ struct buffer text = {0};

	if (other->since >= e->until || other->until <= e->since)
		return 0;
	figure_time(&text, other->zone, other->since);
	buffer_text_add(&text, " to ");
	figure_time(&text, other->zone, other->until);
	return diag_set(d, EINVAL, NULL, 0, 0,
	    "the period of --compare, %s, overlaps the one that is compared with it",
	    buffer_text(&text));
}

static bool is_asked_for(const struct report *report)
{
	return report->request->compare != COMPARE_DEFAULT || report->view->of_change;
}

static void warn_of_part(struct report *report, const struct report_request *past)
{
	_cleanup_buffer_ struct buffer text = {0};
	const struct evidence *e = &report->evidence;

	if (!is_asked_for(report))
		return;
	buffer_text_add(&text, "nothing is compared: of ");
	figure_time(&text, report->request->zone, past->since);
	buffer_text_add(&text, " to ");
	figure_time(&text, report->request->zone, past->until);
	buffer_text_add(&text, " there is not all");
	if (e->any) {
		buffer_text_add(&text, "; what was read begins ");
		figure_time(&text, report->request->zone, e->from);
		buffer_text_add(&text, " and ends ");
		figure_time(&text, report->request->zone, e->to + HOUR);
	}
	evidence_warn(&report->evidence, buffer_text(&text));
}

/* Silence up to now is a part of what was read. */
static bool is_whole(const struct report *report, const struct report_request *past)
{
	const struct evidence *e = &report->evidence;
	int64_t end = e->to + HOUR > report->request->now ? e->to + HOUR : report->request->now;

	return e->any && e->from <= past->since && past->until <= end;
}

static void note(struct report *report, const struct past *past)
{
	struct evidence *e = &report->evidence;

	if (!is_asked_for(report))
		return;
	e->compared_since = past->report.evidence.since;
	e->compared_until = past->report.evidence.until;
}

/* A report that was not asked to compare says of its own period what it would alone. */
static void pair_units(struct report *report, struct past *past)
{
	struct evidence *own = &report->evidence, *other = &past->report.evidence;

	if (is_asked_for(report))
		evidence_pair_alike(own, other, report->by_host);
	else
		evidence_pair_like(other, own, report->by_host);
}

static int gather(struct report *report, struct past *ret, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	const struct report_request *request = report->request;
	struct evidence *past = &ret->report.evidence;
	int failed;

	*ret = (struct past){.request = *request};
	if (!request->since_given)
		return 0;
	find_bounds(request, e->since, e->until, &ret->request);
	ret->request.since = query_floor(report->store, ret->request.since);
	ret->request.until = query_floor(report->store, ret->request.until);
	failed = refuse_overlap(report, &ret->request, d);
	if (failed)
		return failed;
	if (!is_whole(report, &ret->request)) {
		warn_of_part(report, &ret->request);
		return 0;
	}
	ret->report = *report;
	ret->report.request = &ret->request;
	ret->report.evidence = (struct evidence){0};
	ret->report.result_count = 0;
	ret->report.past = NULL;
	failed = evidence_gather(report->store, &ret->request, report->by_host, past, d);
	if (failed)
		return failed;
	ret->known = true;
	ret->as_long = past->until - past->since == e->until - e->since;
	pair_units(report, ret);
	note(report, ret);
	return 0;
}

int past_need(struct report *report, struct past **ret, struct diag *d)
{
	int failed = 0;

	if (!report->past) {
		report->past = memory_alloc(sizeof(*report->past));
		failed = gather(report, report->past, d);
	}
	*ret = report->past;
	return failed;
}

struct past *past_free(struct past *past)
{
	if (past)
		evidence_free(&past->report.evidence);
	free(past);
	return NULL;
}

int64_t past_begins(const struct report_request *request, int64_t now)
{
	struct report_request other = *request;

	find_bounds(request, request->since, request->until_given ? request->until : now, &other);
	return other.since < request->since ? other.since : request->since;
}
