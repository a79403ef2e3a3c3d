/* SPDX-License-Identifier: ISC */
#pragma once

/* What the two halves of a folder of journals share: journal_folder_look.c finds out which files
 * there are and opens them, journal_folder.c gives their entries. */

#include "base/table.h"
#include "input/journal_folder.h"
#include "input/watch.h"
#include <stdbool.h>

struct file {
	struct journal_file file;
	uint64_t device, inode, entries; /* as of the latest look */
	struct journal *journal;	 /* NULL: closed */
	struct journal_record entry;	 /* the next one, if it has one, and its place */
	struct journal_place place;
	bool has_entry;
	bool archived; /* nobody writes to it any more */
	bool listed;   /* in the latest look */
	bool moved;    /* since the last commit */
	bool waits;    /* it was seen and could not be opened */
	bool broken;   /* it could not be read, which was counted, and has not moved since */
	int64_t unreadable;
	int64_t gone; /* when it had no name any more, UTC seconds; 0: it has one */
	/* What was there when all files were looked at last: entries up to this time of this boot.
	 */
	char seen_boot[JOURNAL_ID_MAX];
	int64_t seen;
};

struct journal_folder {
	char *path;
	const char *const *units;
	struct watch *watch; /* NULL: nothing tells */
	struct table *files; /* by identity */
	struct file *open[JOURNAL_OPEN_MAX];
	size_t open_count, open_max;
	struct file *given; /* whose entry was given last */
	const struct journal_file **moved;
	size_t moved_room;
	struct diag trouble;
	int64_t unreadable, failures, missing, missing_since;
	bool looked;
	bool left_out;	/* files, for want of room */
	bool made_room; /* since, by one that was read */
};

void journal_file_close(struct journal_folder *f, struct file *file);
/* It is opened again with the next look, behind what was read. */
void journal_file_failed(struct journal_folder *f, struct file *file);
