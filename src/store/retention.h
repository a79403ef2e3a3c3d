/* SPDX-License-Identifier: ISC */
#pragma once

/* How long a store keeps what is finer than its counters.
 *
 * It is the store's own, as who reads must know what is gone: whoever opens a store has what was
 * set last.  A new store has RETENTION_DEFAULT. */

#include "base/diag.h"
#include <stdint.h>

struct store;

#define RETENTION_FOREVER INT64_MAX

struct retention {     /* seconds */
	int64_t hours; /* of counters, then they are days (store/rollup.h) */
	int64_t minutes, peers, reasons;
	int64_t imports; /* what an import added, for taking it back */
};

#define RETENTION_DEFAULT                                                                          \
	((struct retention){                                                                       \
	    .hours = 90 * 86400,                                                                   \
	    .minutes = 90 * 86400,                                                                 \
	    .peers = 120 * 86400,                                                                  \
	    .reasons = 120 * 86400,                                                                \
	    .imports = 30 * 86400,                                                                 \
	})

/* Sets it for the store and for who opened it so; a field that is 0 stays as it is.  What is beyond
 * it goes with the next pruning. */
int retention_change(struct store *s, const struct retention *to, struct diag *d);

/* For store.c: as the store has it. */
int retention_read(struct store *s, struct diag *d);

/* For prune.c, inside its transaction: notes which days of peers are not there any more; and the
 * first that may be, 0: nothing was ever let go of. */
int retention_note_gone(struct store *s, int64_t now, struct diag *d);
int retention_gone(struct store *s, int64_t *ret, struct diag *d);
