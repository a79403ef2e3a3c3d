/* SPDX-License-Identifier: ISC */
#include "parse/parse_ahead.h"

#include "base/memory.h"
#include "base/ring.h"
#include "base/thread.h"
#include "parse/matches.h"
#include <stdatomic.h>
#include <stdlib.h>

enum { READ, MATCH, PLAY, STAGES };
#define ALL_STAGES ((1u << STAGES) - 1)

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
	struct ring ring;
	pthread_t caller;
	atomic_uint workers;
	struct slot slots[PARSE_AHEAD_SLOTS];
	int result;
	struct diag *why;
};

static void read_block(struct run *run, unsigned i)
{
	const struct literal_set *literals = matcher_literals(parser_matcher(run->parser));
	struct slot *slot = &run->slots[i];

	slot->result = run->stages->read(run->stages->context, i, &slot->text, &slot->why);
	if (slot->result > 0) {
		literal_lines_find(&slot->lines, literals, slot->text);
		ring_pass(&run->ring, READ);
	} else {
		ring_pass_last(&run->ring, READ);
	}
}

static void match_block(struct run *run, unsigned i)
{
	struct slot *slot = &run->slots[i];

	if (slot->result > 0)
		matches_find(&slot->matches, parser_matcher(run->parser), slot->text, &slot->lines);
	ring_pass(&run->ring, MATCH);
}

static int play(struct run *run, unsigned i)
{
	struct slot *slot = &run->slots[i];

	if (slot->result <= 0) {
		diag_move(run->why, &slot->why);
		return slot->result;
	}
	parser_matches(run->parser, &slot->matches);
	return run->stages->parsed(run->stages->context, i, run->why) ?: 1;
}

static void play_block(struct run *run, unsigned i)
{
	int r = play(run, i);

	if (r > 0) {
		ring_pass(&run->ring, PLAY);
		return;
	}
	run->result = r;
	ring_stop(&run->ring);
	if (run->stages->interrupt)
		run->stages->interrupt(run->stages->context);
}

/* The last stages first: in one thread each there is most to find in its cache. */
static unsigned next_home(struct run *run)
{
	return STAGES - 1 - atomic_fetch_add(&run->workers, 1) % STAGES;
}

static void *work(void *p)
{
	static void (*const work_at[STAGES])(struct run *, unsigned) = {
	    [READ] = read_block,
	    [MATCH] = match_block,
	    [PLAY] = play_block,
	};
	struct run *run = p;
	bool own = run->stages->read_here; /* reading is the caller's own */
	bool reads = !own || pthread_equal(pthread_self(), run->caller);
	unsigned stages = reads ? ALL_STAGES : ALL_STAGES & ~(1u << READ);
	unsigned home = own && reads ? READ : next_home(run);
	unsigned stage;
	int i;

	while ((i = ring_take(&run->ring, stages, home, &stage)) >= 0)
		work_at[stage](run, (unsigned)i);
	return NULL;
}

/* Nothing has to be noted from one stage to the next. */
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

int parse_ahead(
    struct parser *parser, const struct parse_ahead *stages, bool threaded, struct diag *d)
{
	struct run *run;
	int r;

	if (!threaded || thread_processors() == 1)
		return one_by_one(parser, stages, d);
	run = memory_alloc(sizeof(*run));
	run->parser = parser;
	run->stages = stages;
	run->why = d;
	run->caller = pthread_self();
	ring_init(&run->ring, PARSE_AHEAD_SLOTS, STAGES);
	threads_run(STAGES, work, run);
	r = run->result;
	ring_free(&run->ring);
	for (size_t i = 0; i < PARSE_AHEAD_SLOTS; i++) {
		buffer_free(&run->slots[i].lines.found);
		matches_free(&run->slots[i].matches);
		diag_free(&run->slots[i].why);
	}
	free(run);
	return r;
}
