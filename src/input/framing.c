/* SPDX-License-Identifier: ISC */
#include "input/framing.h"

#include "base/memory.h"
#include <stdlib.h>

#define READ_SIZE (256 * 1024)

/* A line that has come this far is overlong; its further bytes need not be kept to know it. */
#define KEPT_MAX (LINE_LENGTH_MAX + 1)

/* text[0, kept) is the beginning of a line, told; text[begin, end), left from the last read,
 * follows the last block in the log and is not told yet.  Neither has an LF or a NUL in it.  Text
 * is the part whose turn it is. */
struct framing {
	struct reader *reader;
	void (*bytes)(void *context, struct slice);
	void *context;
	int64_t offset; /* of the first byte that was not told */
	size_t kept, begin, end;
	bool follows;
	struct framing_counts counts;
	char *text;
	size_t part, part_count;
	char *parts[1 + FRAMING_KEEP_MAX];
};

static const struct slice byte_order_mark = SLICE("\xef\xbb\xbf");

struct framing *framing_new(
    struct reader *r, int64_t offset, void (*bytes)(void *context, struct slice), void *context)
{
	struct framing *f = memory_alloc(sizeof *f);

	f->reader = r;
	f->offset = offset;
	f->bytes = bytes;
	f->context = context;
	framing_keep(f, 0);
	f->text = f->parts[0];
	return f;
}

struct framing *framing_free(struct framing *f)
{
	if (!f)
		return NULL;
	for (size_t i = 0; i < f->part_count; i++)
		free(f->parts[i]);
	free(f);
	return NULL;
}

void framing_keep(struct framing *f, size_t calls)
{
	while (f->part_count < 1 + calls)
		f->parts[f->part_count++] = memory_room(KEPT_MAX + READ_SIZE);
}

static void tell(struct framing *f, struct slice bytes)
{
	f->offset += (int64_t)bytes.n;
	if (f->bytes && bytes.n > 0)
		f->bytes(f->context, bytes);
}

/* Appends a run without an end to the line that text[0, kept) begins. */
static void keep(struct framing *f, struct slice run)
{
	size_t room = KEPT_MAX - f->kept;
	size_t n = run.n < room ? run.n : room;

	memmove(f->text + f->kept, run.p, n);
	f->kept += n;
}

static bool has_overlong(struct slice lines)
{
	while (lines.n > KEPT_MAX) {
		const char *end = memrchr(lines.p, '\n', KEPT_MAX);

		if (!end)
			return true;
		lines = slice_skip(lines, (size_t)(end + 1 - lines.p));
	}
	return false;
}

/* What of text is lines that have ended: by LF, or by the last NUL after it. */
static size_t ended(struct slice text)
{
	const char *last = memrchr(text.p, '\n', text.n);
	size_t n = last ? (size_t)(last + 1 - text.p) : 0;

	last = memrchr(text.p + n, '\0', text.n - n);
	return last ? (size_t)(last + 1 - text.p) : n;
}

/* In one pass: to look for LF and NUL one after the other takes square time in a hole. */
static size_t line_length(struct slice lines)
{
	size_t n = 0;

	while (lines.p[n] != '\n' && lines.p[n] != '\0')
		n++;
	return n;
}

/* Cuts overlong lines and makes NULs the ends of lines that they are, in place: nothing grows.
 * Returns the new length. */
static size_t mend(struct framing *f, struct slice lines)
{
	char *to = f->text;

	while (lines.n > 0) {
		struct slice line = slice_first(lines, line_length(lines));
		bool hole = lines.p[line.n] == '\0';

		lines = slice_skip(lines, line.n + 1);
		f->counts.nul_bytes += hole;
		if (hole && line.n == 0)
			continue;
		if (line.n > LINE_LENGTH_MAX) {
			line.n = LINE_LENGTH_MAX;
			f->counts.overlong++;
		}
		memmove(to, line.p, line.n);
		to += line.n;
		*to++ = '\n';
	}
	return (size_t)(to - f->text);
}

/* text[0, n) is lines that have ended. */
static struct slice finish(struct framing *f, size_t n)
{
	struct slice text = {f->text, n};

	if (memchr(text.p, '\0', text.n) || has_overlong(text))
		text.n = mend(f, text);
	f->kept = 0;
	return text;
}

static size_t mark_length(const struct framing *f, struct slice fresh)
{
	return f->offset == 0 && slice_starts(fresh, byte_order_mark) ? byte_order_mark.n : 0;
}

/* Takes the bytes that were read to text[kept, kept + got).  1 when they make a block. */
static int take(struct framing *f, size_t got, struct block *ret)
{
	struct slice fresh = {f->text + f->kept, got};
	size_t mark = mark_length(f, fresh), whole = ended(fresh);

	tell(f, whole ? slice_first(fresh, whole) : fresh);
	if (mark) {
		memmove(f->text, fresh.p + mark, fresh.n - mark);
		fresh.n -= mark;
		whole -= whole ? mark : 0;
	}
	if (!whole) {
		keep(f, fresh);
		return 0;
	}
	f->begin = f->kept + whole;
	f->end = f->kept + fresh.n;
	*ret = (struct block){.text = finish(f, f->kept + whole), .offset = f->offset};
	return ret->text.n > 0;
}

/* The next part takes what is not given out. */
static void turn(struct framing *f)
{
	const char *last = f->text;

	f->part = (f->part + 1) % f->part_count;
	f->text = f->parts[f->part];
	if (f->text == last)
		return;
	memcpy(f->text, last, f->kept);
	memcpy(f->text + f->begin, last + f->begin, f->end - f->begin);
}

/* What followed the last block, untold so far. */
static void keep_left(struct framing *f)
{
	struct slice left = {f->text + f->begin, f->end - f->begin};

	f->begin = f->end = 0;
	tell(f, left);
	keep(f, left);
}

/* The last line, which nothing ends. */
static int unfinished(struct framing *f, struct block *ret)
{
	if (f->kept == 0)
		return 0;
	f->text[f->kept] = '\n';
	*ret = (struct block){
	    .text = finish(f, f->kept + 1),
	    .unfinished = true,
	    .offset = f->offset,
	};
	return 1;
}

int framing_next(struct framing *f, struct block *ret, struct diag *d)
{
	ssize_t got;

	turn(f);
	for (;;) {
		keep_left(f);
		got = reader_read(f->reader, f->text + f->kept, READ_SIZE, d);
		if (got < 0)
			return (int)got;
		if (got == 0 && f->follows) {
			reader_resume(f->reader);
			return 0;
		}
		if (got == 0)
			return unfinished(f, ret);
		if (take(f, (size_t)got, ret))
			return 1;
	}
}

void framing_follow(struct framing *f)
{
	f->follows = true;
}

bool framing_is_unfinished(const struct framing *f)
{
	return f->kept > 0 || f->end > f->begin;
}

void framing_counts(const struct framing *f, struct framing_counts *ret)
{
	*ret = f->counts;
}
