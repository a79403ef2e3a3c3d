/* SPDX-License-Identifier: ISC */
#include "cmd/store_lock.h"

#include "base/buffer.h"
#include "base/macros.h"
#include "store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

static int open_lock(const char *store, int flags)
{
	_cleanup_buffer_ struct buffer path = {0};
	int fd;

	buffer_printf(&path, "%s.lock", store);
	fd = open(buffer_text(&path), flags | O_CLOEXEC | O_NOFOLLOW, 0640);
	return fd < 0 ? -errno : fd;
}

static pid_t read_holder(int fd)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 ? (pid_t)atol(text) : 0;
}

int store_lock(const char *store, struct diag *d)
{
	int r = store_check_name(store, d), fd;

	if (r < 0)
		return r;
	fd = open_lock(store, O_RDWR | O_CREAT);
	if (fd < 0)
		return diag_set(
		    d, -fd, NULL, 0, 0, "cannot make '%s.lock': %s", store, strerror(-fd));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		r = diag_set(d, EBUSY, NULL, 0, 0,
		    "'%s' is kept by another mailtlsd already (process %ld)", store,
		    (long)read_holder(fd));
		close(fd);
		return r;
	}
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0) {
		r = diag_set(
		    d, errno, NULL, 0, 0, "cannot write '%s.lock': %s", store, strerror(errno));
		close(fd);
		return r;
	}
	return fd;
}

pid_t store_lock_holder(const char *store)
{
	_cleanup_close_ int fd = open_lock(store, O_RDONLY);

	if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	return read_holder(fd);
}
