/* SPDX-License-Identifier: ISC */
#include "report/html.h"

#include "base/escape.h"
#include "report/figure.h"
#include <stdint.h>
#include <string.h>

static void add_character(struct buffer *to, const char *p, size_t n)
{
	static const struct {
		char c;
		const char *reference;
	} references[] = {
	    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (size_t i = 0; i < ARRAY_SIZE(references); i++)
		if (*p == references[i].c) {
			buffer_text_add(to, references[i].reference);
			return;
		}
	buffer_append(to, p, n);
}

void html_text_cut(struct buffer *to, const char *text, size_t most)
{
	_cleanup_buffer_ struct buffer safe = {0};
	struct slice rest, ahead;
	size_t count = 0;
	unsigned code;

	escape_terminal(&safe, slice_of(text));
	rest = buffer_slice(&safe);
	for (ahead = rest; ahead.n; count++)
		ahead = slice_skip(ahead, utf8_decode(ahead, &code));
	for (size_t i = 0; rest.n; i++) {
		size_t n = utf8_decode(rest, &code);

		if (count > most && i + 1 >= most) {
			buffer_text_add(to, "\u2026");
			return;
		}
		add_character(to, rest.p, n);
		rest = slice_skip(rest, n);
	}
}

void html_text(struct buffer *to, const char *text)
{
	html_text_cut(to, text, SIZE_MAX);
}

void html_share(struct buffer *to, double fraction)
{
	_cleanup_buffer_ struct buffer text = {0};

	figure_share(&text, fraction);
	html_text(to, buffer_text(&text));
}
