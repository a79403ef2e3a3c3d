/* SPDX-License-Identifier: ISC */
#include "store/commit.h"

#include "base/escape.h"
#include "base/memory.h"
#include "store/commit_peer.h"
#include "store/commit_tuple.h"
#include "store/handle.h"
#include "store/overlap.h"
#include "store/rollup.h"
#include "store/rows.h"
#include <errno.h>
#include <stdlib.h>

#define SOURCES 1024

struct row {
	int64_t time, tuple, n; /* time: of the hour or day */
};

/* What one transaction is about to write. */
struct writing {
	struct store *store;
	const struct batch *batch;
	int64_t rev, source, log;
	struct rollup rollup;
	struct row *rows; /* the counters in the order of the table */
	size_t count;
	int64_t facts[FACT_KIND_MAX];
};

static int raise_rev(struct writing *w, struct diag *d)
{
	struct database *db = w->store->db;
	int r = database_run(db, d, "UPDATE meta SET value = value + 1 WHERE key = 'rev'", "");

	if (r < 0)
		return r;
	return database_integer(db, d, 0, &w->rev, "SELECT value FROM meta WHERE key = 'rev'", "");
}

static int find_source(struct writing *w, struct diag *d)
{
	static const char find[] = "SELECT id FROM source WHERE class = ?1 AND name = ?2";
	struct database *db = w->store->db;
	_cleanup_buffer_ struct buffer name = {0};
	int64_t count;
	int r;

	escape_utf8(&name, w->batch->source);
	r = database_integer(
	    db, d, 0, &w->source, find, "zs", w->batch->class, buffer_slice(&name));
	if (r < 0 || w->source)
		return r;
	r = database_integer(db, d, 0, &count, "SELECT count(*) FROM source", "");
	if (count >= SOURCES) {
		buffer_clear(&name);
		buffer_text_add(&name, AGGREGATE_OTHER);
	}
	if (r == 0)
		r = database_run(db, d,
		    "INSERT OR IGNORE INTO source (class, name) VALUES (?1, ?2)", "zs",
		    w->batch->class, buffer_slice(&name));
	if (r < 0)
		return r;
	return database_integer(
	    db, d, 0, &w->source, find, "zs", w->batch->class, buffer_slice(&name));
}

static int write_source(struct writing *w, struct diag *d)
{
	const struct source_counts *c = &w->batch->read;
	int r = find_source(w, d);

	if (r < 0)
		return r;
	return database_run(w->store->db, d,
	    "UPDATE source SET lines = lines + ?2, bytes = bytes + ?3, overlong = overlong + ?4,"
	    " nul_bytes = nul_bytes + ?5, bad_time = bad_time + ?6, unparsed = unparsed + ?7,"
	    " unfinished = unfinished + ?8, untrusted = untrusted + ?9, evicted = evicted + ?10,"
	    " last_event = max(last_event, ?11) WHERE id = ?1",
	    "iiiiiiiiiii", w->source, c->lines, c->bytes, c->overlong, c->nul_bytes, c->bad_time,
	    c->unparsed, c->unfinished, c->untrusted, c->evicted, w->batch->last_event);
}

static int write_following(struct writing *w, struct diag *d)
{
	const struct following *f = w->batch->following;

	if (!f)
		return 0;
	return database_run(w->store->db, d,
	    "UPDATE source SET followed = iif(followed, followed, ?2), last_read = ?2"
	    " WHERE id = ?1",
	    "ii", w->source, f->now);
}

static int write_gaps(struct writing *w, struct diag *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->batch->gap_count; i++) {
		const struct gap *gap = &w->batch->gaps[i];
		_cleanup_buffer_ struct buffer note = {0};

		escape_utf8(&note, slice_of(gap->note));
		r = database_run(w->store->db, d,
		    "INSERT INTO gap (source, from_time, to_time, kind, n, note)"
		    " SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT ?7 OR NOT EXISTS"
		    " (SELECT 1 FROM gap WHERE source = ?1 AND from_time = ?2 AND kind = ?4"
		    "  AND note = ?6)",
		    "iiizisi", w->source, gap->from, gap->to, gap_kind_name(gap->kind), gap->n,
		    buffer_slice(&note), (int64_t)gap->once);
	}
	return r;
}

static int64_t time_of(const struct batch *batch)
{
	return batch->log ? batch->log->import->time : batch->following ? batch->following->now : 0;
}

static int write_moves(struct writing *w, struct diag *d)
{
	int64_t now = time_of(w->batch);
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->batch->move_count; i++)
		r = stream_write(w->store, w->batch->moves[i], w->source, now, d);
	return r;
}

static int compare_rows(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (a->tuple > b->tuple) - (a->tuple < b->tuple);
}

/* Rows in the order of the primary key go through the tree once. */
static int collect_rows(struct writing *w, struct diag *d)
{
	struct aggregate_cursor cursor = {0};
	struct aggregate_count count;
	size_t size = 0;
	int r;

	while (aggregate_next_count(w->batch->aggregate, &cursor, &count)) {
		r = commit_tuple(w->store, count.tuple, d);
		if (r < 0)
			return r;
		if (w->count == size) {
			size = size ? size * 2 : 256;
			w->rows = memory_grow(w->rows, size, sizeof(*w->rows));
		}
		w->rows[w->count++] =
		    (struct row){rollup_key(&w->rollup, count.hour), count.tuple->id, count.n};
		w->facts[count.tuple->fact] += count.n;
	}
	if (w->count)
		qsort(w->rows, w->count, sizeof(*w->rows), compare_rows);
	return 0;
}

static int write_counts(struct writing *w, struct diag *d)
{
	static const struct rows_sql into_hour = ROWS_SQL("INSERT INTO count (hour, tuple, n, rev)",
					 "(?, ?, ?, ?)",
					 "ON CONFLICT (hour, tuple)"
					 " DO UPDATE SET n = n + excluded.n, rev = excluded.rev"),
				     into_day = ROWS_SQL(
					 "INSERT INTO count_day (day, tuple, n, rev)",
					 "(?, ?, ?, ?)",
					 "ON CONFLICT (day, tuple)"
					 " DO UPDATE SET n = n + excluded.n, rev = excluded.rev"),
				     into_import =
					 ROWS_SQL("INSERT INTO import_count (log, hour, tuple, n)",
					     "(?, ?, ?, ?)",
					     "ON CONFLICT (log, hour, tuple)"
					     " DO UPDATE SET n = n + excluded.n");
	struct database *db = w->store->db;
	struct rows hours = {.db = db, .sql = &into_hour, .columns = 4};
	struct rows days = {.db = db, .sql = &into_day, .columns = 4};
	struct rows import = {.db = db, .sql = &into_import, .columns = 4};
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->count; i++) {
		const struct row *row = &w->rows[i];

		r = rows_add(rollup_is_day(&w->rollup, row->time) ? &days : &hours, d, row->time,
		    row->tuple, row->n, w->rev);
		if (r == 0 && w->log)
			r = rows_add(&import, d, w->log, row->time, row->tuple, row->n);
	}
	if (r == 0)
		r = rows_end(&hours, d);
	if (r == 0)
		r = rows_end(&days, d);
	return r < 0 ? r : rows_end(&import, d);
}

static int find_origin(
    struct writing *w, const struct coverage_entry *c, int64_t *ret, struct diag *d)
{
	struct database *db = w->store->db;
	int r = database_integer(db, d, 0, ret,
	    "SELECT id FROM origin WHERE source = ?1 AND host = ?2 AND mta = ?3", "iss", w->source,
	    c->host, c->mta);

	if (r < 0 || *ret)
		return r;
	r = database_run(db, d, "INSERT INTO origin (source, host, mta) VALUES (?1, ?2, ?3)", "iss",
	    w->source, c->host, c->mta);
	if (r == 0)
		*ret = database_last_id(db);
	return r;
}

static int write_coverage(struct writing *w, struct diag *d)
{
	struct database *db = w->store->db;
	const struct coverage_table *coverage = aggregate_coverage(w->batch->aggregate);
	static const char into_hour[] =
	    "INSERT INTO coverage VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT (origin, hour) DO UPDATE SET matched = matched + ?3,"
	    " ignored = ignored + ?4, near_miss = near_miss + ?5, limit_hit = limit_hit + ?6";
	static const char into_day[] =
	    "INSERT INTO coverage_day VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT (origin, day) DO UPDATE SET matched = matched + ?3,"
	    " ignored = ignored + ?4, near_miss = near_miss + ?5, limit_hit = limit_hit + ?6";
	struct coverage_entry c;
	void *cursor = NULL;
	int64_t origin, time;
	int r = 0;

	while (r == 0 && coverage_table_next(coverage, &cursor, &c)) {
		r = find_origin(w, &c, &origin, d);
		if (r < 0)
			return r;
		time = rollup_key(&w->rollup, c.hour);
		r = database_run(db, d, rollup_is_day(&w->rollup, time) ? into_day : into_hour,
		    "iiiiii", origin, time, c.lines[OUTCOME_MATCHED], c.lines[OUTCOME_IGNORED],
		    c.lines[OUTCOME_NEAR_MISS], c.lines[OUTCOME_LIMIT_HIT]);
		if (r == 0 && w->log)
			r = database_run(db, d,
			    "INSERT INTO import_coverage VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
			    " ON CONFLICT (log, origin, hour) DO UPDATE SET matched = matched + ?4,"
			    " ignored = ignored + ?5, near_miss = near_miss + ?6,"
			    " limit_hit = limit_hit + ?7",
			    "iiiiiii", w->log, origin, time, c.lines[OUTCOME_MATCHED],
			    c.lines[OUTCOME_IGNORED], c.lines[OUTCOME_NEAR_MISS],
			    c.lines[OUTCOME_LIMIT_HIT]);
	}
	return r;
}

static int write_folded(struct writing *w, struct diag *d)
{
	int r = 0;

	for (int i = 0; r == 0 && i <= TEXT_MAX; i++) {
		int64_t n = aggregate_folded(w->batch->aggregate, (enum aggregate_text)i);

		if (n)
			r = database_run(w->store->db, d,
			    "INSERT INTO folded (dimension, log, n) VALUES (?1, ?2, ?3)"
			    " ON CONFLICT (dimension, log) DO UPDATE SET n = n + ?3",
			    "zii", aggregate_text_name((enum aggregate_text)i), w->log, n);
	}
	return r;
}

static int write_sessions(struct writing *w, struct diag *d)
{
	const struct batch *batch = w->batch;
	int r = 0;

	if (!batch->sessions.p)
		return 0;
	if (batch->takes_over)
		r = database_run(w->store->db, d,
		    "DELETE FROM open_sessions WHERE owner = '" OWNER_IMPORT "'", "");
	if (r < 0)
		return r;
	return database_run(w->store->db, d,
	    "INSERT OR REPLACE INTO open_sessions (owner, data) VALUES (?1, ?2)", "zb",
	    batch->owner, batch->sessions);
}

static int write_details(struct writing *w, struct diag *d)
{
	struct aggregate *a = w->batch->aggregate;
	const struct commit_target to = {
	    .store = w->store,
	    .log = w->log,
	    .now = time_of(w->batch),
	};
	int r = commit_peers(&to, aggregate_peers(a), d);

	if (r == 0)
		r = commit_minutes(&to, aggregate_minutes(a), d);
	return r < 0 ? r : commit_reasons(&to, aggregate_reasons(a), d);
}

static int write_all(struct writing *w, struct diag *d)
{
	int r = rollup_read(w->store, &w->rollup, d);

	if (r == 0 && w->batch->log && !w->batch->overlap_allowed)
		r = overlap_check(w->store, &w->rollup, aggregate_coverage(w->batch->aggregate),
		    w->batch->class, w->batch->source, d);
	if (r == 0)
		r = raise_rev(w, d);
	if (r == 0)
		r = write_source(w, d);
	if (r == 0)
		r = collect_rows(w, d);
	if (r == 0)
		r = write_moves(w, d);
	if (r == 0 && w->batch->log) {
		r = import_write(w->store, w->batch->log, w->batch->source, w->source,
		    &w->batch->read, w->facts, d);
		w->log = w->batch->log->unnoted ? 0 : w->batch->log->id;
	}
	if (r == 0)
		r = write_counts(w, d);
	if (r == 0)
		r = write_coverage(w, d);
	if (r == 0)
		r = write_folded(w, d);
	if (r == 0)
		r = write_details(w, d);
	if (r == 0 && w->batch->journal)
		r = journal_position_write(w->store, w->source, w->batch->journal, d);
	if (r == 0)
		r = journal_files_write(
		    w->store, w->source, w->batch->files, w->batch->file_count, d);
	if (r == 0)
		r = journal_boots_write(
		    w->store, w->source, w->batch->boots, w->batch->boot_count, d);
	if (r == 0)
		r = write_gaps(w, d);
	if (r == 0)
		r = write_following(w, d);
	return r < 0 ? r : write_sessions(w, d);
}

/* A commit that fails has made no stream. */
static int64_t *streams_before(const struct batch *batch)
{
	int64_t *ids = memory_array(batch->move_count + 1, sizeof(*ids));

	for (size_t i = 0; i < batch->move_count; i++)
		ids[i] = batch->moves[i]->to.id;
	return ids;
}

int store_commit(struct store *s, const struct batch *batch, struct diag *d)
{
	struct writing w = {.store = s, .batch = batch};
	_cleanup_free_ int64_t *streams = streams_before(batch);
	int64_t log = batch->log ? batch->log->id : 0;
	int64_t import = batch->log ? batch->log->import->id : 0;
	int r = store_writable(s, d);

	if (r == 0)
		r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	r = write_all(&w, d);
	free(w.rows);
	if (r == 0)
		r = database_commit(s->db, d);
	if (r < 0) {
		database_rollback(s->db);
		aggregate_forget_ids(batch->aggregate);
		for (size_t i = 0; i < batch->move_count; i++)
			batch->moves[i]->to.id = streams[i];
		if (batch->log) {
			batch->log->id = log;
			batch->log->import->id = import;
		}
		return r;
	}
	aggregate_clear(batch->aggregate);
	for (size_t i = 0; i < batch->move_count; i++) {
		batch->moves[i]->committed = batch->moves[i]->to.at.offset;
		batch->moves[i]->rungs->count = 0;
	}
	return 0;
}

int store_prime(struct store *s, struct aggregate *a, int64_t now, struct diag *d)
{
	static const struct {
		enum aggregate_text dimension;
		const char *sql;
	} texts[] = {
	    {TEXT_HOST, "SELECT host FROM tuple UNION SELECT host FROM origin"},
	    {TEXT_MTA, "SELECT mta FROM tuple UNION SELECT mta FROM origin"},
	    {TEXT_PROTOCOL, "SELECT DISTINCT protocol FROM tuple"},
	    {TEXT_CIPHER, "SELECT DISTINCT cipher FROM tuple"},
	    {TEXT_GROUP, "SELECT DISTINCT group_name FROM tuple"},
	    {TEXT_SIGNATURE, "SELECT DISTINCT signature FROM tuple"},
	    {TEXT_REASON, "SELECT DISTINCT reason FROM tuple"},
	};
	struct peer_policy policy;
	struct statement *st;
	int r = peer_policy_read(s, &policy, d);

	if (r == 0)
		peer_table_policy(aggregate_peers(a), &policy, store_secret(s));
	aggregate_since(a, &(struct aggregate_since){
			       .peers = now - s->retention.peers,
			       .minutes = now - s->retention.minutes,
			       .reasons = now - s->retention.reasons,
			   });
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(texts); i++) {
		r = database_query(s->db, d, &st, texts[i].sql, "");
		while (r == 0 && (r = statement_step(st, d)) == 1) {
			aggregate_know(a, texts[i].dimension, column_text(st, 0));
			r = 0;
		}
	}
	return r;
}
