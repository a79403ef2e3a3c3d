/* SPDX-License-Identifier: ISC */
#pragma once

/* Mail's entries in a systemd journal, from the first to the last that is there now, and on.
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
#include <stdbool.h>
#include <stdint.h>

#define JOURNAL_MESSAGE_MAX 8192
#define JOURNAL_ID_MAX 33 /* of a boot or machine, as text */

struct journal;

/* {NULL, 0} and -1 where the entry does not say. */
struct journal_record {
	int64_t time; /* UTC seconds */
	int64_t uid;
	struct slice pid;			 /* as the sender wrote it, else the kernel's */
	struct slice host, ident, unit, message; /* all valid until the next call */
	struct slice machine;
	int64_t
	    dropped; /* journald's own word that it dropped so many messages of `unit`; else -1 */
};

/* An entry, so that reading can go on behind it. */
struct journal_place {
	char cursor[256], boot[JOURNAL_ID_MAX];
	int64_t realtime, monotonic; /* microseconds */
};

/* where: NULL for this machine's journal, "namespace=NAME" for one of its namespaces (* for all), a
 * folder of journal files, or one such file.  units: a
 * list that ends with NULL, or NULL.  -EACCES, -ENOENT (no such place, or no journal there),
 * -EBADMSG (a file is damaged), -EMFILE (too many files) with a diagnosis. */
int journal_open(const char *where, const char *const *units, struct journal **ret, struct diag *d);
/* One journal file that is open already; the descriptor is the journal's, or closed. */
int journal_open_file(int descriptor, const char *name, const char *const *units,
    struct journal **ret, struct diag *d);
struct journal *journal_free(struct journal *j);
/* How it is read: by the library's index of fields, or each entry that is there, where most are
 * mail's.  What is given out is the same. */
bool journal_by_index(const struct journal *j);

/* The next entry will be the first at or after that instant. */
int journal_seek_since(struct journal *j, int64_t utc, struct diag *d);

/* 1 and an entry, 0 at the end, or a negative errno with a diagnosis. */
int journal_next(struct journal *j, struct journal_record *ret, struct diag *d);

/* Of the entry that was given last, or, at the end, of one behind it that was not wanted; -errno.
 */
int journal_place(struct journal *j, struct journal_place *ret);

/* The next entry will be the one behind that place.  1: it is known; 0: its entry is gone, and the
 * next one is the nearest later one, if there is one. */
int journal_seek_place(struct journal *j, const struct journal_place *place, struct diag *d);
/* After a 0: false if there is no later one. */
bool journal_next_place(struct journal *j, struct journal_place *ret);

/* Entries of different boots stand in the order of the clock, whatever it said then: what was
 * logged since a boot that set it back lies before what was read.  So who follows a journal reads
 * what is not of this boot, and then nothing but this boot, whose own clock is never set back. */
bool journal_is_this_boot(const struct journal *j, const char *boot); /* NULL: of the entry */
bool journal_this_boot(char ret[static JOURNAL_ID_MAX]);
/* 1: from the first entry of this boot on, and no other.  0: it holds none of it (a container may
 * not be told which boot its journal calls this one), and nothing has changed. */
int journal_only_this_boot(struct journal *j, struct diag *d);
/* From the first entry of that boot on, and no other; NULL: of all boots. */
int journal_only_boot(struct journal *j, const char *boot, struct diag *d);

/* The boots that it has entries of, mail's or not: a list that ends with NULL, to texts_free().
 * -errno. */
int journal_boots_in(struct journal *j, char ***ret);
/* The last entry of a boot that lies before a place, or else before an instant, or else (NULL, 0)
 * of all.  1, 0 if there is none, -errno.  Afterwards the journal is to be given a place. */
int journal_boot_last(struct journal *j, const char *boot, const struct journal_place *before,
    int64_t utc, struct journal_place *ret);

/* The monotonic time of the last entry that there is now of a boot, mail's or not; -1: of none. */
int64_t journal_boot_end(const struct journal *j, const char *boot);
/* Whether a journal still holds an entry, or else one of its boot, mail's or not, at the monotonic
 * time `until` (-1: there is no such): 1 or 0; -errno.  `where` as for journal_open(), in a
 * moment's look of its own; files that cannot be read are left out. */
int journal_reaches_back(const char *where, const struct journal_place *place, int64_t until);

/* Whether it is kept in memory only, and lost with the next boot. */
bool journal_is_volatile(const struct journal *j);
/* Whether this machine has a folder for one that is not. */
bool journal_has_disk(void);

/* For whoever waits for more: the descriptor and its poll(2) events, and what to call at the end
 * when it was ready; then journal_next() goes on.  -errno: nothing tells. */
int journal_descriptor(const struct journal *j);
int journal_events(const struct journal *j);
enum journal_change {
	JOURNAL_SAME,
	JOURNAL_MORE,  /* there may be more to read */
	JOURNAL_FILES, /* and files came or went: what was not read of those is not there any more
			*/
};
enum journal_change journal_process(struct journal *j);

/* How many entries were there and could not be read: damaged, or deleted in the meantime.  Without
 * the index nobody knows whose they were. */
int64_t journal_unreadable(const struct journal *j);

/* For one file that was read to its end, and is closed afterwards: how many entries can be reached
 * at all, how many of these are of the facility mail, and how many by the index of fields.  The
 * library goes on without a word where a file is damaged, be it the entries or an index, so one
 * that is sound has them all, and mail's by both ways; who did not read by the index need not care
 * for it. */
struct journal_reach {
	int64_t all, mail, indexed;
};
void journal_reach(struct journal *j, struct journal_reach *ret);

DEFINE_CLEANUP(struct journal, journal_free);
#define _cleanup_journal_ _cleanup_(journal_free_p)
