/* SPDX-License-Identifier: ISC */
#pragma once

/* One file of a log that is followed: open, known by its content, read up to a place.
 *
 * It stays open when the file is renamed or removed, and so is read to its end.  A file that was
 * cut and written anew under us is found out by the last bytes that were read and its first ones
 * (tail_is_same()): asked before a reading and after it, as it may happen in between. */

#include "base/diag.h"
#include "cmd/locate.h"
#include "cmd/trace.h"
#include "input/family.h"
#include "input/framing.h"
#include "input/reader.h"
#include "parse/parser.h"
#include "store/commit.h"
#include <stdbool.h>
#include <stdint.h>

#define TAIL_MARKER 256

struct tail {
	struct tail *next; /* the owner's list */
	char *path;
	struct family_file file; /* as it was when it was opened; path is NULL */
	bool archive;
	struct reader *reader;
	struct framing *framing;
	struct identity *identity;
	struct stream_move move; /* move.to: up to where whole lines were read */
	struct rungs rungs;
	struct clock clock;
	struct trace trace;
	char recent[TAIL_MARKER];      /* the last bytes told, at its end */
	struct framing_counts framed;  /* that were counted */
	int64_t unlinked, unlinked_at; /* when it was seen without a name, and how long it was */
	bool live;		       /* goes by the name of one that is written */
	bool ended; /* nothing more is to be read of it; it is dropped when that is committed */
};

/* Takes reader and located over, which is empty afterwards.  The reader stands where located left
 * it.  zone and year as for a clock. */
struct tail *tail_new(
    const char *path, struct reader *reader, struct located *located, const struct zone *zone);
struct tail *tail_free(struct tail *t);

/* What was read of whole lines, up to about budget bytes, goes through the parser; *ret_counts is
 * added to.  1: there is more; 0: nothing more now; -EBADMSG: an archive breaks off; -ESTALE: the
 * file was changed while it was read, and what the parser was given may not be what it held. */
int tail_read(struct tail *t, struct parser *parser, const char *host, int64_t budget,
    struct source_counts *counts, struct diag *d);

bool tail_is_same(const struct tail *t);
bool tail_is_moved(const struct tail *t); /* since its last commit */
int64_t tail_age(const struct tail *t);	  /* seconds since it was last written to */
int64_t tail_lag(const struct tail *t);	  /* bytes on disk that were not read */
int tail_sync(const struct tail *t);	  /* what was read is on the disk */

/* For how many seconds it has had no name and got nothing more, as far as this was asked before;
 * -1: it has a name. */
int64_t tail_unlinked(struct tail *t);
