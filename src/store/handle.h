/* SPDX-License-Identifier: ISC */
#pragma once

/* What an open store is to the files of src/store/; nobody else includes this. */

#include "base/buffer.h"
#include "base/zone.h"
#include "store/retention.h"
#include "store/sqlite.h"
#include "store/store.h"

struct derive_memo;
struct dictionary;
struct table;

struct store {
	char *name;
	enum store_mode mode;
	struct database *db;
	unsigned char secret[STORE_SECRET];
	struct retention retention;
	struct zone *zone;	       /* of days: store/rollup.h */
	struct buffer sessions;	       /* store_open_sessions() */
	struct buffer cursor;	       /* store_journal_position() */
	struct derive_memo *derived;   /* of what the dictionary spells */
	bool peers_left;	       /* of tuples that nobody will ask for (store/aggregate.h) */
	struct table *peer_days;       /* how full they are: store/commit_peer.c; NULL: not known */
	int64_t peer_days_version;     /* database_version() at that time */
	struct dictionary *dictionary; /* between query_begin() and query_end() */
};

/* -EROFS unless the store may be changed. */
int store_writable(const struct store *s, struct diag *d);
