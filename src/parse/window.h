/* SPDX-License-Identifier: ISC */
#pragma once

/* Where to look at a literal: the few bytes of it that the scan of a block searches.
 *
 * Every place of a log that looks like some literal's window costs a comparison, so a window is the
 * place of the literal where bytes stand together that seldom do in mail logs: judged by the pairs
 * of bytes in some lines of the common kinds. */

#include "base/slice.h"

#define WINDOW 4 /* bytes; of a shorter literal all */

static inline size_t window_length(struct slice text)
{
	return text.n < WINDOW ? text.n : WINDOW;
}

struct window_chooser;

struct window_chooser *window_chooser_new(void);
struct window_chooser *window_chooser_free(struct window_chooser *c);

/* The window's offset in the literal. */
size_t window_choose(const struct window_chooser *c, struct slice text);

/* How often the byte stands in those lines. */
unsigned window_byte_count(const struct window_chooser *c, unsigned byte);
