/* SPDX-License-Identifier: ISC */
#pragma once

/* Compiler attributes and the cleanup idiom.
 *
 * _cleanup_(f) calls f(&variable) when the variable leaves its scope.  DEFINE_CLEANUP(type, free)
 * makes such an f out of a destructor that takes the pointer itself; every destructor here accepts
 * NULL and returns NULL, so `x = thing_free(x)` is the way to drop a pointer by hand. */

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(text, first) __attribute__((__format__(__printf__, text, first)))
#define _noreturn_ __attribute__((noreturn))
#define _unused_ __attribute__((unused))
#define _pure_ __attribute__((pure))

#define DEFINE_CLEANUP(type, destructor)                                                           \
	static inline void destructor##_p(type **object)                                           \
	{                                                                                          \
		if (*object)                                                                       \
			*object = destructor(*object);                                             \
	}                                                                                          \
	struct destructor##_needs_a_semicolon

static inline void close_p(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
#define _cleanup_close_ _cleanup_(close_p)

static inline void free_p(void *pointer)
{
	free(*(void **)pointer);
}
#define _cleanup_free_ _cleanup_(free_p)
