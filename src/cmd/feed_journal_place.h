/* SPDX-License-Identifier: ISC */
#pragma once

/* What the parts of the journal's feed share: feed_journal.c reads entries, feed_journal_place.c
 * finds the place to go on from and which entries come next. */

#include "cmd/feed_journal.h"
#include "cmd/journal_boots.h"
#include "cmd/journal_trust.h"
#include "input/journal.h"
#include "store/journal_position.h"

struct feed_journal {
	struct feed feed;
	char *where; /* NULL: this machine's */
	char **units;
	struct journal_trust *trusted;
	struct journal *journal;   /* NULL: it could not be opened yet */
	struct journal_place last; /* the entry that was read last */
	char committed[256];	   /* the same, when it was committed last: its cursor */
	bool has_last;
	struct journal_boots *boots; /* how far they were read */
	bool unnoted;		     /* it cannot be told how far that was before */
	char **apart;		     /* boots before the place, one by one; NULL: none */
	size_t apart_next;
	char resumed[JOURNAL_ID_MAX]; /* the boot of the place; "": none */
	struct journal_place seen; /* when files were looked at last, all was read up to there, */
	int64_t seen_until;	   /* or this monotonic time, if mail's entries end before; or -1 */
	bool no_disk;	     /* there was no folder for a journal on the disk when it was opened */
	bool this_boot;	     /* the handle gives nothing else */
	bool placed;	     /* the handle stands behind what was read */
	bool failing;	     /* it could not be read, which was said */
	int64_t skip_before; /* UTC seconds: counted from files */
	int64_t unreadable;  /* told */
	struct buffer block;
	struct journal_position position; /* of the commit that is being made */
};

/* A gap of the feed, and a warning. */
void feed_journal_gap(
    struct feed_journal *f, enum gap_kind kind, int64_t from, int64_t to, const char *note);

/* Places the handle behind what was read, at the first entry that no file told, or at the first. */
int feed_journal_go_on(struct feed_journal *f, struct diag *d);

/* As journal_next(): what is not of this boot, boots that were passed over first, and then what is.
 */
int feed_journal_next(struct feed_journal *f, struct journal_record *ret, struct diag *d);
