/* SPDX-License-Identifier: ISC */
#include "cmd/service.h"

#include "base/log.h"
#include "base/memory.h"
#include "cmd/store_lock.h"
#include "store/import.h"
#include "store/prune.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>

#define SECOND UINT64_C(1000000)
#define WAKE_DELAY (SECOND / 10)
#define COMMIT_DELAY SECOND
#define READ_BUDGET (4 * 1024 * 1024)
#define RETRY_FIRST SECOND
#define RETRY_LAST (60 * SECOND)
#define PRUNE_EVERY 3600

struct daemon;

/* A feed on the event loop. */
struct slot {
	struct daemon *daemon;
	struct feed *feed;
	sd_event_source *wake, *read, *commit;
	uint64_t retry; /* the next commit after one that failed; 0: the last was good */
	bool caught_up; /* has read all that there was, once */
};

struct daemon {
	sd_event *event;
	sd_event_source *reopen;
	service_plan_fn make_plan;
	void *context;
	struct plan *plan;
	struct store *store; /* NULL: lost, and being opened again */
	struct slot *slots;
	uint64_t retry;
	int64_t pruned; /* when, on the clock */
	int lock;
	bool ready, committed;
};

static void say(const struct diag *d)
{
	_cleanup_buffer_ struct buffer text = {0};

	diag_text(d, &text);
	log_error("%s", buffer_text(&text));
}

static bool is_armed(sd_event_source *source)
{
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(source, &enabled);
	return enabled != SD_EVENT_OFF;
}

/* Once, after the delay.  An earlier time that it is armed for stays: who is woken all the time
 * must not put off for ever what is to be done. */
static void arm(sd_event_source *timer, uint64_t delay)
{
	uint64_t now, due;

	sd_event_now(sd_event_source_get_event(timer), CLOCK_MONOTONIC, &now);
	if (is_armed(timer) && sd_event_source_get_time(timer, &due) >= 0 && due <= now + delay)
		return;
	sd_event_source_set_time(timer, now + delay);
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

static void tell_status(const struct daemon *s)
{
	int64_t facts[FACT_KIND_MAX] = {0}, lag = 0;
	size_t waiting = 0;

	for (size_t i = 0; i < s->plan->feed_count; i++) {
		const struct feed *feed = s->plan->feeds[i];
		int64_t behind = feed->kind->lag(feed);

		lag += behind > 0 ? behind : 0;
		waiting += feed->trouble != NULL;
		for (int k = 0; k < FACT_KIND_MAX; k++)
			facts[k] += feed->facts[k];
	}
	sd_notifyf(false,
	    "STATUS=%s%zu sources, %zu of them waited for, %lld bytes behind; since the start "
	    "%lld handshakes, %lld sessions, %lld failures",
	    s->store ? "" : "the store cannot be used; ", s->plan->feed_count, waiting,
	    (long long)lag, (long long)facts[FACT_HANDSHAKE], (long long)facts[FACT_SESSION],
	    (long long)facts[FACT_FAILURE]);
}

/* What was there at the start is counted, or at least begun. */
static void tell_ready(struct daemon *s)
{
	if (s->ready)
		return;
	for (size_t i = 0; !s->committed && i < s->plan->feed_count; i++)
		if (!s->slots[i].caught_up)
			return;
	s->ready = true;
	sd_notify(false, "READY=1");
	log_info("following %zu sources into '%s'", s->plan->feed_count, s->plan->store);
	if (!pattern_set_is_compiled(s->plan->patterns))
		log_info("patterns are interpreted and not compiled (MemoryDenyWriteExecute=yes, "
			 "or no JIT here): they find the same, more slowly");
}

static bool may_be_retried(int error)
{
	return error == -EBUSY || error == -ENOSPC;
}

static uint64_t next_retry(uint64_t last)
{
	return !last ? RETRY_FIRST : last * 2 > RETRY_LAST ? RETRY_LAST : last * 2;
}

/* The store's handle is not to be trusted any more: what was not committed is read again. */
static void lose_store(struct daemon *s)
{
	s->store = store_free(s->store);
	s->plan->environment.store = NULL;
	for (size_t i = 0; i < s->plan->feed_count; i++) {
		sd_event_source_set_enabled(s->slots[i].read, SD_EVENT_OFF);
		sd_event_source_set_enabled(s->slots[i].commit, SD_EVENT_OFF);
	}
	s->retry = next_retry(s->retry);
	arm(s->reopen, s->retry);
	tell_status(s);
}

/* From where the store stands now.  What a feed waits on may be opened anew, and be called the same
 * then: nothing may wait on the old one. */
static int reset(struct slot *slot, struct diag *d)
{
	slot->wake = sd_event_source_disable_unref(slot->wake);
	return feed_reset(slot->feed, d);
}

/* Somebody else counted the same log. */
static void begin_again(struct slot *slot)
{
	_cleanup_diag_ struct diag d = {0};

	if (reset(slot, &d) < 0) {
		say(&d);
		lose_store(slot->daemon);
		return;
	}
	arm(slot->read, 0);
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
		slot->retry = next_retry(slot->retry);
		arm(slot->commit, slot->retry);
	} else {
		say(d);
		lose_store(slot->daemon);
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
		say(&d);
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
	sd_event_source_set_enabled(slot->commit, SD_EVENT_OFF);
	prune(s);
	tell_ready(s);
	tell_status(s);
	return 0;
}

static int on_commit(sd_event_source *source, uint64_t now, void *context)
{
	struct slot *slot = context;

	(void)source;
	(void)now;
	/* What waited for the commit: room, and files that are done with. */
	if (commit(slot) == 0)
		arm(slot->read, 0);
	return 0;
}

static int on_wake(sd_event_source *source, int fd, uint32_t events, void *context);

/* What a feed waits on may change, as it opens its source anew. */
static void wait_for_wake(struct slot *slot)
{
	uint32_t events = 0;
	int fd = slot->feed->kind->descriptor(slot->feed, &events);

	if (slot->wake && sd_event_source_get_io_fd(slot->wake) == fd)
		return;
	slot->wake = sd_event_source_disable_unref(slot->wake);
	if (fd >= 0 &&
	    sd_event_add_io(slot->daemon->event, &slot->wake, fd, events, on_wake, slot) < 0)
		log_warning("'%s' cannot be waited for", slot->feed->name);
}

/* When there is nothing more to read. */
static void rest(struct slot *slot)
{
	uint64_t patience = slot->feed->kind->patience(slot->feed);

	slot->caught_up = true;
	wait_for_wake(slot);
	/* What was there at the start is committed before the service calls itself ready. */
	if (!slot->daemon->ready && slot->feed->dirty && !slot->retry && commit(slot) < 0)
		return;
	if (patience != UINT64_MAX)
		arm(slot->read, patience);
	if (!slot->feed->dirty)
		tell_ready(slot->daemon);
}

/* From what woke the service until it reads, it listens to nothing: a log that is written all the
 * time would wake it for every line, and that costs more than to count the line. */
static void listen_again(struct slot *slot)
{
	if (!slot->wake || is_armed(slot->wake))
		return;
	sd_event_source_set_enabled(slot->wake, SD_EVENT_ON);
	slot->feed->kind->woken(slot->feed);
}

static int on_read(sd_event_source *source, uint64_t now, void *context)
{
	_cleanup_diag_ struct diag d = {0};
	struct slot *slot = context;
	int r;

	(void)source;
	(void)now;
	if (!slot->daemon->store)
		return 0;
	listen_again(slot);
	/* With a store that cannot be written now, what there is room for is read. */
	if (feed_is_full(slot->feed) && (slot->retry || commit(slot) < 0))
		return 0;
	r = slot->feed->kind->read(slot->feed, READ_BUDGET, &d);
	if (r < 0) {
		failed(slot, r, &d);
		return 0;
	}
	if (slot->feed->dirty && !is_armed(slot->commit))
		arm(slot->commit, slot->retry ? slot->retry : COMMIT_DELAY);
	if (r > 0)
		arm(slot->read, 0);
	else
		rest(slot);
	return 0;
}

static int on_wake(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct slot *slot = context;

	(void)source;
	(void)fd;
	(void)events;
	slot->feed->kind->woken(slot->feed);
	sd_event_source_set_enabled(slot->wake, SD_EVENT_OFF);
	arm(slot->read, WAKE_DELAY);
	return 0;
}

static void release_slots(struct daemon *s)
{
	for (size_t i = 0; s->slots && i < s->plan->feed_count; i++) {
		sd_event_source_disable_unref(s->slots[i].wake);
		sd_event_source_disable_unref(s->slots[i].read);
		sd_event_source_disable_unref(s->slots[i].commit);
	}
	free(s->slots);
	s->slots = NULL;
}

static int add_timer(struct slot *slot, sd_event_source **ret, sd_event_time_handler_t handler)
{
	int r =
	    sd_event_add_time(slot->daemon->event, ret, CLOCK_MONOTONIC, 0, 1000, handler, slot);

	if (r >= 0)
		r = sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
	return r;
}

static int add_slot(struct daemon *s, struct slot *slot, struct feed *feed, struct diag *d)
{
	int r;

	*slot = (struct slot){.daemon = s, .feed = feed};
	r = feed_open(feed, d);
	if (r < 0)
		return r;
	r = add_timer(slot, &slot->read, on_read);
	if (r >= 0)
		r = add_timer(slot, &slot->commit, on_commit);
	if (r < 0)
		return diag_set(
		    d, -r, NULL, 0, 0, "'%s' cannot be followed: %s", feed->name, strerror(-r));
	arm(slot->read, 0);
	return 0;
}

static int fill_slots(struct daemon *s, struct diag *d)
{
	int r = 0;

	s->plan->environment.store = s->store;
	s->slots = memory_array(s->plan->feed_count + 1, sizeof(*s->slots));
	for (size_t i = 0; r == 0 && i < s->plan->feed_count; i++)
		r = add_slot(s, &s->slots[i], s->plan->feeds[i], d);
	return r;
}

static int open_store(struct daemon *s, struct diag *d)
{
	int r = store_open(s->plan->store, STORE_CREATE, &s->store, d);

	if (r == 0)
		r = config_settle(s->plan->config, s->store, time(NULL), d);
	if (r < 0)
		s->store = store_free(s->store);
	return r;
}

static int on_reopen(sd_event_source *source, uint64_t now, void *context)
{
	_cleanup_diag_ struct diag d = {0};
	struct daemon *s = context;
	int r = open_store(s, &d);

	(void)source;
	(void)now;
	s->plan->environment.store = s->store;
	for (size_t i = 0; r == 0 && i < s->plan->feed_count; i++)
		r = reset(&s->slots[i], &d);
	if (r < 0) {
		s->store = store_free(s->store);
		s->plan->environment.store = NULL;
		s->retry = next_retry(s->retry);
		arm(s->reopen, s->retry);
		return 0;
	}
	s->retry = 0;
	log_info("'%s' was opened again; reading on from where it stands", s->plan->store);
	for (size_t i = 0; i < s->plan->feed_count; i++) {
		s->slots[i].retry = 0;
		arm(s->slots[i].read, 0);
	}
	return 0;
}

static void commit_all(struct daemon *s)
{
	_cleanup_diag_ struct diag d = {0};

	for (size_t i = 0; s->store && i < s->plan->feed_count; i++)
		if (s->plan->feeds[i]->dirty && feed_commit(s->plan->feeds[i], &d) < 0) {
			log_warning(
			    "%s; what was not committed is read again the next time", d.text);
			diag_free(&d);
		}
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
	struct daemon *s = context;

	(void)source;
	(void)info;
	sd_notify(false, "STOPPING=1");
	return sd_event_exit(s->event, 0);
}

static void inherit(struct feed *feed, struct plan *from)
{
	for (size_t i = 0; feed->kind->inherit && i < from->feed_count; i++)
		if (strcmp(from->feeds[i]->owner, feed->owner) == 0)
			feed->kind->inherit(feed, from->feeds[i]);
}

/* Everything that counts is in the store, so a new plan is a new beginning. */
static int change_plan(struct daemon *s, struct plan *fresh, struct diag *d)
{
	int r;

	for (size_t i = 0; i < fresh->feed_count; i++)
		inherit(fresh->feeds[i], s->plan);
	release_slots(s);
	plan_free(s->plan);
	s->plan = fresh;
	r = config_settle(fresh->config, s->store, time(NULL), d);
	return r < 0 ? r : fill_slots(s, d);
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
	_cleanup_diag_ struct diag d = {0};
	struct daemon *s = context;
	struct plan *fresh = NULL;
	struct timespec now;
	int r;

	(void)source;
	(void)info;
	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(false, "RELOADING=1\nMONOTONIC_USEC=%llu",
	    (unsigned long long)now.tv_sec * SECOND + (unsigned long long)now.tv_nsec / 1000);
	r = s->make_plan(s->context, &fresh);
	if (r == 0 && strcmp(fresh->store, s->plan->store) != 0) {
		log_error("another store takes a restart");
		fresh = plan_free(fresh);
		r = -EINVAL;
	}
	if (r < 0) {
		log_warning("what was loaded before stays in use");
	} else {
		commit_all(s);
		r = s->store ? change_plan(s, fresh, &d) : -EBUSY;
		if (!s->store)
			plan_free(fresh);
		if (r < 0 && d.text) {
			say(&d);
			lose_store(s);
		}
		if (r == 0)
			log_info("configuration and patterns were read anew");
	}
	sd_notify(false, "READY=1");
	tell_status(s);
	return 0;
}

static int add_signals(struct daemon *s)
{
	sigset_t mask;
	int r;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	r = sd_event_add_signal(s->event, NULL, SIGTERM, on_end, s);
	if (r >= 0)
		r = sd_event_add_signal(s->event, NULL, SIGINT, on_end, s);
	if (r >= 0)
		r = sd_event_add_signal(s->event, NULL, SIGHUP, on_reload, s);
	if (r >= 0)
		r = sd_event_add_time(s->event, &s->reopen, CLOCK_MONOTONIC, 0, 1000, on_reopen, s);
	if (r >= 0)
		r = sd_event_source_set_enabled(s->reopen, SD_EVENT_OFF);
	return r < 0 ? r : sd_event_set_watchdog(s->event, true);
}

static int run(struct daemon *s, struct diag *d)
{
	int r = store_lock(s->plan->store, d);

	if (r < 0)
		return r;
	s->lock = r;
	r = open_store(s, d);
	if (r < 0)
		return r;
	r = sd_event_default(&s->event);
	if (r >= 0)
		r = add_signals(s);
	if (r < 0)
		return diag_set(d, -r, NULL, 0, 0, "no event loop: %s", strerror(-r));
	r = fill_slots(s, d);
	if (r < 0)
		return r;
	r = sd_event_loop(s->event);
	if (r < 0)
		return diag_set(d, -r, NULL, 0, 0, "the event loop failed: %s", strerror(-r));
	commit_all(s);
	return 0;
}

int service_run(service_plan_fn plan, void *context)
{
	_cleanup_diag_ struct diag d = {0};
	struct daemon s = {.make_plan = plan, .context = context, .lock = -1};
	int r = plan(context, &s.plan);

	if (r < 0)
		return r;
	r = run(&s, &d);
	if (r < 0)
		say(&d);
	release_slots(&s);
	plan_free(s.plan);
	sd_event_source_disable_unref(s.reopen);
	sd_event_unref(s.event);
	store_free(s.store);
	close_p(&s.lock);
	return r;
}
