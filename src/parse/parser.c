/* SPDX-License-Identifier: ISC */
#include "parse/parser.h"

#include "base/memory.h"
#include "parse/session.h"
#include <stdlib.h>

struct parser {
	const struct pattern_set *set;
	struct parser_consumer consumer;
	struct matcher *matcher;
	struct matcher_sink sink;
	struct session_table *sessions;
	struct line_counts counts; /* up to the block that is being taken */
	const char *line;	   /* that is being taken, NULL between blocks */
	const char *numbered;	   /* up to here LFs of this block were counted, */
	int64_t numbered_lines;	   /* and this many there were */
};

static void emit(void *context, const struct fact *fact)
{
	struct parser *p = context;

	p->consumer.fact(p->consumer.context, fact);
}

static void take_line(void *context, const struct line_report *report)
{
	struct parser *p = context;

	p->line = report->line.p;
	if (p->consumer.line)
		p->consumer.line(p->consumer.context, report);
}

static void take_match(void *context, const struct session_line *line)
{
	struct parser *p = context;

	session_line(p->sessions, line);
}

struct parser *parser_new(
    const struct pattern_set *patterns, const struct parser_consumer *consumer)
{
	struct parser *p = memory_alloc(sizeof(*p));

	p->set = patterns;
	p->consumer = *consumer;
	p->matcher = matcher_new(patterns);
	p->sink = (struct matcher_sink){.line = take_line, .match = take_match, .context = p};
	p->sessions = session_table_new(patterns->reasons, patterns->reason_count, emit, p);
	return p;
}

struct parser *parser_free(struct parser *p)
{
	if (!p)
		return NULL;
	session_table_free(p->sessions);
	matcher_free(p->matcher);
	free(p);
	return NULL;
}

void parser_internal(struct parser *p, const struct networks *networks)
{
	session_internal(p->sessions, networks);
}

void parser_log(struct parser *p, struct slice host, const struct clock *clock)
{
	matcher_log(p->matcher, host, clock);
	p->counts = (struct line_counts){0};
}

const struct clock *parser_clock(const struct parser *p)
{
	return matcher_clock(p->matcher);
}

void parser_counts(const struct parser *p, struct line_counts *ret)
{
	*ret = p->counts;
}

size_t parser_open(const struct parser *p)
{
	return session_open(p->sessions);
}

int64_t parser_evicted(const struct parser *p)
{
	return session_evicted(p->sessions);
}

static void begin_block(struct parser *p, struct slice text)
{
	p->numbered = text.p;
	p->numbered_lines = 0;
}

static void end_block(struct parser *p, const struct line_counts *counts)
{
	p->line = NULL;
	p->counts = *counts;
}

void parser_block(struct parser *p, struct slice text)
{
	struct line_counts counts;

	begin_block(p, text);
	matcher_block(p->matcher, text, &p->sink);
	matcher_counts(p->matcher, &counts);
	end_block(p, &counts);
}

struct matcher *parser_matcher(struct parser *p)
{
	return p->matcher;
}

void parser_matches(struct parser *p, const struct matches *matches)
{
	begin_block(p, matches->text);
	matches_play(matches, &p->sink);
	end_block(p, &matches->counts);
}

int64_t parser_line_number(struct parser *p)
{
	if (!p->line)
		return p->counts.lines;
	while (p->numbered < p->line) {
		p->numbered = memchr(p->numbered, '\n', (size_t)(p->line - p->numbered));
		if (!p->numbered) {
			p->numbered = p->line;
			break;
		}
		p->numbered++;
		p->numbered_lines++;
	}
	return p->counts.lines + p->numbered_lines + 1;
}

void parser_end(struct parser *p)
{
	session_end_all(p->sessions);
	session_forget_seen(p->sessions);
}

void parser_save(const struct parser *p, struct buffer *to)
{
	session_save(p->sessions, to);
}

int parser_restore(struct parser *p, struct slice from)
{
	return session_restore(
	    p->sessions, (const struct mta *const *)p->set->mtas, p->set->count, from);
}
