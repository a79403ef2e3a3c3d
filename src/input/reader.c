/* SPDX-License-Identifier: ISC */
#include "input/reader.h"

#include "base/memory.h"
#include "input/archive.h"
#include "input/content.h"
#include "input/readahead.h"
#include "input/replay.h"
#include "input/source.h"
#include <errno.h>
#include <stdbool.h>

#define PEEK_MAX (64 * 1024)

struct reader {
	struct source *source;
	const struct archive_decoder *decoder; /* NULL: plain */
	struct archive *archive;
	struct readahead *readahead; /* once reading has passed what was peeked at */
	int64_t time, bytes;
	struct replay *replay; /* of a pipe that may have to be read again */
	bool replaying;
	size_t at, n; /* of peeked bytes: given out, there */
	int error;    /* came while peeking: due after the peeked bytes */
	bool end;
	struct diag why;
	unsigned char peeked[PEEK_MAX];
};

/* From the decoder, or the source itself, on the caller's thread. */
static ssize_t fill_some(struct reader *r, struct diag *d)
{
	void *to = r->peeked + r->n;
	size_t room = sizeof r->peeked - r->n;

	if (r->readahead)
		return readahead_read(r->readahead, to, room, d);
	if (r->archive)
		return archive_read(r->archive, to, room, d);
	return source_read(r->source, to, room, d);
}

/* Until `least` bytes are there to look at, or no more come. */
static void fill(struct reader *r, size_t least)
{
	if (r->n - r->at < least) {
		memmove(r->peeked, r->peeked + r->at, r->n - r->at);
		r->n -= r->at;
		r->at = 0;
	}
	while (r->n - r->at < least && !r->end && !r->error) {
		ssize_t got = fill_some(r, &r->why);

		if (got < 0)
			r->error = (int)got;
		else
			r->n += (size_t)got;
		r->end = got == 0;
	}
}

/* What is in the archive. */
static int check_inside(struct reader *r, struct diag *d)
{
	struct slice inside;

	r->archive = archive_new(r->decoder, r->source);
	fill(r, CONTENT_LOOK);
	inside = (struct slice){(const char *)r->peeked + r->at, r->n - r->at};
	if (inside.n > CONTENT_LOOK)
		inside.n = CONTENT_LOOK;
	return content_check(source_name(r->source), r->decoder->format, inside, d);
}

static int recognise(struct reader *r, struct diag *d)
{
	struct slice head;
	int e;

	e = source_look(r->source, CONTENT_LOOK, &head, d);
	if (e < 0)
		return e;
	if (head.n > CONTENT_LOOK)
		head.n = CONTENT_LOOK;
	r->time = source_time(r->source);
	r->decoder = archive_detect(head);
	if (!r->decoder)
		return content_check(source_name(r->source), NULL, head, d);
	if (slice_is(slice_of(r->decoder->format), "gzip") && archive_gzip_time(head) > 0)
		r->time = archive_gzip_time(head);
	return check_inside(r, d);
}

int reader_open(const char *path, struct reader **ret, struct diag *d)
{
	_cleanup_reader_ struct reader *r = memory_alloc(sizeof *r);
	int e;

	e = source_open(path, &r->source, d);
	if (e < 0)
		return e;
	e = recognise(r, d);
	if (e < 0)
		return e;
	*ret = r;
	r = NULL;
	return 0;
}

static void stop_unpacking(struct reader *r)
{
	r->readahead = readahead_free(r->readahead);
	r->archive = archive_free(r->archive);
}

struct reader *reader_free(struct reader *r)
{
	if (!r)
		return NULL;
	stop_unpacking(r);
	r->replay = replay_free(r->replay);
	r->source = source_free(r->source);
	diag_free(&r->why);
	free(r);
	return NULL;
}

static ssize_t read_kept(struct reader *r, void *p, size_t size, struct diag *d)
{
	ssize_t got = replay_read(r->replay, p, size, d);

	if (got == 0) {
		r->replay = replay_free(r->replay);
		r->replaying = false;
	}
	return got;
}

static ssize_t read_beyond_peeked(struct reader *r, void *p, size_t size, struct diag *d)
{
	int e;

	if (r->error)
		return diag_set(d, -r->error, NULL, 0, 0, "%s", r->why.text);
	if (r->end)
		return 0;
	if (!r->archive)
		return source_read(r->source, p, size, d);
	if (!r->readahead) {
		e = readahead_new(r->archive, r->source, &r->readahead, d);
		if (e < 0)
			return e;
	}
	return readahead_read(r->readahead, p, size, d);
}

ssize_t reader_read(struct reader *r, void *p, size_t size, struct diag *d)
{
	size_t held = r->n - r->at;
	ssize_t got = 0;

	if (r->replaying) {
		got = read_kept(r, p, size, d);
		if (got > 0)
			r->bytes += got;
		if (got != 0)
			return got;
	}
	if (held > 0) {
		got = (ssize_t)(held < size ? held : size);
		memcpy(p, r->peeked + r->at, (size_t)got);
		r->at += (size_t)got;
	} else {
		got = read_beyond_peeked(r, p, size, d);
	}
	if (got > 0) {
		r->bytes += got;
		if (r->replay)
			replay_keep(r->replay, p, (size_t)got);
	}
	return got;
}

ssize_t reader_peek(struct reader *r, void *p, size_t size, struct diag *d)
{
	ssize_t kept = 0;
	size_t held;

	if (size > PEEK_MAX)
		size = PEEK_MAX;
	if (r->replaying)
		kept = replay_peek(r->replay, p, size, d);
	if (kept < 0 || (size_t)kept == size)
		return kept;
	p = (char *)p + kept;
	size -= (size_t)kept;
	fill(r, size);
	held = r->n - r->at;
	if (kept + (ssize_t)held == 0 && r->error)
		return diag_set(d, -r->error, NULL, 0, 0, "%s", r->why.text);
	if (held > size)
		held = size;
	memcpy(p, r->peeked + r->at, held);
	return kept + (ssize_t)held;
}

int reader_rewind(struct reader *r, struct diag *d)
{
	int e;

	if (r->replay) {
		e = replay_start(r->replay, source_name(r->source), d);
		if (e < 0)
			return e;
		r->replaying = true;
		r->bytes = 0;
		return 0;
	}
	/* Only where it will succeed: what lies in the ring is lost. */
	if (source_seekable(r->source))
		stop_unpacking(r);
	e = source_rewind(r->source, d);
	if (e < 0)
		return e;
	r->at = r->n = 0;
	r->end = false;
	r->error = 0;
	r->bytes = 0;
	diag_free(&r->why);
	if (r->decoder)
		r->archive = archive_new(r->decoder, r->source);
	return 0;
}

void reader_keep(struct reader *r, bool keep)
{
	if (r->replaying || source_seekable(r->source))
		return;
	if (!keep)
		r->replay = replay_free(r->replay);
	else if (!r->replay)
		r->replay = replay_new();
}

void reader_resume(struct reader *r)
{
	r->end = false;
	source_resume(r->source);
}

int reader_descriptor(const struct reader *r)
{
	return source_descriptor(r->source);
}

void reader_interrupt(struct reader *r)
{
	source_interrupt(r->source);
}

void reader_info(const struct reader *r, struct reader_info *ret)
{
	*ret = (struct reader_info){
	    .name = source_name(r->source),
	    .compression = r->decoder ? r->decoder->format : "plain",
	    .time = r->time,
	    .size = source_size(r->source),
	    .consumed = source_taken(r->source),
	    .bytes = r->bytes,
	};
}
