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

static bool is_of(const struct mta *mta, struct slice program)
{
	bool is = slice_equal(program, mta_name(mta));

	for (char **name = mta->containers; !is && *name; name++)
		is = slice_is(program, *name);
	return is;
}

const struct ident *ident_claim(
    const struct mta *mta, struct clock *clock, struct header *h, struct regex_memory *memory)
{
	const struct ident *ident;

	if (mta->header != HEADER_PLAIN)
		return ident_find(mta, h->ident, memory);
	ident = ident_find(mta, h->message, memory);
	if (ident) {
		*h = (struct header){.time = TIME_UNKNOWN, .message = h->message};
	} else if (h->inner.p && is_of(mta, h->ident)) {
		h->message = h->inner;
		h->pid = SLICE_NONE; /* one process speaks of all its connections */
		ident = ident_find(mta, h->message, memory);
	}
	if (ident)
		header_take_plain(h, clock, regex_group(memory, h->message, 0).n,
		    ident->time_group ? regex_group(memory, h->message, ident->time_group)
				      : SLICE_NONE);
	return ident;
}

/* Where to begin looking for a literal: capital letters are rare in a log. */
static size_t rare_place(struct slice literal)
{
	for (size_t i = 0; i < literal.n; i++)
		if (literal.p[i] >= 'A' && literal.p[i] <= 'Z')
			return i;
	return 0;
}

/* As memmem(), which takes longer to get ready than to go over a message. */
static bool has(struct slice text, struct slice literal)
{
	size_t at = rare_place(literal);

	while (text.n >= literal.n) {
		size_t places = text.n - literal.n + 1;
		size_t n = slice_find(slice_first(slice_skip(text, at), places), literal.p[at]);

		if (n == places)
			return false;
		text = slice_skip(text, n);
		if (slice_equal(slice_first(text, literal.n), literal))
			return true;
		text = slice_skip(text, 1);
	}
	return false;
}

bool pattern_has_literal(const struct pattern *p, struct slice text)
{
	for (size_t i = 0; i < p->literal_count; i++)
		if (has(text, p->literals[i]))
			return true;
	return false;
}

int pattern_match(const struct pattern *p, struct slice message, struct regex_memory *memory)
{
	if (p->confirm && !pattern_has_literal(p, message))
		return REGEX_NO_MATCH;
	return regex_match(p->regex, message, memory);
}

/* Groups come in order of their numbers, so the rightmost that took part wins. */
void pattern_captures(const struct pattern *p, struct slice message,
    const struct regex_memory *memory, struct captured *ret)
{
	ret->told = 0;
	for (uint32_t left = p->sets; left; left &= left - 1) {
		enum field field = (enum field)__builtin_ctz(left);

		captured_set(ret, field, p->set[field]);
	}
	for (size_t i = 0; i < p->capture_count; i++) {
		const struct capture *c = &p->captures[i];
		struct slice text = regex_group(memory, message, c->number);

		if (text.p)
			captured_set(ret, c->field, c->marker.p ? c->marker : text);
	}
}
