/* SPDX-License-Identifier: ISC */
#pragma once

/* Text folded into lines of some width: at blanks, and inside a word only where it is longer than a
 * line.  Appends to `to` with a line feed between lines; a blank at a fold is left out.  Width is
 * counted in characters of the locale. */

#include "base/buffer.h"

void fold_text(const char *text, size_t width, struct buffer *to);

/* Columns of a terminal that a text takes. */
size_t shown_width(const char *text);
