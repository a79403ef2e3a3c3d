/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A report in a file of its own, whole or not at all. */

/* A rename is only kept over a power failure once its directory is on disk. */
static int sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
	_cleanup_free_ char *name = slash ? memory_copy(path, n) : memory_string(".");
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed;

	if (fd < 0)
		return -errno;
	failed = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return failed;
}

static int cannot_write(const char *path, int error, struct diag *d)
{
	return diag_set(d, error, NULL, 0, 0, "cannot write \"%s\": %s", path, strerror(error));
}

/* As open(2) would have made it: mkostemp() lets only the owner read. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static int put_in_place(FILE *out, mode_t mode, const char *made, const char *path, struct diag *d)
{
	int failed;

	if (fchmod(fileno(out), mode) < 0 || fsync(fileno(out)) < 0 || rename(made, path) < 0)
		return cannot_write(path, errno, d);
	failed = sync_directory(path);
	return failed ? cannot_write(path, -failed, d) : 0;
}

/* A device or a pipe is written to, not replaced. */
static int write_special(
    struct store *store, const struct report_request *request, const char *path, struct diag *d)
{
	FILE *out = fopen(path, "we");
	int failed;

	if (!out)
		return cannot_write(path, errno, d);
	failed = report_write(store, request, out, d);
	if (fclose(out) != 0 && !failed)
		failed = cannot_write(path, errno, d);
	return failed;
}

static int write_beside(struct store *store, const struct report_request *request, const char *path,
    mode_t mode, struct diag *d)
{
	_cleanup_buffer_ struct buffer made = {0};
	FILE *out;
	int fd, failed;

	buffer_printf(&made, "%s.XXXXXX", path);
	fd = mkostemp(made.p, O_CLOEXEC);
	if (fd < 0)
		return cannot_write(path, errno, d);
	out = fdopen(fd, "w");
	if (!out) {
		failed = cannot_write(path, errno, d);
		close(fd);
	} else {
		failed = report_write(store, request, out, d);
		if (!failed)
			failed = put_in_place(out, mode, made.p, path, d);
		fclose(out);
	}
	if (failed)
		unlink(made.p);
	return failed;
}

int report_write_file(
    struct store *store, const struct report_request *request, const char *path, struct diag *d)
{
	_cleanup_free_ char *real = NULL;
	struct stat st;

	if (stat(path, &st) < 0)
		return write_beside(store, request, path, usual_mode(), d);
	if (!S_ISREG(st.st_mode))
		return write_special(store, request, path, d);
	real = realpath(path, NULL);
	return real ? write_beside(store, request, real, st.st_mode & 0777, d)
		    : cannot_write(path, errno, d);
}
