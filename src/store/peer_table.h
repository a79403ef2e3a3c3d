/* SPDX-License-Identifier: ISC */
#pragma once

/* Peers in memory, between the lines of a log and a transaction of the store.
 *
 * A fact becomes (day, peer, user, domain, name, tuple) + 1, the address shortened as the policy
 * says.  Who connects is chosen by strangers, so there is a bound: beyond it a fact counts for the
 * peer "(other)" of its day, and beyond that one's bound, of day 0, as does one whose time is not
 * known; totals are always exact.  In steady state nothing is allocated.  The bound of a day is the
 * store's (store/commit_peer.h). */

#include "base/macros.h"
#include "base/slice.h"
#include "parse/fact.h"
#include "store/peer_policy.h"
#include <stdbool.h>
#include <stdint.h>

struct aggregate_tuple;
struct peer_table;

#define PEER_TABLE_NEARLY_FULL (32 * 1024)
#define PEER_TABLE_ROWS (896 * 1024) /* at most */

/* Texts are valid UTF-8, "" if not told, and live until the table is cleared. */
struct peer_entry {
	int64_t day, n;
	struct slice peer, user, domain, name;
	struct aggregate_tuple *tuple;
	bool weak;
	int64_t first_seen, last_seen; /* hours */
};

struct peer_table *peer_table_new(void);
struct peer_table *peer_table_free(struct peer_table *t);

/* Nothing is taken before a policy other than off is known.  The secret is STORE_SECRET bytes,
 * borrowed. */
void peer_table_policy(
    struct peer_table *t, const struct peer_policy *policy, const unsigned char *secret);

/* hour is the fact's, 0 if its time is not known; weak is peer_is_weak() of it. */
void peer_table_fact(struct peer_table *t, const struct fact *fact, int64_t hour, bool weak,
    struct aggregate_tuple *tuple);

size_t peer_table_rows(const struct peer_table *t);
void peer_table_clear(struct peer_table *t);

/* *cursor is NULL at the start; false at the end. */
bool peer_table_next(const struct peer_table *t, void **cursor, struct peer_entry *ret);

DEFINE_CLEANUP(struct peer_table, peer_table_free);
#define _cleanup_peer_table_ _cleanup_(peer_table_free_p)
