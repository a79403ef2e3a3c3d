/* SPDX-License-Identifier: ISC */
#pragma once

/* Slots that go from stage to stage: the first fills one, each further stage works on it when the
 * one before has passed it on, and what the last has passed on is the first's again.  So every
 * stage has the slots in the same order, and no two have one at a time.
 *
 * What is in the slots is the caller's; what a stage wrote before it passed a slot on the next one
 * sees.  A stage is one thread's own, which waits for its turn, or is taken by whoever is free: by
 * one at a time, so it needs no locks of its own. */

#include <pthread.h>
#include <stdbool.h>

#define RING_STAGES_MAX 3

struct ring {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned slots, stages;
	unsigned passed[RING_STAGES_MAX]; /* slots, ever */
	bool taken[RING_STAGES_MAX];	  /* or over */
	bool stopped;
};

void ring_init(struct ring *r, unsigned slots, unsigned stages);
void ring_free(struct ring *r);

/* Waits until it is the stage's turn at a slot: its number, or -1 if the ring was stopped. */
int ring_wait(struct ring *r, unsigned stage);

/* Waits until any of these stages (a bit each) that nobody has taken has its turn, and takes it:
 * `home` if that is ready, as what it works with is in this thread's cache, else the nearest before
 * it, round the ring.  The slot's number, or -1 if the ring was stopped. */
int ring_take(struct ring *r, unsigned stages, unsigned home, unsigned *ret_stage);

/* Hands the stage's slot on. */
void ring_pass(struct ring *r, unsigned stage);

/* As ring_pass(), and the stage is over: nobody is to take it again. */
void ring_pass_last(struct ring *r, unsigned stage);

/* All who wait or will wait are told to stop. */
void ring_stop(struct ring *r);
