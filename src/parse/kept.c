/* SPDX-License-Identifier: ISC */
#include "parse/kept.h"

#include "base/memory.h"

#define SIZE_LEAST 128

/* Puts the texts that are not empty side by side, with room for `more` bytes behind them. */
static void rearrange(struct kept *k, size_t more)
{
	char texts[KEPT_TEXTS * KEPT_TEXT_MAX];
	size_t used = 0;

	for (size_t i = 0; i < KEPT_TEXTS; i++) {
		struct kept_text *text = &k->of[i];

		if (text->n)
			memcpy(texts + used, k->memory.p + text->at, text->n);
		text->at = (uint16_t)used;
		text->room = text->n;
		used += text->n;
	}
	if (used + more > k->memory.size) {
		size_t size = used + more + (used + more) / 4;

		k->memory.size = size < SIZE_LEAST ? SIZE_LEAST : (uint32_t)size;
		k->memory.p = memory_grow(k->memory.p, k->memory.size, 1);
	}
	memcpy(k->memory.p, texts, used);
	k->used = (uint32_t)used;
}

void kept_put(struct kept *k, enum field field, struct slice value)
{
	struct kept_text *text = &k->of[field];

	value = kept_part(value);
	if (text->room < value.n) {
		text->n = 0;
		if (k->memory.size - k->used < value.n)
			rearrange(k, value.n);
		text->at = (uint16_t)k->used;
		text->room = (uint16_t)value.n;
		k->used += (uint32_t)value.n;
	}
	memcpy(k->memory.p + text->at, value.p, value.n);
	text->n = (uint16_t)value.n;
}

void kept_clear(struct kept *k)
{
	k->used = 0;
	memset(k->of, 0, sizeof(k->of));
}
