/* SPDX-License-Identifier: ISC */
#pragma once

/* A row of numbers as a row of bars, one character each: U+2581 to U+2588, or where the locale has
 * no UTF-8 the ramp `.:-=+*#@`.  The greatest number is the highest bar; 0 is a blank, so that a
 * bar always means that there was something.  More numbers than `width` are added up in groups of
 * neighbours. */

#include "base/buffer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void sparkline(struct buffer *to, const int64_t *numbers, size_t count, size_t width, bool utf8);

/* Whether the locale that was set (setlocale) writes UTF-8. */
bool locale_is_utf8(void);
