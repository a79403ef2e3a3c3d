/* SPDX-License-Identifier: ISC */

/* zstd by libzstd. */

#include "input/archive.h"
#include "input/archive_magic.h"
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/* A frame, or one of the sixteen skippable ones that pzstd and zstd --seekable write first. */
static int begins(struct slice head)
{
	int r = archive_magic(head, SLICE("\x28\xb5\x2f\xfd"));

	if (r != 0 || head.n == 0 || (head.p[0] & 0xf0) != 0x50)
		return r;
	return head.n == 1 ? -EAGAIN : archive_magic(slice_skip(head, 1), SLICE("\x2a\x4d\x18"));
}

static void *create(void)
{
	ZSTD_DStream *stream = ZSTD_createDStream();

	if (!stream)
		abort();
	ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, ARCHIVE_WINDOW_MAX_LOG);
	return stream;
}

static int start(void *p)
{
	return ZSTD_isError(ZSTD_DCtx_reset(p, ZSTD_reset_session_only)) ? -EBADMSG : 0;
}

static int step(void *p, struct archive_window *w)
{
	ZSTD_inBuffer in = {.src = w->in, .size = w->in_n};
	ZSTD_outBuffer out = {.dst = w->out, .size = w->out_n};
	size_t r = ZSTD_decompressStream(p, &out, &in);

	w->in += in.pos;
	w->in_n -= in.pos;
	w->out += out.pos;
	w->out_n -= out.pos;
	switch (ZSTD_getErrorCode(r)) {
	case ZSTD_error_no_error:
		return r == 0;
	case ZSTD_error_frameParameter_windowTooLarge:
	case ZSTD_error_memory_allocation:
		return -E2BIG;
	default:
		return -EBADMSG;
	}
}

static void destroy(void *p)
{
	ZSTD_freeDStream(p);
}

const struct archive_decoder archive_zstd = {
    .format = "zstd",
    .library = "libzstd",
    .begins = begins,
    .create = create,
    .start = start,
    .step = step,
    .destroy = destroy,
};
