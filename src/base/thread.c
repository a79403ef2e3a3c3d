/* SPDX-License-Identifier: ISC */
#include "base/thread.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

int thread_start(pthread_t *ret, void *(*run)(void *context), void *context)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(ret, NULL, run, context);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -r;
}

unsigned thread_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 : (unsigned)CPU_COUNT(&set);
}

void threads_run(unsigned most, void *(*run)(void *context), void *context)
{
	unsigned wanted = thread_processors(), started = 0;
	pthread_t others[THREADS_MAX];

	if (wanted > most)
		wanted = most;
	while (started + 1 < wanted && thread_start(&others[started], run, context) == 0)
		started++;
	run(context);
	while (started > 0)
		pthread_join(others[--started], NULL);
}

struct pieces {
	void (*work)(void *context, size_t number);
	void *context;
	size_t count;
	atomic_size_t next;
};

static void *work_pieces(void *p)
{
	struct pieces *pieces = p;
	size_t number;

	while ((number = atomic_fetch_add(&pieces->next, 1)) < pieces->count)
		pieces->work(pieces->context, number);
	return NULL;
}

void threads_each(size_t count, void (*work)(void *context, size_t number), void *context)
{
	struct pieces pieces = {.work = work, .context = context, .count = count};

	threads_run(count < THREADS_MAX ? (unsigned)count : THREADS_MAX, work_pieces, &pieces);
}
