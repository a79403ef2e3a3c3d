/* SPDX-License-Identifier: ISC */
#include "cmd/service.h"

#include "base/file_system.h"
#include "base/log.h"
#include "base/memory.h"
#include "cmd/service_slot.h"
#include "cmd/store_lock.h"
#include "input/watch.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void service_lose_store(struct daemon *s)
{
	s->store = store_free(s->store);
	s->plan->environment.store = NULL;
	for (size_t i = 0; i < s->plan->feed_count; i++)
		slot_stop(&s->slots[i]);
	s->retry = service_next_retry(s->retry);
	loop_arm(s->reopen, s->retry);
	service_tell_status(s);
}

static void release_slots(struct daemon *s)
{
	for (size_t i = 0; s->slots && i < s->plan->feed_count; i++)
		slot_close(&s->slots[i]);
	free(s->slots);
	s->slots = NULL;
}

static int make_slots(struct daemon *s, struct diag *d)
{
	int r = 0;

	s->slots = memory_array(s->plan->feed_count + 1, sizeof(*s->slots));
	for (size_t i = 0; r == 0 && i < s->plan->feed_count; i++)
		r = slot_init(&s->slots[i], s, s->plan->feeds[i], d);
	return r;
}

static int start_slots(struct daemon *s, struct diag *d)
{
	int r = 0;

	s->plan->environment.store = s->store;
	for (size_t i = 0; r == 0 && i < s->plan->feed_count; i++)
		r = slot_start(&s->slots[i], d);
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

static void on_reopen(void *context)
{
	_cleanup_diag_ struct diag d = {0};
	struct daemon *s = context;
	int r = open_store(s, &d);

	if (r == 0)
		r = start_slots(s, &d);
	if (r < 0) {
		service_lose_store(s);
		return;
	}
	s->retry = 0;
	log_info("'%s' was opened again; reading on from where it stands", s->plan->store);
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

static void on_end(void *context)
{
	struct daemon *s = context;

	loop_tell("STOPPING=1");
	loop_end(s->loop);
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
	r = make_slots(s, d);
	if (r == 0)
		r = config_settle(fresh->config, s->store, time(NULL), d);
	return r < 0 ? r : start_slots(s, d);
}

static void on_reload(void *context)
{
	_cleanup_diag_ struct diag d = {0};
	struct daemon *s = context;
	struct plan *fresh = NULL;
	int r;

	loop_tell_reloading();
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
			log_diag(&d);
			service_lose_store(s);
		}
		if (r == 0)
			log_info("configuration and patterns were read anew");
	}
	loop_tell("READY=1");
	service_tell_status(s);
}

static int begin_loop(struct daemon *s)
{
	int r = loop_new(&s->loop);

	if (r == 0)
		r = loop_signal(s->loop, SIGTERM, on_end, s);
	if (r == 0)
		r = loop_signal(s->loop, SIGINT, on_end, s);
	if (r == 0)
		r = loop_signal(s->loop, SIGHUP, on_reload, s);
	return r < 0 ? r : loop_timer(s->loop, on_reopen, s, &s->reopen);
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
	if (file_system_is_shared(s->plan->store))
		log_warning(
		    "'%s' lies on a network file system, where its locks may not hold, a cut "
		    "connection may damage it, and reports and the service wait for each other: "
		    "keep it on a disk of this machine",
		    s->plan->store);
	r = begin_loop(s);
	if (r < 0)
		return diag_set(d, -r, NULL, 0, 0, "no event loop: %s", strerror(-r));
	r = make_slots(s, d);
	if (r == 0)
		r = start_slots(s, d);
	if (r < 0)
		return r;
	r = loop_run(s->loop);
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
		log_diag(&d);
	release_slots(&s);
	plan_free(s.plan);
	loop_source_free(s.reopen);
	loop_free(s.loop);
	store_free(s.store);
	close_p(&s.lock);
	return r;
}
