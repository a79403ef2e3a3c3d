/* SPDX-License-Identifier: ISC */
#pragma once

/* The texts that a session keeps of its lines, side by side in one piece of memory: a session is
 * touched once in a while, and each piece that it has then comes from far away.
 *
 * {0} keeps nothing.  A text has the room of the longest that it ever was; when no room is left the
 * empty ones lose theirs, and only if that is not enough the memory grows. */

#include "base/slice.h"
#include "parse/field.h"
#include <stdint.h>

#define KEPT_TEXT_MAX 512     /* bytes of a field that are kept */
#define KEPT_TEXTS FIELD_MAIL /* the fields before it are kept as text */

struct kept_text {
	uint16_t at, n, room;
};

/* All that outlives a session, for the next. */
struct kept_memory {
	char *p;
	uint32_t size;
};

struct kept {
	struct kept_memory memory;
	uint32_t used;
	struct kept_text of[KEPT_TEXTS];
};

/* As much of a field as is kept and given out. */
static inline struct slice kept_part(struct slice value)
{
	return value.n > KEPT_TEXT_MAX ? slice_first(value, KEPT_TEXT_MAX) : value;
}

/* For kept_set(). */
void kept_put(struct kept *k, enum field field, struct slice value);

/* value must not be a text of the same kept. */
static inline void kept_set(struct kept *k, enum field field, struct slice value)
{
	if (value.n)
		kept_put(k, field, value);
	else
		k->of[field].n = 0;
}

/* SLICE_NONE if it is empty; valid until something is set. */
static inline struct slice kept_get(const struct kept *k, enum field field)
{
	const struct kept_text *text = &k->of[field];

	return text->n ? (struct slice){k->memory.p + text->at, text->n} : SLICE_NONE;
}

/* Forgets all texts and keeps the memory. */
void kept_clear(struct kept *k);
