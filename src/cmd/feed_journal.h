/* SPDX-License-Identifier: ISC */
#pragma once

/* The feed of this machine's journal, or one of its namespaces (input/journal.h).
 *
 * Where it stands is the entry that was read last, kept with the counts.  One that is gone when the
 * service comes back is a gap.  A journal that is new to a store which has counted log files begins
 * where those end: it holds the same messages. */

#include "cmd/config.h"
#include "cmd/feed.h"

/* where: NULL or a namespace, as for journal_open().  units NULL or ended by NULL. */
struct feed *feed_journal_new(
    struct feed_environment *e, const char *where, char *const *units, enum config_trust trust);
