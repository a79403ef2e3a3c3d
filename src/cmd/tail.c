/* SPDX-License-Identifier: ISC */
#include "cmd/tail.h"

#include "base/memory.h"
#include "base/steady.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void keep_recent(struct tail *t, struct slice bytes)
{
	if (bytes.n >= TAIL_MARKER) {
		memcpy(t->recent, bytes.p + bytes.n - TAIL_MARKER, TAIL_MARKER);
		return;
	}
	memmove(t->recent, t->recent + bytes.n, TAIL_MARKER - bytes.n);
	memcpy(t->recent + TAIL_MARKER - bytes.n, bytes.p, bytes.n);
}

static void take_bytes(void *context, struct slice bytes)
{
	struct tail *t = context;

	keep_recent(t, bytes);
	trace_bytes(&t->trace, bytes);
}

/* What is kept of the bytes that were told. */
static struct slice recent(const struct tail *t)
{
	size_t n = t->trace.offset < TAIL_MARKER ? (size_t)t->trace.offset : TAIL_MARKER;

	return (struct slice){t->recent + TAIL_MARKER - n, n};
}

/* Reads n bytes before `end` as they are in the file now. */
static bool read_before(const struct tail *t, int64_t end, char *to, size_t n)
{
	ssize_t got = pread(reader_descriptor(t->reader), to, n, end - (int64_t)n);

	return got == (ssize_t)n;
}

struct tail *tail_new(
    const char *path, struct reader *reader, struct located *located, const struct zone *zone)
{
	struct tail *t = memory_alloc(sizeof(*t));
	struct reader_info info;
	struct stat st;
	int64_t offset =
	    located->stream.at.offset; /* not where the store is, if it was taken back */

	reader_info(reader, &info);
	t->path = memory_string(path);
	t->archive = strcmp(info.compression, "plain") != 0;
	if (fstat(reader_descriptor(reader), &st) == 0)
		family_file_of(&st, &t->file);
	t->reader = reader;
	t->identity = located->identity;
	located->identity = NULL;
	t->move = (struct stream_move){
	    .name = slice_of(t->path),
	    .to = located->stream,
	    .committed = offset,
	    .rungs = &t->rungs,
	};
	t->trace = trace_begin(t->identity, offset, &t->rungs);
	clock_init(&t->clock, zone, info.time, 0);
	t->framing = framing_new(reader, offset, take_bytes, t);
	if (t->archive)
		return t;
	framing_follow(t->framing);
	read_before(t, offset, t->recent + TAIL_MARKER - recent(t).n, recent(t).n);
	return t;
}

struct tail *tail_free(struct tail *t)
{
	if (!t)
		return NULL;
	framing_free(t->framing);
	reader_free(t->reader);
	identity_free(t->identity);
	rungs_free(&t->rungs);
	free(t->path);
	free(t);
	return NULL;
}

static void take_block(struct tail *t, struct parser *parser, const struct block *block)
{
	parser_block(parser, block->text);
	trace_position(&t->trace, &t->move.to.at);
}

static int read_blocks(struct tail *t, struct parser *parser, int64_t budget,
    struct source_counts *counts, struct diag *d)
{
	int64_t from = t->move.to.at.offset;
	struct block block;
	int r;

	do {
		r = framing_next(t->framing, &block, d);
		if (r <= 0)
			return r;
		if (block.unfinished) /* of an archive, where its end will not come */
			counts->unfinished++;
		else
			take_block(t, parser, &block);
		if (clock_spans_too_long(parser_clock(parser)))
			return diag_set(d, ERANGE, t->path, 0, 0,
			    "its time stamps have no year and span more than twelve months; import "
			    "it with --year");
	} while (t->move.to.at.offset - from < budget);
	return 1;
}

static void add_counts(struct tail *t, const struct parser *parser, struct source_counts *counts)
{
	struct line_counts parsed;
	struct framing_counts framed;

	parser_counts(parser, &parsed);
	framing_counts(t->framing, &framed);
	counts->lines += parsed.lines;
	counts->bad_time += parsed.bad_time;
	counts->unparsed += parsed.unparsed;
	counts->overlong += framed.overlong - t->framed.overlong;
	counts->nul_bytes += framed.nul_bytes - t->framed.nul_bytes;
	t->framed = framed;
}

int tail_read(struct tail *t, struct parser *parser, const char *host, int64_t budget,
    struct source_counts *counts, struct diag *d)
{
	int64_t from = t->move.to.at.offset;
	struct stat st;
	int r;

	if (!t->archive && fstat(reader_descriptor(t->reader), &st) == 0)
		t->clock.log_time = st.st_mtime;
	parser_log(parser, slice_of(host), &t->clock);
	r = read_blocks(t, parser, budget, counts, d);
	t->clock = *parser_clock(parser);
	add_counts(t, parser, counts);
	counts->bytes += t->move.to.at.offset - from;
	if (r == 0 && t->archive)
		t->ended = t->move.to.closed = true;
	if (r >= 0 && !t->archive && t->move.to.at.offset > from && !tail_is_same(t))
		return -ESTALE;
	return r;
}

bool tail_is_same(const struct tail *t)
{
	const struct position *at = &t->move.to.at;
	char last[TAIL_MARKER], first[IDENTITY_HEAD];
	struct stat st;

	/* The beginning of a line that has no end yet is told, and counts with what comes then. */
	if (t->archive || t->trace.offset == 0)
		return true;
	if (fstat(reader_descriptor(t->reader), &st) < 0 || st.st_size < t->trace.offset)
		return false;
	if (!read_before(t, t->trace.offset, last, recent(t).n) ||
	    memcmp(last, recent(t).p, recent(t).n) != 0)
		return false;
	return read_before(t, at->head_length, first, (size_t)at->head_length) &&
	       identity_begins(t->identity, (struct slice){first, (size_t)at->head_length});
}

bool tail_is_moved(const struct tail *t)
{
	return t->move.to.at.offset != t->move.committed || (t->ended && t->archive);
}

int64_t tail_unlinked(struct tail *t)
{
	struct stat st;

	if (fstat(reader_descriptor(t->reader), &st) < 0 || st.st_nlink > 0)
		return -1;
	if (!t->unlinked || t->unlinked_at != t->trace.offset)
		t->unlinked = steady_seconds();
	t->unlinked_at = t->trace.offset;
	return steady_seconds() - t->unlinked;
}

int64_t tail_age(const struct tail *t)
{
	struct stat st;

	return fstat(reader_descriptor(t->reader), &st) == 0 ? time(NULL) - st.st_mtime : 0;
}

int64_t tail_lag(const struct tail *t)
{
	struct reader_info info;
	struct stat st;

	reader_info(t->reader, &info);
	if (fstat(reader_descriptor(t->reader), &st) < 0)
		return 0;
	return t->archive ? st.st_size - info.consumed : st.st_size - t->move.to.at.offset;
}

int tail_sync(const struct tail *t)
{
	/* Of a file system that cannot, nothing more is to be had. */
	if (fdatasync(reader_descriptor(t->reader)) < 0 && errno != EINVAL && errno != EROFS)
		return -errno;
	return 0;
}
