/* SPDX-License-Identifier: ISC */

/* A disk that fails at a chosen moment, for a program that is run with this preloaded:
 *
 *	FAULT_FILE   writes and the like count on files whose path begins so
 *	FAULT_AT     the number, from 1, of the operation that fails; 0: none does
 *	FAULT_COUNT  how many fail from there on, default 1
 *	FAULT        eio, enospc, short (half is written, then ENOSPC), kill: SIGKILL instead of it,
 *	             or hang: it never comes back
 *	FAULT_TOTAL  a file that gets the number of operations, if the program ends by itself
 *
 * Counted are write(2), pwrite(2), ftruncate(2), fsync(2) and fdatasync(2): all that sqlite asks
 * of a disk.  A program that is killed there has done everything before and nothing after. */

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long done;

static bool is_watched(int fd)
{
	const char *prefix = getenv("FAULT_FILE");
	char link[64], path[4096];
	ssize_t n;

	if (!prefix)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	return strncmp(path, prefix, strlen(prefix)) == 0;
}

static long number(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

/* 0 or the errno that the operation is to fail with; -1: half of it. */
static int fault(int fd)
{
	const char *kind = getenv("FAULT");
	long at = number("FAULT_AT", 0), now;

	if (!kind || !is_watched(fd))
		return 0;
	now = __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
	if (at == 0 || now < at || now >= at + number("FAULT_COUNT", 1))
		return 0;
	if (strcmp(kind, "kill") == 0)
		kill(getpid(), SIGKILL);
	while (strcmp(kind, "hang") == 0)
		pause();
	if (strcmp(kind, "short") == 0)
		return -1;
	return strcmp(kind, "enospc") == 0 ? ENOSPC : EIO;
}

__attribute__((destructor)) static void tell_total(void)
{
	const char *path = getenv("FAULT_TOTAL");
	FILE *f = path ? fopen(path, "w") : NULL;

	if (!f)
		return;
	fprintf(f, "%ld\n", done);
	fclose(f);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define VISIBLE __attribute__((visibility("default")))

VISIBLE ssize_t write(int fd, const void *p, size_t n)
{
	int error = fault(fd);

	if (error <= 0)
		return NEXT(write)(fd, p, error < 0 ? n / 2 : n);
	errno = error;
	return -1;
}

VISIBLE ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	int error = fault(fd);

	if (error <= 0)
		return NEXT(pwrite)(fd, p, error < 0 ? n / 2 : n, at);
	errno = error;
	return -1;
}

VISIBLE ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
	return pwrite(fd, p, n, at);
}

static int fail(int fd, int (*next)(int))
{
	int error = fault(fd);

	if (error == 0)
		return next(fd);
	errno = error < 0 ? ENOSPC : error;
	return -1;
}

VISIBLE int fsync(int fd)
{
	return fail(fd, NEXT(fsync));
}

VISIBLE int fdatasync(int fd)
{
	return fail(fd, NEXT(fdatasync));
}

VISIBLE int ftruncate(int fd, off_t size)
{
	int error = fault(fd);

	if (error == 0)
		return NEXT(ftruncate)(fd, size);
	errno = error < 0 ? ENOSPC : error;
	return -1;
}

VISIBLE int ftruncate64(int fd, off_t size)
{
	return ftruncate(fd, size);
}
