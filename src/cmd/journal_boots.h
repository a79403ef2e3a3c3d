/* SPDX-License-Identifier: ISC */
#pragma once

/* How far each boot of each machine was counted, of journals that are sent here: a sender that was
 * interrupted begins again earlier, and what it sends again is stored again, in the order of the
 * machine's own clock since its boot.  And of the boots of a machine's own journal
 * (cmd/journal_past.h). */

#include "input/journal.h"
#include "store/journal_position.h"

struct journal_boots;

struct journal_boots *journal_boots_new(void);
struct journal_boots *journal_boots_free(struct journal_boots *b);

/* What the store has of them. */
void journal_boots_know(struct journal_boots *b, const struct journal_boot *boot);

/* False if that entry was counted; else it is now. */
bool journal_boots_take(
    struct journal_boots *b, struct slice machine, const struct journal_place *place);

/* Whether it was, and whether anything of any boot was. */
bool journal_boots_has(
    struct journal_boots *b, struct slice machine, const struct journal_place *place);
bool journal_boots_any(const struct journal_boots *b);

/* Those that moved since the last call of journal_boots_committed(); valid until the next entry. */
const struct journal_boot *journal_boots_moved(struct journal_boots *b, size_t *ret_count);
void journal_boots_committed(struct journal_boots *b);

DEFINE_CLEANUP(struct journal_boots, journal_boots_free);
