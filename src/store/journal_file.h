/* SPDX-License-Identifier: ISC */
#pragma once

/* How far journal files were read that lie in a folder with others.  A file is known by its
 * identity, wherever it lies and whoever reads it, so that it counts once. */

#include "base/diag.h"
#include "store/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal_file_position {
	const char *file; /* its identity */
	const char *cursor;
	const char *before; /* to write: the cursor that the store is to have, "" for none */
	int64_t realtime;   /* microseconds */
	bool ended, mine;   /* mine: the source was the one that read it last */
};

typedef int (*journal_file_fn)(void *context, const struct journal_file_position *position);

/* All that the store knows; source: of class journal, for `mine`. */
int store_journal_files(
    struct store *s, const char *source, journal_file_fn row, void *context, struct diag *d);

/* For store/commit.c, inside its transaction: -ESTALE if somebody else has moved one meanwhile. */
int journal_files_write(struct store *s, int64_t source, const struct journal_file_position *files,
    size_t count, struct diag *d);
