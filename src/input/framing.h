/* SPDX-License-Identifier: ISC */
#pragma once

/* Bytes to blocks of whole lines.
 *
 * A block is a run of complete lines, each ended by LF, in one buffer of a fixed size (256 KiB and
 * room for one line); it is never empty.  A line longer than LINE_LENGTH_MAX is cut there: its
 * first LINE_LENGTH_MAX bytes and a LF are given, the rest is skipped to its end, and it is counted
 * as overlong.  NUL bytes are a hole that copytruncate or a crash left: they are skipped and
 * counted, however many they are, and end the line that they broke off, so that the line after the
 * hole is one of its own.  A UTF-8 mark at the start of the log is skipped.  CR before LF is left
 * for the parser to strip.
 *
 * At the end of the input a last line without an end is an unfinished one: it is given, with a LF,
 * as a block of its own with `unfinished` set, because a log that is still written may get the rest
 * of it later (an import leaves it for then, a one-shot report reads it).  Where an archive breaks
 * off, half a line is none and is not given.
 *
 * Positions: whenever a finished block is returned, `bytes` has been told exactly the bytes before
 * block.offset, so what it keeps then (identity_position) is where this block ends.  After an
 * unfinished block, the end or an error it has been told everything that was read. */

#include "base/diag.h"
#include "base/slice.h"
#include "input/reader.h"
#include <stdbool.h>
#include <stdint.h>

#define LINE_LENGTH_MAX (64 * 1024)
#define FRAMING_KEEP_MAX 7

struct framing;

struct block {
	struct slice text; /* valid until the next call, or see framing_keep() */
	bool unfinished;
	int64_t offset; /* of the decompressed byte after this block: where to go on */
};

struct framing_counts {
	int64_t overlong, nul_bytes;
};

/* The reader stays the caller's.  offset: how many bytes were read from it before, up to the start
 * of a line; 0 for a fresh one.  `bytes`, if not NULL, is told every byte from there on, in order
 * and in runs of up to 256 KiB. */
struct framing *framing_new(
    struct reader *r, int64_t offset, void (*bytes)(void *context, struct slice), void *context);
struct framing *framing_free(struct framing *f);

/* 1 and a block, 0 at the end, or a negative errno with a diagnosis (the blocks before it were
 * good). */
int framing_next(struct framing *f, struct block *ret, struct diag *d);

/* Before the first block: each stays valid for so many calls more, FRAMING_KEEP_MAX at most. */
void framing_keep(struct framing *f, size_t calls);

/* The log is still written: 0 says that no whole line is there now.  An unfinished one is kept
 * until its end has come, and later calls read on. */
void framing_follow(struct framing *f);
/* Whether the last bytes that were read are a line without its end. */
bool framing_is_unfinished(const struct framing *f);

void framing_counts(const struct framing *f, struct framing_counts *ret);

DEFINE_CLEANUP(struct framing, framing_free);
#define _cleanup_framing_ _cleanup_(framing_free_p)
