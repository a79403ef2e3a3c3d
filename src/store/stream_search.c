/* SPDX-License-Identifier: ISC */
#include "store/stream.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "store/handle.h"
#include <stdlib.h>
#include <string.h>

/* A position of one of the streams that begin like the log. */
struct rung {
	int64_t offset;
	size_t candidate;
	unsigned char chain[16], partial[16];
};

struct candidate {
	struct stream stream;
	char *name, *source;
	bool differs;	/* at a rung: this is another log */
	bool met;	/* the log is equal up to where the stream stands */
	int64_t agreed; /* equal up to here, by the rungs that were looked at */
};

struct stream_search {
	struct store *store;
	struct candidate *candidates;
	size_t count;
	struct rung *rungs; /* by offset */
	size_t rung_count, next;
	int64_t end;			 /* the log's, if it ended before the last rung; else -1 */
	const struct candidate *counted; /* found at the log's end */
};

static void read_hash(const struct statement *st, int column, unsigned char to[16])
{
	struct slice hash = column_blob(st, column);

	memset(to, 0, 16);
	if (hash.n == 16)
		memcpy(to, hash.p, 16);
}

static struct candidate *add_candidate(struct stream_search *search, const struct statement *st)
{
	struct candidate *c;

	search->candidates =
	    memory_grow(search->candidates, search->count + 1, sizeof(*search->candidates));
	c = &search->candidates[search->count++];
	*c = (struct candidate){
	    .stream = {.id = column_integer(st, 0),
		.closed = column_integer(st, 1) != 0,
		.at = {.offset = column_integer(st, 2), .head_length = column_integer(st, 3)}},
	    .name = memory_copy(column_text(st, 7).p, column_text(st, 7).n),
	    .source = memory_copy(column_text(st, 8).p, column_text(st, 8).n),
	};
	read_hash(st, 4, c->stream.at.head);
	read_hash(st, 5, c->stream.at.chain);
	read_hash(st, 6, c->stream.at.partial);
	return c;
}

#define CANDIDATE                                                                                  \
	"SELECT id, closed, offset, head_length, head, chain, partial, name,"                      \
	" (SELECT name FROM source WHERE source.id = stream.source) FROM stream"

/* All streams whose first bytes, as many as were hashed of them, are this log's first bytes. */
static int find_candidates(struct stream_search *search, struct slice first, struct diag *d)
{
	struct database *db = search->store->db;
	struct statement *lengths, *st;
	struct position at;
	int r = database_query(db, d, &lengths,
	    "SELECT DISTINCT head_length FROM stream WHERE head_length <= ?1", "i",
	    (int64_t)first.n);

	if (r < 0)
		return r;
	while (r == 0 && (r = statement_step(lengths, d)) == 1) {
		struct identity *identity = identity_new(search->store->secret);

		identity_update(identity, slice_first(first, (size_t)column_integer(lengths, 0)));
		identity_position(identity, &at);
		identity_free(identity);
		r = database_query(db, d, &st, CANDIDATE " WHERE head_length = ?1 AND head = ?2",
		    "ib", at.head_length, ((struct slice){(const char *)at.head, 16}));
		while (r == 0 && (r = statement_step(st, d)) == 1) {
			add_candidate(search, st);
			r = 0;
		}
	}
	if (r < 0)
		statement_reset(lengths);
	return r;
}

static void add_rung(struct stream_search *search, size_t candidate, const struct rung *rung)
{
	/* Grows by doubling: the sizes are powers of two. */
	if ((search->rung_count & (search->rung_count - 1)) == 0)
		search->rungs = memory_grow(search->rungs,
		    search->rung_count ? search->rung_count * 2 : 1, sizeof(*search->rungs));
	search->rungs[search->rung_count] = *rung;
	search->rungs[search->rung_count++].candidate = candidate;
}

static int find_rungs(struct stream_search *search, size_t candidate, struct diag *d)
{
	const struct stream *stream = &search->candidates[candidate].stream;
	struct rung rung = {.offset = stream->at.offset};
	struct statement *st;
	int r;

	memcpy(rung.chain, stream->at.chain, 16);
	memcpy(rung.partial, stream->at.partial, 16);
	add_rung(search, candidate, &rung);
	r = database_query(search->store->db, d, &st,
	    "SELECT offset, chain, partial FROM ladder WHERE stream = ?1 AND offset < ?2", "ii",
	    stream->id, stream->at.offset);
	while (r == 0 && (r = statement_step(st, d)) == 1) {
		rung.offset = column_integer(st, 0);
		read_hash(st, 1, rung.chain);
		read_hash(st, 2, rung.partial);
		add_rung(search, candidate, &rung);
		r = 0;
	}
	return r;
}

static int compare_rungs(const void *left, const void *right)
{
	const struct rung *a = left, *b = right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return (a->candidate > b->candidate) - (a->candidate < b->candidate);
}

int stream_search_begin(
    struct store *s, struct slice first, struct stream_search **ret, struct diag *d)
{
	_cleanup_stream_search_ struct stream_search *search = memory_alloc(sizeof(*search));
	int r;

	search->store = s;
	search->end = -1;
	r = find_candidates(
	    search, slice_first(first, first.n < IDENTITY_HEAD ? first.n : IDENTITY_HEAD), d);
	for (size_t i = 0; r == 0 && i < search->count; i++)
		r = find_rungs(search, i, d);
	if (r < 0)
		return r;
	if (search->rung_count)
		qsort(search->rungs, search->rung_count, sizeof(*search->rungs), compare_rungs);
	*ret = search;
	search = NULL;
	return 0;
}

struct stream_search *stream_search_free(struct stream_search *search)
{
	if (!search)
		return NULL;
	for (size_t i = 0; i < search->count; i++) {
		free(search->candidates[i].name);
		free(search->candidates[i].source);
	}
	free(search->candidates);
	free(search->rungs);
	free(search);
	return NULL;
}

/* Rungs of streams that are known to differ need not be looked at. */
static size_t next_rung(const struct stream_search *search)
{
	size_t i = search->next;

	while (i < search->rung_count && search->candidates[search->rungs[i].candidate].differs)
		i++;
	return i;
}

int64_t stream_search_next(const struct stream_search *search)
{
	size_t i = next_rung(search);

	return i < search->rung_count ? search->rungs[i].offset : 0;
}

void stream_search_at(struct stream_search *search, const struct position *at)
{
	for (; search->next < search->rung_count; search->next++) {
		const struct rung *rung = &search->rungs[search->next];
		struct candidate *c = &search->candidates[rung->candidate];

		if (rung->offset > at->offset)
			return;
		if (c->differs || rung->offset < at->offset)
			continue;
		if (memcmp(rung->chain, at->chain, 16) != 0 ||
		    memcmp(rung->partial, at->partial, 16) != 0) {
			c->differs = true;
			continue;
		}
		c->agreed = rung->offset;
		c->met = rung->offset == c->stream.at.offset;
	}
}

/* A log that ends at a rung of any stream is counted.  That finds one of a few lines, too, of which
 * the first bytes are fewer than those that a stream is known by.  Of several streams it is rather
 * the one that ends there than one of which it is a part. */
int stream_search_end(struct stream_search *search, const struct position *end, struct diag *d)
{
	struct statement *st;
	int r;

	search->end = end->offset;
	if (end->offset == 0)
		return 0;
	r = database_query(search->store->db, d, &st,
	    CANDIDATE " WHERE id IN (SELECT stream FROM ladder WHERE offset = ?1 AND partial = ?2"
		      " AND chain = ?3) AND offset >= ?1 ORDER BY offset",
	    "ibb", end->offset, ((struct slice){(const char *)end->partial, 16}),
	    ((struct slice){(const char *)end->chain, 16}));
	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	search->counted = add_candidate(search, st);
	statement_reset(st);
	return 0;
}

static const struct candidate *best(const struct stream_search *search, bool met)
{
	const struct candidate *found = NULL;

	for (size_t i = 0; i < search->count; i++) {
		const struct candidate *c = &search->candidates[i];

		if (c->differs || c->met != met)
			continue;
		if (!found || c->stream.at.offset > found->stream.at.offset)
			found = c;
	}
	return found;
}

enum stream_verdict stream_search_verdict(
    const struct stream_search *search, struct stream *ret, struct stream_names *ret_names)
{
	const struct candidate *c = search->counted;
	enum stream_verdict verdict = STREAM_COUNTED;

	if (!c) {
		c = best(search, true);
		verdict = STREAM_CONTINUED;
	}
	/* Longer streams that agree so far: shorter than each of them, longer than none. */
	if (!c && search->end >= 0) {
		c = best(search, false);
		verdict = STREAM_SHORTER;
	}
	if (!c) {
		*ret = (struct stream){0};
		*ret_names = (struct stream_names){"", ""};
		return STREAM_NEW;
	}
	*ret = c->stream;
	*ret_names = (struct stream_names){c->name, c->source};
	return verdict;
}

int64_t stream_search_agreed(const struct stream_search *search, struct stream *ret)
{
	const struct candidate *found = NULL;
	int64_t agreed = 0;

	for (size_t i = 0; i < search->count; i++) {
		const struct candidate *c = &search->candidates[i];
		int64_t equal = c == search->counted ? search->end : c->agreed;

		if (equal <= agreed || equal >= c->stream.at.offset)
			continue;
		found = c;
		agreed = equal;
	}
	if (found)
		*ret = found->stream;
	return agreed;
}
