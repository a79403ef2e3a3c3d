/* SPDX-License-Identifier: ISC */
#pragma once

/* The feed of a systemd journal: this machine's, one of its namespaces, or a folder of journals
 * that other machines sent (input/journal.h).
 *
 * Where it stands is the entry that was read last, kept with the counts.  One that is gone when the
 * service comes back is a gap.  Of journals that were sent here, entries that come again are known
 * by their machine, boot and time, and are not counted again.  A journal that is new to a store
 * which has counted log files begins where those end: it holds the same messages. */

#include "cmd/config.h"
#include "cmd/feed.h"

/* where as for journal_open(); units NULL or ended by NULL. */
struct feed *feed_journal_new(
    struct feed_environment *e, const char *where, char *const *units, enum config_trust trust);
