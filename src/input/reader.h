/* SPDX-License-Identifier: ISC */
#pragma once

/* Decompressed bytes of one log: a plain file, a .gz .xz .zst .bz2 archive, or standard input.
 *
 * What a log is compressed with is told by its first bytes, never by its name.  Concatenated
 * members are read to the last; NUL padding after a member is skipped.  Memory is constant whatever
 * the input (an xz dictionary above 128 MiB and a zstd window above 128 MiB are refused).
 * Compressed input is inflated by a second thread into a ring of buffers while the caller works.
 *
 * An archive that ends early or is damaged gives the bytes up to the break, then -EBADMSG with a
 * diagnosis; garbage after the last member likewise.  A directory, a device, a FIFO named as a path
 * (but not one that a shell's <(command) made) and what is not text (a program, a database, a
 * journal file, UTF-16, an archive of files) are refused at opening with a sentence that says what
 * it is: -EMEDIUMTYPE, -EISDIR.  An empty file is a log without lines.
 *
 * A reader costs a file descriptor and, if compressed, a decoder's window, but no thread before it
 * is read past what was peeked at: to sort many logs by time open, peek and free one after the
 * other. */

#include "base/diag.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct reader;

struct reader_info {
	const char *name; /* as the user wrote it, "standard input" for "-"; owned by the reader */
	const char *compression; /* "plain" "gzip" "xz" "zstd" "bzip2" */
	int64_t time;	  /* the log's age: gzip header time, else mtime, else now; UTC seconds */
	int64_t size;	  /* bytes on disk, -1 if not known (a pipe) */
	int64_t consumed; /* bytes of those read so far, for a progress bar */
	int64_t bytes;	  /* decompressed bytes handed out so far */
};

/* path "-" is standard input. */
int reader_open(const char *path, struct reader **ret, struct diag *d);
struct reader *reader_free(struct reader *r);

/* Up to size bytes; 0 at the end; -EBADMSG, -E2BIG, -EIO ... with a diagnosis, after all bytes that
 * could be had. */
ssize_t reader_read(struct reader *r, void *p, size_t size, struct diag *d);

/* The first bytes (decompressed, up to size) without consuming them; for sorting logs by time and
 * for finding a log that is already known.  size is at most 64 KiB. */
ssize_t reader_peek(struct reader *r, void *p, size_t size, struct diag *d);

/* Starts again at the first byte.  A pipe cannot: -ESPIPE, unless what was read is being kept,
 * unpacked, in an unlinked file (input/replay.h) until it was read again. */
int reader_rewind(struct reader *r, struct diag *d);

/* Keeps what is read of a pipe from its first byte on, or does so no longer: nothing is lost of
 * what is to be read again already.  Of what is no pipe nothing need be kept. */
void reader_keep(struct reader *r, bool keep);

/* For a plain file that is still written: its end was found, and what has been written since is
 * read on. */
void reader_resume(struct reader *r);
int reader_descriptor(const struct reader *r); /* of the file; the reader's */

/* From another thread: a read that waits for more ends with -ECANCELED, and so does every later one
 * that would.  Of what is no pipe none does. */
void reader_interrupt(struct reader *r);

void reader_info(const struct reader *r, struct reader_info *ret);

DEFINE_CLEANUP(struct reader, reader_free);
#define _cleanup_reader_ _cleanup_(reader_free_p)
