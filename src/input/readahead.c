/* SPDX-License-Identifier: ISC */
#include "input/readahead.h"

#include "base/memory.h"
#include "base/thread.h"
#include <errno.h>
#include <stdbool.h>

#define SLOTS 3
#define SLOT_SIZE (256 * 1024)

struct slot {
	ssize_t n; /* bytes, 0 the end, or a negative errno */
	unsigned char bytes[SLOT_SIZE];
};

struct readahead {
	struct archive *archive;
	struct source *source;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned filled, emptied; /* slots, ever; their difference is at most SLOTS */
	bool stop;
	size_t at;	 /* the reader's place in the slot it empties */
	struct diag why; /* written before the slot that carries the error is handed over */
	struct slot slots[SLOTS];
};

static struct slot *slot_to_fill(struct readahead *a)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&a->lock);
	while (!a->stop && a->filled - a->emptied == SLOTS)
		pthread_cond_wait(&a->changed, &a->lock);
	if (!a->stop)
		slot = &a->slots[a->filled % SLOTS];
	pthread_mutex_unlock(&a->lock);
	return slot;
}

static void advance(struct readahead *a, unsigned *counter)
{
	pthread_mutex_lock(&a->lock);
	++*counter;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

static void *unpack(void *p)
{
	struct readahead *a = p;
	struct slot *slot;
	ssize_t n;

	do {
		slot = slot_to_fill(a);
		if (!slot)
			break;
		n = slot->n = archive_read(a->archive, slot->bytes, SLOT_SIZE, &a->why);
		advance(a, &a->filled);
	} while (n > 0);
	return NULL;
}

int readahead_new(
    struct archive *archive, struct source *source, struct readahead **ret, struct diag *d)
{
	struct readahead *a = memory_alloc(sizeof *a);
	int r;

	a->archive = archive;
	a->source = source;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	r = thread_start(&a->thread, unpack, a);
	if (r < 0) {
		free(a);
		return diag_set(d, -r, NULL, 0, 0,
		    "no thread to unpack '%s' with can be started: %s", source_name(source),
		    strerror(-r));
	}
	*ret = a;
	return 0;
}

struct readahead *readahead_free(struct readahead *a)
{
	if (!a)
		return NULL;
	source_interrupt(a->source);
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	diag_free(&a->why);
	free(a);
	return NULL;
}

static struct slot *slot_to_empty(struct readahead *a)
{
	struct slot *slot;

	pthread_mutex_lock(&a->lock);
	while (a->filled == a->emptied)
		pthread_cond_wait(&a->changed, &a->lock);
	slot = &a->slots[a->emptied % SLOTS];
	pthread_mutex_unlock(&a->lock);
	return slot;
}

ssize_t readahead_read(struct readahead *a, void *p, size_t size, struct diag *d)
{
	struct slot *slot = slot_to_empty(a);
	size_t n;

	/* The last slot is never given back, so its answer stays the answer. */
	if (slot->n < 0)
		return diag_set(d, (int)-slot->n, NULL, 0, 0, "%s", a->why.text);
	if (slot->n == 0)
		return 0;
	n = (size_t)slot->n - a->at;
	if (n > size)
		n = size;
	memcpy(p, slot->bytes + a->at, n);
	a->at += n;
	if (a->at == (size_t)slot->n) {
		a->at = 0;
		advance(a, &a->emptied);
	}
	return (ssize_t)n;
}
