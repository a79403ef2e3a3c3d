/* SPDX-License-Identifier: ISC */
#include "store/import.h"

#include "store/commit.h"
#include "store/handle.h"
#include <errno.h>

#define JOURNAL INT64_C(0) /* in the place of a stream */

static int make_import(struct store *s, struct import *import, struct diag *d)
{
	int r;

	if (import->id)
		return 0;
	r = database_run(s->db, d, "INSERT INTO import (time, arguments) VALUES (?1, ?2)", "iz",
	    import->time, import->arguments);
	if (r == 0)
		import->id = database_last_id(s->db);
	return r;
}

static int make_log(
    struct store *s, struct import_log *log, struct slice name, int64_t source, struct diag *d)
{
	const struct position *before = &log->from.at;
	int r;

	if (log->id)
		return 0;
	r = database_run(s->db, d,
	    "INSERT INTO import_log (import, name, source, stream, offset, before_offset,"
	    " before_closed, before_head_length, before_head, before_chain, before_partial,"
	    " before_sessions) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10,"
	    " (SELECT data FROM open_sessions WHERE owner = 'import'))",
	    "isiiiiibbb", log->import->id, log->move ? log->move->name : name, source,
	    log->move ? log->move->to.id : JOURNAL, before->offset, (int64_t)log->from.closed,
	    before->head_length, position_hash(before->head), position_hash(before->chain),
	    position_hash(before->partial));
	if (r < 0)
		return r;
	log->id = database_last_id(s->db);
	if (log->unnoted)
		return 0;
	/* An import is undone as a whole, or its last log is: what was open is kept for its first
	 * log and its last, not for each of a thousand. */
	return database_run(s->db, d,
	    "UPDATE import_log SET before_sessions = NULL"
	    " WHERE id = (SELECT max(id) FROM import_log WHERE import = ?1 AND id < ?2)"
	    " AND id > (SELECT min(id) FROM import_log WHERE import = ?1)",
	    "ii", log->import->id, log->id);
}

int import_write(struct store *s, struct import_log *log, struct slice name, int64_t source,
    const struct source_counts *read, const int64_t facts[FACT_KIND_MAX], struct diag *d)
{
	int r = make_import(s, log->import, d);

	if (r == 0)
		r = make_log(s, log, name, source, d);
	if (r < 0)
		return r;
	return database_run(s->db, d,
	    "UPDATE import_log SET offset = ?2, lines = lines + ?3, bytes = bytes + ?4,"
	    " overlong = overlong + ?5, nul_bytes = nul_bytes + ?6, bad_time = bad_time + ?7,"
	    " unparsed = unparsed + ?8, handshakes = handshakes + ?9, sessions = sessions + ?10,"
	    " failures = failures + ?11, evicted = evicted + ?12 WHERE id = ?1",
	    "iiiiiiiiiiii", log->id, log->move ? log->move->to.at.offset : 0, read->lines,
	    read->bytes, read->overlong, read->nul_bytes, read->bad_time, read->unparsed,
	    facts[FACT_HANDSHAKE], facts[FACT_SESSION], facts[FACT_FAILURE], read->evicted);
}

/* Each of ?1, the number of an import's log.  A counter that comes to 0 stays, with its new rev. */
static const char *const take_back[] = {
    "UPDATE meta SET value = value + 1 WHERE key = 'rev'",
    "UPDATE count SET n = count.n - i.n, rev = (SELECT value FROM meta WHERE key = 'rev')"
    " FROM import_count i WHERE i.log = ?1 AND count.hour = i.hour AND count.tuple = i.tuple",
    "UPDATE count_day SET n = count_day.n - i.n,"
    " rev = (SELECT value FROM meta WHERE key = 'rev')"
    " FROM import_count i WHERE i.log = ?1 AND count_day.day = i.hour"
    " AND count_day.tuple = i.tuple",
    "UPDATE coverage SET matched = coverage.matched - i.matched,"
    " ignored = coverage.ignored - i.ignored, near_miss = coverage.near_miss - i.near_miss,"
    " limit_hit = coverage.limit_hit - i.limit_hit FROM import_coverage i"
    " WHERE i.log = ?1 AND coverage.origin = i.origin AND coverage.hour = i.hour",
    "UPDATE coverage_day SET matched = coverage_day.matched - i.matched,"
    " ignored = coverage_day.ignored - i.ignored,"
    " near_miss = coverage_day.near_miss - i.near_miss,"
    " limit_hit = coverage_day.limit_hit - i.limit_hit FROM import_coverage i"
    " WHERE i.log = ?1 AND coverage_day.origin = i.origin AND coverage_day.day = i.hour",
    "UPDATE source SET lines = source.lines - l.lines, bytes = source.bytes - l.bytes,"
    " overlong = source.overlong - l.overlong, nul_bytes = source.nul_bytes - l.nul_bytes,"
    " bad_time = source.bad_time - l.bad_time, unparsed = source.unparsed - l.unparsed,"
    " evicted = source.evicted - l.evicted"
    " FROM import_log l WHERE l.id = ?1 AND source.id = l.source",
    "UPDATE peer_day SET handshakes = peer_day.handshakes - i.handshakes,"
    " sessions = peer_day.sessions - i.sessions,"
    " sessions_mail = peer_day.sessions_mail - i.sessions_mail,"
    " failures = peer_day.failures - i.failures"
    " FROM import_peer i WHERE i.log = ?1 AND peer_day.id = i.peer_day",
    "DELETE FROM peer_day WHERE handshakes + sessions + failures = 0"
    " AND id IN (SELECT peer_day FROM import_peer WHERE log = ?1)",
    /* Hours are narrowed where all that is left of the row is known. */
    "UPDATE peer_day SET first_seen = i.first_seen, last_seen = i.last_seen"
    " FROM (SELECT peer_day, min(first_seen) AS first_seen, max(last_seen) AS last_seen,"
    "  sum(handshakes + sessions + failures) AS n FROM import_peer WHERE log <> ?1"
    "  AND peer_day IN (SELECT peer_day FROM import_peer WHERE log = ?1) GROUP BY 1) i"
    " WHERE peer_day.id = i.peer_day AND i.n = handshakes + sessions + failures",
    "UPDATE minute SET handshakes = minute.handshakes - i.handshakes,"
    " failures = minute.failures - i.failures FROM import_minute i"
    " WHERE i.log = ?1 AND minute.minute = i.minute AND minute.place = i.place",
    "DELETE FROM minute WHERE handshakes + failures = 0"
    " AND (minute, place) IN (SELECT minute, place FROM import_minute WHERE log = ?1)",
    "UPDATE reason_day SET n = reason_day.n - i.n"
    " FROM import_reason i WHERE i.log = ?1 AND reason_day.id = i.reason_day",
    "DELETE FROM reason_day WHERE n = 0"
    " AND id IN (SELECT reason_day FROM import_reason WHERE log = ?1)",
    "DELETE FROM folded WHERE log = ?1",
    /* Open sessions go back to what was before; with more imported since, that was before it. */
    "UPDATE import_log SET before_sessions = (SELECT before_sessions FROM import_log WHERE id = ?1)"
    " WHERE id = (SELECT min(id) FROM import_log WHERE id > ?1)",
    "INSERT INTO open_sessions (owner, data) SELECT 'import', before_sessions FROM import_log"
    " WHERE id = ?1 AND id = (SELECT max(id) FROM import_log) AND before_sessions IS NOT NULL"
    " ON CONFLICT (owner) DO UPDATE SET data = excluded.data",
    "DELETE FROM open_sessions WHERE owner = 'import' AND ?1 = (SELECT max(id) FROM import_log)"
    " AND ?1 IN (SELECT id FROM import_log WHERE before_sessions IS NULL)",
    "DELETE FROM stream WHERE id ="
    " (SELECT stream FROM import_log WHERE id = ?1 AND before_offset = 0)",
    "UPDATE stream SET offset = l.before_offset, closed = l.before_closed,"
    " head_length = l.before_head_length, head = l.before_head, chain = l.before_chain,"
    " partial = l.before_partial FROM import_log l WHERE l.id = ?1 AND stream.id = l.stream",
    "DELETE FROM ladder WHERE (stream, offset) IN (SELECT d.stream, d.offset FROM ladder d"
    " JOIN import_log l ON l.stream = d.stream WHERE l.id = ?1 AND d.offset > l.before_offset)",
    "DELETE FROM import_log WHERE id = ?1",
    /* Logs and texts that nothing speaks of any more give their place in the bounds back. */
    "DELETE FROM coverage WHERE matched + ignored + near_miss + limit_hit = 0",
    "DELETE FROM coverage_day WHERE matched + ignored + near_miss + limit_hit = 0",
    "DELETE FROM origin WHERE id NOT IN (SELECT origin FROM coverage)"
    " AND id NOT IN (SELECT origin FROM coverage_day)",
    "DELETE FROM source WHERE lines = 0 AND bytes = 0 AND NOT followed"
    " AND id NOT IN (SELECT source FROM origin)"
    " AND id NOT IN (SELECT source FROM stream) AND id NOT IN (SELECT source FROM import_log)"
    " AND id NOT IN (SELECT source FROM journal_position)"
    " AND id NOT IN (SELECT source FROM journal_file)",
};

static int take_back_log(struct store *s, int64_t log, struct diag *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(take_back); i++)
		r = database_run(
		    s->db, d, take_back[i], strstr(take_back[i], "?1") ? "i" : "", log);
	return r;
}

static int finish(struct store *s, int r, struct diag *d)
{
	if (r == 0)
		return database_commit(s->db, d);
	database_rollback(s->db);
	return r;
}

int import_take_back(struct store *s, int64_t log, struct diag *d)
{
	int r = store_writable(s, d);

	if (r == 0)
		r = database_begin(s->db, true, d);
	return r < 0 ? r : finish(s, take_back_log(s, log, d), d);
}

/* What a service counted behind an import cannot be told from it any more. */
static int not_followed_since(struct store *s, int64_t import, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st,
	    "SELECT s.name FROM import_log mine JOIN stream s ON s.id = mine.stream"
	    " WHERE mine.import = ?1 AND s.offset > (SELECT max(offset) FROM import_log"
	    "  WHERE stream = s.id) LIMIT 1",
	    "i", import);

	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	r = diag_set(d, EBUSY, NULL, 0, 0,
	    "import %lld cannot be undone: mailtlsd has counted more of the same log (as '%.*s')",
	    (long long)import, SLICE_FMT(column_text(st, 0)));
	statement_reset(st);
	return r;
}

/* Where the store stands in a journal is not the import's alone. */
static int not_a_journal(struct store *s, int64_t import, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st,
	    "SELECT name FROM import_log WHERE import = ?1 AND stream = ?2 LIMIT 1", "ii", import,
	    JOURNAL);

	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	r = diag_set(d, EBUSY, NULL, 0, 0,
	    "import %lld cannot be undone: it counted the journal '%.*s', and what was counted of "
	    "a journal stays",
	    (long long)import, SLICE_FMT(column_text(st, 0)));
	statement_reset(st);
	return r;
}

/* Whether the import is there, kept, and the last that counted each of its streams. */
static int may_be_undone(struct store *s, int64_t import, struct diag *d)
{
	struct statement *st;
	int64_t logs, pruned;
	int r = database_integer(
	    s->db, d, 0, &logs, "SELECT count(*) FROM import_log WHERE import = ?1", "i", import);

	if (r == 0)
		r = database_integer(s->db, d, 0, &pruned,
		    "SELECT sum(pruned) FROM import_log WHERE import = ?1", "i", import);
	if (r < 0)
		return r;
	if (!logs)
		return diag_set(
		    d, ENOENT, NULL, 0, 0, "'%s' has no import %lld", s->name, (long long)import);
	if (pruned)
		return diag_set(d, ENODATA, NULL, 0, 0,
		    "import %lld cannot be undone: what it added is not kept any more",
		    (long long)import);
	r = not_a_journal(s, import, d);
	if (r == 0)
		r = not_followed_since(s, import, d);
	if (r < 0)
		return r;
	r = database_query(s->db, d, &st,
	    "SELECT later.import, later.name FROM import_log mine JOIN import_log later"
	    " ON later.stream = mine.stream AND later.id > mine.id AND later.import <> mine.import"
	    " WHERE mine.import = ?1 ORDER BY later.id DESC LIMIT 1",
	    "i", import);
	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	r = diag_set(d, EBUSY, NULL, 0, 0,
	    "import %lld cannot be undone: import %lld counted more of the same log (as '%.*s'); "
	    "undo that one first",
	    (long long)import, (long long)column_integer(st, 0), SLICE_FMT(column_text(st, 1)));
	statement_reset(st);
	return r;
}

int import_undo(struct store *s, int64_t import, struct diag *d)
{
	int64_t log;
	int r = store_writable(s, d);

	if (r == 0)
		r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	r = may_be_undone(s, import, d);
	while (r == 0) {
		r = database_integer(s->db, d, 0, &log,
		    "SELECT max(id) FROM import_log WHERE import = ?1", "i", import);
		if (r < 0 || log == 0)
			break;
		r = take_back_log(s, log, d);
	}
	if (r == 0)
		r = database_run(s->db, d, "DELETE FROM import WHERE id = ?1", "i", import);
	return finish(s, r, d);
}

int import_prune(struct store *s, int64_t now, struct diag *d)
{
	static const char *const steps[] = {
	    "UPDATE import_log SET pruned = 1 WHERE pruned = 0"
	    " AND import IN (SELECT id FROM import WHERE time < ?1)",
	    "DELETE FROM import_count WHERE ?1 AND log IN (SELECT id FROM import_log WHERE pruned)",
	    "DELETE FROM import_coverage WHERE ?1"
	    " AND log IN (SELECT id FROM import_log WHERE pruned)",
	    "DELETE FROM import_peer WHERE ?1 AND log IN (SELECT id FROM import_log WHERE pruned)",
	    "DELETE FROM import_minute WHERE ?1"
	    " AND log IN (SELECT id FROM import_log WHERE pruned)",
	    "DELETE FROM import_reason WHERE ?1"
	    " AND log IN (SELECT id FROM import_log WHERE pruned)",
	};
	int64_t old;
	int r = store_writable(s, d);

	if (r == 0)
		r = database_integer(s->db, d, 0, &old,
		    "SELECT count(*) FROM import_log WHERE pruned = 0"
		    " AND import IN (SELECT id FROM import WHERE time < ?1)",
		    "i", now - s->retention.imports);
	if (r < 0 || !old)
		return r;
	r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(steps); i++)
		r = database_run(s->db, d, steps[i], "i", now - s->retention.imports);
	return finish(s, r, d);
}

int import_list(struct store *s, import_row_fn row, void *context, struct diag *d)
{
	struct statement *st;
	_cleanup_buffer_ struct buffer name = {0};
	int r = database_query(s->db, d, &st,
	    "SELECT i.id, i.time, l.id, l.name, l.before_offset, l.offset, l.lines, l.handshakes,"
	    " l.sessions, l.failures, l.pruned FROM import i JOIN import_log l ON l.import = i.id"
	    " ORDER BY l.id",
	    "");

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		buffer_clear(&name);
		buffer_add(&name, column_text(st, 3));
		r = row(context, &(struct import_row){
				     .import = column_integer(st, 0),
				     .time = column_integer(st, 1),
				     .log = column_integer(st, 2),
				     .name = buffer_text(&name),
				     .from_byte = column_integer(st, 4),
				     .to_byte = column_integer(st, 5),
				     .lines = column_integer(st, 6),
				     .handshakes = column_integer(st, 7),
				     .sessions = column_integer(st, 8),
				     .failures = column_integer(st, 9),
				     .pruned = column_integer(st, 10) != 0,
				 });
		if (r != 0)
			statement_reset(st);
	}
	return r;
}

int import_days(struct store *s, int64_t import, import_day_fn row, void *context, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st,
	    "SELECT c.hour - c.hour % 86400,"
	    " sum(iif(t.fact = 'handshake', c.n, 0)), sum(iif(t.fact = 'session', c.n, 0)),"
	    " sum(iif(t.fact = 'failure', c.n, 0))"
	    " FROM import_log l JOIN import_count c ON c.log = l.id JOIN tuple t ON t.id = c.tuple"
	    " WHERE l.import = ?1 GROUP BY 1 ORDER BY 1",
	    "i", import);

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		r = row(context, &(struct import_day){
				     .day = column_integer(st, 0),
				     .handshakes = column_integer(st, 1),
				     .sessions = column_integer(st, 2),
				     .failures = column_integer(st, 3),
				 });
		if (r != 0)
			statement_reset(st);
	}
	return r;
}
