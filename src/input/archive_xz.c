/* SPDX-License-Identifier: ISC */

/* xz by liblzma. */

#include "base/memory.h"
#include "input/archive.h"
#include "input/archive_magic.h"
#include <lzma.h>

/* The dictionary, and what the decoder needs beside it. */
#define MEMORY_MAX ((UINT64_C(1) << ARCHIVE_WINDOW_MAX_LOG) + (UINT64_C(1) << 20))

static int begins(struct slice head)
{
	return archive_magic(head, SLICE("\xfd"
					 "7zXZ\0"));
}

static void *create(void)
{
	lzma_stream *stream = memory_alloc(sizeof *stream);

	*stream = (lzma_stream)LZMA_STREAM_INIT;
	return stream;
}

/* liblzma takes a used stream and keeps its memory. */
static int start(void *p)
{
	return lzma_stream_decoder(p, MEMORY_MAX, 0) == LZMA_OK ? 0 : -ENOMEM;
}

static int step(void *p, struct archive_window *w)
{
	lzma_stream *stream = p;
	lzma_ret r;

	stream->next_in = w->in;
	stream->avail_in = w->in_n;
	stream->next_out = w->out;
	stream->avail_out = w->out_n;
	r = lzma_code(stream, LZMA_RUN);
	w->in = stream->next_in;
	w->in_n = stream->avail_in;
	w->out = stream->next_out;
	w->out_n = stream->avail_out;
	if (r == LZMA_STREAM_END)
		return 1;
	if (r == LZMA_MEMLIMIT_ERROR || r == LZMA_MEM_ERROR)
		return -E2BIG;
	/* LZMA_BUF_ERROR only says that nothing moved; the caller sees that itself. */
	return r == LZMA_OK || r == LZMA_BUF_ERROR ? 0 : -EBADMSG;
}

static void destroy(void *p)
{
	lzma_end(p);
	free(p);
}

const struct archive_decoder archive_xz = {
    .format = "xz",
    .library = "liblzma",
    .begins = begins,
    .create = create,
    .start = start,
    .step = step,
    .destroy = destroy,
};
