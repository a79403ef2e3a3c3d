/* SPDX-License-Identifier: ISC */

/* A clock that somebody sets, for a program that is run with this preloaded: FAULT_CLOCK names a
 * file with the seconds that it is ahead of the real one, read anew each time that it is asked for.
 * Clocks that nobody can set go on as they are, but for FAULT_STEADY: such a file for the program
 * itself, to let time pass.  Its libraries set timers by that clock, which go by the real one. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <time.h>

static long seconds_of(const char *variable)
{
	const char *path = getenv(variable);
	FILE *f = path ? fopen(path, "re") : NULL;
	long seconds = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%ld", &seconds) != 1)
		seconds = 0;
	fclose(f);
	return seconds;
}

static long ahead(void)
{
	return seconds_of("FAULT_CLOCK");
}

static int is_program(void *caller)
{
	Dl_info of, program;

	return dladdr(caller, &of) && dladdr((void *)getauxval(AT_ENTRY), &program) &&
	       of.dli_fbase == program.dli_fbase;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define VISIBLE __attribute__((visibility("default")))

VISIBLE int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = NEXT(clock_gettime)(clock, ret);

	if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		ret->tv_sec += ahead();
	if (r == 0 && clock == CLOCK_MONOTONIC && is_program(__builtin_return_address(0)))
		ret->tv_sec += seconds_of("FAULT_STEADY");
	return r;
}

VISIBLE int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	int r = NEXT(gettimeofday)(ret, zone);

	if (r == 0)
		ret->tv_sec += ahead();
	return r;
}

VISIBLE time_t time(time_t *ret)
{
	time_t now = NEXT(time)(NULL) + ahead();

	if (ret)
		*ret = now;
	return now;
}
