/* SPDX-License-Identifier: ISC */
#pragma once

/* A condition on what was negotiated, and whether it holds: yes, no, or not known.
 *
 * A condition is a conjunction of properties, each one of a set of words; {0} holds of everything.
 * A property that the log or the name does not tell makes it not known, unless another one that is
 * known says no.  Nothing is guessed, but what a suite proves is used: a suite that only TLSv1.2
 * has proves it where the version was not logged, or logged as TLSv1/SSLv3.  Clear text has no
 * suite, so no condition on one holds of it.
 *
 * condition_read() takes the keys of a YAML mapping (mailtls-policies(5) lists them); words that no
 * suite can have are refused, because a misspelt word would never match.  condition_clear() gives
 * back what it owns. */

#include "base/yaml_read.h"
#include "tls/cipher.h"
#include "tls/group.h"
#include "tls/protocol.h"
#include <stdint.h>

enum match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN };

/* What was negotiated.  All borrowed. */
struct subject {
	enum protocol protocol;
	const struct cipher *suite;
	const char *suite_name; /* IANA's or as logged, "" or NULL: not known */
	const char *group;	/* folded, "" or NULL: not known */
	enum post_quantum post_quantum;
	const char *signature; /* folded, "" or NULL: not known */
};

/* Properties of a suite that have words. */
enum suite_property { SUITE_KX, SUITE_AUTH, SUITE_ENC, SUITE_MODE, SUITE_MAC, SUITE_PROPERTIES };

struct condition {
	unsigned protocols;		  /* a bit for each enum protocol; 0: any */
	uint32_t words[SUITE_PROPERTIES]; /* a bit for each word; 0: any */
	int bits_below, bits_from;	  /* 0: any */
	bool export_grade;		  /* only such; false: any */
	char *suite;			  /* this one, by its name; NULL: any */
	char **groups, **signatures;	  /* globs, ended by NULL; NULL: any */
	unsigned post_quantum;		  /* a bit for each enum post_quantum; 0: any */
	int signature_bits_below;	  /* 0: any */
};

/* Which keys a condition may have. */
enum condition_part { CONDITION_SUITE, CONDITION_GROUP, CONDITION_SIGNATURE, CONDITION_PARTS };

int condition_read(
    struct yaml_read *in, const struct yaml *map, enum condition_part part, struct condition *ret);
void condition_clear(struct condition *condition);

enum match condition_match(const struct condition *condition, const struct subject *subject);

/* "kx" "auth" "enc" "mode" "mac" */
const char *suite_property_name(enum suite_property property);

/* The bit of a word, whatever its case, 0 for one that no suite has. */
uint32_t suite_word_bit(enum suite_property property, struct slice word);

/* The words of a property, for those who complain of another: "aes chacha20 ...". */
void suite_words_list(enum suite_property property, struct buffer *to);

/* All protocols below this one, as bits. */
unsigned protocols_below(enum protocol protocol);
