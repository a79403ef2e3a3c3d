/* SPDX-License-Identifier: ISC */
#include "store/aggregate.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/table.h"
#include <string.h>

#define SPELLINGS 8192 /* a cache: facts as they come, to their tuples */
#define RECENT 512     /* a power of two */
#define COUNTERS (256 * 1024)
/* Room for every combination that is left when all that a stranger can choose is folded. */
#define TUPLES_FOLDED (128 * 1024)

/* What a fact says, without padding: the same facts have the same bytes. */
struct scalars {
	uint8_t fact, direction, service, unit, internal, verify, protocol;
	int8_t resumed, mail, auth;
	int16_t bits;
};

struct spelling {
	struct aggregate_tuple *tuple;
	unsigned folded;  /* a bit a dimension */
	bool weak;	  /* peer_is_weak() */
	bool peers_left;  /* of the tuple, at hand */
	int64_t *counter; /* of hour; NULL: not looked up since counters were cleared */
	int64_t hour;
};

/* A spelling that was met lately, at hand without its key: most facts are like one of the last. The
 * texts are in the key of its row. */
struct recent {
	struct scalars scalars;
	struct slice texts[TEXT_MAX];
	struct spelling *row; /* NULL: nobody's place */
};

struct counter_key {
	int64_t hour;
	struct aggregate_tuple *tuple;
};

struct aggregate {
	struct vocabulary vocabulary;
	struct table *spellings, *tuples, *counters;
	struct recent recent[RECENT];
	struct spelling unkept; /* of a fact for which spellings had no room */
	int64_t folded[TEXT_MAX + 1];
	struct coverage_table *coverage;
	struct peer_table *peers;
	struct minute_table *minutes;
	bool minutes_left;
	aggregate_asks_fn asks_for_peers; /* NULL: of all tuples */
	void *asks_context;
	struct aggregate_since since;
	struct reason_table *reasons;
	struct buffer key;
};

struct aggregate *aggregate_new(void)
{
	struct aggregate *a = memory_alloc(sizeof(*a));

	vocabulary_init(&a->vocabulary);
	a->spellings = table_new(sizeof(struct spelling), SPELLINGS);
	a->tuples = table_new(sizeof(struct aggregate_tuple), AGGREGATE_TUPLES + TUPLES_FOLDED);
	a->counters = table_new(sizeof(int64_t), COUNTERS);
	a->coverage = coverage_table_new(&a->vocabulary);
	a->peers = peer_table_new();
	a->minutes = minute_table_new();
	a->reasons = reason_table_new();
	return a;
}

struct aggregate *aggregate_free(struct aggregate *a)
{
	if (!a)
		return NULL;
	vocabulary_free(&a->vocabulary);
	table_free(a->spellings);
	table_free(a->tuples);
	table_free(a->counters);
	coverage_table_free(a->coverage);
	peer_table_free(a->peers);
	minute_table_free(a->minutes);
	reason_table_free(a->reasons);
	buffer_free(&a->key);
	free(a);
	return NULL;
}

void aggregate_know(struct aggregate *a, enum aggregate_text dimension, struct slice text)
{
	unsigned folded = 0;

	vocabulary_word(&a->vocabulary, dimension, text, &folded);
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
		t->text[i] = vocabulary_text(&a->vocabulary, (enum aggregate_text)i, words[i]);
	t->peers_left = a->asks_for_peers && !a->asks_for_peers(a->asks_context, t);
	return t;
}

/* Keeps what must never be folded, and nothing else. */
static void fold_combination(
    struct aggregate *a, const struct fact *fact, struct scalars *s, void *words[TEXT_MAX])
{
	const struct fact canonical = {.protocol = fact->protocol};
	unsigned folded = 0;

	for (int i = 0; i < TEXT_MAX; i++)
		words[i] = vocabulary_other(&a->vocabulary, (enum aggregate_text)i);
	if (fact->protocol != PROTOCOL_UNKNOWN)
		words[TEXT_PROTOCOL] = vocabulary_protocol(&a->vocabulary, &canonical, &folded);
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
			       ? vocabulary_protocol(&a->vocabulary, fact, &found.folded)
			       : vocabulary_word(&a->vocabulary, (enum aggregate_text)i, texts[i],
				     &found.folded);
	found.tuple = tuple_of(a, s, words, AGGREGATE_TUPLES);
	if (!found.tuple) {
		found.folded |= 1u << TEXT_MAX;
		fold_combination(a, fact, s, words);
		found.tuple = tuple_of(a, s, words, SIZE_MAX);
	}
	found.weak = peer_is_weak(fact);
	found.peers_left = found.tuple->peers_left;
	return found;
}

static void spell(struct buffer *key, const struct scalars *s, const struct slice *texts)
{
	uint32_t lengths[TEXT_MAX];

	for (int i = 0; i < TEXT_MAX; i++)
		lengths[i] = (uint32_t)texts[i].n;
	buffer_clear(key);
	buffer_append(key, s, sizeof(*s));
	buffer_append(key, lengths, sizeof(lengths));
	for (int i = 0; i < TEXT_MAX; i++)
		if (texts[i].n)
			buffer_add(key, texts[i]);
}

/* Where a spelling is at hand.  That strangers can make two meet costs a look into the table. */
static struct recent *recent_place(
    struct aggregate *a, const struct scalars *s, const struct slice texts[TEXT_MAX])
{
	uint64_t hash = 0, words[2] = {0};

	memcpy(words, s, sizeof(*s));
	hash = (words[0] ^ words[1] << 17) * UINT64_C(0x9e3779b97f4a7c15);
	for (int i = 0; i < TEXT_MAX; i++)
		hash = (hash ^ hash >> 29 ^ slice_last(texts[i])) * UINT64_C(0x9e3779b97f4a7c15);
	return &a->recent[hash >> 40 & (RECENT - 1)];
}

static bool is_recent(
    const struct recent *r, const struct scalars *s, const struct slice texts[TEXT_MAX])
{
	if (!r->row || memcmp(&r->scalars, s, sizeof(*s)) != 0)
		return false;
	for (int i = 0; i < TEXT_MAX; i++)
		if (!slice_equal(r->texts[i], texts[i]))
			return false;
	return true;
}

static void set_recent(struct recent *r, const struct scalars *s,
    const struct slice texts[TEXT_MAX], struct spelling *row, struct slice key)
{
	key = slice_skip(key, sizeof(*s) + TEXT_MAX * sizeof(uint32_t));
	*r = (struct recent){.scalars = *s, .row = row};
	for (int i = 0; i < TEXT_MAX; i++) {
		r->texts[i] = slice_first(key, texts[i].n);
		key = slice_skip(key, texts[i].n);
	}
}

static int8_t three_valued(int value)
{
	return value < 0 ? -1 : value > 0;
}

static struct spelling *look_up(struct aggregate *a, const struct fact *fact)
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
	struct recent *recent = recent_place(a, &s, texts);
	struct spelling *row;
	struct slice key;
	bool fresh;

	if (is_recent(recent, &s, texts))
		return recent->row;
	spell(&a->key, &s, texts);
	key = buffer_slice(&a->key);
	row = table_add(a->spellings, key, &fresh);
	if (!row) {
		a->unkept = find_tuple(a, fact, &s, texts);
		return &a->unkept;
	}
	if (fresh)
		*row = find_tuple(a, fact, &s, texts);
	set_recent(recent, &s, texts, row, table_key(a->spellings, row));
	return row;
}

/* Times before 1970 cannot be true; the clock lets none through. */
static int64_t hour_of(int64_t time)
{
	return time <= 0 ? 0 : time - time % 3600;
}

/* NULL if there is no room for it. */
static int64_t *counter_of(struct aggregate *a, int64_t hour, struct aggregate_tuple *tuple)
{
	struct counter_key key = {hour, tuple};
	const struct slice bytes = {(const char *)&key, sizeof(key)};
	int64_t *n = table_get(a->counters, bytes);

	return n ? n : table_add(a->counters, bytes, NULL);
}

static void count(struct aggregate *a, struct spelling *spelling, int64_t hour)
{
	if (hour == 0) {
		spelling->tuple->untimed++;
		return;
	}
	if (!spelling->counter || spelling->hour != hour) {
		spelling->counter = counter_of(a, hour, spelling->tuple);
		spelling->hour = hour;
	}
	if (spelling->counter) {
		++*spelling->counter;
	} else { /* the owner did not commit: the total is kept, the hour is not */
		a->folded[TEXT_MAX]++;
		spelling->tuple->untimed++;
	}
}

/* What is of no day, or of day 0, does not expire. */
static bool is_since(const struct fact *fact, int64_t since)
{
	return fact->time < 86400 || fact->time >= since;
}

void aggregate_fact(struct aggregate *a, const struct fact *fact)
{
	struct spelling *spelling = look_up(a, fact);
	int64_t hour = hour_of(fact->time);

	for (int i = 0; spelling->folded && i <= TEXT_MAX; i++)
		a->folded[i] += (spelling->folded >> i) & 1;
	if (!spelling->peers_left && is_since(fact, a->since.peers))
		peer_table_fact(a->peers, fact, hour, spelling->weak, spelling->tuple);
	if (!a->minutes_left && is_since(fact, a->since.minutes))
		minute_table_fact(a->minutes, fact, spelling->tuple);
	if (is_since(fact, a->since.reasons))
		reason_table_fact(a->reasons, fact, hour, spelling->tuple);
	count(a, spelling, hour);
}

void aggregate_leave_minutes(struct aggregate *a)
{
	a->minutes_left = true;
}

void aggregate_peers_of(struct aggregate *a, aggregate_asks_fn asks, void *context)
{
	a->asks_for_peers = asks;
	a->asks_context = context;
}

void aggregate_since(struct aggregate *a, const struct aggregate_since *since)
{
	a->since = *since;
}

void aggregate_line(struct aggregate *a, const struct line_report *report)
{
	coverage_table_line(a->coverage, report, hour_of(report->time));
}

bool aggregate_empty(const struct aggregate *a)
{
	const struct aggregate_tuple *t = table_oldest(a->tuples);

	for (; t; t = table_newer(a->tuples, t))
		if (t->untimed)
			return false;
	return !table_count(a->counters) && coverage_table_empty(a->coverage);
}

bool aggregate_nearly_full(const struct aggregate *a)
{
	return table_count(a->counters) >= AGGREGATE_NEARLY_FULL ||
	       coverage_table_rows(a->coverage) >= COVERAGE_TABLE_NEARLY_FULL ||
	       peer_table_rows(a->peers) >= PEER_TABLE_NEARLY_FULL ||
	       minute_table_rows(a->minutes) >= MINUTE_TABLE_NEARLY_FULL ||
	       reason_table_rows(a->reasons) >= REASON_TABLE_NEARLY_FULL;
}

size_t aggregate_rows(const struct aggregate *a)
{
	return table_count(a->counters) + coverage_table_rows(a->coverage) +
	       peer_table_rows(a->peers) + minute_table_rows(a->minutes) +
	       reason_table_rows(a->reasons);
}

struct coverage_table *aggregate_coverage(struct aggregate *a)
{
	return a->coverage;
}

struct peer_table *aggregate_peers(struct aggregate *a)
{
	return a->peers;
}

struct minute_table *aggregate_minutes(struct aggregate *a)
{
	return a->minutes;
}

struct reason_table *aggregate_reasons(struct aggregate *a)
{
	return a->reasons;
}

void aggregate_clear(struct aggregate *a)
{
	struct aggregate_tuple *t = table_oldest(a->tuples);

	for (; t; t = table_newer(a->tuples, t))
		t->untimed = 0;
	for (struct spelling *s = table_oldest(a->spellings); s; s = table_newer(a->spellings, s))
		s->counter = NULL;
	table_clear(a->counters);
	coverage_table_clear(a->coverage);
	peer_table_clear(a->peers);
	minute_table_clear(a->minutes);
	reason_table_clear(a->reasons);
	memset(a->folded, 0, sizeof(a->folded));
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

int64_t aggregate_folded(const struct aggregate *a, enum aggregate_text dimension)
{
	return a->folded[dimension];
}
