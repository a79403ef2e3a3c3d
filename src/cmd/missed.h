/* SPDX-License-Identifier: ISC */
#pragma once

/* Logs whose files were cut or gone before we looked: if no copy of one is found, what came after
 * the last line that was read of it is not known. */

#include "cmd/feed.h"

#define MISSED_MAX 16

/* {0} is an empty list, and owns nothing. */
struct missed {
	struct missed_log {
		int64_t stream;
		enum gap_kind kind;
		int64_t from;
		int64_t since; /* when it was missed, by a clock that is never set */
		bool told;     /* it is a gap of the feed, which is not committed yet */
		char name[80];
	} logs[MISSED_MAX];
	size_t count;
};

/* stream 0: nothing was counted of it, so nothing is missed.  from: UTC seconds, of the last line
 * that was read. */
void missed_add(
    struct missed *list, int64_t stream, enum gap_kind kind, int64_t from, const char *name);
void missed_found(struct missed *list, int64_t stream);

/* All files have been looked at: what was not found is a gap of the feed.  waiting: for a file that
 * may be it, but not for longer than FILE_SETTLED (cmd/judged.h), nor when there are too many. */
void missed_tell(struct missed *list, struct feed *feed, bool waiting);

/* Told gaps were committed; or they were not, and are to be told again. */
void missed_committed(struct missed *list);
void missed_again(struct missed *list);
