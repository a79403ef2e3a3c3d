/* SPDX-License-Identifier: ISC */

/* bzip2 by libbz2. */

#include "base/memory.h"
#include "input/archive.h"
#include "input/archive_magic.h"
#include <bzlib.h>
#include <stdbool.h>

struct bzip2 {
	bz_stream stream;
	bool open;
};

/* Three letters and a digit could begin a line; the mark of a block or of the end cannot. */
static int begins(struct slice head)
{
	int r = archive_magic(head, SLICE("BZh"));
	int block;

	if (r != 1)
		return 0;
	if (head.n > 3 && (head.p[3] < '1' || head.p[3] > '9'))
		return 0;
	if (head.n <= 4)
		return -EAGAIN;
	block = archive_magic(slice_skip(head, 4), SLICE("\x31\x41\x59\x26\x53\x59"));
	return block ? block
		     : archive_magic(slice_skip(head, 4), SLICE("\x17\x72\x45\x38\x50\x90"));
}

static void *create(void)
{
	return memory_alloc(sizeof(struct bzip2));
}

static void stop(struct bzip2 *b)
{
	if (b->open)
		BZ2_bzDecompressEnd(&b->stream);
	*b = (struct bzip2){0};
}

static int start(void *p)
{
	struct bzip2 *b = p;

	stop(b);
	if (BZ2_bzDecompressInit(&b->stream, 0, 0) != BZ_OK)
		return -ENOMEM;
	b->open = true;
	return 0;
}

static int step(void *p, struct archive_window *w)
{
	struct bzip2 *b = p;
	int r;

	b->stream.next_in = (char *)w->in;
	b->stream.avail_in = (unsigned)w->in_n;
	b->stream.next_out = (char *)w->out;
	b->stream.avail_out = (unsigned)w->out_n;
	r = BZ2_bzDecompress(&b->stream);
	w->in = (const unsigned char *)b->stream.next_in;
	w->in_n = b->stream.avail_in;
	w->out = (unsigned char *)b->stream.next_out;
	w->out_n = b->stream.avail_out;
	if (r == BZ_STREAM_END)
		return 1;
	return r == BZ_OK ? 0 : r == BZ_MEM_ERROR ? -E2BIG : -EBADMSG;
}

static void destroy(void *p)
{
	stop(p);
	free(p);
}

const struct archive_decoder archive_bzip2 = {
    .format = "bzip2",
    .library = "libbz2",
    .begins = begins,
    .create = create,
    .start = start,
    .step = step,
    .destroy = destroy,
};
