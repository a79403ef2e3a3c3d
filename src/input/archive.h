/* SPDX-License-Identifier: ISC */
#pragma once

/* Compressed logs, unpacked as a stream.
 *
 * One decoder a library, each a row of one table and a file of its own (archive_<library>.c); the
 * members of an archive, its padding, its end and its damages are dealt with here, once for all.
 * Memory is constant: the decoder's window (at most 128 MiB for xz and zstd, and what zstd --long
 * or xz -9 really asked for) and the source's look-ahead. */

#include "base/diag.h"
#include "base/slice.h"
#include "input/source.h"
#include <sys/types.h>

#define ARCHIVE_WINDOW_MAX_LOG 27 /* 128 MiB */

/* What a step works on; the decoder moves the pointers on. */
struct archive_window {
	const unsigned char *in;
	size_t in_n;
	unsigned char *out;
	size_t out_n;
};

struct archive_decoder {
	const char *format;  /* "gzip" "xz" "zstd" "bzip2" */
	const char *library; /* that does the work */
	/* Does a member begin here?  0 no, 1 yes, -EAGAIN: so far, but more bytes would tell. */
	int (*begins)(struct slice head);
	/* One member after the other with one state: `start` makes it ready for the next one. */
	void *(*create)(void);
	int (*start)(void *state);
	/* 1 at the end of a member, 0 to go on, -EBADMSG damaged, -E2BIG window too large. */
	int (*step)(void *state, struct archive_window *w);
	void (*destroy)(void *state);
};

extern const struct archive_decoder archive_isal, archive_zlib, archive_xz, archive_zstd,
    archive_bzip2;

/* The decoder for what begins like this, or NULL. */
const struct archive_decoder *archive_detect(struct slice head);

/* Seconds since 1970 out of a gzip header, 0 when it has none. */
int64_t archive_gzip_time(struct slice head);

struct archive;

/* Decoder and source stay the caller's. */
struct archive *archive_new(const struct archive_decoder *decoder, struct source *source);
struct archive *archive_free(struct archive *a);

/* Up to size bytes; 0 at the end.  The bytes before a break come first, then -EBADMSG (cut off,
 * damaged, or something else after the last member) or -E2BIG with a diagnosis, every time. */
ssize_t archive_read(struct archive *a, void *p, size_t size, struct diag *d);
