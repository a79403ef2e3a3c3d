/* SPDX-License-Identifier: ISC */
#include "input/archive.h"

#include "base/memory.h"
#include <errno.h>
#include <stdbool.h>

/* The first of a format is used; the others are there to be compared with it. */
static const struct archive_decoder *const decoders[] = {
#ifdef HAVE_ISAL
    &archive_isal,
#endif
    &archive_zlib,
    &archive_zstd,
    &archive_xz,
    &archive_bzip2,
};

#define MAGIC_MAX 16

struct archive {
	const struct archive_decoder *decoder;
	struct source *source;
	void *state;
	bool inside; /* a member has begun and not ended */
	bool end;
	int64_t members, bytes;
	int error;
	struct diag why;
};

const struct archive_decoder *archive_detect(struct slice head)
{
	/* One byte of a magic is a character that a log may begin with. */
	for (size_t i = 0; i < ARRAY_SIZE(decoders) && head.n > 1; i++)
		if (decoders[i]->begins(head) != 0)
			return decoders[i];
	return NULL;
}

int64_t archive_gzip_time(struct slice head)
{
	const unsigned char *p = (const unsigned char *)head.p;

	if (head.n < 8)
		return 0;
	return (int64_t)p[4] | (int64_t)p[5] << 8 | (int64_t)p[6] << 16 | (int64_t)p[7] << 24;
}

struct archive *archive_new(const struct archive_decoder *decoder, struct source *source)
{
	struct archive *a = memory_alloc(sizeof *a);

	*a = (struct archive){.decoder = decoder, .source = source, .state = decoder->create()};
	return a;
}

struct archive *archive_free(struct archive *a)
{
	if (!a)
		return NULL;
	a->decoder->destroy(a->state);
	diag_free(&a->why);
	free(a);
	return NULL;
}

static const char *what_was_read(const struct archive *a)
{
	return a->bytes > 0 ? "what came before was read" : "nothing of it could be read";
}

static int cut_off(struct archive *a, struct diag *d)
{
	return diag_set(d, EBADMSG, NULL, 0, 0,
	    "'%s' ends in the middle of its compressed data; %s", source_name(a->source),
	    what_was_read(a));
}

static int damaged(struct archive *a, int error, struct diag *d)
{
	const char *name = source_name(a->source);

	if (error == -E2BIG)
		return diag_set(d, E2BIG, NULL, 0, 0,
		    "'%s' needs more than 128 MiB of memory to unpack; unpack it with %s first",
		    name, a->decoder->format);
	return diag_set(d, EBADMSG, NULL, 0, 0,
	    "'%s' is damaged: its %s data cannot be unpacked any "
	    "further; %s",
	    name, a->decoder->format, what_was_read(a));
}

/* NUL bytes after a member are padding (of a tape, of a disk block, of xz). */
static int skip_padding(struct archive *a, struct slice *ret, struct diag *d)
{
	struct slice ahead;
	size_t nul;
	int r;

	do {
		r = source_look(a->source, MAGIC_MAX, &ahead, d);
		if (r < 0)
			return r;
		for (nul = 0; nul < ahead.n && ahead.p[nul] == '\0'; nul++)
			;
		source_take(a->source, nul);
	} while (nul > 0);
	*ret = ahead;
	return 0;
}

/* 1 when a member begins, 0 at the end of the archive. */
static int next_member(struct archive *a, struct diag *d)
{
	struct slice ahead;
	int r;

	r = a->members > 0 ? skip_padding(a, &ahead, d)
			   : source_look(a->source, MAGIC_MAX, &ahead, d);
	if (r < 0)
		return r;
	if (ahead.n == 0)
		return 0;
	r = a->decoder->begins(ahead);
	if (r < 0)
		return cut_off(a, d);
	if (r == 0)
		return diag_set(d, EBADMSG, NULL, 0, 0,
		    "'%s' holds something that is not %s data after its end; %s",
		    source_name(a->source), a->decoder->format, what_was_read(a));
	r = a->decoder->start(a->state);
	if (r < 0)
		return damaged(a, r, d);
	a->members++;
	a->inside = true;
	return 1;
}

/* Always 1: whether anything follows is next_member()'s to say. */
static int step(struct archive *a, struct archive_window *w, struct diag *d)
{
	unsigned char *out = w->out;
	struct slice ahead;
	int r;

	r = source_look(a->source, 1, &ahead, d);
	if (r < 0)
		return r;
	w->in = (const unsigned char *)ahead.p;
	w->in_n = ahead.n;
	r = a->decoder->step(a->state, w);
	source_take(a->source, ahead.n - w->in_n);
	a->bytes += w->out - out;
	if (r < 0)
		return damaged(a, r, d);
	if (r > 0)
		a->inside = false;
	else if (w->out == out && w->in_n == ahead.n)
		return ahead.n == 0 ? cut_off(a, d) : damaged(a, -EBADMSG, d);
	return 1;
}

ssize_t archive_read(struct archive *a, void *p, size_t size, struct diag *d)
{
	struct archive_window w = {.out = p, .out_n = size};

	while (w.out_n > 0 && !a->end && !a->error) {
		int r = a->inside ? step(a, &w, &a->why) : next_member(a, &a->why);

		a->end = r == 0;
		a->error = r < 0 ? r : 0;
	}
	if (w.out_n < size)
		return (ssize_t)(size - w.out_n);
	return a->error ? diag_set(d, -a->error, NULL, 0, 0, "%s", a->why.text) : 0;
}
