/* SPDX-License-Identifier: ISC */
#include "base/escape.h"

size_t utf8_decode(struct slice text, unsigned *ret_code)
{
	static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text.p;
	unsigned code;
	size_t n;

	if (text.n == 0)
		return 0;
	if (p[0] < 0x80) {
		*ret_code = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	if (n == 0 || p[0] > 0xf4 || text.n < n)
		return 0;
	code = p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return n;
}

/* Characters that change how their neighbours are shown: C1 controls, directional marks and
 * overrides, line and paragraph separators, the byte order mark. */
static bool misleads(unsigned code)
{
	return (code >= 0x80 && code <= 0x9f) || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
	       code == 0x061c || code == 0xfeff;
}

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* Whether eight bytes are all from ' ' to '~'.  What borrows or carries into its neighbour has
 * shown what it is before. */
static bool are_ascii(uint64_t word)
{
	return !((word | (word - EACH_BYTE(0x20)) | (word + EACH_BYTE(1))) & EACH_BYTE(0x80));
}

/* How many bytes from the first on need nothing: mostly all. */
static size_t ascii_length(struct slice text)
{
	size_t n = 0;

	while (n + 8 <= text.n && are_ascii(slice_word(text.p + n)))
		n += 8;
	while (n < text.n && text.p[n] >= ' ' && text.p[n] <= '~')
		n++;
	return n;
}

static void escape(struct buffer *to, struct slice text, bool terminal)
{
	while (text.n) {
		unsigned code = 0;
		size_t n = ascii_length(text);
		bool plain = n > 0;

		if (!n) {
			n = utf8_decode(text, &code);
			plain = n > 0 && code != 0;
			if (terminal)
				plain = plain && code >= 0x20 && code != 0x7f && !misleads(code);
		}
		if (!n)
			n = 1;
		if (plain)
			buffer_append(to, text.p, n);
		else
			for (size_t i = 0; i < n; i++)
				buffer_printf(to, "\\x%02x", (unsigned char)text.p[i]);
		text = slice_skip(text, n);
	}
}

void escape_terminal(struct buffer *to, struct slice text)
{
	escape(to, text, true);
}

void escape_utf8(struct buffer *to, struct slice text)
{
	escape(to, text, false);
}
