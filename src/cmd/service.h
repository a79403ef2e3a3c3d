/* SPDX-License-Identifier: ISC */
#pragma once

/* The service: feeds that are read when there is something to read, and committed while they are.
 *
 * It sleeps until a source or a signal wakes it.  After a wake it waits a moment, so that a busy
 * log wakes it ten times a second and not for each line, reads to the end, and commits within a
 * second of the first line that is not committed.  A store that is locked or full is tried again,
 * and reading stops when the counters in memory are full; one that fails otherwise is opened anew,
 * and everything is read again from where it stands.  SIGTERM commits and ends; SIGHUP asks for a
 * new plan, and keeps the old one if there is none. */

#include "cmd/plan.h"

/* Asked at the start and at each SIGHUP: a plan, or -errno; what is wrong is logged. */
typedef int (*service_plan_fn)(void *context, struct plan **ret);

/* Runs until SIGTERM or SIGINT.  0, or -errno if it could not begin; what is wrong is logged. */
int service_run(service_plan_fn plan, void *context);
