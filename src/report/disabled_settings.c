/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "report/disabled.h"
#include <string.h>

/* The end of the answer: the lines of the servers' own configuration, the way back, and where to
 * look afterwards.  What a server's line is, its pattern file knows. */

struct settings {
	struct report *report;
	struct result *result;
};

static bool said_already(const struct result *r, const char *mta, const char *text)
{
	for (size_t row = 0; row < r->row_count; row++)
		if (strcmp(result_cell(r, row, 0)->text, mta) == 0 &&
		    strcmp(result_cell(r, row, 3)->text, text) == 0)
			return true;
	return false;
}

static void say(struct settings *s, const struct flow *flow, const char *step, const char *text)
{
	struct cell *cell;

	if (said_already(s->result, flow->mta, text))
		return;
	cell = result_row(s->result);
	*cell++ = cell_text(flow->mta);
	*cell++ = cell_text(direction_name(flow->direction));
	*cell++ = cell_text(step);
	*cell = cell_text(result_text(s->result, text));
}

static const struct advice_list *advice_of(const struct report_request *request, const char *mta)
{
	for (size_t i = 0; i < request->advice_count; i++)
		if (strcmp(request->advice[i].mta, mta) == 0)
			return request->advice[i].advice;
	return NULL;
}

static bool fits(const struct advice *advice, const struct flow *flow)
{
	return !advice->direction ||
	       strcmp(advice->direction, direction_name(flow->direction)) == 0;
}

/* Whether there is a line for these alone. */
static bool has_line(struct settings *s, const struct flow *flow, const struct disable *part)
{
	const struct advice_list *list = advice_of(s->report->request, flow->mta);

	for (size_t i = 0; list && i < list->n; i++) {
		_cleanup_buffer_ struct buffer line = {0};

		if (fits(&list->p[i], flow) &&
		    advice_line(&list->p[i], part, judge_scope(flow->service), &line))
			return true;
	}
	return false;
}

static void say_missing(struct settings *s, const struct flow *flow, const struct disable *part)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (has_line(s, flow, part))
		return;
	buffer_text_add(&text, "(no line is known for ");
	for (size_t i = 0; i < part->count; i++)
		buffer_printf(&text, "%s%s", i ? ", " : "", part->items[i].name);
	buffer_text_add(&text, ": see the server's manual)");
	say(s, flow, "set", text.p);
}

/* A line that holds some of what is asked for must not read as if it were all.  Versions have one
 * line together; what a policy wants beyond the lines, only itself tells. */
static void say_rest(struct settings *s, const struct flow *flow)
{
	const struct disable *set = &s->report->disable;
	struct disable versions = {0};
	bool asked = false;

	for (size_t i = 0; i < set->count; i++) {
		const struct disable_item *item = &set->items[i];
		struct disable one = {.items = {*item}, .count = 1}; /* borrows its texts */
		_cleanup_buffer_ struct buffer text = {0};

		if (item->policy) {
			buffer_printf(&text,
			    "for what else it asks: mailtls-report --view=compliance --policy=%s",
			    item->name);
			say(s, flow, "see", text.p);
		}
		if (item->policy || item->when.protocols)
			versions.items[versions.count++] = *item;
		else
			say_missing(s, flow, &one);
		asked = asked || (!item->policy && item->when.protocols);
	}
	if (asked)
		say_missing(s, flow, &versions);
}

static void say_watch(struct settings *s, const struct flow *flow)
{
	_cleanup_buffer_ struct buffer text = {0};

	buffer_printf(&text, "mailtls-report --view=failures --mta=%s --since=24h", flow->mta);
	say(s, flow, "watch", text.p);
	buffer_clear(&text);
	buffer_printf(&text, "mailtls-report --view=plaintext --mta=%s --since=24h", flow->mta);
	say(s, flow, "watch", text.p);
}

static bool has_tls(const struct flow *flow)
{
	for (int unit = 0; unit < UNIT_MAX; unit++)
		if (flow->handshakes[unit] || flow->sessions[unit])
			return true;
	return false;
}

static bool same_side(const struct flow *a, const struct flow *b)
{
	return a->direction == b->direction && strcmp(a->mta, b->mta) == 0;
}

/* The services of a side that are judged alike, with TLS, as a list. */
static void name_services(
    const struct settings *s, const struct flow *side, enum scope scope, struct buffer *to)
{
	const struct evidence *e = &s->report->evidence;
	unsigned named = 0;

	for (size_t i = 0; i < e->flow_count; i++) {
		const struct flow *flow = &e->flows[i];

		if (!has_tls(flow) || !same_side(flow, side) ||
		    judge_scope(flow->service) != scope || named & 1u << flow->service)
			continue;
		named |= 1u << flow->service;
		buffer_printf(to, "%s%s", to->n ? ", " : "", service_name(flow->service));
	}
}

/* One line for all that is judged alike; where a policy asks for more of some services, each line
 * says whose it is. */
static void say_advice(struct settings *s, const struct flow *side, const struct advice *advice)
{
	struct buffer lines[SCOPE_MAX] = {0}, services[SCOPE_MAX] = {0};
	const char *line = NULL;
	bool several = false;

	for (int scope = 0; scope < SCOPE_MAX; scope++) {
		name_services(s, side, (enum scope)scope, &services[scope]);
		if (!services[scope].n)
			continue;
		advice_line(advice, &s->report->disable, (enum scope)scope, &lines[scope]);
		several |= line && strcmp(line, buffer_text(&lines[scope])) != 0;
		line = buffer_text(&lines[scope]);
	}
	for (int scope = 0; scope < SCOPE_MAX; scope++) {
		_cleanup_buffer_ struct buffer text = {0};

		if (lines[scope].n) {
			if (several)
				buffer_printf(&text, "for %s: ", buffer_text(&services[scope]));
			buffer_text_add(&text, buffer_text(&lines[scope]));
			say(s, side, "set", text.p);
			say(s, side, "back", advice->back);
		}
		buffer_free(&lines[scope]);
		buffer_free(&services[scope]);
	}
}

/* All services of a server and direction have one configuration, but not one scope. */
static void say_side(struct settings *s, size_t first)
{
	const struct evidence *e = &s->report->evidence;
	const struct flow *flow = &e->flows[first];
	const struct advice_list *list = advice_of(s->report->request, flow->mta);

	for (size_t i = 0; i < first; i++)
		if (has_tls(&e->flows[i]) && same_side(&e->flows[i], flow))
			return;
	for (size_t i = 0; list && i < list->n; i++)
		if (fits(&list->p[i], flow))
			say_advice(s, flow, &list->p[i]);
	say_rest(s, flow);
	say_watch(s, flow);
}

void disabled_settings(struct report *report)
{
	static const struct column columns[] = {
	    {.name = "mta"},
	    {.name = "direction", .title = "dir"},
	    {.name = "step"},
	    {.name = "text", .title = ""},
	};
	struct settings s = {.report = report, .result = result_new("settings")};
	const struct evidence *e = &report->evidence;

	view_add(report, s.result);
	s.result->title = "What to set, the way back, and what to watch afterwards";
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		result_column(s.result, &columns[i]);
	for (size_t i = 0; i < e->flow_count; i++)
		if (has_tls(&e->flows[i]))
			say_side(&s, i);
}
