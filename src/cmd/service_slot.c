/* SPDX-License-Identifier: ISC */
#include "cmd/service_slot.h"

#include "base/log.h"
#include "store/import.h"
#include "store/prune.h"
#include <errno.h>
#include <string.h>
#include <time.h>

/* What a wake and a commit cost is less the more lines they are for.  So a source that was woken
 * for is read after a while, to its end, and what is found is committed at once: a line counts that
 * much later.  Of one that comes to no end is committed what there is. */
#define WAKE_DELAY (LOOP_SECOND * 7 / 5)
#define COMMIT_DELAY LOOP_SECOND
#define RETRY_FIRST LOOP_SECOND
#define RETRY_LAST (60 * LOOP_SECOND)
#define READ_BUDGET (4 * 1024 * 1024)
#define PRUNE_EVERY 3600

uint64_t service_next_retry(uint64_t last)
{
	return !last ? RETRY_FIRST : last * 2 > RETRY_LAST ? RETRY_LAST : last * 2;
}

static bool may_be_retried(int error)
{
	return error == -EBUSY || error == -ENOSPC;
}

/* From where the store stands now.  What a feed waits on may be opened anew, and be called the same
 * then: nothing may wait on the old one. */
static int reset(struct slot *slot, struct diag *d)
{
	slot->wake = loop_source_free(slot->wake);
	/* Nothing is left to commit: a commit of nothing would put back the sessions that were open
	 * here, over those of who went on. */
	loop_disarm(slot->commit);
	return feed_reset(slot->feed, d);
}

/* Somebody else counted the same log. */
static void begin_again(struct slot *slot)
{
	_cleanup_diag_ struct diag d = {0};

	if (reset(slot, &d) < 0) {
		log_diag(&d);
		service_lose_store(slot->daemon);
		return;
	}
	loop_arm(slot->read, 0);
}

static void failed(struct slot *slot, int error, struct diag *d)
{
	if (error == -EAGAIN) {
		begin_again(slot);
	} else if (error == -ESTALE) {
		log_info("'%s' is being read by somebody else, too; going on from where the store "
			 "stands",
		    slot->feed->name);
		begin_again(slot);
	} else if (may_be_retried(error)) {
		if (!slot->retry)
			log_warning("%s; trying again", d->text);
		slot->retry = service_next_retry(slot->retry);
		loop_arm(slot->commit, slot->retry);
	} else {
		log_diag(d);
		service_lose_store(slot->daemon);
	}
}

static void prune(struct daemon *s)
{
	_cleanup_diag_ struct diag d = {0};
	int64_t now = time(NULL), left = 0;
	int r;

	if (now - s->pruned < PRUNE_EVERY && now >= s->pruned)
		return;
	s->pruned = now;
	r = import_prune(s->store, now, &d);
	if (r == 0)
		left = store_prune(s->store, now, false, &d);
	if (left > 0)
		s->pruned = 0; /* a part at a time, with each commit */
	else if (left < 0)
		r = (int)left;
	if (r < 0 && !may_be_retried(r))
		log_diag(&d);
}

static int commit(struct slot *slot)
{
	_cleanup_diag_ struct diag d = {0};
	struct daemon *s = slot->daemon;
	int r = feed_commit(slot->feed, &d);

	if (r < 0) {
		failed(slot, r, &d);
		return r;
	}
	if (slot->retry)
		log_info("'%s' can be written again", s->plan->store);
	slot->retry = 0;
	s->committed = true;
	loop_disarm(slot->commit);
	prune(s);
	service_tell_ready(s);
	service_tell_status(s);
	return 0;
}

static void on_commit(void *context)
{
	struct slot *slot = context;

	/* What waited for the commit: room, and files that are done with. */
	if (commit(slot) == 0)
		loop_arm(slot->read, 0);
}

static void on_wake(void *context)
{
	struct slot *slot = context;
	bool at_once = slot->feed->kind->woken(slot->feed);

	loop_disarm(slot->wake);
	loop_arm(slot->read, at_once ? 0 : WAKE_DELAY);
}

/* What a feed waits on may change, as it opens its source anew. */
static void wait_for_wake(struct slot *slot)
{
	uint32_t events = 0;
	int fd = slot->feed->kind->descriptor(slot->feed, &events);

	if (slot->wake && loop_descriptor_of(slot->wake) == fd)
		return;
	slot->wake = loop_source_free(slot->wake);
	if (fd >= 0 &&
	    loop_descriptor(slot->daemon->loop, fd, events, on_wake, slot, &slot->wake) < 0)
		log_warning("'%s' cannot be waited for", slot->feed->name);
}

/* When there is nothing more to read. */
static void rest(struct slot *slot)
{
	uint64_t next = slot->feed->kind->patience(slot->feed);

	slot->caught_up = true;
	wait_for_wake(slot);
	if (slot->feed->dirty && !slot->retry) {
		if (commit(slot) == 0)
			/* Files that waited for it are done with. */
			next = next < WAKE_DELAY ? next : WAKE_DELAY;
		else if (!slot->retry)
			return; /* begun again, or ended */
	}
	if (next != UINT64_MAX)
		loop_arm(slot->read, next);
	if (!slot->feed->dirty)
		service_tell_ready(slot->daemon);
}

/* From what woke the service until it reads, it listens to nothing: a log that is written all the
 * time would wake it for every line, and that costs more than to count the line. */
static void listen_again(struct slot *slot)
{
	if (!slot->wake || loop_is_armed(slot->wake))
		return;
	loop_listen(slot->wake);
	slot->feed->kind->woken(slot->feed);
}

static void on_read(void *context)
{
	_cleanup_diag_ struct diag d = {0};
	struct slot *slot = context;
	int r;

	if (!slot->daemon->store)
		return;
	/* With a store that cannot be written now, what there is room for is read. */
	if (feed_is_full(slot->feed) && (slot->retry || commit(slot) < 0))
		return;
	listen_again(slot);
	r = slot->feed->kind->read(slot->feed, READ_BUDGET, &d);
	if (r < 0) {
		failed(slot, r, &d);
		return;
	}
	if (slot->feed->dirty && !loop_is_armed(slot->commit))
		loop_arm(slot->commit, slot->retry ? slot->retry : COMMIT_DELAY);
	if (r > 0)
		loop_arm(slot->read, 0);
	else
		rest(slot);
}

int slot_init(struct slot *slot, struct daemon *s, struct feed *feed, struct diag *d)
{
	int r;

	*slot = (struct slot){.daemon = s, .feed = feed};
	r = loop_timer(s->loop, on_read, slot, &slot->read);
	if (r == 0)
		r = loop_timer(s->loop, on_commit, slot, &slot->commit);
	return r < 0 ? diag_set(d, -r, NULL, 0, 0, "'%s' cannot be followed: %s", feed->name,
			   strerror(-r))
		     : 0;
}

void slot_close(struct slot *slot)
{
	slot->wake = loop_source_free(slot->wake);
	slot->read = loop_source_free(slot->read);
	slot->commit = loop_source_free(slot->commit);
}

void slot_stop(struct slot *slot)
{
	if (!slot->commit)
		return;
	loop_disarm(slot->read);
	loop_disarm(slot->commit);
}

int slot_start(struct slot *slot, struct diag *d)
{
	int r = slot->open ? reset(slot, d) : feed_open(slot->feed, d);

	if (r < 0)
		return r;
	slot->open = true;
	slot->retry = 0;
	loop_arm(slot->read, 0);
	return 0;
}
