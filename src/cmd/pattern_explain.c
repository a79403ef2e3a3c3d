/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "cmd/fact_json.h"
#include "cmd/options.h"
#include "cmd/pattern_tool.h"
#include "parse/parser.h"
#include <stdio.h>
#include <time.h>

static void print_text(const char *name, struct slice text)
{
	_cleanup_buffer_ struct buffer safe = {0};

	if (!text.p)
		return;
	escape_terminal(&safe, text);
	printf("  %-12s %s\n", name, buffer_text(&safe));
}

static void print_fact(void *context, const struct fact *fact)
{
	_cleanup_buffer_ struct buffer json = {0};
	size_t *count = context;

	++*count;
	fact_json(fact, 1, SLICE_NONE, &json);
	printf("fact: %s", buffer_text(&json));
}

static void print_attempt(
    const struct pattern *p, struct slice message, struct regex_memory *memory)
{
	_cleanup_buffer_ struct buffer before = {0}, after = {0};
	size_t n;

	switch (regex_match(p->regex, message, memory)) {
	case REGEX_MATCH:
		printf("  %-20s MATCHES\n", p->name);
		return;
	case REGEX_LIMIT:
		printf("  %-20s gives up: too many steps\n", p->name);
		return;
	}
	n = regex_furthest(p->regex, message);
	escape_terminal(&before, slice_first(message, n));
	escape_terminal(&after, slice_skip(message, n));
	printf("  %-20s came to: %s >>> %s\n", p->name, buffer_text(&before), buffer_text(&after));
}

/* How far each pattern came; those whose literal is not there are never tried on a log's lines. */
static void print_patterns(const struct mta *mta, const struct ident *ident, struct slice message,
    struct regex_memory *memory)
{
	size_t untried = 0;

	for (size_t i = 0; i < mta->pattern_count; i++) {
		const struct pattern *p = &mta->patterns[i];

		if (!pattern_is_from(p, ident))
			continue;
		if (pattern_has_literal(p, message))
			print_attempt(p, message, memory);
		else
			untried++;
	}
	if (untried)
		printf("  %-20s %zu more, whose literals are not in the message\n", "(not tried)",
		    untried);
}

static bool explain_mta(const struct mta *mta, const struct zone *zone, int year, struct slice line,
    struct regex_memory *memory)
{
	const struct ident *ident;
	struct header h;
	struct clock clock;

	clock_init(&clock, zone, time(NULL), year);
	if (!header_parse(mta->header, &clock, line, &h))
		return false;
	ident = ident_claim(mta, &clock, &h, memory);
	if (!ident)
		return false;
	printf("%s (header %s, ident '%s')\n", mta->name, header_kind_name(mta->header),
	    mta->as_names[ident->as]);
	print_text("host", h.host);
	print_text("program", h.ident);
	print_text("pid", h.pid);
	print_text("message", h.message);
	print_patterns(mta, ident, h.message, memory);
	return true;
}

int pattern_explain(const struct pattern_set *set, const struct config *config,
    const struct zone *zone, int year, const char *line)
{
	_cleanup_buffer_ struct buffer block = {0};
	_cleanup_parser_ struct parser *parser = NULL;
	struct regex_memory *memory = regex_memory_new();
	size_t facts = 0;
	struct parser_consumer consumer = {.fact = print_fact, .context = &facts};
	struct clock clock;
	bool claimed = false;

	for (size_t i = 0; i < set->count; i++)
		claimed |= explain_mta(set->mtas[i], zone, year, slice_of(line), memory);
	regex_memory_free(memory);
	if (!claimed)
		printf("no MTA claims this line: its header or its program name is not known\n");
	clock_init(&clock, zone, time(NULL), year);
	parser = parser_new(set, &consumer);
	parser_internal(parser, &config->internal);
	buffer_printf(&block, "%s\n", line);
	parser_log(parser, SLICE_NONE, &clock);
	parser_block(parser, buffer_slice(&block));
	parser_end(parser);
	if (facts == 0)
		printf("no fact\n");
	return facts ? EXIT_DONE : EXIT_FAILED;
}
