/* SPDX-License-Identifier: ISC */
#pragma once

/* A parser for each machine whose entries come in one stream: one that sends late is days behind
 * the others, and lines of theirs must not end its sessions.
 *
 * Machines are named by who sends, so they have a bound, and their open sessions have the one that
 * those of a single log have; beyond it the sessions of the machine that was silent longest end, as
 * if their time was over. */

#include "base/buffer.h"
#include "cmd/feed.h"
#include "input/journal.h"

#define MACHINES_MAX 256

struct machine_parsers;

/* Facts and lines are counted for the feed. */
struct machine_parsers *machine_parsers_new(struct feed *feed);
struct machine_parsers *machine_parsers_free(struct machine_parsers *p);

/* Gives the latest time that the machine had an entry before, UTC seconds, 0 if that is not known.
 */
int64_t machine_parsers_latest(const struct machine_parsers *p, struct slice machine);

/* Takes the entry, and reads it with others at a later time. */
void machine_parsers_take(struct machine_parsers *p, const struct journal_record *entry);
/* Reads what was taken, and counts it for the feed. */
void machine_parsers_read(struct machine_parsers *p);

/* How many sessions were ended early, as more were open than there is room for. */
int64_t machine_parsers_evicted(const struct machine_parsers *p);

/* Open sessions; bytes of another make leave it empty. */
void machine_parsers_save(const struct machine_parsers *p, struct buffer *to);
void machine_parsers_restore(struct machine_parsers *p, struct slice from);
