/* SPDX-License-Identifier: ISC */
#pragma once

/* A result as aligned columns of text for a terminal of some width.
 *
 * What is too wide gives way in this order: the columns that can be spared most, the second blank
 * between columns, the length of sparklines, the columns that can be spared a little, and then
 * texts and headings are folded, at the ends of their parts where that can be.  Where even that
 * would leave nothing to read, each row becomes lines of a heading and a text.  So no line is wider
 * than `width`, if that is 20 or more. */

#include "base/buffer.h"
#include "base/zone.h"
#include "report/result.h"

struct sheet_style {
	const struct zone *zone;
	bool utf8, color;
};

void sheet_write(
    struct buffer *to, const struct result *r, size_t width, const struct sheet_style *style);

/* Safe for this terminal: controls are escaped, and without UTF-8 all that is not ASCII too. */
void sheet_safe(struct buffer *to, const char *text, bool utf8);

/* In columns of the terminal. */
size_t sheet_text_width(const char *text);

/* The same with line ends where a line would be wider: at blanks, which are dropped, else after
 * punctuation, else anywhere. */
void sheet_fold(struct buffer *to, const char *text, size_t width);

#define SHEET_BOLD "\033[1m"
#define SHEET_PLAIN "\033[0m"
