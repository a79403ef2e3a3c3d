/* SPDX-License-Identifier: ISC */
#include "cmd/loop.h"

#include "base/memory.h"
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>

#define SIGNALS_MAX 4
#define ACCURACY 1000
#define TOLD_MAX 512

struct loop_source {
	sd_event_source *source;
	loop_fn fn;
	void *context;
};

struct loop {
	sd_event *event;
	struct loop_source signals[SIGNALS_MAX];
	size_t signal_count;
};

static int on_time(sd_event_source *source _unused_, uint64_t now _unused_, void *context)
{
	const struct loop_source *s = context;

	s->fn(s->context);
	return 0;
}

static int on_descriptor(
    sd_event_source *source _unused_, int fd _unused_, uint32_t events _unused_, void *context)
{
	const struct loop_source *s = context;

	s->fn(s->context);
	return 0;
}

static int on_signal(
    sd_event_source *source _unused_, const struct signalfd_siginfo *info _unused_, void *context)
{
	const struct loop_source *s = context;

	s->fn(s->context);
	return 0;
}

int loop_new(struct loop **ret)
{
	struct loop *loop = memory_alloc(sizeof(*loop));
	int r = sd_event_default(&loop->event);

	if (r >= 0)
		r = sd_event_set_watchdog(loop->event, true);
	if (r < 0) {
		loop_free(loop);
		return r;
	}
	*ret = loop;
	return 0;
}

struct loop *loop_free(struct loop *loop)
{
	if (!loop)
		return NULL;
	for (size_t i = 0; i < loop->signal_count; i++)
		sd_event_source_disable_unref(loop->signals[i].source);
	sd_event_unref(loop->event);
	free(loop);
	return NULL;
}

int loop_run(struct loop *loop)
{
	return sd_event_loop(loop->event);
}

void loop_end(struct loop *loop)
{
	sd_event_exit(loop->event, 0);
}

int loop_signal(struct loop *loop, int signal, loop_fn fn, void *context)
{
	struct loop_source *s = &loop->signals[loop->signal_count++];
	sigset_t mask;
	int r;

	*s = (struct loop_source){.fn = fn, .context = context};
	sigemptyset(&mask);
	sigaddset(&mask, signal);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	r = sd_event_add_signal(loop->event, &s->source, signal, on_signal, s);
	return r < 0 ? r : 0;
}

static struct loop_source *source_new(loop_fn fn, void *context)
{
	struct loop_source *s = memory_alloc(sizeof(*s));

	s->fn = fn;
	s->context = context;
	return s;
}

int loop_timer(struct loop *loop, loop_fn fn, void *context, struct loop_source **ret)
{
	struct loop_source *s = source_new(fn, context);
	int r =
	    sd_event_add_time(loop->event, &s->source, CLOCK_MONOTONIC, 0, ACCURACY, on_time, s);

	if (r >= 0)
		r = sd_event_source_set_enabled(s->source, SD_EVENT_OFF);
	if (r < 0) {
		loop_source_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

bool loop_is_armed(const struct loop_source *source)
{
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(source->source, &enabled);
	return enabled != SD_EVENT_OFF;
}

void loop_arm(struct loop_source *timer, uint64_t delay)
{
	uint64_t now, due;

	sd_event_now(sd_event_source_get_event(timer->source), CLOCK_MONOTONIC, &now);
	if (loop_is_armed(timer) && sd_event_source_get_time(timer->source, &due) >= 0 &&
	    due <= now + delay)
		return;
	sd_event_source_set_time(timer->source, now + delay);
	sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
}

void loop_disarm(struct loop_source *source)
{
	sd_event_source_set_enabled(source->source, SD_EVENT_OFF);
}

int loop_descriptor(
    struct loop *loop, int fd, uint32_t events, loop_fn fn, void *context, struct loop_source **ret)
{
	struct loop_source *s = source_new(fn, context);
	int r = sd_event_add_io(loop->event, &s->source, fd, events, on_descriptor, s);

	if (r < 0) {
		loop_source_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

int loop_descriptor_of(const struct loop_source *source)
{
	return sd_event_source_get_io_fd(source->source);
}

void loop_listen(struct loop_source *descriptor)
{
	sd_event_source_set_enabled(descriptor->source, SD_EVENT_ON);
}

struct loop_source *loop_source_free(struct loop_source *source)
{
	if (!source)
		return NULL;
	sd_event_source_disable_unref(source->source);
	free(source);
	return NULL;
}

void loop_tell(const char *format, ...)
{
	char text[TOLD_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	sd_notify(false, text);
}

void loop_tell_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	loop_tell("RELOADING=1\nMONOTONIC_USEC=%llu",
	    (unsigned long long)now.tv_sec * LOOP_SECOND + (unsigned long long)now.tv_nsec / 1000);
}
