/* SPDX-License-Identifier: ISC */

/* A log of any bytes, compressed ones among them: blocks hold whole lines, and the bytes that are
 * told are those before each block's offset. */

#include "input/framing.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count_bytes(void *context, struct slice bytes)
{
	*(int64_t *)context += (int64_t)bytes.n;
}

static void check_block(const struct block *b, int64_t before, int64_t told)
{
	if (b->text.n == 0 || b->text.p[b->text.n - 1] != '\n')
		abort();
	if (b->offset < before || told < b->offset || (!b->unfinished && told != b->offset))
		abort();
	for (struct slice rest = b->text; rest.n;) {
		size_t n = slice_find(rest, '\n');

		if (n > LINE_LENGTH_MAX)
			abort();
		rest = slice_skip(rest, n + 1);
	}
}

static void read_log(struct reader *reader)
{
	_cleanup_diag_ struct diag d = {0};
	int64_t told = 0, before = 0;
	struct framing *f = framing_new(reader, 0, count_bytes, &told);
	struct block block;
	int r;

	while ((r = framing_next(f, &block, &d)) > 0) {
		check_block(&block, before, told);
		before = block.offset;
	}
	if ((r < 0) != (d.text != NULL))
		abort();
	framing_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_close_ int fd = memfd_create("log", MFD_CLOEXEC);
	struct reader *reader = NULL;
	char path[32];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (reader_open(path, &reader, &d) < 0) {
		if (!d.text)
			abort();
		return 0;
	}
	read_log(reader);
	reader_free(reader);
	return 0;
}
