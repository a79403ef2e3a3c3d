/* SPDX-License-Identifier: ISC */
#include "input/content.h"

#include "input/archive.h"
#include <errno.h>
#include <stdint.h>

/* What else people hand over: where its mark stands, what it is, what to do. */
static const struct {
	size_t offset;
	struct slice mark;
	const char *what, *advice;
} others[] = {
    {0,
	SLICE("\x7f"
	      "ELF"),
	"a program (ELF)", "name a log file"},
    {0, SLICE("SQLite format 3\0"), "an SQLite database", "name a log file"},
    {0, SLICE("LPKSHHRH"), "a systemd journal file",
	"give its directory instead, or journal: for this machine's journal"},
    {257, SLICE("ustar"), "a tar archive", "unpack it first"},
    {0, SLICE("PK\x03\x04"), "a zip archive", "unpack it first"},
    {0, SLICE("7z\xbc\xaf\x27\x1c"), "a 7-Zip archive", "unpack it first"},
    {0, SLICE("\x04\x22\x4d\x18"), "compressed with lz4", "unpack it first"},
    {0, SLICE("\x1f\x9d"), "compressed with compress", "unpack it with zcat first"},
    {0, SLICE("LZIP\1"), "compressed with lzip", "unpack it first"},
    {0, SLICE("\x89LZO\0\r\n\x1a\n"), "compressed with lzop", "unpack it first"},
    {0, SLICE("\x5d\0\0"), "compressed with lzma", "unpack it with xz first"},
    {0, SLICE("\xff\xfe"), "UTF-16 text", "convert it with iconv"},
    {0, SLICE("\xfe\xff"), "UTF-16 text", "convert it with iconv"},
};

static int refuse(
    const char *name, const char *packed, const char *what, const char *advice, struct diag *d)
{
	return diag_set(d, EMEDIUMTYPE, NULL, 0, 0, "'%s' %s %s; %s", name, packed ? "holds" : "is",
	    what, advice);
}

struct census {
	size_t nul[2]; /* at even and at odd places */
	size_t controls, others;
};

static struct census take_census(struct slice head)
{
	struct census c = {0};

	for (size_t i = 0; i < head.n; i++) {
		unsigned char byte = (unsigned char)head.p[i];

		if (byte == 0)
			c.nul[i & 1]++;
		else if ((byte < 0x20 && !strchr("\t\n\r\033", byte)) || byte == 0x7f)
			c.controls++;
		else
			c.others++;
	}
	return c;
}

/* Every second byte is NUL: ASCII in two bytes each, without the mark that says so. */
static bool looks_utf16(const struct census *c, size_t n)
{
	size_t more = c->nul[0] > c->nul[1] ? c->nul[0] : c->nul[1];
	size_t less = c->nul[0] + c->nul[1] - more;

	return n >= 16 && more > n * 2 / 5 && less <= n / 50;
}

int content_check(const char *name, const char *packed, struct slice head, struct diag *d)
{
	const struct archive_decoder *inner = packed ? archive_detect(head) : NULL;
	struct census c;

	if (inner)
		return diag_set(d, EMEDIUMTYPE, NULL, 0, 0,
		    "'%s' holds compressed data once more (%s in %s); unpack it once first", name,
		    inner->format, packed);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (head.n >= others[i].offset &&
		    slice_starts(slice_skip(head, others[i].offset), others[i].mark))
			return refuse(name, packed, others[i].what, others[i].advice, d);
	c = take_census(head);
	if (looks_utf16(&c, head.n))
		return refuse(name, packed, "UTF-16 text", "convert it with iconv", d);
	if (c.controls * 20 > c.controls + c.others)
		return refuse(name, packed, "binary data, not text", "name a log file", d);
	return 0;
}
