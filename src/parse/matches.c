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
	struct record record;

	record.kind = LINE;
	record.field_count = 0;
	record.of.line = *report;
	buffer_append(&m->found, &record, sizeof(record));
}

/* Of all fields a line tells few. */
static void record_match(void *context, const struct session_line *line)
{
	struct matches *m = context;
	struct told told[FIELD_MAX];
	struct record record;

	record.kind = MATCH;
	record.field_count = 0;
	record.of.match = *line;
	for (int i = 0; i < FIELD_MAX; i++)
		if (line->captured->field[i].p)
			told[record.field_count++] = (struct told){line->captured->field[i].p,
			    (uint32_t)line->captured->field[i].n, (enum field)i};
	buffer_append(&m->found, &record, sizeof(record));
	buffer_append(&m->found, told, record.field_count * sizeof(*told));
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
	struct captured captured = {{SLICE_NONE}};
	struct session_line line = record->of.match;

	for (uint32_t i = 0; i < record->field_count; i++)
		captured.field[told[i].field] = (struct slice){told[i].p, told[i].n};
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
