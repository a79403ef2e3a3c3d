/* SPDX-License-Identifier: ISC */
#pragma once

/* What the parts of the service share: service.c begins, ends and changes its plan and opens its
 * store, service_slot.c reads and commits its feeds, service_tell.c says how it fares. */

#include "cmd/loop.h"
#include "cmd/service.h"

struct daemon;

/* A feed on the event loop. */
struct slot {
	struct daemon *daemon;
	struct feed *feed;
	struct loop_source *wake, *read, *commit;
	uint64_t retry; /* the next commit after one that failed; 0: the last was good */
	bool open;	/* was started before */
	bool caught_up; /* has read all that there was, once */
};

struct daemon {
	struct loop *loop;
	struct loop_source *reopen;
	service_plan_fn make_plan;
	void *context;
	struct plan *plan;
	struct store *store; /* NULL: lost, and being opened again */
	struct slot *slots;  /* one for each feed of the plan */
	uint64_t retry;
	int64_t pruned; /* when, on the clock */
	int lock;
	bool ready, committed;
};

/* service_slot.c: started, a feed is read soon from where the store stands, and goes on by the loop
 * until it is stopped. */
int slot_init(struct slot *slot, struct daemon *s, struct feed *feed, struct diag *d);
void slot_close(struct slot *slot);
int slot_start(struct slot *slot, struct diag *d);
void slot_stop(struct slot *slot);

/* How long to wait after a failure when the wait before was that long, 0: there was none. */
uint64_t service_next_retry(uint64_t last);

/* service.c: the store's handle is not to be trusted any more: what was not committed is read again
 * from one that is opened anew. */
void service_lose_store(struct daemon *s);

/* service_tell.c */
void service_tell_status(const struct daemon *s);
void service_tell_ready(struct daemon *s); /* if all that was there is counted, or begun */
