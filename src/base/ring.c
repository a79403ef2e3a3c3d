/* SPDX-License-Identifier: ISC */
#include "base/ring.h"

void ring_init(struct ring *r, unsigned slots, unsigned stages)
{
	*r = (struct ring){.slots = slots, .stages = stages};
	pthread_mutex_init(&r->lock, NULL);
	for (unsigned i = 0; i < stages; i++)
		pthread_cond_init(&r->turn[i], NULL);
}

void ring_free(struct ring *r)
{
	for (unsigned i = 0; i < r->stages; i++)
		pthread_cond_destroy(&r->turn[i]);
	pthread_mutex_destroy(&r->lock);
}

static bool has_turn(const struct ring *r, unsigned stage)
{
	return stage == 0 ? r->passed[0] - r->passed[r->stages - 1] < r->slots
			  : r->passed[stage] != r->passed[stage - 1];
}

int ring_wait(struct ring *r, unsigned stage)
{
	int slot;

	pthread_mutex_lock(&r->lock);
	while (!r->stopped && !has_turn(r, stage))
		pthread_cond_wait(&r->turn[stage], &r->lock);
	slot = r->stopped ? -1 : (int)(r->passed[stage] % r->slots);
	pthread_mutex_unlock(&r->lock);
	return slot;
}

void ring_pass(struct ring *r, unsigned stage)
{
	pthread_mutex_lock(&r->lock);
	r->passed[stage]++;
	pthread_cond_signal(&r->turn[(stage + 1) % r->stages]);
	pthread_mutex_unlock(&r->lock);
}

void ring_stop(struct ring *r)
{
	pthread_mutex_lock(&r->lock);
	r->stopped = true;
	for (unsigned i = 0; i < r->stages; i++)
		pthread_cond_signal(&r->turn[i]);
	pthread_mutex_unlock(&r->lock);
}
