/* SPDX-License-Identifier: ISC */
#include "store/vocabulary.h"

#include "base/escape.h"

static const struct dimension {
	const char *name;
	size_t bound;
} dimensions[] = {
    [TEXT_HOST] = {"host", AGGREGATE_HOSTS},
    [TEXT_MTA] = {"mta", AGGREGATE_MTAS},
    [TEXT_PROTOCOL] = {"protocol", AGGREGATE_PROTOCOLS},
    [TEXT_CIPHER] = {"cipher", AGGREGATE_CIPHERS},
    [TEXT_GROUP] = {"group", AGGREGATE_GROUPS},
    [TEXT_SIGNATURE] = {"signature", AGGREGATE_SIGNATURES},
    [TEXT_REASON] = {"reason", AGGREGATE_REASONS},
    [TEXT_MAX] = {"combination", 0},
};

/* In the dictionary from the start, beside what the bound allows. */
static size_t preloaded(int dimension)
{
	return dimension == TEXT_PROTOCOL ? 2 + PROTOCOL_MAX : 2;
}

void vocabulary_init(struct vocabulary *v)
{
	*v = (struct vocabulary){0};
	for (int i = 0; i < TEXT_MAX; i++) {
		v->words[i] = table_new(1, dimensions[i].bound + preloaded(i));
		table_add(v->words[i], SLICE(""), NULL);
		table_add(v->words[i], SLICE(AGGREGATE_OTHER), NULL);
	}
	for (int i = 0; i < PROTOCOL_MAX; i++)
		table_add(v->words[TEXT_PROTOCOL], slice_of(protocol_name(i)), NULL);
}

void vocabulary_free(struct vocabulary *v)
{
	for (int i = 0; i < TEXT_MAX; i++)
		table_free(v->words[i]);
	buffer_free(&v->text);
	*v = (struct vocabulary){0};
}

void *vocabulary_other(const struct vocabulary *v, enum aggregate_text dimension)
{
	return table_get(v->words[dimension], SLICE(AGGREGATE_OTHER));
}

void *vocabulary_word(
    struct vocabulary *v, enum aggregate_text dimension, struct slice text, unsigned *folded)
{
	struct table *words = v->words[dimension];
	void *row = v->last[dimension];

	/* A word is valid UTF-8, so what is equal to it needs no look. */
	if (row && slice_equal(text, table_key(words, row)))
		return row;
	row = NULL;
	if (text.n <= AGGREGATE_TEXT_MAX) {
		buffer_clear(&v->text);
		escape_utf8(&v->text, text);
		row = table_get(words, buffer_slice(&v->text));
		if (!row && v->text.n <= AGGREGATE_TEXT_MAX)
			row = table_add(words, buffer_slice(&v->text), NULL);
	}
	if (row) {
		v->last[dimension] = row;
		return row;
	}
	*folded |= 1u << dimension;
	return vocabulary_other(v, dimension);
}

void *vocabulary_protocol(struct vocabulary *v, const struct fact *fact, unsigned *folded)
{
	struct slice canonical = slice_of(protocol_name(fact->protocol)), kept = fact->protocol_raw;
	void *row;

	if (fact->protocol == PROTOCOL_NONE)
		return table_get(v->words[TEXT_PROTOCOL], canonical);
	if (protocol_fold(kept) != fact->protocol)
		kept = fact->protocol == PROTOCOL_UNKNOWN ? SLICE("") : canonical;
	row = vocabulary_word(v, TEXT_PROTOCOL, kept, folded);
	if (*folded & 1u << TEXT_PROTOCOL && fact->protocol != PROTOCOL_UNKNOWN)
		row = table_get(v->words[TEXT_PROTOCOL], canonical);
	return row;
}

struct slice vocabulary_text(
    const struct vocabulary *v, enum aggregate_text dimension, const void *word)
{
	struct slice text = table_key(v->words[dimension], word);

	return text.n ? text : SLICE("");
}

const char *aggregate_text_name(enum aggregate_text dimension)
{
	return dimensions[dimension].name;
}
