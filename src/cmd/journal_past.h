/* SPDX-License-Identifier: ISC */
#pragma once

/* Boots of a followed journal that are over, and lie before what was read of it last.
 *
 * Entries of different boots stand in the order of the clock, whatever it said then: those of a
 * boot that set it back, and was over before anybody looked, would never be met behind what was
 * read.  So it is noted of each boot how far it was read (cmd/journal_boots.h; the journal is one
 * machine's, so no machine is noted), and what lies before the place without having been read is
 * read boot by boot. */

#include "cmd/journal_boots.h"
#include "input/journal.h"

/* For a store that has no notes yet: what lies before the place, else before an instant (UTC
 * seconds), else (NULL, 0) all that is not of this boot, is taken for read.  -errno: nothing can be
 * told, and nothing is to be noted. */
int journal_past_know(
    struct journal_boots *b, struct journal *j, const struct journal_place *place, int64_t utc);

/* The boots that were not read as far as they lie before the place: to texts_free().  -errno: that
 * cannot be told. */
int journal_past_find(
    struct journal_boots *b, struct journal *j, const struct journal_place *place, char ***ret);
