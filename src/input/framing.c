/* SPDX-License-Identifier: ISC */
#include "input/framing.h"

#include "base/memory.h"

#define READ_SIZE (256 * 1024)

/* A line that has come this far is overlong; its further bytes need not be kept to know it. */
#define KEPT_MAX (LINE_LENGTH_MAX + 1)

/* text[0, kept) is the beginning of a line, told and without leading NULs; text[begin, end), left
 * from the last read, follows it in the log and is neither told nor looked at yet. */
struct framing {
	struct reader *reader;
	void (*bytes)(void *context, struct slice);
	void *context;
	int64_t offset; /* of the first byte that was not told */
	size_t kept, begin, end;
	struct framing_counts counts;
	char text[KEPT_MAX + READ_SIZE];
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
	return f;
}

struct framing *framing_free(struct framing *f)
{
	free(f);
	return NULL;
}

static void tell(struct framing *f, struct slice bytes)
{
	f->offset += (int64_t)bytes.n;
	if (f->bytes && bytes.n > 0)
		f->bytes(f->context, bytes);
}

/* How many NULs stand at the start of a line, and counts them. */
static size_t leading_nuls(struct framing *f, struct slice line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '\0')
		n++;
	f->counts.nul_bytes += (int64_t)n;
	return n;
}

/* Appends a run without LF to the line that text[0, kept) begins. */
static void keep(struct framing *f, struct slice run)
{
	if (f->kept == 0)
		run = slice_skip(run, leading_nuls(f, run));
	if (run.n > KEPT_MAX - f->kept)
		run.n = KEPT_MAX - f->kept;
	memmove(f->text + f->kept, run.p, run.n);
	f->kept += run.n;
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

/* Drops NULs at the start of lines and cuts overlong ones, in place.  Returns the new length. */
static size_t mend(struct framing *f, struct slice lines)
{
	char *to = f->text;

	while (lines.n > 0) {
		size_t n = slice_find(lines, '\n');
		struct slice line = slice_first(lines, n);

		lines = slice_skip(lines, n + 1);
		line = slice_skip(line, leading_nuls(f, line));
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

/* text[0, n) is complete lines, the last `fresh` bytes of it not seen before. */
static struct slice finish(struct framing *f, size_t n, size_t fresh)
{
	struct slice text = {f->text, n};

	if (memchr(f->text + n - fresh, '\0', fresh) || has_overlong(text))
		text.n = mend(f, text);
	f->kept = 0;
	return text;
}

/* Takes the bytes that were read to text[kept, kept + got).  1 when they complete a line. */
static int take(struct framing *f, size_t got, struct block *ret)
{
	struct slice fresh = {f->text + f->kept, got};
	const char *last = memrchr(fresh.p, '\n', fresh.n);
	size_t whole = last ? (size_t)(last + 1 - fresh.p) : 0;
	bool marked = f->offset == 0 && slice_starts(fresh, byte_order_mark);

	tell(f, slice_first(fresh, last ? whole : got));
	if (marked) {
		fresh = slice_skip(fresh, byte_order_mark.n);
		memmove(f->text, fresh.p, fresh.n);
		fresh.p = f->text;
		whole -= last ? byte_order_mark.n : 0;
	}
	if (!last) {
		keep(f, fresh);
		return 0;
	}
	f->begin = f->kept + whole;
	f->end = f->kept + fresh.n;
	*ret = (struct block){.text = finish(f, f->kept + whole, whole), .offset = f->offset};
	return 1;
}

/* The last line, which no LF ends. */
static int unfinished(struct framing *f, struct block *ret)
{
	if (f->kept == 0)
		return 0;
	f->text[f->kept] = '\n';
	*ret = (struct block){
	    .text = finish(f, f->kept + 1, 0),
	    .unfinished = true,
	    .offset = f->offset,
	};
	return 1;
}

int framing_next(struct framing *f, struct block *ret, struct diag *d)
{
	struct slice left = {f->text + f->begin, f->end - f->begin};
	ssize_t got;

	f->begin = f->end = 0;
	tell(f, left);
	keep(f, left);
	for (;;) {
		got = reader_read(f->reader, f->text + f->kept, READ_SIZE, d);
		if (got < 0)
			return (int)got;
		if (got == 0)
			return unfinished(f, ret);
		if (take(f, (size_t)got, ret))
			return 1;
	}
}

void framing_counts(const struct framing *f, struct framing_counts *ret)
{
	*ret = f->counts;
}
