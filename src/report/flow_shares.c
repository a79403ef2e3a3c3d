/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "report/flow_lines.h"
#include "report/past.h"
#include "report/sections.h"
#include <string.h>

/* What a summary begins with: for each flow the shares of clear text and of the versions of TLS,
 * how they changed against the period before, and how the weak share went.
 *
 * Where handshakes show an old version and what carried mail does not (scanners, monitoring), a
 * second line gives the shares of the handshakes: the 0 of the first is no proof that nobody asks
 * for it.  Columns of things that were never seen are left out, but for those whose 0 an admin
 * looks for.  A change is only given if the store holds all of the period before, or of the one
 * that was named. */

struct screen {
	struct report *report;
	struct flow_lines lines, past;
};

static bool column_shown(const struct screen *s, enum share share)
{
	for (size_t i = 0; i < 2 * s->lines.flow_count; i++)
		if (s->lines.p[i].parts.of[share])
			return true;
	return share_kinds[share].always;
}

static int collect_past(struct screen *s, struct diag *d)
{
	struct past *past;
	int failed = past_need(s->report, &past, d);

	return failed || !past->known ? failed : flow_lines_collect(&past->report, &s->past, d);
}

static struct cell weak_over_time(
    const struct screen *s, struct result *result, const struct flow_line *line)
{
	struct series *series;

	if (!line->points || !flow_line_weak(line).known)
		return (struct cell){0};
	series = result_series(result, s->lines.start_count);
	for (size_t i = 0; i < series->count; i++) {
		series->points[i].whole = line->points[i].parts.whole;
		for (int k = 0; k < SHARES; k++)
			if (share_kinds[k].weak)
				series->points[i].part += line->points[i].parts.of[k];
	}
	return (struct cell){.known = true, .series = series};
}

static struct cell share_before(const struct flow_line *past, enum share share)
{
	return past ? flow_line_share(past, share) : (struct cell){0};
}

static void add_line(struct screen *s, struct result *result, const struct flow_line *line)
{
	const struct tuple *t = &line->first.tuple;
	const struct flow_line *past = flow_lines_find(&s->past, line);
	struct cell *cell = result_row(result);

	*cell++ = s->report->by_host ? cell_text(t->host) : (struct cell){0};
	*cell++ = cell_text(t->mta);
	*cell++ = cell_text(direction_name(t->direction));
	*cell++ = cell_text(service_name(t->service));
	for (int i = 0; i < SHARES; i++) {
		struct cell share = flow_line_share(line, i);

		if (!column_shown(s, i))
			continue;
		*cell++ = share;
		*cell++ = cell_change(share_before(past, i), share);
	}
	*cell++ = line->total.group_known
		      ? cell_share(line->total.post_quantum, line->total.handshakes)
		      : (struct cell){0};
	*cell++ = cell_count(line->parts.whole);
	*cell++ = cell_text(flow_line_things(line));
	*cell++ = flow_line_weak(line);
	*cell++ = past ? cell_change(flow_line_weak(past), flow_line_weak(line)) : (struct cell){0};
	*cell = weak_over_time(s, result, line);
}

static void add_columns(const struct screen *s, struct result *result)
{
	static const struct column first[] = {
	    {.name = "host"},
	    {.name = "mta", .once = true},
	    {.name = "direction", .title = "dir"},
	    {.name = "service"},
	};
	static const struct column last[] = {
	    {.name = "post_quantum", .title = "PQ", .type = COLUMN_FRACTION, .spare = 2},
	    {.name = "count", .title = "of", .type = COLUMN_COUNT},
	    {.name = "things", .title = ""},
	    {.name = "weak", .type = COLUMN_FRACTION, .spare = 4},
	    {.name = "weak_change", .title = "weak +/-", .type = COLUMN_CHANGE, .spare = 1},
	    {.name = "weak_over_time",
		.title = "weak trend",
		.type = COLUMN_SERIES,
		.blank = true,
		.spare = 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		result_column(result, &first[i]);
	for (int i = 0; i < SHARES; i++) {
		if (!column_shown(s, i))
			continue;
		result_column(result, &(struct column){.name = share_kinds[i].name,
					  .title = share_kinds[i].title,
					  .type = COLUMN_FRACTION,
					  .kept = share_kinds[i].always});
		result_column(result,
		    &(struct column){
			.name = "change", .title = "+/-", .type = COLUMN_CHANGE, .spare = 5});
	}
	for (size_t i = 0; i < ARRAY_SIZE(last); i++) {
		struct column column = last[i];

		if (column.type == COLUMN_CHANGE)
			column.legend = s->report->evidence.compared_until
					    ? "+/-: points against the period beside it."
					    : "+/-: points against the period before.";
		result_column(result, &column);
	}
}

static void add_lines(struct screen *s, struct result *result)
{
	for (size_t i = 0; i < s->lines.flow_count; i++) {
		const struct flow_line *line = &s->lines.p[2 * i];

		if (line[0].parts.whole) /* not only failures */
			add_line(s, result, &line[0]);
		if (flow_lines_differ(line))
			add_line(s, result, &line[1]);
	}
}

int flow_shares_build(struct report *report, struct diag *d)
{
	struct screen s = {.report = report};
	struct result *result = result_new("flows");
	int failed = flow_lines_collect(report, &s.lines, d);

	view_add(report, result);
	result->audience = AUDIENCE_TABLE;
	result->title = "Shares by protocol";
	if (!failed)
		failed = flow_lines_over_time(report, &s.lines, BUCKET_AUTO, d);
	if (!failed)
		failed = collect_past(&s, d);
	if (!failed) {
		add_columns(&s, result);
		add_lines(&s, result);
		result->legend = "The log does not tell: - and ?.  Weak: clear text and below 1.2.";
	}
	if (!failed && !result->row_count && report->evidence.apart)
		result->note = "all of it is internal; --internal=include takes it in";
	flow_lines_free(&s.lines);
	flow_lines_free(&s.past);
	return failed;
}
