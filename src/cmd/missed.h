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
		char name[80];
	} logs[MISSED_MAX];
	size_t count;
};

/* stream 0: nothing was counted of it, so nothing is missed. */
void missed_add(struct missed *list, int64_t stream, enum gap_kind kind, const char *name);
void missed_found(struct missed *list, int64_t stream);

/* All files have been looked at: what was not found is a gap of the feed. */
void missed_tell(struct missed *list, struct feed *feed);
