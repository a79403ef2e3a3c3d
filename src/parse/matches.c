/* SPDX-License-Identifier: ISC */
#include "parse/matches.h"

/* One call of a sink.  Behind it stand as many told fields. */
struct record {
	enum { LINE, MATCH } kind;
	uint32_t field_count;
	union {
		struct line_report line;
		struct session_line match;
	} of;
};

/* A text is part of a line, or of a pattern file: neither is that long. */
struct told {
	const char *p;
	uint32_t n;
	enum field field;
};

void matches_free(struct matches *m)
{
	buffer_free(&m->found);
}

static void record_line(void *context, const struct line_report *report)
{
	struct matches *m = context;
	struct record *record = buffer_extend(&m->found, sizeof(*record));

	record->kind = LINE;
	record->field_count = 0;
	record->of.line = *report;
}

/* Of all fields a line tells few. */
static void record_match(void *context, const struct session_line *line)
{
	struct matches *m = context;
	const struct captured *captured = line->captured;
	unsigned count = (unsigned)__builtin_popcount(captured->told);
	struct record *record =
	    buffer_extend(&m->found, sizeof(*record) + count * sizeof(struct told));
	struct told *told = (struct told *)(record + 1);

	record->kind = MATCH;
	record->field_count = count;
	record->of.match = *line;
	for (uint32_t left = captured->told; left; left &= left - 1) {
		enum field field = (enum field)__builtin_ctz(left);
		struct slice text = captured->texts[field];

		*told++ = (struct told){text.p, (uint32_t)text.n, field};
	}
}

void matches_find(struct matches *m, struct matcher *matcher, struct slice text,
    const struct literal_lines *lines)
{
	const struct matcher_sink sink = {.line = record_line, .match = record_match, .context = m};

	m->text = text;
	buffer_clear(&m->found);
	matcher_lines(matcher, lines, &sink);
	matcher_counts(matcher, &m->counts);
}

static void play_match(
    const struct matcher_sink *sink, const struct record *record, const struct told *told)
{
	struct session_line line = record->of.match;
	struct captured captured;

	captured.told = 0;
	for (uint32_t i = 0; i < record->field_count; i++)
		captured_set(&captured, told[i].field, (struct slice){told[i].p, told[i].n});
	line.captured = &captured;
	sink->match(sink->context, &line);
}

void matches_play(const struct matches *m, const struct matcher_sink *sink)
{
	const char *at = m->found.p, *end = at + m->found.n;

	while (at < end) {
		const struct record *record = (const struct record *)at;
		const struct told *told = (const struct told *)(record + 1);

		if (record->kind == LINE)
			sink->line(sink->context, &record->of.line);
		else
			play_match(sink, record, told);
		at = (const char *)(told + record->field_count);
	}
}
