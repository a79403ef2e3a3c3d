/* SPDX-License-Identifier: ISC */
#pragma once

/* Whose entries of a journal are believed.
 *
 * Facility and identifier are what a sender claims, and anybody may claim to be Postfix; the user
 * and the unit are what the kernel and journald saw.  Of a sender that lived shortly journald may
 * not find out the unit, the user it always knows. */

#include "cmd/config.h"
#include "input/journal.h"
#include "parse/pattern_set.h"

struct journal_trust;

/* The users and units of all mail servers that there are patterns of, and these; units NULL for
 * none, else ended by NULL.  Users that this machine does not have are nobody here. */
struct journal_trust *journal_trust_new(
    const struct pattern_set *patterns, char *const *units, enum config_trust trust);
struct journal_trust *journal_trust_free(struct journal_trust *t);

bool journal_trusts(const struct journal_trust *t, const struct journal_record *entry);

/* All the units, ended by NULL: what journal_open() wants. */
const char *const *journal_trust_units(const struct journal_trust *t);

DEFINE_CLEANUP(struct journal_trust, journal_trust_free);
#define _cleanup_journal_trust_ _cleanup_(journal_trust_free_p)
