/* SPDX-License-Identifier: ISC */
#include "store/prune.h"

#include "base/address.h"
#include "base/buffer.h"
#include "base/table.h"
#include "store/handle.h"
#include "store/peer_policy.h"
#include "store/retention.h"
#include "store/rollup.h"
#include "store/stream.h"
#include <errno.h>

#define DAY 86400
#define FREE_PAGES 2048			 /* given back by one call */
#define GAPS_KEPT (400 * INT64_C(86400)) /* a year of reports tells what it does not know */

static int finish(struct store *s, int r, struct diag *d)
{
	s->peer_days = table_free(s->peer_days);
	if (r == 0)
		return database_commit(s->db, d);
	database_rollback(s->db);
	return r;
}

/* What is beyond the bound of a day is nobody's, and stays for the totals.  Who is weak on one day
 * is kept on all: the stronger sessions prove what that peer can do.  An address that was not told
 * is not known as weak. */
static int prune_peers(struct store *s, int64_t now, bool import_ends, struct diag *d)
{
	struct peer_policy policy;
	int r = peer_policy_read(s, &policy, d);

	if (r < 0 || policy.peers == PEERS_ALL)
		return r;
	if (policy.peers == PEERS_OFF)
		return database_run(s->db, d, "DELETE FROM peer_day", "");
	return database_run(s->db, d,
	    "DELETE FROM peer_day WHERE day < ?1 AND NOT weak AND peer <> '(other)'"
	    " AND (peer = ''"
	    "  OR NOT EXISTS (SELECT 1 FROM peer_day p WHERE p.peer = peer_day.peer AND p.weak))",
	    "i", import_ends ? INT64_MAX : now - PEERS_OPEN - DAY);
}

static int prune_details(struct store *s, int64_t now, bool import_ends, struct diag *d)
{
	const struct {
		const char *sql; /* before ?1, of the first ?2 seconds */
		int64_t kept;
	} steps[] = {
	    {"DELETE FROM peer_day WHERE day > 0"
	     " AND day < min(?1, (SELECT min(day) FROM peer_day WHERE day > 0) + ?2)",
		s->retention.peers},
	    {"DELETE FROM reason_day WHERE day > 0"
	     " AND day < min(?1, (SELECT min(day) FROM reason_day WHERE day > 0) + ?2)",
		s->retention.reasons},
	    {"DELETE FROM minute WHERE minute > 0"
	     " AND minute < min(?1, (SELECT min(minute) FROM minute WHERE minute > 0) + ?2)",
		s->retention.minutes},
	    {"DELETE FROM gap WHERE to_time < ?1 AND ?2", GAPS_KEPT},
	    {"DELETE FROM import_minute WHERE minute > 0 AND minute < ?1 AND ?2",
		s->retention.minutes},
	};
	int64_t at_once = import_ends ? INT64_MAX / 4 : (int64_t)PRUNE_DAYS * DAY;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(steps); i++)
		r = database_run(s->db, d, steps[i].sql, "ii", now - steps[i].kept, at_once);
	if (r == 0)
		r = stream_prune(s, now, d);
	if (r == 0)
		r = retention_note_gone(s, now, d);
	return r < 0 ? r : prune_peers(s, now, import_ends, d);
}

int64_t store_prune(struct store *s, int64_t now, bool import_ends, struct diag *d)
{
	int64_t left;
	int r = store_writable(s, d);

	if (r == 0)
		r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	r = finish(s, prune_details(s, now, import_ends, d), d);
	if (r < 0 || import_ends)
		return r;
	left = rollup_days(s, now - s->retention.hours, PRUNE_DAYS, d);
	if (left < 0)
		return left;
	r = database_shrink(s->db, FREE_PAGES, d);
	return r < 0 ? r : left;
}

static int forget(struct store *s, struct slice peer, int64_t *ret_rows, struct diag *d)
{
	_cleanup_buffer_ struct buffer hash = {0};
	int64_t rows;
	int r;

	peer_shorten(PEER_ADDRESSES_HASH, s->secret, peer, &hash);
	r = database_run(s->db, d,
	    "DELETE FROM peer_day WHERE peer IN (?1, ?2) OR name = ?1 OR user = ?1", "ss", peer,
	    buffer_slice(&hash));
	rows = database_changes(s->db);
	if (r == 0)
		r = database_run(s->db, d,
		    "UPDATE reason_day SET raw = '(erased ' || id || ')' WHERE instr(raw, ?1)", "s",
		    peer);
	rows += database_changes(s->db);
	if (r == 0)
		r = database_run(s->db, d,
		    "DELETE FROM open_sessions WHERE instr(data, CAST(?1 AS BLOB))", "s", peer);
	if (r == 0)
		*ret_rows = rows;
	return r;
}

int64_t store_forget(struct store *s, const char *peer, struct diag *d)
{
	char address[ADDRESS_TEXT_MAX];
	struct slice text = slice_of(peer);
	int64_t rows = 0;
	size_t folded = address_fold(text, address);
	int r = store_writable(s, d);

	if (folded)
		text = (struct slice){address, folded};
	if (!text.n || slice_is(text, "(other)"))
		return diag_set(d, EINVAL, NULL, 0, 0, "'%s' is nobody", peer);
	if (r == 0)
		r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	r = finish(s, forget(s, text, &rows, d), d);
	/* Pages that were written anew may still hold what was on them before. */
	if (r == 0)
		r = database_rewrite(s->db, d);
	return r < 0 ? r : rows;
}
