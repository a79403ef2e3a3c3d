/* SPDX-License-Identifier: ISC */
#include "store/stream.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "store/handle.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rungs_add(struct rungs *rungs, const struct position *at)
{
	if (rungs->count == rungs->size) {
		rungs->size = rungs->size ? rungs->size * 2 : 64;
		rungs->at = memory_grow(rungs->at, rungs->size, sizeof(*rungs->at));
	}
	rungs->at[rungs->count++] = *at;
}

void rungs_free(struct rungs *rungs)
{
	free(rungs->at);
	*rungs = (struct rungs){0};
}

int stream_newest(struct store *s, int64_t *ret, struct diag *d)
{
	return database_integer(s->db, d, 0, ret, "SELECT max(id) FROM stream", "");
}

/* Another import may have made the same stream since this one looked for it. */
static int make_stream(
    struct store *s, struct stream_move *move, int64_t source, int64_t now, struct diag *d)
{
	struct stream *to = &move->to;
	const struct position *at = &to->at;
	int64_t rival;
	int r = database_integer(s->db, d, 0, &rival,
	    "SELECT id FROM stream WHERE id > ?1 AND head_length = ?2 AND head = ?3", "iib",
	    move->newest, at->head_length, position_hash(at->head));

	if (r < 0)
		return r;
	if (rival)
		return -ESTALE;
	r = database_run(s->db, d,
	    "INSERT INTO stream (source, name, closed, offset, head_length, head, chain, partial,"
	    " last_read) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	    "isiiibbbi", source, move->name, (int64_t)to->closed, at->offset, at->head_length,
	    position_hash(at->head), position_hash(at->chain), position_hash(at->partial), now);
	if (r == 0)
		to->id = database_last_id(s->db);
	return r;
}

/* A log belongs to the source that read it last: a service takes over what was imported. */
static int move_stream(
    struct store *s, const struct stream_move *move, int64_t source, int64_t now, struct diag *d)
{
	const struct stream *to = &move->to;
	const struct position *at = &to->at;
	int r = database_run(s->db, d,
	    "UPDATE stream SET name = ?3, closed = ?4, offset = ?5, head_length = ?6, head = ?7,"
	    " chain = ?8, partial = ?9, source = ?10, last_read = ?11"
	    " WHERE id = ?1 AND offset = ?2",
	    "iisiiibbbii", to->id, move->committed, move->name, (int64_t)to->closed, at->offset,
	    at->head_length, position_hash(at->head), position_hash(at->chain),
	    position_hash(at->partial), source, now);

	return r < 0 ? r : database_changes(s->db) == 1 ? 0 : -ESTALE;
}

static int write_rung(
    struct store *s, int64_t stream, const struct position *at, const char *kind, struct diag *d)
{
	return database_run(s->db, d,
	    "INSERT INTO ladder (stream, offset, chain, partial, kind) VALUES (?1, ?2, ?3, ?4, ?5)"
	    " ON CONFLICT DO NOTHING",
	    "iibbz", stream, at->offset, position_hash(at->chain), position_hash(at->partial),
	    kind);
}

static int write_rungs(
    struct store *s, const struct stream *to, const struct rungs *rungs, struct diag *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < rungs->count; i++)
		r = write_rung(s, to->id, &rungs->at[i], "mark", d);
	if (r == 0)
		r = write_rung(s, to->id, &to->at, "commit", d);
	/* One that was taken back is not known by what it held any more. */
	if (r == 0)
		r = database_run(s->db, d, "DELETE FROM ladder WHERE stream = ?1 AND offset > ?2",
		    "ii", to->id, to->at.offset);
	if (r < 0)
		return r;
	return database_run(s->db, d,
	    "DELETE FROM ladder WHERE stream = ?1 AND kind = 'commit' AND offset <"
	    " (SELECT min(offset) FROM (SELECT offset FROM ladder WHERE stream = ?1"
	    "  AND kind = 'commit' ORDER BY offset DESC LIMIT ?2))",
	    "ii", to->id, (int64_t)RUNG_COMMITS);
}

int stream_write(
    struct store *s, struct stream_move *move, int64_t source, int64_t now, struct diag *d)
{
	int r = move->to.id ? move_stream(s, move, source, now, d)
			    : make_stream(s, move, source, now, d);

	if (r == -ESTALE)
		return diag_set(d, ESTALE, NULL, 0, 0,
		    "another import counted '%.*s' at the same time; nothing of this batch was "
		    "counted, run it again",
		    SLICE_FMT(move->name));
	return r < 0 ? r : write_rungs(s, &move->to, move->rungs, d);
}

/* What a stream is whole stays: an import of all of it is known for ever. */
int stream_prune(struct store *s, int64_t now, struct diag *d)
{
	int r = database_run(s->db, d,
	    "DELETE FROM ladder WHERE kind = 'commit'"
	    " AND stream IN (SELECT id FROM stream WHERE last_read < ?1)",
	    "i", now - STREAM_COMMITS_KEPT);

	return r < 0 ? r
		     : database_run(s->db, d,
			   "DELETE FROM ladder"
			   " WHERE stream IN (SELECT id FROM stream WHERE last_read < ?1)",
			   "i", now - STREAM_MARKS_KEPT);
}

int stream_last(
    struct store *s, const char *class, struct slice source, int64_t *ret, struct diag *d)
{
	return database_integer(s->db, d, 0, ret,
	    "SELECT max(t.id) FROM stream t JOIN source s ON s.id = t.source"
	    " WHERE s.class = ?1 AND s.name = ?2 AND NOT t.closed",
	    "zs", class, source);
}

int stream_close(struct store *s, int64_t stream, struct diag *d)
{
	int r = store_writable(s, d);

	if (r == 0)
		r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	r = database_run(s->db, d, "UPDATE stream SET closed = 1 WHERE id = ?1", "i", stream);
	if (r == 0)
		return database_commit(s->db, d);
	database_rollback(s->db);
	return r;
}

int stream_begins(
    struct store *s, struct slice bytes, int64_t except, struct buffer *ret_name, struct diag *d)
{
	struct identity *identity = NULL;
	struct statement *lengths, *hit;
	struct position at;
	int r = database_query(s->db, d, &lengths,
	    "SELECT DISTINCT head_length FROM stream WHERE head_length BETWEEN ?1 AND ?2", "ii",
	    (int64_t)STREAM_JOIN_LEAST, (int64_t)bytes.n);

	if (r < 0)
		return r;
	while (r == 0 && (r = statement_step(lengths, d)) == 1) {
		identity = identity_new(s->secret);
		identity_update(identity, slice_first(bytes, (size_t)column_integer(lengths, 0)));
		identity_position(identity, &at);
		identity_free(identity);
		r = database_query(s->db, d, &hit,
		    "SELECT name FROM stream WHERE head_length = ?1 AND head = ?2 AND id <> ?3",
		    "ibi", at.head_length, position_hash(at.head), except);
		if (r == 0)
			r = statement_step(hit, d);
		if (r == 1) {
			buffer_add(ret_name, column_text(hit, 0));
			statement_reset(hit);
			r = 0;
			break;
		}
	}
	statement_reset(lengths);
	return r < 0 ? r : 0;
}
