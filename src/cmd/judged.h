/* SPDX-License-Identifier: ISC */
#pragma once

/* Files that were looked at and that nothing is to be read of as they are now.
 *
 * One that has changed since, in size or time, is to be looked at again; so is one whose judgement
 * says so.  A file goes by its device and inode, as names change hands; what is not there any more
 * must be forgotten, as its inode will be another's. */

#include "base/macros.h"
#include "input/family.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Seconds without a change after which a file is as it will be, and its writer gone. */
#define FILE_SETTLED 3600

enum judged_as {
	JUDGED_DONE,	/* all of it is counted, or it is no log */
	JUDGED_COPY,	/* of a log that is open, until that is not open any more */
	JUDGED_MAKING,	/* an archive without its end: until it has changed, or for FILE_SETTLED */
	JUDGED_SHORTER, /* than what is counted, or other than that: looked at again each time */
	JUDGED_UNSURE,	/* shorter than a log that it begins like: likewise, and when that is closed
			 */
	JUDGED_TOLD,	/* the same, and that was said: until it has changed */
	JUDGED_DENIED,	/* may not be read: tried again each time */
};

struct judged_file {
	uint64_t device, inode;
	int64_t size, mtime;
	enum judged_as as;
	int64_t stream; /* that it is or begins like, 0 if none */
	bool whole;	/* holds all that is counted of that */
	int64_t since;	/* judged_age() */
	int64_t end;	/* of a shorter one: of its last line when it was judged so first */
};

struct judged {
	struct judged_file *files;
	size_t count;
};

/* The judgement of a file, whether it has changed since or not; NULL.  Valid until the next one. */
const struct judged_file *judged_of(const struct judged *j, const struct family_file *file);

/* Whether there is no use in looking at it. */
bool judged_holds(const struct judged *j, const struct family_file *file);

/* What is of the first time that it was judged like this is kept. */
struct judged_file *judged_note(struct judged *j, const struct family_file *file, enum judged_as as,
    int64_t stream, bool whole);

/* A log is not open any more: copies of it are to be looked at. */
void judged_release(struct judged *j, int64_t stream);

/* Seconds since it was judged like this first, by a clock that is never set. */
int64_t judged_age(const struct judged_file *of);

/* Whether one of them holds all that is counted of a stream. */
bool judged_have_whole(const struct judged *j, int64_t stream);

/* Whether one is still being made, or may be. */
bool judged_have_making(const struct judged *j);

/* Forgets what is not of the family, and everything. */
void judged_keep(struct judged *j, const struct family *family);
void judged_free(struct judged *j);
