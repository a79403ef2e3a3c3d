/* SPDX-License-Identifier: ISC */
#pragma once

/* Mail's entries in the journal files of a folder and of the folders in it, or in one file: what
 * other machines sent, as systemd-journal-remote(8) stores it.
 *
 * Each file is read by itself from its first entry to its last, so that what a machine sends late
 * is read however old it is; the library's own view of a folder goes on in the order of time and
 * passes over it.  Of what there is at a time, the oldest comes first; entries of one boot of a
 * machine come in the order of its clock whatever files they lie in, as long as they were written
 * in that order: none is given before all files were looked at after it was seen.
 *
 * A file is known by the identity in its header, which rotation does not change.  One that is
 * written no more is closed when it was read. */

#include "input/journal.h"

#define JOURNAL_FILES_MAX 8192 /* that are known, and of these */
#define JOURNAL_OPEN_MAX 1024  /* are open at a time, if this process may: strangers send many */

struct journal_folder;

/* How far a file was read. */
struct journal_file {
	char id[33], path[256]; /* path: to tell people */
	char cursor[256];	/* of the entry that was given last, "" for none */
	char committed[256];	/* the same, when it was committed last */
	int64_t realtime;	/* of that entry, microseconds */
	bool ended;		/* nothing more is to come of it */
};

/* path: of the folder or file, need not be there yet.  units as for journal_open(); borrowed. */
struct journal_folder *journal_folder_new(const char *path, const char *const *units);
struct journal_folder *journal_folder_free(struct journal_folder *f);

/* Where to go on in a file; before the first journal_folder_look(). */
void journal_folder_know(struct journal_folder *f, const struct journal_file *file);

/* Finds out which files there are.  The count of those, or a negative errno with a diagnosis if the
 * folder cannot be read. */
int journal_folder_look(struct journal_folder *f, struct diag *d);

/* 1 and the next entry with its place, or 0: there is none now.  Valid until the next call. */
int journal_folder_next(
    struct journal_folder *f, struct journal_record *ret, const struct journal_place **ret_place);

/* Files that moved since the last call of journal_folder_committed(), each valid until the next
 * entry. */
const struct journal_file *const *journal_folder_moved(struct journal_folder *f, size_t *ret_count);
void journal_folder_committed(struct journal_folder *f);

/* What keeps a file from being read, NULL for nothing. */
const char *journal_folder_trouble(const struct journal_folder *f);

/* Whether files were left out as too many were open, and some of those are read and closed now. */
bool journal_folder_has_room(const struct journal_folder *f);

/* Entries that could not be read, and files that could not be read on; since the beginning. */
int64_t journal_folder_unreadable(const struct journal_folder *f);
int64_t journal_folder_failures(const struct journal_folder *f);

/* Files that were known, not read to their end, and are not there any more, since the last call:
 * how many, and when the first of them was read last (microseconds). */
int64_t journal_folder_missing(struct journal_folder *f, int64_t *ret_since);

/* For poll(2): readable when there may be more; -1: nothing tells. */
int journal_folder_descriptor(const struct journal_folder *f);
/* It was ready: true if journal_folder_look() is to be called. */
bool journal_folder_woken(struct journal_folder *f);

DEFINE_CLEANUP(struct journal_folder, journal_folder_free);
#define _cleanup_journal_folder_ _cleanup_(journal_folder_free_p)
