/* SPDX-License-Identifier: ISC */
#include "parse/parse_ahead.h"

#include "base/memory.h"
#include "base/ring.h"
#include "base/thread.h"
#include "parse/matches.h"
#include <sched.h>
#include <stdlib.h>

enum { READ, MATCH, PLAY, STAGES };

struct slot {
	int result; /* of reading */
	struct diag why;
	struct slice text;
	struct literal_lines lines;
	struct matches matches;
};

struct run {
	struct parser *parser;
	const struct parse_ahead *stages;
	pthread_t reading, matching;
	struct ring ring;
	struct slot slots[PARSE_AHEAD_SLOTS];
};

static void *read_blocks(void *p)
{
	struct run *run = p;
	const struct literal_set *literals = matcher_literals(parser_matcher(run->parser));
	int i, r = 1;

	while (r > 0 && (i = ring_wait(&run->ring, READ)) >= 0) {
		struct slot *slot = &run->slots[i];

		r = run->stages->read(run->stages->context, (unsigned)i, &slot->text, &slot->why);
		if (r > 0)
			literal_lines_find(&slot->lines, literals, slot->text);
		slot->result = r;
		ring_pass(&run->ring, READ);
	}
	return NULL;
}

static void *match_blocks(void *p)
{
	struct run *run = p;
	int i, r = 1;

	while (r > 0 && (i = ring_wait(&run->ring, MATCH)) >= 0) {
		struct slot *slot = &run->slots[i];

		r = slot->result;
		if (r > 0)
			matches_find(
			    &slot->matches, parser_matcher(run->parser), slot->text, &slot->lines);
		ring_pass(&run->ring, MATCH);
	}
	return NULL;
}

static int play_blocks(struct run *run, struct diag *d)
{
	int r = 0;

	while (r == 0) {
		int i = ring_wait(&run->ring, PLAY);
		struct slot *slot = &run->slots[i];

		if (slot->result <= 0) {
			*d = slot->why;
			slot->why = (struct diag){0};
			return slot->result;
		}
		parser_matches(run->parser, &slot->matches);
		r = run->stages->parsed(run->stages->context, (unsigned)i, d);
		ring_pass(&run->ring, PLAY);
	}
	return r;
}

static bool start(struct run *run)
{
	if (thread_start(&run->matching, match_blocks, run) < 0)
		return false;
	if (thread_start(&run->reading, read_blocks, run) == 0)
		return true;
	ring_stop(&run->ring);
	pthread_join(run->matching, NULL);
	return false;
}

static void stop(struct run *run)
{
	ring_stop(&run->ring);
	if (run->stages->interrupt)
		run->stages->interrupt(run->stages->context);
	pthread_join(run->reading, NULL);
	pthread_join(run->matching, NULL);
}

static int one_by_one(struct parser *parser, const struct parse_ahead *stages, struct diag *d)
{
	struct slice text;
	int r;

	for (unsigned slot = 0;; slot = (slot + 1) % PARSE_AHEAD_SLOTS) {
		r = stages->read(stages->context, slot, &text, d);
		if (r <= 0)
			return r;
		parser_block(parser, text);
		r = stages->parsed(stages->context, slot, d);
		if (r < 0)
			return r;
	}
}

static bool have_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;
}

int parse_ahead(
    struct parser *parser, const struct parse_ahead *stages, bool threaded, struct diag *d)
{
	struct run *run;
	int r;

	if (!threaded || !have_processors())
		return one_by_one(parser, stages, d);
	run = memory_alloc(sizeof(*run));
	run->parser = parser;
	run->stages = stages;
	ring_init(&run->ring, PARSE_AHEAD_SLOTS, STAGES);
	if (start(run)) {
		r = play_blocks(run, d);
		stop(run);
	} else {
		r = one_by_one(parser, stages, d);
	}
	ring_free(&run->ring);
	for (size_t i = 0; i < PARSE_AHEAD_SLOTS; i++) {
		buffer_free(&run->slots[i].lines.found);
		matches_free(&run->slots[i].matches);
		diag_free(&run->slots[i].why);
	}
	free(run);
	return r;
}
