/* SPDX-License-Identifier: ISC */
#include "base/memory.h"
#include "cmd/feed_file_look.h"
#include <errno.h>
#include <string.h>

#define PART (64 * 1024)

/* Whether a file may hold all that is counted of the stream: is it open, or was it looked at, or is
 * that still to come? */
static bool may_hold(const struct feed_file *f, const struct family_file *file, int64_t stream)
{
	const struct tail *open = feed_file_tail(f, file);
	const struct judged_file *of = judged_of(&f->judged, file);

	if (open)
		return open->move.to.id == stream;
	return !of || (of->stream == stream && of->whole);
}

/* 1: it does. */
static int holds(const struct feed_file *f, struct reader *reader, int64_t stream, struct diag *d)
{
	_cleanup_located_ struct located found = {0};
	int r = locate(f->feed.environment->store, reader, &found, d);

	if (r == 0 && located_is_whole(&found) && found.stream.id == stream)
		r = reader_rewind(reader, d) < 0 ? -EIO : 1;
	return r;
}

/* What cannot be opened or read is not the one. */
static struct reader *open_stream(const struct feed_file *f, int64_t stream)
{
	for (size_t i = 0; i < f->family.count; i++) {
		_cleanup_diag_ struct diag why = {0};
		const struct family_file *file = &f->family.files[i];
		struct reader *reader;

		if (!may_hold(f, file, stream) || reader_open(file->path, &reader, &why) < 0)
			continue;
		if (holds(f, reader, stream, &why) > 0)
			return reader;
		reader_free(reader);
	}
	return NULL;
}

/* As many bytes as there are, up to PART. */
static ssize_t read_part(struct reader *reader, char *to, struct diag *d)
{
	size_t n = 0;
	ssize_t more = 1;

	while (n < PART && (more = reader_read(reader, to + n, PART - n, d)) > 0)
		n += (size_t)more;
	return more < 0 ? more : (ssize_t)n;
}

/* Room is made for some copies before they are written. */
static int not_alike(const char *a, const char *b, size_t n)
{
	while (n > 0 && *a == *b) {
		n--;
		a++;
		b++;
	}
	return n > 0 && *a == '\0' ? -EAGAIN : 0;
}

/* 1: the file is the other's first bytes. */
static int begins(struct reader *file, struct reader *other, struct diag *d)
{
	_cleanup_free_ char *a = memory_array(PART, 1), *b = memory_array(PART, 1);
	ssize_t n, m;

	do {
		n = read_part(file, a, d);
		m = n > 0 ? read_part(other, b, d) : 0;
		if (n < 0 || m < 0)
			return (int)(n < 0 ? n : m);
		if (memcmp(a, b, (size_t)(n < m ? n : m)) != 0)
			return not_alike(a, b, (size_t)(n < m ? n : m));
		if (n > m)
			return 0;
	} while (n == PART);
	return 1;
}

int feed_file_is_copy(
    const struct feed_file *f, struct reader *file, int64_t stream, struct diag *d)
{
	_cleanup_reader_ struct reader *other = open_stream(f, stream);
	int r;

	if (!other)
		return -ENOENT;
	r = reader_rewind(file, d);
	return r < 0 ? r : begins(file, other, d);
}
