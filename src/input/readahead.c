/* SPDX-License-Identifier: ISC */
#include "input/readahead.h"

#include "base/memory.h"
#include "base/ring.h"
#include "base/thread.h"
#include <errno.h>

#define SLOTS 3
#define SLOT_SIZE (256 * 1024)

struct slot {
	ssize_t n; /* bytes, 0 the end, or a negative errno */
	unsigned char bytes[SLOT_SIZE];
};

enum { UNPACK, READ, STAGES };

struct readahead {
	struct archive *archive;
	struct source *source;
	pthread_t thread;
	struct ring ring;
	size_t at;	 /* the reader's place in the slot it empties */
	struct diag why; /* written before the slot that carries the error is handed over */
	struct slot slots[SLOTS];
};

static void *unpack(void *p)
{
	struct readahead *a = p;
	ssize_t n = 1;
	int i;

	while (n > 0 && (i = ring_wait(&a->ring, UNPACK)) >= 0) {
		n = a->slots[i].n = archive_read(a->archive, a->slots[i].bytes, SLOT_SIZE, &a->why);
		ring_pass(&a->ring, UNPACK);
	}
	return NULL;
}

int readahead_new(
    struct archive *archive, struct source *source, struct readahead **ret, struct diag *d)
{
	struct readahead *a = memory_alloc(sizeof *a);
	int r;

	a->archive = archive;
	a->source = source;
	ring_init(&a->ring, SLOTS, STAGES);
	r = thread_start(&a->thread, unpack, a);
	if (r < 0) {
		ring_free(&a->ring);
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
	ring_stop(&a->ring);
	pthread_join(a->thread, NULL);
	ring_free(&a->ring);
	diag_free(&a->why);
	free(a);
	return NULL;
}

ssize_t readahead_read(struct readahead *a, void *p, size_t size, struct diag *d)
{
	struct slot *slot = &a->slots[ring_wait(&a->ring, READ)];
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
		ring_pass(&a->ring, READ);
	}
	return (ssize_t)n;
}
