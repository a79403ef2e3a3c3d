/* SPDX-License-Identifier: ISC */
#include "parse/prove.h"

#include "base/escape.h"
#include "base/memory.h"
#include "base/thread.h"
#include "parse/parser.h"
#include "parse/prove_fact.h"
#include <errno.h>
#include <stdlib.h>

struct proof {
	const struct pattern_set *set;
	const struct mta *mta;
	void (*fail)(void *context, const char *path, unsigned line, const char *text);
	void *context;
	size_t failures;
	bool *reached; /* of each pattern */
	struct parser *parser;
	struct regex_memory *memory;
	struct zone *utc;

	/* The sample that is being proved. */
	const struct yaml *facts; /* NULL: none may come */
	size_t fact_count;
	bool wrong;
	const struct yaml *lines;
	unsigned line; /* of the file, where the line of the log stands that is looked at */
	struct slice text;
};

static _printf_(3, 4) void fail(struct proof *p, unsigned line, const char *format, ...)
{
	_cleanup_buffer_ struct buffer text = {0};
	va_list arguments;

	va_start(arguments, format);
	buffer_vprintf(&text, format, arguments);
	va_end(arguments);
	p->failures++;
	p->fail(p->context, p->mta->path, line, buffer_text(&text));
}

/* The pattern that came furthest into a message that none took, and the place. */
static void say_nearest(struct proof *p, const struct ident *ident, struct slice message)
{
	const struct pattern *nearest = NULL;
	size_t furthest = 0;
	_cleanup_buffer_ struct buffer before = {0}, after = {0};

	for (size_t i = 0; i < p->mta->pattern_count; i++) {
		const struct pattern *pattern = &p->mta->patterns[i];
		size_t n;

		if (!pattern_is_from(pattern, ident) || !pattern_has_literal(pattern, message))
			continue;
		n = regex_furthest(pattern->regex, message);
		if (!nearest || n > furthest) {
			nearest = pattern;
			furthest = n;
		}
	}
	if (!nearest)
		return;
	escape_terminal(&before, slice_first(message, furthest));
	escape_terminal(&after, slice_skip(message, furthest));
	fail(p, p->line, "pattern '%s' (line %u) matched up to here: %s >>> %s", nearest->name,
	    nearest->line, buffer_text(&before), buffer_text(&after));
}

/* Where line number n (from 1) of the sample stands in the file, as near as the file tells. */
static unsigned line_in_file(const struct proof *p, size_t n)
{
	return p->lines->line + (p->lines->block && n ? (unsigned)n : 0);
}

static bool takes(struct proof *p, const struct pattern *pattern, struct slice message)
{
	int r = regex_match(pattern->regex, message, p->memory);

	if (r == REGEX_LIMIT)
		fail(p, p->line, "pattern '%s' (line %u) needs too many steps for this line",
		    pattern->name, pattern->line);
	return r == REGEX_MATCH;
}

/* A line that nobody took: would somebody whose literal is not in it? */
static void prove_untaken(struct proof *p, const struct ident *ident, struct slice message)
{
	for (size_t i = 0; i < p->mta->pattern_count; i++) {
		const struct pattern *pattern = &p->mta->patterns[i];

		if (!pattern_is_from(pattern, ident) ||
		    regex_match(pattern->regex, message, p->memory) != REGEX_MATCH)
			continue;
		fail(p, p->line,
		    "pattern '%s' (line %u) would take this line, but its literal is not in it",
		    pattern->name, pattern->line);
		return;
	}
	if (p->wrong)
		say_nearest(p, ident, message);
}

/* Holds the patterns against one message: which take it, and may they? */
static void prove_message(
    struct proof *p, const struct ident *ident, struct slice message, bool expect)
{
	const struct pattern *taker = NULL;

	for (size_t i = 0; i < p->mta->pattern_count; i++) {
		const struct pattern *pattern = &p->mta->patterns[i];

		if (!pattern_is_from(pattern, ident) || !pattern_has_literal(pattern, message) ||
		    !takes(p, pattern, message))
			continue;
		p->reached[i] = p->reached[i] || !taker || pattern->also;
		if (taker && !taker->ignore && !pattern->ignore && !pattern->also)
			fail(p, p->line,
			    "patterns '%s' (line %u) and '%s' (line %u) both take this line",
			    taker->name, taker->line, pattern->name, pattern->line);
		if (!taker)
			taker = pattern;
	}
	if (!taker && expect)
		prove_untaken(p, ident, message);
}

static void prove_line(struct proof *p, struct slice line, bool expect)
{
	const struct ident *ident = NULL;
	struct header header;
	struct clock clock;

	clock_init(&clock, p->utc, PROOF_TIME, 0);
	if (!header_parse(p->mta->header, &clock, line, &header)) {
		if (expect)
			fail(p, p->line, "the line has no header of kind '%s'",
			    header_kind_name(p->mta->header));
		return;
	}
	ident = ident_claim(p->mta, &clock, &header, p->memory);
	if (ident)
		prove_message(p, ident, header.message, expect);
	else if (expect)
		fail(p, p->line, "no ident claims '%.*s'",
		    SLICE_FMT(header.ident.p ? header.ident : header.message));
}

static void check_fact(void *context, const struct fact *fact)
{
	struct proof *p = context;
	_cleanup_buffer_ struct buffer why = {0};
	size_t i = p->fact_count++;

	p->line = line_in_file(p, (size_t)parser_line_number(p->parser));
	if (!p->facts || i >= p->facts->count) {
		fact_describe(fact, &why);
		fail(p, p->line, "gives a fact that is not listed: %s", buffer_text(&why));
		p->wrong = true;
	} else if (!fact_fits(fact, p->facts->items[i], &why)) {
		fail(p, p->facts->items[i]->line, "fact %zu: %s", i + 1, buffer_text(&why));
		p->wrong = true;
	}
}

static void each_line(struct proof *p, struct slice text, bool expect)
{
	for (size_t number = 1; text.n; number++) {
		size_t n = slice_find(text, '\n');

		p->line = line_in_file(p, number);
		prove_line(p, slice_first(text, n), expect);
		text = slice_skip(text, n < text.n ? n + 1 : n);
	}
}

static void run_sample(struct proof *p, const struct yaml *lines, const struct yaml *facts)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct clock clock;

	buffer_add(&text, lines->text);
	if (text.n == 0 || text.p[text.n - 1] != '\n')
		buffer_char(&text, '\n');
	p->lines = lines;
	p->facts = facts;
	p->fact_count = 0;
	p->wrong = false;
	clock_init(&clock, p->utc, PROOF_TIME, 0);
	parser_log(p->parser, SLICE("sample"), &clock);
	parser_block(p->parser, buffer_slice(&text));
	parser_end(p->parser);
	if (facts && p->fact_count < facts->count) {
		fail(p, facts->items[p->fact_count]->line, "gives %zu facts, fewer than listed",
		    p->fact_count);
		p->wrong = true;
	}
	each_line(p, buffer_slice(&text), facts != NULL);
}

static void check_sample(struct proof *p, const struct yaml *sample)
{
	const struct yaml *text = yaml_tree_get(sample, "lines");
	const struct yaml *facts = yaml_tree_get(sample, "facts");

	if (!text || text->kind != YAML_SCALAR || !facts || facts->kind != YAML_LIST)
		fail(p, sample->line, "a sample has `lines` (text) and `facts` (a list)");
	for (size_t i = 0; sample->kind == YAML_MAP && i < sample->count; i++)
		if (sample->items[i] != text && sample->items[i] != facts)
			fail(p, sample->keys[i]->line, "'%.*s' is not a key of a sample",
			    SLICE_FMT(sample->keys[i]->text));
	for (size_t i = 0; facts && facts->kind == YAML_LIST && i < facts->count; i++)
		if (facts->items[i]->kind != YAML_MAP)
			fail(p, facts->items[i]->line, "a fact is a mapping of `field: value`");
}

/* Whether samples and `not` have the form they should have; a file that loads may lack it. */
static bool well_formed(struct proof *p, const struct yaml *samples, const struct yaml *lines)
{
	size_t before = p->failures;

	if (!samples || samples->kind != YAML_LIST || samples->count == 0) {
		fail(p, p->mta->document->line, "samples: a list of {lines, facts} is missing");
		return false;
	}
	for (size_t i = 0; i < samples->count; i++)
		check_sample(p, samples->items[i]);
	if (lines && lines->kind != YAML_LIST)
		fail(p, lines->line, "not: a list of lines");
	for (size_t i = 0; lines && lines->kind == YAML_LIST && i < lines->count; i++)
		if (lines->items[i]->kind != YAML_SCALAR)
			fail(p, lines->items[i]->line, "a line is text");
	return p->failures == before;
}

static void prove_samples(struct proof *p)
{
	const struct yaml *samples = yaml_tree_get(p->mta->document, "samples");
	const struct yaml *lines = yaml_tree_get(p->mta->document, "not");

	if (!well_formed(p, samples, lines))
		return;
	for (size_t i = 0; i < samples->count; i++)
		run_sample(p, yaml_tree_get(samples->items[i], "lines"),
		    yaml_tree_get(samples->items[i], "facts"));
	for (size_t i = 0; lines && i < lines->count; i++)
		run_sample(p, lines->items[i], NULL);
	for (size_t i = 0; i < p->mta->pattern_count; i++)
		if (!p->reached[i])
			fail(p, p->mta->patterns[i].line, "no sample reaches pattern '%s'",
			    p->mta->patterns[i].name);
}

size_t prove_mta(const struct pattern_set *set, const struct mta *mta,
    void (*fail_fn)(void *context, const char *path, unsigned line, const char *text),
    void *context)
{
	struct proof p = {.set = set, .mta = mta, .fail = fail_fn, .context = context};
	struct parser_consumer consumer = {.fact = check_fact, .context = &p};
	/* The file alone, so that it is proved whatever others say. */
	struct pattern_set alone = *set;
	struct mta *only = (struct mta *)mta;
	_cleanup_diag_ struct diag d = {0};

	alone.mtas = &only;
	alone.count = 1;
	zone_open("UTC", &p.utc, &d); /* needs no file */
	p.reached = memory_array(mta->pattern_count, sizeof(*p.reached));
	p.memory = regex_memory_new();
	p.parser = parser_new(&alone, &consumer);
	prove_samples(&p);
	parser_free(p.parser);
	regex_memory_free(p.memory);
	zone_free(p.utc);
	free(p.reached);
	return p.failures;
}

/* The first thing that a file's samples disprove. */
static void keep_first(void *context, const char *path, unsigned line, const char *text)
{
	diag_set(context, EINVAL, path, line, 0, "%s", text);
}

struct proofs {
	struct pattern_set *set;
	struct diag *why; /* of each mta; nothing, if it is proved */
};

static void prove_one(void *context, size_t number)
{
	struct proofs *proofs = context;
	struct mta *mta = proofs->set->mtas[number];

	if (prove_mta(proofs->set, mta, keep_first, &proofs->why[number]) == 0)
		/* Nobody asks for it again. */
		mta->document = yaml_tree_free(mta->document);
}

static int prove_all(struct pattern_set *set, struct diag *d)
{
	struct proofs proofs = {set, memory_array(set->count, sizeof(*proofs.why))};
	int r = 0;

	threads_each(set->count, prove_one, &proofs);
	for (size_t i = 0; i < set->count; i++) {
		if (r == 0 && proofs.why[i].text) {
			diag_move(d, &proofs.why[i]);
			r = -EINVAL;
		}
		diag_free(&proofs.why[i]);
	}
	free(proofs.why);
	return r;
}

int patterns_load(
    const char *const *directories, size_t count, struct pattern_set **ret, struct diag *d)
{
	_cleanup_pattern_set_ struct pattern_set *set = NULL;
	int r = pattern_set_read(directories, count, &set, d);

	if (r == 0)
		r = prove_all(set, d);
	if (r < 0)
		return r;
	*ret = set;
	set = NULL;
	return 0;
}
