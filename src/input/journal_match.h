/* SPDX-License-Identifier: ISC */
#pragma once

/* How the library is asked for mail's entries: by its index of fields, or by none, and then each
 * entry that is there is read.
 *
 * By the index an entry costs a look for every unit that is asked for, twice what its fields cost
 * (libsystemd 252: journal-file.c, find_data_object_with_hash() hashes the unit's name for the file
 * and walks its table, for each entry and unit).  So the index pays where less than half of the
 * entries are mail's.  Which entries are given out does not depend on it: journal_fields.h tells.
 */

#include "input/journal_fields.h"
#include <systemd/sd-journal.h>

/* journald's own word for messages that it dropped: sd-messages.h, JOURNAL_DROPPED. */
#define JOURNAL_DROPPED_ID "a596d6fe7bfa4994828e72309e95d61e"
#define JOURNAL_MAIL "SYSLOG_FACILITY=2"

/* Looks at entries all over the journal.  Afterwards the handle is to be given a place; f is
 * overwritten. */
bool journal_match_pays(sd_journal *handle, struct journal_fields *f);

/* From now on no other entries but these, wherever the handle is sent to.  by_index: only mail's
 * and those of the units, NULL for none.  boot: only of that, NULL for all.  -errno. */
int journal_match_set(sd_journal *handle, bool by_index, char *const *units, const char *boot);
