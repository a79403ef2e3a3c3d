/* SPDX-License-Identifier: ISC */
#pragma once

/* Mail's entries in a systemd journal, from the first to the last that is there now.
 *
 * Taken are entries of the facility mail, and those of given units whatever their facility (many
 * short-lived senders have no _SYSTEMD_UNIT, so the facility alone or the unit alone would lose
 * some).  The facility and the identifier are what the sender claims; uid and unit are what
 * journald saw.  Time is journald's, so there is no year or zone to guess.  A message may hold LF,
 * NUL and invalid UTF-8, and is cut at JOURNAL_MESSAGE_MAX.
 *
 * The library passes over files that it may not or cannot read without a word; journal_open()
 * refuses them by name instead, because a report of half a journal reads like a report. */

#include "base/diag.h"
#include "base/slice.h"
#include <stdint.h>

#define JOURNAL_MESSAGE_MAX 8192

struct journal;

/* {NULL, 0} and -1 where the entry does not say. */
struct journal_record {
	int64_t time; /* UTC seconds */
	int64_t uid;
	struct slice pid;			 /* as the sender wrote it, else the kernel's */
	struct slice host, ident, unit, message; /* all valid until the next call */
};

/* where: NULL for this machine's journal, a folder of journal files, or one such file.  units: a
 * list that ends with NULL, or NULL.  -EACCES, -ENOENT (no such place, or no journal there),
 * -EBADMSG (a file is damaged) with a diagnosis. */
int journal_open(const char *where, const char *const *units, struct journal **ret, struct diag *d);
struct journal *journal_free(struct journal *j);

/* The next entry will be the first at or after that instant. */
int journal_seek_since(struct journal *j, int64_t utc, struct diag *d);

/* 1 and an entry, 0 at the end, or a negative errno with a diagnosis. */
int journal_next(struct journal *j, struct journal_record *ret, struct diag *d);

/* How many entries were there and could not be read: damaged, or deleted in the meantime. */
int64_t journal_unreadable(const struct journal *j);

DEFINE_CLEANUP(struct journal, journal_free);
#define _cleanup_journal_ _cleanup_(journal_free_p)
