/* SPDX-License-Identifier: ISC */
#pragma once

/* How a share went, as a row of bars of one character each: U+2581 to U+2588, or where the locale
 * has no UTF-8 the ramp `.:-=+*#@`.  The greatest share is the highest bar, so that the smallest
 * can still be seen; U+00B7 or `_` is none of what there was, a blank is nothing there.  More
 * points than `width` are added up in groups of neighbours. */

#include "base/buffer.h"
#include "report/result.h"

void sparkline(struct buffer *to, const struct series *series, size_t width, bool utf8);

/* Whether the locale that was set (setlocale) writes UTF-8. */
bool locale_is_utf8(void);
