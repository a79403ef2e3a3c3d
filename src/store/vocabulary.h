/* SPDX-License-Identifier: ISC */
#pragma once

/* The texts of each dimension, within a bound.
 *
 * A word is a row of its dimension's table: the same text gives the same pointer for the life of
 * the vocabulary.  When a dimension is full, or a text is too long, the word is "(other)" and the
 * dimension's bit is set in *folded.  "", "(other)" and the canonical names of all protocols are
 * there from the start and take no room.  Texts are kept as valid UTF-8 (base/escape.h). */

#include "base/buffer.h"
#include "base/slice.h"
#include "base/table.h"
#include "parse/fact.h"
#include "store/query.h"

enum aggregate_text {
	TEXT_HOST,
	TEXT_MTA,
	TEXT_PROTOCOL,
	TEXT_CIPHER,
	TEXT_GROUP,
	TEXT_SIGNATURE,
	TEXT_REASON,
	TEXT_MAX,
};

#define AGGREGATE_HOSTS 1024
#define AGGREGATE_MTAS 64
#define AGGREGATE_PROTOCOLS 64
#define AGGREGATE_CIPHERS 512
#define AGGREGATE_GROUPS 128
#define AGGREGATE_SIGNATURES 128
#define AGGREGATE_REASONS 64
#define AGGREGATE_TEXT_MAX 255 /* bytes of one text */
#define AGGREGATE_OTHER TUPLE_OTHER

struct vocabulary {
	struct table *words[TEXT_MAX]; /* the keys are the texts; values are not used */
	void *last[TEXT_MAX];	       /* the last word: the next is often the same */
	struct buffer text;
};

void vocabulary_init(struct vocabulary *v);
void vocabulary_free(struct vocabulary *v);

void *vocabulary_word(
    struct vocabulary *v, enum aggregate_text dimension, struct slice text, unsigned *folded);

/* The logged spelling is kept if it means what the fact says, else the fact's own word.  One that
 * finds no room becomes the canonical name: a protocol is never "(other)" unless it is unknown. */
void *vocabulary_protocol(struct vocabulary *v, const struct fact *fact, unsigned *folded);

void *vocabulary_other(const struct vocabulary *v, enum aggregate_text dimension);

/* Never SLICE_NONE, even for "". */
struct slice vocabulary_text(
    const struct vocabulary *v, enum aggregate_text dimension, const void *word);

const char *aggregate_text_name(enum aggregate_text dimension);
