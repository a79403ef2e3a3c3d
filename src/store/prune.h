/* SPDX-License-Identifier: ISC */
#pragma once

/* What a store lets go of: peers, reasons and minutes when they are old, peers that the policy does
 * not keep, and whom somebody asked it to forget.  Each in a transaction of its own. */

#include "base/diag.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

#define PRUNE_DAYS 32
#define PEERS_OPEN (48 * 3600) /* for so long after its end, all peers of a day are kept */

/* `now` is the time of the clock; how long things are kept is in store/retention.h.  At the end of
 * an import no day is open: what is not weak on any day that is kept goes, unless the policy is
 * all.
 *
 * Otherwise, for a service that calls it once an hour, hours that are old are rolled up into days
 * and free pages given back, too, and no call does more than PRUNE_DAYS days of each: so nothing
 * waits long, however much is old at once.  An import's own hours are not rolled up at its end, but
 * by the next import (store/rollup.h), so that they can be looked at.  Returns how many days are
 * left to be rolled up. */
int64_t store_prune(struct store *s, int64_t now, bool import_ends, struct diag *d);

/* Erases an address, a name or a login (as the store spells it, or the address before it was
 * shortened to a hash): all rows of peers, and where it stands in the words of a failure, those
 * words.  The file's bytes no longer hold it.  Open sessions that hold it are let go of, too.
 * Returns how many rows were erased. */
int64_t store_forget(struct store *s, const char *peer, struct diag *d);
