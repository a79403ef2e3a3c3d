/* SPDX-License-Identifier: ISC */

/* A clock that somebody sets, for a program that is run with this preloaded: FAULT_CLOCK names a
 * file with the seconds that it is ahead of the real one, read anew each time that it is asked for.
 * Clocks that nobody can set go on as they are. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long ahead(void)
{
	const char *path = getenv("FAULT_CLOCK");
	FILE *f = path ? fopen(path, "re") : NULL;
	long seconds = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%ld", &seconds) != 1)
		seconds = 0;
	fclose(f);
	return seconds;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define VISIBLE __attribute__((visibility("default")))

VISIBLE int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = NEXT(clock_gettime)(clock, ret);

	if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		ret->tv_sec += ahead();
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
