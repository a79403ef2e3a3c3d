/* SPDX-License-Identifier: ISC */

/* gzip by zlib: always there. */

#include "base/memory.h"
#include "input/archive.h"
#include "input/archive_magic.h"
#include <zlib.h>

#define GZIP_ONLY (16 + MAX_WBITS)

static int begins(struct slice head)
{
	return archive_magic(head, SLICE("\x1f\x8b\x08"));
}

static void *create(void)
{
	return memory_alloc(sizeof(z_stream));
}

static int start(void *p)
{
	z_stream *stream = p;

	if (stream->state)
		return inflateReset(stream) == Z_OK ? 0 : -EBADMSG;
	return inflateInit2(stream, GZIP_ONLY) == Z_OK ? 0 : -ENOMEM;
}

static int step(void *p, struct archive_window *w)
{
	z_stream *stream = p;
	int r;

	stream->next_in = (Bytef *)w->in;
	stream->avail_in = (uInt)w->in_n;
	stream->next_out = w->out;
	stream->avail_out = (uInt)w->out_n;
	r = inflate(stream, Z_NO_FLUSH);
	w->in = stream->next_in;
	w->in_n = stream->avail_in;
	w->out = stream->next_out;
	w->out_n = stream->avail_out;
	if (r == Z_STREAM_END)
		return 1;
	/* Z_BUF_ERROR only says that nothing moved; the caller sees that itself. */
	return r == Z_OK || r == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static void destroy(void *p)
{
	z_stream *stream = p;

	if (stream->state)
		inflateEnd(stream);
	free(stream);
}

const struct archive_decoder archive_zlib = {
    .format = "gzip",
    .library = "zlib",
    .begins = begins,
    .create = create,
    .start = start,
    .step = step,
    .destroy = destroy,
};
