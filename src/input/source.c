/* SPDX-License-Identifier: ISC */
#include "input/source.h"

#include "base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>

#define AHEAD (64 * 1024)

struct source {
	char *name;
	int fd;
	int wake; /* eventfd, only where a read may wait; else -1 */
	bool seekable;
	int64_t size, time;
	_Atomic int64_t taken;
	size_t at, n;
	bool end;
	unsigned char ahead[AHEAD];
};

static int no_permission(const char *path, struct diag *d)
{
	struct stat st;
	struct group *group;

	if (stat(path, &st) < 0)
		return diag_set(d, EACCES, NULL, 0, 0,
		    "'%s' cannot be read: a directory above it is closed to this user; try as root",
		    path);
	group = getgrgid(st.st_gid);
	if (!(st.st_mode & S_IRGRP) || !group || st.st_gid == 0)
		return diag_set(
		    d, EACCES, NULL, 0, 0, "'%s' may not be read by this user; try as root", path);
	return diag_set(d, EACCES, NULL, 0, 0,
	    "'%s' may not be read by this user; it is readable by group '%s': join that group "
	    "(adduser USER %s) or try as root",
	    path, group->gr_name, group->gr_name);
}

static int open_failed(const char *path, int error, struct diag *d)
{
	if (error == EACCES)
		return no_permission(path, d);
	if (error == ENOENT)
		return diag_set(d, error, NULL, 0, 0, "'%s' does not exist", path);
	return diag_set(d, error, NULL, 0, 0, "'%s' cannot be opened: %s", path, strerror(error));
}

/* Pipes that the user opened and only names by a path; opening one cannot wait for a writer. */
static bool names_open_file(const char *path)
{
	return slice_is(slice_of(path), "/dev/stdin") ||
	       slice_starts(slice_of(path), SLICE("/dev/fd/")) ||
	       slice_starts(slice_of(path), SLICE("/proc/self/fd/"));
}

int source_check_type(const char *name, mode_t mode, struct diag *d)
{
	const char *what = S_ISFIFO(mode)   ? "a named pipe"
			   : S_ISSOCK(mode) ? "a socket"
					    : "a device";

	if (S_ISREG(mode))
		return 0;
	if (S_ISDIR(mode))
		return diag_set(
		    d, EISDIR, NULL, 0, 0, "'%s' is a directory; name the log files in it", name);
	return diag_set(d, EMEDIUMTYPE, NULL, 0, 0, "'%s' is %s, not a log file", name, what);
}

int source_open(const char *path, struct source **ret, struct diag *d)
{
	bool standard_input = slice_is(slice_of(path), "-");
	const char *name = standard_input ? "standard input" : path;
	_cleanup_close_ int fd = -1;
	struct source *s;
	struct stat st;
	int r;

	/* O_NONBLOCK: a FIFO without a writer must not hold us up. */
	if (standard_input)
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return open_failed(name, errno, d);
	r = source_check_type(name, st.st_mode, d);
	if (r < 0 && (r != -EMEDIUMTYPE || !(standard_input || names_open_file(path))))
		return r;
	diag_free(d);

	s = memory_alloc(sizeof *s);
	s->name = memory_string(name);
	s->seekable = S_ISREG(st.st_mode);
	s->size = s->seekable ? st.st_size : -1;
	s->time = s->seekable ? st.st_mtime : time(NULL);
	s->wake = s->seekable ? -1 : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->seekable)
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	s->fd = fd;
	fd = -1;
	*ret = s;
	return 0;
}

struct source *source_free(struct source *s)
{
	if (!s)
		return NULL;
	close_p(&s->fd);
	close_p(&s->wake);
	free(s->name);
	free(s);
	return NULL;
}

const char *source_name(const struct source *s)
{
	return s->name;
}

bool source_seekable(const struct source *s)
{
	return s->seekable;
}

int64_t source_size(const struct source *s)
{
	return s->size;
}

int64_t source_time(const struct source *s)
{
	return s->time;
}

int64_t source_taken(const struct source *s)
{
	return atomic_load_explicit(&s->taken, memory_order_relaxed);
}

static int wait_readable(struct source *s)
{
	struct pollfd fds[] = {
	    {.fd = s->fd, .events = POLLIN},
	    {.fd = s->wake, .events = POLLIN},
	};

	while (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		if (errno != EINTR)
			return -errno;
	return fds[1].revents ? -ECANCELED : 0;
}

static ssize_t read_some(struct source *s, void *p, size_t size, struct diag *d)
{
	ssize_t got;
	int r;

	do {
		r = s->seekable ? 0 : wait_readable(s);
		if (r < 0)
			return diag_set(d, -r, NULL, 0, 0, "reading '%s' was stopped", s->name);
		got = read(s->fd, p, size);
	} while (got < 0 && (errno == EINTR || (errno == EAGAIN && !s->seekable)));
	if (got < 0)
		return diag_set(
		    d, errno, NULL, 0, 0, "'%s' cannot be read: %s", s->name, strerror(errno));
	s->end = got == 0;
	return got;
}

int source_look(struct source *s, size_t least, struct slice *ret, struct diag *d)
{
	if (s->n - s->at < least) {
		memmove(s->ahead, s->ahead + s->at, s->n - s->at);
		s->n -= s->at;
		s->at = 0;
	}
	while (s->n - s->at < least && !s->end) {
		ssize_t got = read_some(s, s->ahead + s->n, sizeof s->ahead - s->n, d);

		if (got < 0)
			return (int)got;
		s->n += (size_t)got;
	}
	*ret = (struct slice){(const char *)s->ahead + s->at, s->n - s->at};
	return 0;
}

static void count(struct source *s, size_t n)
{
	atomic_fetch_add_explicit(&s->taken, (int64_t)n, memory_order_relaxed);
}

void source_take(struct source *s, size_t n)
{
	s->at += n;
	count(s, n);
}

ssize_t source_read(struct source *s, void *p, size_t size, struct diag *d)
{
	size_t held = s->n - s->at;
	ssize_t got;

	if (held) {
		got = (ssize_t)(held < size ? held : size);
		memcpy(p, s->ahead + s->at, (size_t)got);
		source_take(s, (size_t)got);
		return got;
	}
	got = s->end ? 0 : read_some(s, p, size, d);
	if (got > 0)
		count(s, (size_t)got);
	return got;
}

void source_resume(struct source *s)
{
	s->end = false;
}

int source_descriptor(const struct source *s)
{
	return s->fd;
}

int source_rewind(struct source *s, struct diag *d)
{
	if (!s->seekable)
		return diag_set(d, ESPIPE, NULL, 0, 0,
		    "'%s' is a pipe and cannot be read a second time; put it into a file first",
		    s->name);
	if (lseek(s->fd, 0, SEEK_SET) < 0)
		return diag_set(d, errno, NULL, 0, 0, "'%s' cannot be read again: %s", s->name,
		    strerror(errno));
	s->at = s->n = 0;
	s->end = false;
	atomic_store(&s->taken, 0);
	return 0;
}

void source_interrupt(struct source *s)
{
	if (s->wake >= 0)
		eventfd_write(s->wake, 1);
}
