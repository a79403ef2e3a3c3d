/* SPDX-License-Identifier: ISC */
#include "base/ring.h"

void ring_init(struct ring *r, unsigned slots, unsigned stages)
{
	*r = (struct ring){.slots = slots, .stages = stages};
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
}

void ring_free(struct ring *r)
{
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
}

static bool has_turn(const struct ring *r, unsigned stage)
{
	return stage == 0 ? r->passed[0] - r->passed[r->stages - 1] < r->slots
			  : r->passed[stage] != r->passed[stage - 1];
}

static int slot_of(const struct ring *r, unsigned stage)
{
	return r->stopped ? -1 : (int)(r->passed[stage] % r->slots);
}

int ring_wait(struct ring *r, unsigned stage)
{
	int slot;

	pthread_mutex_lock(&r->lock);
	while (!r->stopped && !has_turn(r, stage))
		pthread_cond_wait(&r->changed, &r->lock);
	slot = slot_of(r, stage);
	pthread_mutex_unlock(&r->lock);
	return slot;
}

static bool find_turn(const struct ring *r, unsigned stages, unsigned home, unsigned *ret_stage)
{
	for (unsigned i = 0; i < r->stages; i++) {
		unsigned stage = (home + r->stages - i) % r->stages;

		if (stages & 1u << stage && !r->taken[stage] && has_turn(r, stage)) {
			*ret_stage = stage;
			return true;
		}
	}
	return false;
}

int ring_take(struct ring *r, unsigned stages, unsigned home, unsigned *ret_stage)
{
	int slot;

	*ret_stage = home;
	pthread_mutex_lock(&r->lock);
	while (!r->stopped && !find_turn(r, stages, home, ret_stage))
		pthread_cond_wait(&r->changed, &r->lock);
	slot = slot_of(r, *ret_stage);
	r->taken[*ret_stage] = true;
	pthread_mutex_unlock(&r->lock);
	return slot;
}

static void pass(struct ring *r, unsigned stage, bool over)
{
	pthread_mutex_lock(&r->lock);
	r->passed[stage]++;
	r->taken[stage] = over;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

void ring_pass(struct ring *r, unsigned stage)
{
	pass(r, stage, false);
}

void ring_pass_last(struct ring *r, unsigned stage)
{
	pass(r, stage, true);
}

void ring_stop(struct ring *r)
{
	pthread_mutex_lock(&r->lock);
	r->stopped = true;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}
