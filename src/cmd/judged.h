/* SPDX-License-Identifier: ISC */
#pragma once

/* Files that were looked at, and need not be again as long as they are as they were. */

#include "input/family.h"

struct judged_file {
	uint64_t device, inode;
	int64_t size, mtime; /* -1: whatever they are, it is to be looked at again */
};

/* {0} is an empty list; judged_free() gives one back. */
struct judged {
	struct judged_file *files;
	size_t count;
};

bool judged_is(const struct judged *list, const struct family_file *file);
void judged_add(struct judged *list, const struct family_file *file);

/* To be looked at again; true if that was known of it before, and said. */
bool judged_again(struct judged *list, const struct family_file *file);

/* What is not in the family any more needs no judgement: its number may come again. */
void judged_keep(struct judged *list, const struct family *family);
void judged_free(struct judged *list);
