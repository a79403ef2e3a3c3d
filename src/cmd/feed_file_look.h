/* SPDX-License-Identifier: ISC */
#pragma once

/* What the two halves of the file feed share: feed_file.c reads what is open, feed_file_look.c
 * finds out what a file is and whether something is to be read of it. */

#include "cmd/feed.h"
#include "cmd/judged.h"
#include "cmd/missed.h"
#include "cmd/tail.h"
#include "input/family.h"
#include "input/watch.h"

struct feed_file {
	struct feed feed;
	char *folder;
	struct watch *watch; /* NULL: nothing tells */
	bool polled;
	bool rescan;	      /* which files there are is to be found out */
	bool waiting;	      /* for a file that is not there or not as it should be */
	struct tail *tails;   /* the oldest first */
	struct family family; /* the files of the last scan, */
	size_t next;	      /* from here on to be looked at */
	struct judged judged; /* files that are as they were when they were looked at */
	struct missed missed;
	bool rested;		    /* there was nothing more to read */
	struct stream_move **moves; /* of the commit that is being made */
};

/* Looks at a file of the family: afterwards it is open as the last of the tails, or judged, or
 * f->waiting or f->rescan say that it is to be looked at again.  What is open is known to the
 * store: of the others, copies could not be told. */
int feed_file_look(struct feed_file *f, const struct family_file *file, struct diag *d);
