/* SPDX-License-Identifier: ISC */
#include "parse/match_ahead.h"

#include "base/memory.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct match_ahead {
	struct matcher *matcher;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned given, found; /* blocks, ever */
	bool stop;
	unsigned taken; /* the caller's own */
	struct slice texts[MATCH_AHEAD_MAX];
	struct matches matches[MATCH_AHEAD_MAX];
};

static bool wait_for_block(struct match_ahead *a)
{
	bool stop;

	pthread_mutex_lock(&a->lock);
	while (!a->stop && a->found == a->given)
		pthread_cond_wait(&a->changed, &a->lock);
	stop = a->stop;
	pthread_mutex_unlock(&a->lock);
	return !stop;
}

static void advance(struct match_ahead *a, unsigned *counter)
{
	pthread_mutex_lock(&a->lock);
	++*counter;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

static void *find(void *p)
{
	struct match_ahead *a = p;

	while (wait_for_block(a)) {
		size_t i = a->found % MATCH_AHEAD_MAX;

		matches_find(&a->matches[i], a->matcher, a->texts[i]);
		advance(a, &a->found);
	}
	return NULL;
}

/* Signals are for the program's own thread. */
static int start_thread(struct match_ahead *a)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&a->thread, NULL, find, a);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -r;
}

int match_ahead_new(struct matcher *matcher, struct match_ahead **ret)
{
	struct match_ahead *a = memory_alloc(sizeof(*a));
	int r;

	a->matcher = matcher;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	r = start_thread(a);
	if (r < 0)
		free(a);
	else
		*ret = a;
	return r;
}

struct match_ahead *match_ahead_free(struct match_ahead *a)
{
	if (!a)
		return NULL;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	for (size_t i = 0; i < MATCH_AHEAD_MAX; i++)
		matches_free(&a->matches[i]);
	free(a);
	return NULL;
}

size_t match_ahead_count(const struct match_ahead *a)
{
	return a->given - a->taken;
}

void match_ahead_give(struct match_ahead *a, struct slice text)
{
	a->texts[a->given % MATCH_AHEAD_MAX] = text;
	advance(a, &a->given);
}

const struct matches *match_ahead_take(struct match_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	while (a->found == a->taken)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
	return &a->matches[a->taken++ % MATCH_AHEAD_MAX];
}
