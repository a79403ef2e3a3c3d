/* SPDX-License-Identifier: ISC */
#pragma once

/* What a service waits on: times, descriptors and signals, in one thread; and what it tells
 * systemd.
 *
 * While it runs it tells a watchdog that it does, between two calls of its handlers: one that hangs
 * is found out.  Errors are negative errno. */

#include "base/macros.h"
#include <stdbool.h>
#include <stdint.h>

#define LOOP_SECOND UINT64_C(1000000) /* times are microseconds, by a clock that is never set */

struct loop;
struct loop_source; /* a timer or a descriptor; frees before its loop */

typedef void (*loop_fn)(void *context);

int loop_new(struct loop **ret);
struct loop *loop_free(struct loop *loop);

/* Until loop_end(). */
int loop_run(struct loop *loop);
void loop_end(struct loop *loop);

/* Blocks the signal and takes it; for as long as the loop lives. */
int loop_signal(struct loop *loop, int signal, loop_fn fn, void *context);

int loop_timer(struct loop *loop, loop_fn fn, void *context, struct loop_source **ret);

/* Once, after the delay.  An earlier time that it is armed for stays: who is woken all the time
 * must not put off for ever what is to be done. */
void loop_arm(struct loop_source *timer, uint64_t delay);

/* Whenever one of the poll(2) events is there, until it is disarmed. */
int loop_descriptor(struct loop *loop, int fd, uint32_t events, loop_fn fn, void *context,
    struct loop_source **ret);
int loop_descriptor_of(const struct loop_source *source);
void loop_listen(struct loop_source *descriptor);

/* Of both kinds: nothing comes of it any more. */
void loop_disarm(struct loop_source *source);
bool loop_is_armed(const struct loop_source *source);

struct loop_source *loop_source_free(struct loop_source *source);

/* As sd_notify(3), one or more lines; nothing where systemd does not listen. */
void loop_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, with the time that systemd asks for. */
void loop_tell_reloading(void);
