/* SPDX-License-Identifier: ISC */
#pragma once

/* Threads for work: signals are for the program's own. */

#include <pthread.h>
#include <stddef.h>

/* As pthread_create() with no attributes; 0 or a negative errno (-EAGAIN: no more threads). */
int thread_start(pthread_t *ret, void *(*run)(void *context), void *context);

/* How many threads this program has processors for; at least 1. */
unsigned thread_processors(void);

#define THREADS_MAX 8

/* The same run in several threads, the caller's among them: as many as there are processors for, up
 * to most (THREADS_MAX), as far as they are to be had.  Returns when all have. */
void threads_run(unsigned most, void *(*run)(void *context), void *context);

/* Calls work for each of count numbers, from 0 on; several at a time, in any thread. */
void threads_each(size_t count, void (*work)(void *context, size_t number), void *context);
