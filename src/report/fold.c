/* SPDX-License-Identifier: ISC */
#include "report/fold.h"

#include "base/memory.h"
#include <wchar.h>

size_t shown_width(const char *text)
{
	size_t n = mbstowcs(NULL, text, 0);
	wchar_t *wide;
	int width;

	if (n == (size_t)-1)
		return strlen(text);
	wide = memory_array(n + 1, sizeof(*wide));
	mbstowcs(wide, text, n + 1);
	width = wcswidth(wide, n);
	free(wide);
	return width < 0 ? strlen(text) : (size_t)width;
}

/* A word that is longer than a line, cut between characters; *column is where its end stands. */
static void add_long_word(const char *word, size_t width, size_t *column, struct buffer *to)
{
	while (*word) {
		int n = mblen(word, MB_CUR_MAX);
		_cleanup_free_ char *one = memory_copy(word, n > 0 ? (size_t)n : 1);
		size_t wide = shown_width(one);

		if (*column && *column + wide > width) {
			buffer_char(to, '\n');
			*column = 0;
		}
		buffer_text_add(to, one);
		*column += wide;
		word += strlen(one);
	}
}

void fold_text(const char *text, size_t width, struct buffer *to)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " ");
		_cleanup_free_ char *word = memory_copy(text, n);
		size_t wide = shown_width(word);

		if (column && column + 1 + wide > width) {
			buffer_char(to, '\n');
			column = 0;
		} else if (column) {
			buffer_char(to, ' ');
			column++;
		}
		if (wide > width)
			add_long_word(word, width, &column, to);
		else
			buffer_text_add(to, word);
		column += wide > width ? 0 : wide;
		text += n;
		text += *text == ' ';
	}
}
