/* SPDX-License-Identifier: ISC */
#pragma once

/* Several stores made into one, for reports over all of them.
 *
 * Counters, coverage, peers, minutes, words of failures and gaps of different stores are added.  Of
 * copies of one store (the same uuid) only the newest is taken, by its revision.  The new store has
 * a uuid of its own and notes whose it holds.  Positions in logs, open sessions and what an undo
 * needs stay behind: each store's secret makes them its own.  So no import should go on there.
 *
 * What cannot be merged exactly is refused: -ENOTUNIQ for copies of one store that went different
 * ways, for a store that is in two of them, and, unless overlap is true, for two that hold lines of
 * one host and MTA of the same time; -EINVAL for days of different zones and for addresses of peers
 * that are stored in different ways; -EEXIST if there is something of the new store's name.  Then
 * no new store is left. */

#include "base/diag.h"
#include <stdbool.h>
#include <stddef.h>

int store_merge(
    const char *const *paths, size_t count, const char *to, bool overlap, struct diag *d);
