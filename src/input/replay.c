/* SPDX-License-Identifier: ISC */
#include "input/replay.h"

#include "base/macros.h"
#include "base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct replay {
	char *folder;
	int fd;
	int error; /* that kept a byte from being kept: an errno */
	off_t at;  /* of the next byte to write, then to read */
};

static const char *temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder ? folder : "/var/tmp";
}

static int unlinked_file(const char *folder)
{
	_cleanup_free_ char *path = NULL;
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* Not every file system knows O_TMPFILE. */
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return fd;
	if (asprintf(&path, "%s/mailtls.XXXXXX", folder) < 0)
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

struct replay *replay_new(void)
{
	struct replay *r = memory_alloc(sizeof(*r));

	r->folder = memory_string(temporary_folder());
	r->fd = unlinked_file(r->folder);
	if (r->fd < 0)
		r->error = errno;
	return r;
}

struct replay *replay_free(struct replay *r)
{
	if (!r)
		return NULL;
	close_p(&r->fd);
	free(r->folder);
	free(r);
	return NULL;
}

void replay_keep(struct replay *r, const void *p, size_t n)
{
	const char *bytes = p;

	while (n > 0 && !r->error) {
		ssize_t put = pwrite(r->fd, bytes, n, r->at);

		if (put < 0 && errno != EINTR)
			r->error = errno;
		if (put > 0) {
			bytes += put;
			n -= (size_t)put;
			r->at += put;
		}
	}
}

int replay_start(struct replay *r, const char *name, struct diag *d)
{
	if (r->error)
		return diag_set(d, ESPIPE, NULL, 0, 0,
		    "'%s' is a pipe of which no copy could be kept in '%s' (%s), and cannot be "
		    "read a second time; put it into a file first",
		    name, r->folder, strerror(r->error));
	r->at = 0;
	return 0;
}

ssize_t replay_peek(struct replay *r, void *p, size_t size, struct diag *d)
{
	ssize_t got;

	do
		got = pread(r->fd, p, size, r->at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return diag_set(d, EIO, NULL, 0, 0, "a copy in '%s' cannot be read: %s", r->folder,
		    strerror(errno));
	return got;
}

ssize_t replay_read(struct replay *r, void *p, size_t size, struct diag *d)
{
	ssize_t got = replay_peek(r, p, size, d);

	if (got > 0)
		r->at += got;
	return got;
}
