/* SPDX-License-Identifier: ISC */
#pragma once

/* Where a service stands in a journal: the entry that was read last, and, of journals that are sent
 * here, how far each boot of each machine was counted, as senders begin again where they like. */

#include "base/diag.h"
#include "base/slice.h"
#include "store/store.h"
#include <stdint.h>

#define JOURNAL_BOOT_HASHES 64 /* entries of one microsecond that are told apart */

struct journal_position {
	const char *cursor, *boot;
	const char *before; /* to write: the cursor that the store is to have, "" for none */
	int64_t realtime, monotonic; /* microseconds */
};

struct journal_boot {
	const char *machine, *boot;
	int64_t monotonic;		      /* of the latest entry that was counted */
	uint64_t hashes[JOURNAL_BOOT_HASHES]; /* of those of just that time */
	size_t hash_count;
};

/* 1 and the position, 0 if there is none.  Texts are valid until the next call. */
int store_journal_position(
    struct store *s, const char *source, struct journal_position *ret, struct diag *d);

typedef int (*journal_boot_fn)(void *context, const struct journal_boot *boot);
int store_journal_boots(
    struct store *s, const char *source, journal_boot_fn row, void *context, struct diag *d);

/* The last second of which a log that is not a journal was counted, 0 if there is none: the same
 * messages may lie in the journal. */
int store_files_end(struct store *s, int64_t *ret, struct diag *d);

/* For store/commit.c, inside its transaction.  -ESTALE: somebody else moved it meanwhile. */
int journal_position_write(
    struct store *s, int64_t source, const struct journal_position *at, struct diag *d);
int journal_boots_write(struct store *s, int64_t source, const struct journal_boot *boots,
    size_t boot_count, struct diag *d);
