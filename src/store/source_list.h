/* SPDX-License-Identifier: ISC */
#pragma once

/* The sources that a service follows, as its last commit left them. */

#include "base/diag.h"
#include "store/store.h"
#include <stdint.h>

struct followed_source {
	const char *name, *class; /* valid in the callback */
	int64_t lines, bytes;
	int64_t untrusted; /* entries of senders that are none of mail's, left out */
	int64_t evicted;   /* sessions that were ended early, as there was no room for more */
	int64_t since, last_read, last_event; /* UTC seconds; last_event 0: there was none */
	int64_t gaps, last_gap;		      /* how many, and when the last one ended */
	const char *position;		      /* of files: what the newest is called, and */
	int64_t offset;			      /* up to where it is counted */
};

typedef int (*followed_source_fn)(void *context, const struct followed_source *row);
int store_followed(struct store *s, followed_source_fn row, void *context, struct diag *d);

/* The stamp of the latest line of a source, 0: there was none. */
int store_last_event(
    struct store *s, const char *class, struct slice source, int64_t *ret, struct diag *d);
