/* SPDX-License-Identifier: ISC */
#include "report/block.h"

#include "base/escape.h"
#include "base/macros.h"
#include "report/figure.h"

#define SOURCES_NAMED 3

static void add_period(struct buffer *to, const struct zone *zone, int64_t since, int64_t until)
{
	figure_time(to, zone, since);
	buffer_text_add(to, " to ");
	figure_time(to, zone, until);
}

static void add_sources(struct buffer *to, const struct evidence *e)
{
	size_t named = e->source_count > SOURCES_NAMED + 1 ? SOURCES_NAMED : e->source_count;

	for (size_t i = 0; i < named; i++) {
		buffer_text_add(to, i == 0 ? " of " : i + 1 == e->source_count ? " and " : ", ");
		escape_terminal(to, slice_of(e->sources[i]));
	}
	if (named < e->source_count)
		buffer_printf(to, " and %zu more", e->source_count - named);
}

static void say_count(block_say_fn say, void *context, const char *label, int64_t count,
    const char *one, const char *many)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (!count)
		return;
	figure_count(&text, count);
	buffer_text_add(&text, count == 1 ? one : many);
	say(context, BLOCK_PROBLEM, label, buffer_text(&text));
}

/* An empty report must say why it is empty. */
static void say_empty(
    const struct evidence *e, const struct report_request *r, block_say_fn say, void *context)
{
	_cleanup_buffer_ struct buffer text = {0};
	bool elsewhere = e->any && (e->until <= e->from || e->since > e->to);

	if (e->counted_count && !(e->needs_handshakes && !e->handshakes))
		return;
	if (e->counted_count)
		buffer_text_add(&text, "no TLS handshake in the log, so nothing is known of them");
	else if (!e->any)
		buffer_text_add(&text, "no handshake, session or failure was found");
	else if (elsewhere)
		buffer_text_add(&text, "nothing in this period");
	else
		buffer_text_add(&text, "nothing in this period passes the filters");
	if (e->any && !e->counted_count) {
		buffer_text_add(&text, ": what was read covers ");
		add_period(&text, r->zone, e->from, e->to + 3600);
	}
	say(context, BLOCK_PROBLEM, "Empty", buffer_text(&text));
}

void block_problems(
    const struct evidence *e, const struct report_request *r, block_say_fn say, void *context)
{
	const struct coverage *t = &e->total;

	say_empty(e, r, say, context);
	say_count(say, context, "Near", t->near_miss,
	    " line speaks of TLS and matched no pattern; `mailtls-pattern match --summary` on the "
	    "log shows it",
	    " lines speak of TLS and matched no pattern; `mailtls-pattern match --summary` on the "
	    "log shows them");
	say_count(say, context, "Folded", e->folded,
	    " fact has a host, cipher, group or signature that had no room: it is in (other)",
	    " facts have a host, cipher, group or signature that had no room: they are in (other)");
	say_count(say, context, "Lost", t->limit_hit,
	    " line was given up at the match limit and not counted",
	    " lines were given up at the match limit and not counted");
	say_count(say, context, "Lost", t->unparsed,
	    " line may speak of TLS but has no header that the patterns know",
	    " lines may speak of TLS but have no header that the patterns know");
	say_count(say, context, "Lost", t->bad_time, " line has a time that cannot be true",
	    " lines have a time that cannot be true");
	say_count(say, context, "Lost", t->overlong, " line was longer than 64 KiB and was cut",
	    " lines were longer than 64 KiB and were cut");
	say_count(say, context, "Lost", t->evicted,
	    " session was ended early, as too many were open at once: what came of it later is "
	    "counted without what came before",
	    " sessions were ended early, as too many were open at once: what came of them later is "
	    "counted without what came before");
	if (t->gaps) {
		_cleanup_buffer_ struct buffer text = {0};

		figure_of(&text, t->gaps, "gap", "gaps");
		buffer_text_add(&text, " in what was read");
		if (t->gap_seconds) {
			buffer_text_add(&text, ", of ");
			figure_seconds(&text, t->gap_seconds);
		}
		buffer_text_add(&text, "; `--view coverage` shows where");
		say(context, BLOCK_PROBLEM, "Gaps", buffer_text(&text));
	}
	for (size_t i = 0; i < e->warning_count; i++)
		say(context, BLOCK_PROBLEM, "Warning", e->warnings[i]);
}

static void say_found(const struct evidence *e, block_say_fn say, void *context)
{
	_cleanup_buffer_ struct buffer text = {0};

	figure_of(&text, e->handshakes, "handshake", "handshakes");
	if (e->sessions) {
		buffer_text_add(&text, ", ");
		figure_of(&text, e->sessions, "session", "sessions");
	}
	if (e->failures) {
		buffer_text_add(&text, ", ");
		figure_of(&text, e->failures, "failure", "failures");
	}
	if (e->apart) {
		buffer_text_add(&text, "; ");
		figure_count(&text, e->apart);
		buffer_text_add(&text, e->apart == 1 ? " of these is" : " of these are");
		buffer_text_add(&text, " internal and in no share (--internal=include)");
	}
	say(context, BLOCK_STATEMENT, "Found", buffer_text(&text));
}

void block_text(
    const struct evidence *e, const struct report_request *r, block_say_fn say, void *context)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (e->until > e->since || r->since_given) {
		if (e->until > e->since)
			add_period(&text, r->zone, e->since, e->until);
		else {
			buffer_text_add(&text, "from ");
			figure_time(&text, r->zone, e->since);
			buffer_text_add(&text, " on,");
		}
		buffer_printf(&text, " %s", zone_name(r->zone));
		say(context, BLOCK_STATEMENT, "Period", buffer_text(&text));
		buffer_clear(&text);
	}
	if (e->compared_until) {
		add_period(&text, r->zone, e->compared_since, e->compared_until);
		buffer_printf(&text, " %s", zone_name(r->zone));
		say(context, BLOCK_STATEMENT, "Beside", buffer_text(&text));
		buffer_clear(&text);
	}
	figure_of(&text, e->total.lines, "line", "lines");
	add_sources(&text, e);
	if (e->total.first_event) {
		buffer_text_add(&text, ", ");
		add_period(&text, r->zone, e->total.first_event, e->total.last_event + 3600);
	}
	say(context, BLOCK_STATEMENT, "Read", buffer_text(&text));
	say_found(e, say, context);
	block_problems(e, r, say, context);
	if (e->judged) {
		buffer_clear(&text);
		buffer_text_add(&text, "by ");
		escape_terminal(&text, slice_of(e->judged));
		say(context, BLOCK_STATEMENT, "Judged", buffer_text(&text));
	}
	for (size_t i = 0; i < e->hint_count; i++) {
		buffer_clear(&text);
		escape_terminal(&text, slice_of(e->hints[i]));
		say(context, BLOCK_HINT, "Hint", buffer_text(&text));
	}
}
