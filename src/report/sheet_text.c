/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "report/sheet.h"
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

void sheet_safe(struct buffer *to, const char *text, bool utf8)
{
	_cleanup_buffer_ struct buffer safe = {0};

	escape_terminal(&safe, slice_of(text));
	for (size_t i = 0; i < safe.n; i++) {
		unsigned char c = (unsigned char)safe.p[i];

		if (c < 0x80 || utf8)
			buffer_char(to, (char)c);
		else
			buffer_printf(to, "\\x%02x", c);
	}
}

/* The length of the character at p and its width; what is none, or has none, is one column. */
static size_t next_character(const char *p, size_t *ret_width)
{
	mbstate_t state = {0};
	wchar_t c;
	size_t n = mbrtowc(&c, p, MB_CUR_MAX, &state);
	int width;

	if (n == 0 || n > MB_CUR_MAX)
		n = 1;
	else if ((width = wcwidth(c)) >= 0) {
		*ret_width = (size_t)width;
		return n;
	}
	*ret_width = 1;
	return n;
}

size_t sheet_text_width(const char *text)
{
	size_t width = 0, one;

	while (*text) {
		text += next_character(text, &one);
		width += one;
	}
	return width;
}

/* The length of the longest beginning that is no wider: to its end, or to a blank, for what is told
 * is often to be copied; of a word that is too long, to after the last punctuation in its latter
 * half. */
static size_t line_length(const char *text, size_t width)
{
	size_t n = 0, column = 0, blank = 0, part = 0;

	while (text[n]) {
		size_t one, length = next_character(text + n, &one);

		if (column + one > width)
			break;
		if (text[n] == ' ')
			blank = n;
		column += one;
		n += length;
		if (strchr("_-.:/@,|=", text[n - 1]) && column >= width / 2)
			part = n;
	}
	if (!text[n] || text[n] == ' ')
		return n;
	return blank ? blank : part ? part : n ? n : 1;
}

void sheet_fold(struct buffer *to, const char *text, size_t width)
{
	while (*text) {
		size_t n = line_length(text, width);

		buffer_append(to, text, n);
		text += n;
		while (*text == ' ')
			text++;
		if (*text)
			buffer_char(to, '\n');
	}
}
