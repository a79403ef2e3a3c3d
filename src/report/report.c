/* SPDX-License-Identifier: ISC */
#include "report/report.h"

#include "base/macros.h"
#include "report/alarm.h"
#include "report/block.h"
#include "report/charts.h"
#include "report/filter.h"
#include "report/past.h"
#include "report/refused.h"
#include "report/renderer.h"
#include "report/view.h"
#include <errno.h>
#include <string.h>

static void report_done(struct report *report)
{
	for (size_t i = 0; i < report->result_count; i++)
		result_free(report->results[i]);
	disable_clear(&report->disable);
	evidence_free(&report->evidence);
	past_free(report->past);
}

static int read_by(struct report *report, struct diag *d)
{
	const struct words *by = &report->request->by;

	for (size_t i = 0; i < by->n; i++) {
		const struct dimension *dimension = dimension_find(by->p[i], d);

		if (!dimension)
			return -EINVAL;
		if (dimension->bucket != BUCKET_NONE) {
			if (report->bucket != BUCKET_NONE && report->bucket != dimension->bucket)
				return diag_set(d, EINVAL, NULL, 0, 0,
				    "cannot group by \"%s\" and by \"%s\" at once",
				    bucket_name(report->bucket), dimension->name);
			report->bucket = dimension->bucket;
		} else if (dimension->host) {
			report->by_host = true;
		} else if (dimension->of_peer) {
			report->by_domain = true;
		} else if (dimension->always) {
			report->by_common |= strcmp(dimension->name, "direction") != 0;
		} else {
			if (report->by_count == REPORT_DIMENSIONS)
				return diag_set(d, EINVAL, NULL, 0, 0,
				    "cannot group by more than %d dimensions", REPORT_DIMENSIONS);
			report->by[report->by_count++] = dimension;
		}
	}
	return 0;
}

/* What somebody asks about most often, where nothing is named. */
static int read_disable(struct report *report, struct diag *d)
{
	static const char *const usual[] = {"TLSv1.0", "TLSv1.1"};
	const struct report_request *request = report->request;
	struct words words = request->disable;
	int failed = 0;

	if (!report->view->disables && words.n)
		return diag_set(d, EINVAL, NULL, 0, 0, "--disable is for view if-disabled, not %s",
		    report->view->name);
	if (!words.n)
		words = (struct words){usual, ARRAY_SIZE(usual)};
	for (size_t i = 0; !failed && i < words.n && report->view->disables; i++)
		failed = disable_add(&report->disable, words.p[i], request->policies, d);
	return failed;
}

static const char *renderer_asked_for(const struct report_request *request)
{
	return request->format ? request->format : "table";
}

static const struct renderer *find_renderer(const struct report_request *request)
{
	_cleanup_diag_ struct diag d = {0};

	return renderer_find(renderer_asked_for(request), &d);
}

static const char *view_asked_for(const struct report_request *request)
{
	const struct renderer *renderer;

	if (request->view)
		return request->view;
	renderer = find_renderer(request);
	if (renderer && renderer->of_summary)
		return "summary";
	if (request->disable.n || request->cost)
		return request->disable.n ? "if-disabled" : "capacity";
	return request->by.n ? "trend" : "summary";
}

static bool is_by_family(const struct report *report)
{
	for (size_t i = 0; i < report->by_count; i++)
		if (report->by[i]->of_address)
			return true;
	return false;
}

static bool is_by_time(const struct report *report)
{
	const struct report_request *request = report->request;

	for (size_t i = 0; i < report->by_count; i++)
		if (report->by[i]->of_time)
			return true;
	return report->bucket != BUCKET_NONE || request->bucket != BUCKET_NONE ||
	       (report->view->over_time && request->view);
}

/* Families are told of the whole UTC days that a period touches, which two periods may share. */
static int check_family(const struct report *report, struct diag *d)
{
	if (!is_by_family(report))
		return 0;
	if (is_by_time(report))
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "cannot group by family and by time: peers are kept by UTC day");
	if (report->request->compare != COMPARE_DEFAULT)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "cannot group by family and compare (--compare): peers are kept by UTC day");
	return 0;
}

static int read_request(struct report *report, const struct renderer **ret_renderer, struct diag *d)
{
	const struct report_request *request = report->request;
	int failed;

	*ret_renderer = renderer_find(renderer_asked_for(request), d);
	if (!*ret_renderer)
		return -EINVAL;
	report->for_people = (*ret_renderer)->for_people;
	report->draws = (*ret_renderer)->draws;
	report->view = view_find(view_asked_for(request), d);
	if (!report->view)
		return -EINVAL;
	if (request->cost && !report->view->costs)
		return diag_set(d, EINVAL, NULL, 0, 0, "--cost is for view capacity, not %s",
		    report->view->name);
	failed = filter_check(request, d);
	if (!failed)
		failed = judge_read(request, &report->judge, d);
	if (!failed)
		failed = read_disable(report, d);
	for (size_t i = 0; !failed && i < request->fail_if.n; i++) {
		struct alarm alarm;

		failed = alarm_parse(request->fail_if.p[i], &alarm, d);
	}
	if (!failed)
		failed = read_by(report, d);
	if (failed)
		return failed;
	failed = check_family(report, d);
	if (failed)
		return failed;
	if (report->by_domain && !report->view->by_domain)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "view %s cannot be grouped by the domain of peers' names; if-disabled can",
		    report->view->name);
	failed = past_check(request, report->view, d);
	if (failed)
		return failed;
	if (report->view->fixed &&
	    (report->by_count || report->bucket != BUCKET_NONE || request->bucket != BUCKET_NONE))
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "view %s cannot be split by time (--bucket) or grouped by anything but host",
		    report->view->name);
	if (report->view->by_machine && (report->by_count || report->by_common))
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "view %s cannot be grouped by anything but host and time; it is by direction",
		    report->view->name);
	if ((*ret_renderer)->of_summary &&
	    (report->view->build != summary_build || report->by_count || request->raw ||
		report->bucket != BUCKET_NONE || request->bucket != BUCKET_NONE ||
		request->compare != COMPARE_DEFAULT))
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "format %s has rows of its own: no other view than summary, no --bucket, "
		    "no --raw, no --compare and no --by but host",
		    (*ret_renderer)->name);
	if (request->since_given && request->until_given && request->since >= request->until)
		return diag_set(d, EINVAL, NULL, 0, 0, "--since is not before --until");
	return 0;
}

int report_check(const struct report_request *request, struct diag *d)
{
	struct report report = {.request = request};
	const struct renderer *renderer;
	int failed = read_request(&report, &renderer, d);

	report_done(&report);
	return failed;
}

/* A view over time has buckets even if none were asked for, but not `--by cipher` alone. */
static void choose_bucket(struct report *report)
{
	const struct report_request *request = report->request;

	if (report->bucket == BUCKET_NONE)
		report->bucket = request->bucket;
	if (report->bucket == BUCKET_NONE && report->view->over_time &&
	    (request->view || request->cost))
		report->bucket = BUCKET_AUTO;
	if (report->bucket == BUCKET_AUTO)
		report->bucket = bucket_for_period(report->evidence.until - report->evidence.since);
	/* Days cannot be told by the hour; who asks for that by name is told so. */
	if (report->bucket == BUCKET_HOUR && request->bucket != BUCKET_HOUR &&
	    report->evidence.since < report->evidence.rolled_until)
		report->bucket = BUCKET_DAY;
}

static void warn(
    void *context, enum block_weight weight _unused_, const char *label _unused_, const char *text)
{
	const struct report_request *request = context;

	request->warn(request->warn_context, text);
}

static int make(struct report *report, struct diag *d)
{
	int failed =
	    evidence_gather(report->store, report->request, report->by_host, &report->evidence, d);

	if (!failed)
		failed = refused_hint(report, d);
	if (failed)
		return failed;
	choose_bucket(report);
	if (report->request->compare != COMPARE_DEFAULT) {
		struct past *past;

		failed = past_need(report, &past, d);
		if (failed)
			return failed;
	}
	report->evidence.needs_handshakes =
	    report->view->tally && report->view->tally->handshakes_only;
	failed = report->view->build(report, report->view, d);
	return failed || !report->draws ? failed : charts_add(report, d);
}

/* In the snapshot that the report saw. */
static int judge_alarms(struct report *report, struct diag *d)
{
	const struct report_request *request = report->request;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < request->fail_if.n; i++) {
		_cleanup_buffer_ struct buffer why = {0};
		struct alarm alarm;

		r = alarm_parse(request->fail_if.p[i], &alarm, d);
		if (r == 0)
			r = alarm_judge(report, &alarm, &why, d);
		if (r > 0 && request->alarm)
			request->alarm(request->alarm_context, buffer_text(&why));
	}
	return r < 0 ? r : 0;
}

int report_write(
    struct store *store, const struct report_request *request, FILE *out, struct diag *d)
{
	struct report report = {.store = store, .request = request};
	const struct renderer *renderer;
	int failed = read_request(&report, &renderer, d);

	if (!failed)
		failed = query_begin(store, d);
	if (failed) {
		report_done(&report);
		return failed;
	}
	failed = make(&report, d);
	if (!failed) {
		errno = 0;
		renderer->render(&report, out);
		failed = ferror(out) || fflush(out) != 0 ? (errno ? -errno : -EIO) : 0;
		if (renderer->warns && request->warn)
			block_problems(&report.evidence, request, warn, (void *)request);
		if (failed)
			diag_set(d, -failed, NULL, 0, 0, "cannot write the report: %s",
			    strerror(-failed));
	}
	if (!failed)
		failed = judge_alarms(&report, d);
	report_done(&report);
	query_end(store);
	return failed;
}

bool report_view(size_t number, const char **ret_name, const char **ret_answers)
{
	*ret_name = views[number].name;
	*ret_answers = views[number].answers;
	return views[number].name != NULL;
}

bool report_format(size_t number, const char **ret_name)
{
	*ret_name = renderers[number].name;
	return renderers[number].name != NULL;
}

static const struct view *find_view(const struct report_request *request)
{
	_cleanup_diag_ struct diag d = {0};

	return view_find(view_asked_for(request), &d);
}

static bool asks_for_family(const struct report_request *request)
{
	for (size_t i = 0; i < request->by.n; i++)
		if (strcmp(request->by.p[i], "family") == 0)
			return true;
	return false;
}

/* What is no condition is told elsewhere. */
static bool alarm_asks_for_peers(const struct report_request *request)
{
	for (size_t i = 0; i < request->fail_if.n; i++) {
		_cleanup_diag_ struct diag d = {0};
		struct alarm alarm;

		if (alarm_parse(request->fail_if.p[i], &alarm, &d) == 0 &&
		    alarm.metric == ALARM_NEW_LEGACY_PEERS)
			return true;
	}
	return false;
}

bool report_asks_for_peers(const struct report_request *request)
{
	const struct view *view = find_view(request);

	return (view && view->peers) || asks_for_family(request) || alarm_asks_for_peers(request);
}

report_asks_fn report_asks_for_peers_of(const struct report_request *request)
{
	const struct renderer *renderer = find_renderer(request);
	const struct view *view = find_view(request);

	if (!view || !renderer || !renderer->for_people || asks_for_family(request) ||
	    alarm_asks_for_peers(request))
		return NULL;
	return view->asks_for_peers_of;
}

bool report_asks_for_minutes(const struct report_request *request)
{
	const struct view *view = find_view(request);

	return view && view->minutes;
}

const char *report_usual_since(const struct report_request *request)
{
	const struct view *view = find_view(request);

	return view && view->since ? view->since : "7d";
}

int64_t report_begins(const struct report_request *request, int64_t now)
{
	const struct view *view = find_view(request);

	if (alarm_asks_for_peers(request)) /* who is new was not there before */
		return INT64_MIN;
	if (request->compare == COMPARE_DEFAULT && !(view && view->of_change))
		return request->since;
	return past_begins(request, now);
}
