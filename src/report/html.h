/* SPDX-License-Identifier: ISC */
#pragma once

/* Text in HTML and SVG.  What is not for a terminal either (controls, overrides of direction,
 * invalid UTF-8) is written as \xNN, and & < > " ' as references: safe in an element and in a
 * quoted attribute. */

#include "base/buffer.h"

void html_text(struct buffer *to, const char *text);

/* No more than `most` characters, the last an ellipsis if there were more. */
void html_text_cut(struct buffer *to, const char *text, size_t most);

/* As figure_share(), whose "<0.1%" is no markup either. */
void html_share(struct buffer *to, double fraction);
