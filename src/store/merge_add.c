/* SPDX-License-Identifier: ISC */
#include "store/merge_add.h"

#include "base/macros.h"
#include "base/memory.h"
#include "store/handle.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int attach(struct store *s, const char *path, struct diag *d)
{
	return database_run(s->db, d, "ATTACH ?1 AS other", "z", path);
}

static int detach(struct store *s, int r, struct diag *d)
{
	_cleanup_diag_ struct diag ignored = {0};
	int failed = database_run(s->db, r < 0 ? &ignored : d, "DETACH other", "");

	return r < 0 ? r : failed;
}

int merge_grew_from(struct store *newer, const char *older, bool *ret, struct diag *d)
{
	/* What was rolled up since then has a new revision, and its hours are gone. */
	static const char missing[] =
	    "SELECT (SELECT count(*) FROM other.count o LEFT JOIN main.count m"
	    "  ON m.hour = o.hour AND m.tuple = o.tuple"
	    "  WHERE NOT (o.hour > 0 AND o.hour < (SELECT value FROM main.meta"
	    "   WHERE key = 'rolled_until'))"
	    "  AND (m.rev IS NULL OR m.rev < o.rev OR (m.rev = o.rev AND m.n <> o.n)))"
	    " + (SELECT count(*) FROM other.count_day o LEFT JOIN main.count_day m"
	    "  ON m.day = o.day AND m.tuple = o.tuple"
	    "  WHERE m.rev IS NULL OR m.rev < o.rev OR (m.rev = o.rev AND m.n <> o.n))"
	    " + (SELECT count(*) FROM main.tuple m JOIN other.tuple o ON o.id = m.id"
	    "  WHERE (m.host, m.mta, m.fact, m.protocol, m.cipher, m.reason)"
	    "   <> (o.host, o.mta, o.fact, o.protocol, o.cipher, o.reason))";
	int64_t n = 0;
	int r = attach(newer, older, d);

	if (r == 0)
		r = detach(newer, database_integer(newer->db, d, 0, &n, missing, ""), d);
	if (r == 0)
		*ret = n == 0;
	return r;
}

int merge_settle(struct store *to, const char *zone, int64_t rolled_until,
    enum peer_addresses addresses, struct diag *d)
{
	static const char set[] = "INSERT OR REPLACE INTO meta VALUES"
				  " ('zone', ?1), ('rolled_until', ?2), ('peer_addresses', ?3),"
				  " ('peers', 'all'), ('peers_changed', 0)";

	return database_run(
	    to->db, d, set, "ziz", zone, rolled_until, peer_addresses_name(addresses));
}

/* A store that is in both would be counted twice. */
static int check_parts(struct store *to, const char *name, struct diag *d)
{
	int64_t n;
	int r = database_integer(to->db, d, 0, &n,
	    "SELECT count(*) FROM main.meta m JOIN other.meta o"
	    " ON m.key = o.key OR m.key = 'part:' || iif(o.key = 'uuid', o.value, NULL)"
	    " WHERE m.key LIKE 'part:%'",
	    "");

	if (r < 0 || n == 0)
		return r;
	return diag_set(d, ENOTUNIQ, NULL, 0, 0,
	    "'%s' holds a store that another of these holds, too; it would be counted twice", name);
}

static int check_overlap(struct store *to, const char *name, struct diag *d)
{
	static const char overlap[] =
	    "WITH here AS (SELECT o.host, o.mta, s.name, c.hour AS time FROM main.origin o"
	    "  JOIN main.source s ON s.id = o.source JOIN main.coverage c ON c.origin = o.id"
	    "  UNION ALL SELECT o.host, o.mta, s.name, c.day FROM main.origin o"
	    "  JOIN main.source s ON s.id = o.source JOIN main.coverage_day c ON c.origin = o.id),"
	    " there AS (SELECT o.host, o.mta, s.name, c.hour AS time FROM other.origin o"
	    "  JOIN other.source s ON s.id = o.source JOIN other.coverage c ON c.origin = o.id"
	    "  UNION ALL SELECT o.host, o.mta, s.name, c.day FROM other.origin o"
	    "  JOIN other.source s ON s.id = o.source JOIN other.coverage_day c ON c.origin = o.id)"
	    " SELECT h.host, h.mta, h.name, t.name,"
	    "  strftime('%Y-%m-%dT%H:%MZ', min(h.time), 'unixepoch'),"
	    "  strftime('%Y-%m-%dT%H:%MZ', max(h.time), 'unixepoch')"
	    " FROM here h JOIN there t ON t.host = h.host AND t.mta = h.mta AND t.time = h.time"
	    " WHERE h.time > 0 GROUP BY 1, 2, 3, 4 LIMIT 1";
	struct statement *st;
	int r = database_query(to->db, d, &st, overlap, "");

	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	r = diag_set(d, ENOTUNIQ, NULL, 0, 0,
	    "'%s' holds lines of host '%.*s' and MTA '%.*s' from %.*s to %.*s (of '%.*s') that "
	    "another store has, too (of '%.*s'); they may be the same lines; --overlap=allow adds "
	    "them",
	    name, SLICE_FMT(column_text(st, 0)), SLICE_FMT(column_text(st, 1)),
	    SLICE_FMT(column_text(st, 4)), SLICE_FMT(column_text(st, 5)),
	    SLICE_FMT(column_text(st, 3)), SLICE_FMT(column_text(st, 2)));
	statement_reset(st);
	return r;
}

#define DIMENSIONS                                                                                 \
	"host, mta, fact, direction, service, unit, internal, protocol, cipher, bits, group_name," \
	" signature, verify, resumed, mail, auth, reason"
#define DERIVED                                                                                    \
	"protocol, cipher, kx, auth, enc, bits, mode, mac, pfs, aead, group_name, pq, signature"

/* WHERE true parts the join of a SELECT from the ON of an upsert. */
static const char *const add[] = {
    "UPDATE main.meta SET value = value + 1 WHERE key = 'rev'",
    "INSERT INTO main.meta SELECT 'part:' || value, 1 FROM other.meta WHERE key = 'uuid'",
    "INSERT INTO main.meta SELECT key, value FROM other.meta WHERE key LIKE 'part:%'",
    "INSERT OR IGNORE INTO main.tuple (" DIMENSIONS ") SELECT " DIMENSIONS " FROM other.tuple",
    "INSERT INTO temp.tuple_of SELECT o.id, m.id FROM other.tuple o JOIN main.tuple m"
    " USING (" DIMENSIONS ")",
    "INSERT OR IGNORE INTO main.derived (tuple, " DERIVED ") SELECT t.here, " DERIVED
    " FROM other.derived d JOIN temp.tuple_of t ON t.there = d.tuple",
    "INSERT INTO main.count SELECT c.hour, t.here, c.n,"
    "  (SELECT value FROM main.meta WHERE key = 'rev')"
    " FROM other.count c JOIN temp.tuple_of t ON t.there = c.tuple WHERE true"
    " ON CONFLICT (hour, tuple) DO UPDATE SET n = n + excluded.n, rev = excluded.rev",
    "INSERT INTO main.count_day SELECT c.day, t.here, c.n,"
    "  (SELECT value FROM main.meta WHERE key = 'rev')"
    " FROM other.count_day c JOIN temp.tuple_of t ON t.there = c.tuple WHERE true"
    " ON CONFLICT (day, tuple) DO UPDATE SET n = n + excluded.n, rev = excluded.rev",
    "INSERT INTO main.source (class, name, lines, bytes, overlong, nul_bytes, bad_time, unparsed,"
    "  unfinished, untrusted, evicted, last_read, last_event) SELECT class, name, lines, bytes,"
    "  overlong, nul_bytes, bad_time, unparsed, unfinished, untrusted, evicted, last_read,"
    "  last_event FROM other.source WHERE true ON CONFLICT (class, name) DO UPDATE SET"
    "  lines = lines + excluded.lines, bytes = bytes + excluded.bytes,"
    "  overlong = overlong + excluded.overlong, nul_bytes = nul_bytes + excluded.nul_bytes,"
    "  bad_time = bad_time + excluded.bad_time, unparsed = unparsed + excluded.unparsed,"
    "  unfinished = unfinished + excluded.unfinished,"
    "  untrusted = untrusted + excluded.untrusted, evicted = evicted + excluded.evicted,"
    "  last_read = max(last_read, excluded.last_read),"
    "  last_event = max(last_event, excluded.last_event)",
    "INSERT INTO temp.source_of SELECT o.id, m.id FROM other.source o JOIN main.source m"
    " USING (class, name)",
    "INSERT OR IGNORE INTO main.origin (source, host, mta) SELECT s.here, o.host, o.mta"
    " FROM other.origin o JOIN temp.source_of s ON s.there = o.source",
    "INSERT INTO temp.origin_of SELECT o.id, m.id FROM other.origin o"
    " JOIN temp.source_of s ON s.there = o.source"
    " JOIN main.origin m ON m.source = s.here AND m.host = o.host AND m.mta = o.mta",
    "INSERT INTO main.coverage SELECT t.here, c.hour, c.matched, c.ignored, c.near_miss,"
    "  c.limit_hit FROM other.coverage c JOIN temp.origin_of t ON t.there = c.origin WHERE true"
    " ON CONFLICT (origin, hour) DO UPDATE SET matched = matched + excluded.matched,"
    "  ignored = ignored + excluded.ignored, near_miss = near_miss + excluded.near_miss,"
    "  limit_hit = limit_hit + excluded.limit_hit",
    "INSERT INTO main.coverage_day SELECT t.here, c.day, c.matched, c.ignored, c.near_miss,"
    "  c.limit_hit FROM other.coverage_day c JOIN temp.origin_of t ON t.there = c.origin"
    " WHERE true ON CONFLICT (origin, day) DO UPDATE SET matched = matched + excluded.matched,"
    "  ignored = ignored + excluded.ignored, near_miss = near_miss + excluded.near_miss,"
    "  limit_hit = limit_hit + excluded.limit_hit",
    "INSERT INTO main.peer_day (day, peer, user, domain, tuple, name, net, weak, first_seen,"
    "  last_seen, handshakes, sessions, sessions_mail, failures)"
    " SELECT p.day, p.peer, p.user, p.domain, t.here, p.name, p.net, p.weak, p.first_seen,"
    "  p.last_seen, p.handshakes, p.sessions, p.sessions_mail, p.failures"
    " FROM other.peer_day p JOIN temp.tuple_of t ON t.there = p.tuple WHERE true"
    " ON CONFLICT (day, peer, user, domain, tuple) DO UPDATE SET"
    "  weak = max(weak, excluded.weak), first_seen = min(first_seen, excluded.first_seen),"
    "  last_seen = max(last_seen, excluded.last_seen),"
    "  handshakes = handshakes + excluded.handshakes, sessions = sessions + excluded.sessions,"
    "  sessions_mail = sessions_mail + excluded.sessions_mail,"
    "  failures = failures + excluded.failures",
    "INSERT OR IGNORE INTO main.place (host, direction, internal)"
    " SELECT host, direction, internal FROM other.place",
    "INSERT INTO main.minute SELECT o.minute, m.id, o.handshakes, o.failures FROM other.minute o"
    " JOIN other.place p ON p.id = o.place JOIN main.place m USING (host, direction, internal)"
    " WHERE true ON CONFLICT (minute, place) DO UPDATE SET"
    "  handshakes = handshakes + excluded.handshakes, failures = failures + excluded.failures",
    "INSERT INTO main.reason_day (day, mta, direction, service, internal, reason, raw, n)"
    " SELECT day, mta, direction, service, internal, reason, raw, n FROM other.reason_day"
    " WHERE true ON CONFLICT (day, mta, direction, service, internal, reason, raw)"
    " DO UPDATE SET n = n + excluded.n",
    "INSERT INTO main.folded (dimension, log, n) SELECT dimension, 0, sum(n) FROM other.folded"
    " WHERE true GROUP BY dimension ON CONFLICT (dimension, log) DO UPDATE SET n = n + excluded.n",
    "INSERT INTO main.gap (source, from_time, to_time, kind, n, note)"
    " SELECT s.here, g.from_time, g.to_time, g.kind, g.n, g.note FROM other.gap g"
    " JOIN temp.source_of s ON s.there = g.source",
    /* Of peers is known what is known in all. */
    "UPDATE main.meta SET value = CASE"
    "  WHEN value = (SELECT value FROM other.meta WHERE key = 'peers') THEN value"
    "  WHEN (SELECT count(*) FROM main.meta WHERE key LIKE 'part:%') = 1"
    "   THEN (SELECT value FROM other.meta WHERE key = 'peers')"
    "  WHEN 'off' IN (value, (SELECT value FROM other.meta WHERE key = 'peers')) THEN 'off'"
    "  ELSE 'weak' END WHERE key = 'peers'",
    "UPDATE main.meta SET value = max(value,"
    "  (SELECT value FROM other.meta WHERE key = 'peers_changed')) WHERE key = 'peers_changed'",
    "INSERT INTO main.meta SELECT key, value FROM other.meta WHERE key = 'peers_gone'"
    " ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)",
};

/* Which row here is the one that has that id there. */
static const char maps[] =
    "CREATE TEMP TABLE IF NOT EXISTS tuple_of (there INTEGER PRIMARY KEY, here INTEGER);"
    "CREATE TEMP TABLE IF NOT EXISTS source_of (there INTEGER PRIMARY KEY, here INTEGER);"
    "CREATE TEMP TABLE IF NOT EXISTS origin_of (there INTEGER PRIMARY KEY, here INTEGER);"
    "DELETE FROM tuple_of; DELETE FROM source_of; DELETE FROM origin_of";

static int add_rows(struct store *to, const char *name, bool overlap, struct diag *d)
{
	int r = database_begin(to->db, true, d);

	if (r < 0)
		return r;
	r = check_parts(to, name, d);
	if (r == 0 && !overlap)
		r = check_overlap(to, name, d);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(add); i++)
		r = database_run(to->db, d, add[i], "");
	if (r == 0)
		return database_commit(to->db, d);
	database_rollback(to->db);
	return r;
}

int merge_add(struct store *to, const char *path, const char *name, bool overlap, struct diag *d)
{
	int r = attach(to, path, d);

	if (r < 0)
		return r;
	r = database_script(to->db, maps, d);
	if (r == 0)
		r = add_rows(to, name, overlap, d);
	return detach(to, r, d);
}
