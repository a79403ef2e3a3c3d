/* SPDX-License-Identifier: ISC */
#include "store/aggregate.h"

#include "base/buffer.h"
#include "base/escape.h"
#include "base/memory.h"
#include "base/table.h"
#include <string.h>

#define SPELLINGS 8192 /* a cache: facts as they come, to their tuples */
#define COUNTERS (256 * 1024)
/* Room for every combination that is left when all that a stranger can choose is folded. */
#define TUPLES_FOLDED (128 * 1024)

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

/* What a fact says, without padding: the same facts have the same bytes. */
struct scalars {
	uint8_t fact, direction, service, unit, internal, verify, protocol;
	int8_t resumed, mail, auth;
	int16_t bits;
};

struct spelling {
	struct aggregate_tuple *tuple;
	unsigned folded; /* a bit a dimension */
};

struct counter_key {
	int64_t hour;
	struct aggregate_tuple *tuple;
};

struct coverage_key {
	int64_t hour;
	const void *host, *mta; /* rows of words[] */
};

struct coverage_row {
	struct coverage_key key;
	int64_t lines[OUTCOME_MAX];
};

struct aggregate {
	struct table *words[TEXT_MAX]; /* the texts of each dimension; values are not used */
	struct table *spellings, *tuples, *counters, *coverage;
	int64_t folded[TEXT_MAX + 1];
	struct coverage_row rest; /* of lines for which the coverage table had no row */
	struct buffer key, text;
};

/* In the dictionary from the start, beside what the bound allows. */
static size_t preloaded(int dimension)
{
	return dimension == TEXT_PROTOCOL ? 2 + PROTOCOL_MAX : 2;
}

struct aggregate *aggregate_new(void)
{
	struct aggregate *a = memory_alloc(sizeof(*a));

	for (int i = 0; i < TEXT_MAX; i++) {
		a->words[i] = table_new(1, dimensions[i].bound + preloaded(i));
		table_add(a->words[i], SLICE(""), NULL);
		table_add(a->words[i], SLICE(AGGREGATE_OTHER), NULL);
	}
	for (int i = 0; i < PROTOCOL_MAX; i++)
		table_add(a->words[TEXT_PROTOCOL], slice_of(protocol_name(i)), NULL);
	a->spellings = table_new(sizeof(struct spelling), SPELLINGS);
	a->tuples = table_new(sizeof(struct aggregate_tuple), AGGREGATE_TUPLES + TUPLES_FOLDED);
	a->counters = table_new(sizeof(int64_t), COUNTERS);
	a->coverage = table_new(sizeof(struct coverage_row), COUNTERS);
	return a;
}

struct aggregate *aggregate_free(struct aggregate *a)
{
	if (!a)
		return NULL;
	for (int i = 0; i < TEXT_MAX; i++)
		table_free(a->words[i]);
	table_free(a->spellings);
	table_free(a->tuples);
	table_free(a->counters);
	table_free(a->coverage);
	buffer_free(&a->key);
	buffer_free(&a->text);
	free(a);
	return NULL;
}

/* The dictionary's row of text, made if there is room, else that of "(other)". */
static void *word(
    struct aggregate *a, enum aggregate_text dimension, struct slice text, unsigned *folded)
{
	struct table *words = a->words[dimension];
	void *row = NULL;

	if (text.n <= AGGREGATE_TEXT_MAX) {
		buffer_clear(&a->text);
		escape_utf8(&a->text, text);
		row = table_get(words, buffer_slice(&a->text));
		if (!row && a->text.n <= AGGREGATE_TEXT_MAX)
			row = table_add(words, buffer_slice(&a->text), NULL);
	}
	if (row)
		return row;
	*folded |= 1u << dimension;
	return table_get(words, SLICE(AGGREGATE_OTHER));
}

void aggregate_know(struct aggregate *a, enum aggregate_text dimension, struct slice text)
{
	unsigned folded;

	word(a, dimension, text, &folded);
}

/* The logged spelling is kept if it means what the fact says, else the fact's own word.  One that
 * finds no room any more becomes the canonical name, which is always there. */
static void *protocol_word(struct aggregate *a, const struct fact *fact, unsigned *folded)
{
	struct slice canonical = slice_of(protocol_name(fact->protocol)), kept = fact->protocol_raw;
	void *row;

	if (fact->protocol == PROTOCOL_NONE)
		return table_get(a->words[TEXT_PROTOCOL], canonical);
	if (protocol_fold(kept) != fact->protocol)
		kept = fact->protocol == PROTOCOL_UNKNOWN ? SLICE("") : canonical;
	row = word(a, TEXT_PROTOCOL, kept, folded);
	if (*folded & 1u << TEXT_PROTOCOL && fact->protocol != PROTOCOL_UNKNOWN)
		row = table_get(a->words[TEXT_PROTOCOL], canonical);
	return row;
}

/* Never SLICE_NONE, even for "". */
static struct slice word_text(
    const struct aggregate *a, enum aggregate_text dimension, const void *word)
{
	struct slice text = table_key(a->words[dimension], word);

	return text.n ? text : SLICE("");
}

/* NULL if there is no such tuple and bound of them are there already. */
static struct aggregate_tuple *tuple_of(
    struct aggregate *a, const struct scalars *s, void *const words[TEXT_MAX], size_t bound)
{
	struct {
		void *words[TEXT_MAX];
		struct scalars scalars;
	} key;
	const struct slice bytes = {(const char *)&key, sizeof(key)};
	struct aggregate_tuple *t;

	memset(&key, 0, sizeof(key));
	memcpy(key.words, words, sizeof(key.words));
	key.scalars = *s;
	key.scalars.protocol = 0; /* in the text */
	t = table_get(a->tuples, bytes);
	if (t || table_count(a->tuples) >= bound)
		return t;
	t = table_add(a->tuples, bytes, NULL);
	*t = (struct aggregate_tuple){
	    .fact = s->fact,
	    .direction = s->direction,
	    .service = s->service,
	    .unit = s->unit,
	    .internal = s->internal,
	    .verify = s->verify,
	    .bits = s->bits,
	    .resumed = s->resumed,
	    .mail = s->mail,
	    .auth = s->auth,
	};
	for (int i = 0; i < TEXT_MAX; i++)
		t->text[i] = word_text(a, (enum aggregate_text)i, words[i]);
	return t;
}

/* Keeps what must never be folded, and nothing else. */
static void fold_combination(
    const struct aggregate *a, const struct fact *fact, struct scalars *s, void *words[TEXT_MAX])
{
	static const enum aggregate_text free_texts[] = {
	    TEXT_HOST, TEXT_MTA, TEXT_CIPHER, TEXT_GROUP, TEXT_SIGNATURE, TEXT_REASON};

	for (size_t i = 0; i < ARRAY_SIZE(free_texts); i++)
		words[free_texts[i]] = table_get(a->words[free_texts[i]], SLICE(AGGREGATE_OTHER));
	words[TEXT_PROTOCOL] = table_get(a->words[TEXT_PROTOCOL],
	    fact->protocol == PROTOCOL_UNKNOWN ? SLICE(AGGREGATE_OTHER)
					       : slice_of(protocol_name(fact->protocol)));
	s->bits = s->resumed = s->mail = s->auth = -1;
	s->verify = VERIFY_UNKNOWN;
}

static struct spelling find_tuple(
    struct aggregate *a, const struct fact *fact, struct scalars *s, const struct slice *texts)
{
	struct spelling found = {0};
	void *words[TEXT_MAX];

	for (int i = 0; i < TEXT_MAX; i++)
		words[i] = i == TEXT_PROTOCOL
			       ? protocol_word(a, fact, &found.folded)
			       : word(a, (enum aggregate_text)i, texts[i], &found.folded);
	found.tuple = tuple_of(a, s, words, AGGREGATE_TUPLES);
	if (!found.tuple) {
		found.folded |= 1u << TEXT_MAX;
		fold_combination(a, fact, s, words);
		found.tuple = tuple_of(a, s, words, SIZE_MAX);
	}
	return found;
}

static void spell(struct buffer *key, const struct scalars *s, const struct slice *texts)
{
	buffer_clear(key);
	buffer_append(key, s, sizeof(*s));
	for (int i = 0; i < TEXT_MAX; i++) {
		uint32_t length = (uint32_t)texts[i].n;

		buffer_append(key, &length, sizeof(length));
		buffer_add(key, texts[i]);
	}
}

static int8_t three_valued(int value)
{
	return value < 0 ? -1 : value > 0;
}

static struct spelling look_up(struct aggregate *a, const struct fact *fact)
{
	const struct slice texts[TEXT_MAX] = {
	    [TEXT_HOST] = fact->host,
	    [TEXT_MTA] = fact->mta,
	    [TEXT_PROTOCOL] = fact->protocol_raw,
	    [TEXT_CIPHER] = fact->cipher,
	    [TEXT_GROUP] = fact->group,
	    [TEXT_SIGNATURE] = fact->signature,
	    [TEXT_REASON] = fact->reason,
	};
	struct scalars s = {
	    .fact = (uint8_t)fact->kind,
	    .direction = (uint8_t)fact->direction,
	    .service = (uint8_t)fact->service,
	    .unit = (uint8_t)fact->unit,
	    .internal = fact->internal,
	    .verify = (uint8_t)fact->verify,
	    .protocol = (uint8_t)fact->protocol,
	    .resumed = three_valued(fact->resumed),
	    .mail = three_valued(fact->mail),
	    .auth = three_valued(fact->auth),
	    .bits = fact->bits < 0 || fact->bits > INT16_MAX ? -1 : (int16_t)fact->bits,
	};
	struct spelling *cached, found;

	spell(&a->key, &s, texts);
	cached = table_get(a->spellings, buffer_slice(&a->key));
	if (cached)
		return *cached;
	found = find_tuple(a, fact, &s, texts);
	cached = table_add(a->spellings, buffer_slice(&a->key), NULL);
	if (cached)
		*cached = found;
	return found;
}

/* Times before 1970 cannot be true; the clock lets none through. */
static int64_t hour_of(int64_t time)
{
	return time <= 0 ? 0 : time - time % 3600;
}

void aggregate_fact(struct aggregate *a, const struct fact *fact)
{
	struct spelling spelling = look_up(a, fact);
	struct counter_key key = {hour_of(fact->time), spelling.tuple};
	int64_t *n;

	for (int i = 0; spelling.folded && i <= TEXT_MAX; i++)
		a->folded[i] += (spelling.folded >> i) & 1;
	if (key.hour == 0) {
		spelling.tuple->untimed++;
		return;
	}
	n = table_get(a->counters, (struct slice){(const char *)&key, sizeof(key)});
	if (!n)
		n = table_add(a->counters, (struct slice){(const char *)&key, sizeof(key)}, NULL);
	if (!n) { /* the owner did not commit: the total is kept, the hour is not */
		a->folded[TEXT_MAX]++;
		n = &spelling.tuple->untimed;
	}
	++*n;
}

void aggregate_line(struct aggregate *a, const struct line_report *report)
{
	struct coverage_key key = {.hour = hour_of(report->time)};
	struct coverage_row *row;
	unsigned folded = 0;
	bool is_new = false;

	key.host = word(a, TEXT_HOST, report->host, &folded);
	key.mta = word(a, TEXT_MTA, report->mta, &folded);
	row = table_add(a->coverage, (struct slice){(const char *)&key, sizeof(key)}, &is_new);
	if (!row)
		row = &a->rest;
	else if (is_new)
		row->key = key;
	row->lines[report->outcome]++;
}

static bool any_line(const struct coverage_row *row)
{
	for (int i = 0; i < OUTCOME_MAX; i++)
		if (row->lines[i])
			return true;
	return false;
}

bool aggregate_empty(const struct aggregate *a)
{
	const struct aggregate_tuple *t = table_oldest(a->tuples);

	for (; t; t = table_newer(a->tuples, t))
		if (t->untimed)
			return false;
	return !table_count(a->counters) && !table_count(a->coverage) && !any_line(&a->rest);
}

bool aggregate_nearly_full(const struct aggregate *a)
{
	return table_count(a->counters) >= AGGREGATE_NEARLY_FULL ||
	       table_count(a->coverage) >= AGGREGATE_NEARLY_FULL;
}

void aggregate_clear(struct aggregate *a)
{
	struct aggregate_tuple *t = table_oldest(a->tuples);

	for (; t; t = table_newer(a->tuples, t))
		t->untimed = 0;
	table_clear(a->counters);
	table_clear(a->coverage);
	memset(a->folded, 0, sizeof(a->folded));
	memset(&a->rest, 0, sizeof(a->rest));
}

void aggregate_forget_ids(struct aggregate *a)
{
	struct aggregate_tuple *t = table_oldest(a->tuples);

	for (; t; t = table_newer(a->tuples, t))
		t->id = 0;
}

/* The tuples come first, with what they hold themselves; then the counters. */
bool aggregate_next_count(
    struct aggregate *a, struct aggregate_cursor *cursor, struct aggregate_count *ret)
{
	struct aggregate_tuple *t;
	struct counter_key key;
	int64_t *n;

	while (!cursor->in_counters) {
		t = cursor->at ? table_newer(a->tuples, cursor->at) : table_oldest(a->tuples);
		cursor->at = t;
		cursor->in_counters = !t;
		if (t && t->untimed) {
			*ret = (struct aggregate_count){.n = t->untimed, .tuple = t};
			return true;
		}
	}
	n = cursor->at ? table_newer(a->counters, cursor->at) : table_oldest(a->counters);
	cursor->at = n;
	if (!n)
		return false;
	memcpy(&key, table_key(a->counters, n).p, sizeof(key));
	*ret = (struct aggregate_count){.hour = key.hour, .n = *n, .tuple = key.tuple};
	return true;
}

bool aggregate_next_coverage(
    struct aggregate *a, struct aggregate_cursor *cursor, struct aggregate_coverage *ret)
{
	struct coverage_row *row = NULL;

	if (cursor->at == &a->rest)
		return false;
	row = cursor->at ? table_newer(a->coverage, cursor->at) : table_oldest(a->coverage);
	if (!row && any_line(&a->rest))
		row = &a->rest;
	if (!row)
		return false;
	cursor->at = row;
	*ret = (struct aggregate_coverage){
	    .hour = row->key.hour, .host = SLICE(AGGREGATE_OTHER), .mta = SLICE(AGGREGATE_OTHER)};
	if (row != &a->rest) {
		ret->host = word_text(a, TEXT_HOST, row->key.host);
		ret->mta = word_text(a, TEXT_MTA, row->key.mta);
	}
	memcpy(ret->lines, row->lines, sizeof(ret->lines));
	return true;
}

int64_t aggregate_folded(const struct aggregate *a, enum aggregate_text dimension)
{
	return a->folded[dimension];
}

const char *aggregate_text_name(enum aggregate_text dimension)
{
	return dimensions[dimension].name;
}
