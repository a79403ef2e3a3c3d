/* SPDX-License-Identifier: ISC */
#pragma once

/* Makes text that strangers chose safe to show.
 *
 * Log lines carry names, subjects and replies that a remote peer wrote.  escape_terminal() writes
 * printable ASCII and valid UTF-8 as it is and everything else (controls, DEL, C1, bidirectional
 * overrides, invalid UTF-8) as \xNN, so it can neither move a cursor nor forge a line.
 * escape_utf8() only makes the bytes valid UTF-8 (for JSON, CSV and HTML, which have their own
 * quoting): invalid bytes become \xNN, NUL becomes \x00. */

#include "base/buffer.h"
#include "base/slice.h"

void escape_terminal(struct buffer *to, struct slice text);
void escape_utf8(struct buffer *to, struct slice text);

/* The length in bytes (1..4) of the UTF-8 character that text begins with and its code point, or 0
 * when it begins with none (overlong forms, surrogates and values above U+10FFFF are none). */
size_t utf8_decode(struct slice text, unsigned *ret_code);
