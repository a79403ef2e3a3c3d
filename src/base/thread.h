/* SPDX-License-Identifier: ISC */
#pragma once

/* A thread for work: signals are for the program's own. */

#include <pthread.h>

/* As pthread_create() with no attributes; 0 or a negative errno (-EAGAIN: no more threads). */
int thread_start(pthread_t *ret, void *(*run)(void *context), void *context);
