/* SPDX-License-Identifier: ISC */
#include "parse/pattern.h"

const struct ident *ident_find(
    const struct mta *mta, struct slice name, struct regex_memory *memory)
{
	for (size_t i = 0; i < mta->ident_count; i++)
		if (regex_match(mta->idents[i].match, name, memory) == REGEX_MATCH)
			return &mta->idents[i];
	return NULL;
}

const struct ident *ident_claim(
    const struct mta *mta, struct clock *clock, struct header *h, struct regex_memory *memory)
{
	const struct ident *ident;

	if (mta->header != HEADER_PLAIN)
		return ident_find(mta, h->ident, memory);
	ident = ident_find(mta, h->message, memory);
	if (ident)
		header_take_plain(h, clock, regex_group(memory, h->message, 0).n,
		    ident->time_group ? regex_group(memory, h->message, ident->time_group)
				      : SLICE_NONE);
	return ident;
}

bool pattern_has_literal(const struct pattern *p, struct slice text)
{
	for (size_t i = 0; i < p->literal_count; i++)
		if (memmem(text.p, text.n, p->literals[i].p, p->literals[i].n))
			return true;
	return false;
}

/* Groups come in order of their numbers, so the rightmost that took part wins. */
void pattern_captures(const struct pattern *p, struct slice message,
    const struct regex_memory *memory, struct captured *ret)
{
	*ret = (struct captured){{SLICE_NONE}};
	for (size_t i = 0; i < p->capture_count; i++) {
		const struct capture *c = &p->captures[i];
		struct slice text = regex_group(memory, message, c->number);

		if (!text.p)
			continue;
		ret->field[c->field] = c->marker ? slice_of(c->marker) : text;
	}
	for (size_t f = 0; f < FIELD_MAX; f++)
		if (!ret->field[f].p)
			ret->field[f] = p->set[f];
}

int pattern_match(const struct mta *mta, unsigned as, struct slice message,
    const struct literal_bits *found, bool only_also, struct regex_memory *memory, size_t *index,
    struct captured *ret, unsigned *limit_hits)
{
	for (; *index < mta->pattern_count; ++*index) {
		const struct pattern *p = &mta->patterns[*index];
		int r;

		if (!(p->from & UINT64_C(1) << as))
			continue;
		if ((only_also && !p->also) || !literal_bits_meet(found, &p->bits))
			continue;
		if (p->confirm && !pattern_has_literal(p, message))
			continue;
		r = regex_match(p->regex, message, memory);
		if (r == REGEX_MATCH) {
			pattern_captures(p, message, memory, ret);
			return 1;
		}
		*limit_hits += r == REGEX_LIMIT;
	}
	return 0;
}
