/* SPDX-License-Identifier: ISC */
#include "cmd/locate.h"

#include "base/memory.h"
#include <string.h>

#define READ_SIZE (256 * 1024)

struct walk {
	struct store *store;
	struct reader *reader;
	struct identity *identity;
	int64_t offset;
	char *buffer;
};

static int restart(struct walk *w, struct diag *d)
{
	int r = w->offset ? reader_rewind(w->reader, d) : 0;

	identity_free(w->identity);
	w->identity = identity_new(store_secret(w->store));
	w->offset = 0;
	return r;
}

/* Hashes up to offset; 0 if the log ends before. */
static int walk_to(struct walk *w, int64_t offset, struct diag *d)
{
	while (w->offset < offset) {
		int64_t left = offset - w->offset;
		ssize_t n = reader_read(
		    w->reader, w->buffer, left < READ_SIZE ? (size_t)left : READ_SIZE, d);

		if (n <= 0)
			return (int)n;
		identity_update(w->identity, (struct slice){w->buffer, (size_t)n});
		w->offset += n;
	}
	return 1;
}

/* A log that has no more than these bytes ends at its last line end. */
static int end_of_short_log(
    struct walk *w, struct stream_search *search, struct slice first, struct diag *d)
{
	struct identity *identity = identity_new(store_secret(w->store));
	const char *last = first.n ? memrchr(first.p, '\n', first.n) : NULL;
	struct position end;

	identity_update(identity, slice_first(first, last ? (size_t)(last + 1 - first.p) : 0));
	identity_position(identity, &end);
	identity_free(identity);
	return stream_search_end(search, &end, d);
}

static int search_stream(struct walk *w, struct stream_search *search, struct diag *d)
{
	struct position at;
	int64_t next;
	int r;

	while ((next = stream_search_next(search)) > 0) {
		r = walk_to(w, next, d);
		if (r < 0)
			return r;
		identity_position(w->identity, &at);
		if (r == 0)
			return stream_search_end(search, &at, d);
		stream_search_at(search, &at);
	}
	return 0;
}

/* Of one that is counted nothing will be read. */
static int place_reader(struct walk *w, const struct located *found, struct diag *d)
{
	int64_t place = found->verdict == STREAM_CONTINUED ? found->stream.at.offset : 0;
	int r = w->offset > place && found->verdict != STREAM_COUNTED ? restart(w, d) : 0;

	reader_keep(w->reader, false);
	return r < 0 ? r : walk_to(w, place, d);
}

static int walk_log(struct walk *w, struct located *found, struct diag *d)
{
	_cleanup_stream_search_ struct stream_search *search = NULL;
	struct stream_names names;
	char first[IDENTITY_HEAD];
	ssize_t n = reader_peek(w->reader, first, sizeof(first), d);
	int r = n < 0 ? (int)n : 0;

	if (r == 0)
		r = restart(w, d);
	if (r == 0)
		r = stream_search_begin(w->store, (struct slice){first, (size_t)n}, &search, d);
	if (r == 0 && n < (ssize_t)sizeof(first))
		r = end_of_short_log(w, search, (struct slice){first, (size_t)n}, d);
	if (r == 0 && stream_search_next(search) > 0)
		reader_keep(w->reader, true);
	if (r == 0)
		r = search_stream(w, search, d);
	if (r < 0)
		return r;
	found->verdict = stream_search_verdict(search, &found->stream, &names);
	found->agreed = stream_search_agreed(search, &found->longer);
	found->name = memory_string(names.last);
	found->source = memory_string(names.source);
	return place_reader(w, found, d);
}

int locate(struct store *s, struct reader *reader, struct located *ret, struct diag *d)
{
	struct walk w = {.store = s, .reader = reader, .buffer = memory_array(READ_SIZE, 1)};
	struct located found = {0};
	int r = walk_log(&w, &found, d);

	free(w.buffer);
	if (r < 0) {
		identity_free(w.identity);
		located_free(&found);
		return r;
	}
	found.identity = w.identity;
	*ret = found;
	return 0;
}

int locate_at(struct store *s, struct reader *reader, int64_t offset, struct located *located,
    struct position *ret, struct diag *d)
{
	struct walk w = {
	    .store = s,
	    .reader = reader,
	    .buffer = memory_array(READ_SIZE, 1),
	    .offset = 1, /* anywhere */
	};
	int r = restart(&w, d);

	if (r == 0)
		r = walk_to(&w, offset, d);
	free(w.buffer);
	if (r <= 0) {
		identity_free(w.identity);
		return r;
	}
	identity_position(w.identity, ret);
	identity_free(located->identity);
	located->identity = w.identity;
	return 1;
}

bool located_is_whole(const struct located *found)
{
	return found->verdict == STREAM_CONTINUED ||
	       (found->verdict == STREAM_COUNTED && found->longer.id != found->stream.id);
}

void located_free(struct located *located)
{
	free(located->name);
	free(located->source);
	identity_free(located->identity);
	*located = (struct located){0};
}
