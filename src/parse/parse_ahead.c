/* SPDX-License-Identifier: ISC */
#include "parse/parse_ahead.h"

#include "base/memory.h"
#include "base/thread.h"
#include "parse/matches.h"
#include <sched.h>
#include <stdlib.h>

struct block {
	struct slice text;
	struct matches matches;
};

struct parse_ahead {
	struct parser *parser;
	bool threaded;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t given, matched; /* blocks, ever */
	bool stop;
	size_t taken; /* the caller's own */
	struct block blocks[PARSE_AHEAD_MAX];
};

static bool wait_for_block(struct parse_ahead *a)
{
	bool stop;

	pthread_mutex_lock(&a->lock);
	while (!a->stop && a->matched == a->given)
		pthread_cond_wait(&a->changed, &a->lock);
	stop = a->stop;
	pthread_mutex_unlock(&a->lock);
	return !stop;
}

static void advance(struct parse_ahead *a, size_t *counter)
{
	pthread_mutex_lock(&a->lock);
	++*counter;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

static void *match(void *p)
{
	struct parse_ahead *a = p;

	while (wait_for_block(a)) {
		struct block *block = &a->blocks[a->matched % PARSE_AHEAD_MAX];

		matches_find(&block->matches, parser_matcher(a->parser), block->text);
		advance(a, &a->matched);
	}
	return NULL;
}

static bool have_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;
}

struct parse_ahead *parse_ahead_new(struct parser *parser, bool threaded)
{
	struct parse_ahead *a = memory_alloc(sizeof(*a));

	a->parser = parser;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	a->threaded = threaded && have_processors() && thread_start(&a->thread, match, a) == 0;
	return a;
}

static void stop_thread(struct parse_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
}

struct parse_ahead *parse_ahead_free(struct parse_ahead *a)
{
	if (!a)
		return NULL;
	if (a->threaded)
		stop_thread(a);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	for (size_t i = 0; i < PARSE_AHEAD_MAX; i++)
		matches_free(&a->blocks[i].matches);
	free(a);
	return NULL;
}

static void take_oldest(struct parse_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	while (a->matched == a->taken)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
	parser_matches(a->parser, &a->blocks[a->taken++ % PARSE_AHEAD_MAX].matches);
}

void parse_ahead_block(struct parse_ahead *a, struct slice text)
{
	if (!a->threaded) {
		parser_block(a->parser, text);
		return;
	}
	a->blocks[a->given % PARSE_AHEAD_MAX].text = text;
	advance(a, &a->given);
	if (a->given - a->taken == PARSE_AHEAD_MAX)
		take_oldest(a);
}

void parse_ahead_settle(struct parse_ahead *a)
{
	while (a->taken != a->given)
		take_oldest(a);
}
