/* SPDX-License-Identifier: ISC */
#include "base/zone_table.h"

#include "base/macros.h"
#include "base/memory.h"
#include <errno.h>

/* TZif, RFC 8536: a header and a block of 32-bit times, then (from version 2 on) both again with
 * 64-bit times and a footer, a POSIX rule between two LFs. */

#define HEADER_SIZE 44
#define TIME_MAX (INT64_C(1) << 60) /* of either sign; the oldest in use is -2^59 */

struct counts {
	size_t is_ut, is_standard, leap, time, type, text;
};

void zone_table_add(struct zone_table *t, int64_t at, int64_t offset)
{
	if (t->n > 1 && t->p[t->n - 1].at == at)
		t->n--;
	if (t->n && t->p[t->n - 1].offset == offset)
		return;
	t->p = memory_grow(t->p, t->n + 1, sizeof(*t->p));
	t->p[t->n++] = (struct zone_transition){at, offset};
}

static int64_t big_endian(const char *p, size_t width)
{
	uint64_t value = p[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | (unsigned char)p[i];
	return (int64_t)value;
}

static int counts_read(struct slice file, struct counts *ret)
{
	size_t *const each[] = {
	    &ret->is_ut, &ret->is_standard, &ret->leap, &ret->time, &ret->type, &ret->text};

	if (file.n < HEADER_SIZE || !slice_starts(file, SLICE("TZif")))
		return -EBADMSG;
	for (size_t i = 0; i < ARRAY_SIZE(each); i++) {
		int64_t count = big_endian(file.p + 20 + 4 * i, 4);

		if (count < 0 || count > (int64_t)file.n)
			return -EBADMSG;
		*each[i] = (size_t)count;
	}
	return 0;
}

static size_t block_size(const struct counts *c, size_t width)
{
	return c->time * (width + 1) + c->type * 6 + c->text + c->leap * (width + 4) +
	       c->is_standard + c->is_ut;
}

/* The block must be whole. */
static int block_read(struct zone_table *t, const char *block, const struct counts *c, size_t width)
{
	const char *types = block + c->time * width;
	const char *offsets = types + c->time;

	zone_table_add(t, INT64_MIN, big_endian(offsets, 4));
	for (size_t i = 0; i < c->time; i++) {
		size_t type = (unsigned char)types[i];
		int64_t at = big_endian(block + i * width, width);

		if (type >= c->type || at < t->p[t->n - 1].at || at < -TIME_MAX || at > TIME_MAX)
			return -EBADMSG;
		zone_table_add(t, at, big_endian(offsets + 6 * type, 4));
	}
	return 0;
}

int zone_table_read(struct zone_table *t, struct slice file)
{
	struct counts c = {0};
	size_t width = 4, end;
	int r = counts_read(file, &c);

	if (r < 0)
		return r;
	if (file.p[4] >= '2') {
		end = HEADER_SIZE + block_size(&c, width);
		if (end > file.n)
			return -EBADMSG;
		file = slice_skip(file, end);
		width = 8;
		r = counts_read(file, &c);
		if (r < 0)
			return r;
	}
	end = HEADER_SIZE + block_size(&c, width);
	if (c.type == 0 || c.leap != 0 || end > file.n)
		return -EBADMSG;
	r = block_read(t, file.p + HEADER_SIZE, &c, width);
	if (r < 0 || width == 4)
		return r;

	file = slice_skip(file, end);
	if (file.n < 2 || file.p[0] != '\n' || file.p[file.n - 1] != '\n')
		return -EBADMSG;
	file = slice_first(slice_skip(file, 1), file.n - 2);
	return file.n == 0 || zone_table_extend(t, file) == 0 ? 0 : -EBADMSG;
}
