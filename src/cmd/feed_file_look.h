/* SPDX-License-Identifier: ISC */
#pragma once

/* What the parts of the file feed share: feed_file.c reads what is open, feed_file_scan.c finds out
 * which files there are, and feed_file_look.c what one is and whether something is to be read of
 * it. */

#include "cmd/feed.h"
#include "cmd/judged.h"
#include "cmd/missed.h"
#include "cmd/nameless.h"
#include "cmd/tail.h"
#include "input/family.h"
#include "input/watch.h"

struct feed_file {
	struct feed feed;
	const struct feed_file *before; /* of the same service: what is its is not ours; NULL */
	char *folder;
	struct watch *watch; /* NULL: nothing tells */
	bool polled;
	bool rescan;		    /* which files there are is to be found out */
	bool waiting;		    /* for a file that is not there or not as it should be, */
	bool soon;		    /* which will not take long to tell */
	bool woken;		    /* and nothing was read since */
	bool rested;		    /* there was nothing more to read */
	struct tail *tails;	    /* the oldest first */
	struct nameless *nameless;  /* to be looked at before all that have a name */
	struct family family;	    /* the files of the last scan, */
	size_t next;		    /* from here on to be looked at */
	struct judged judged;	    /* files that need not be open */
	struct judged refused;	    /* files that cannot be counted, whatever comes */
	struct missed missed;	    /* logs that are looked for */
	struct stream_move **moves; /* of the commit that is being made */
};

/* The open file, NULL if it is not. */
struct tail *feed_file_tail(const struct feed_file *f, const struct family_file *file);

/* Finds out which files there are now, and sees to it that what becomes of them is told. */
void feed_file_scan(struct feed_file *f);

/* Finds out what a file of the family is that is not open: afterwards it is the last of the tails,
 * or judged, or f->rescan says that it is to be looked at again.  Nothing may be uncommitted:
 * copies of what the store does not know could not be told. */
int feed_file_look(struct feed_file *f, const struct family_file *file, struct diag *d);

/* The same for the first of those without a name, which is none of them afterwards. */
int feed_file_look_nameless(struct feed_file *f, struct diag *d);

/* Whether a file that is shorter than a stream is the first bytes of that: 1, or 0, -EAGAIN if
 * it may become that, or -ENOENT if no file holds the stream by which that could be told.  The
 * reader is anywhere afterwards. */
int feed_file_is_copy(
    const struct feed_file *f, struct reader *file, int64_t stream, struct diag *d);

/* Closes it; copies of it are logs like others then. */
void feed_file_drop(struct feed_file *f, struct tail *gone);
