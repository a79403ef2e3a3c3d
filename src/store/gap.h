/* SPDX-License-Identifier: ISC */
#pragma once

/* Times of a source of which not all is known: lines that were there and could not be read.
 *
 * A report that says 0 says beside it what it did not see. */

#include <stdbool.h>
#include <stdint.h>

enum gap_kind {
	GAP_VANISHED,	/* a file was gone before it was read to its end */
	GAP_TRUNCATED,	/* it was cut before it was read to its end */
	GAP_REWOUND,	/* it came back shorter than it was: counted lines are not in it any more */
	GAP_DAMAGED,	/* an archive breaks off */
	GAP_VACUUMED,	/* entries of a journal were deleted before they were read */
	GAP_SUPPRESSED, /* the journal's rate limit dropped them */
	GAP_CLOCK_BACK, /* the journal's clock was set back behind what was read */
	GAP_READ_ERROR, /* entries of a journal could not be read */
	GAP_UNCLEAR,	/* a file may be a part of a known log, or another: not counted */
	GAP_KIND_MAX,
};

struct gap {
	enum gap_kind kind;
	int64_t from, to; /* UTC seconds; from 0: not known */
	int64_t n;	  /* lines or entries, -1 if not known */
	char note[120];	  /* for people, "" if there is nothing to say; escaped by who shows it */
	bool once; /* nothing is to be added if the store has one like it, whatever its end */
};

const char *gap_kind_name(enum gap_kind kind);
