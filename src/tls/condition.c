/* SPDX-License-Identifier: ISC */
#include "tls/condition.h"

#include "tls/suite_word.h"
#include <fnmatch.h>
#include <stdlib.h>

#define BIT(value) (1u << (unsigned)(value))

/* What TLSv1/SSLv3 of old OpenSSL builds may have been. */
#define AMBIGUOUS_PROTOCOLS                                                                        \
	(BIT(PROTOCOL_SSLV3) | BIT(PROTOCOL_TLSV1_0) | BIT(PROTOCOL_TLSV1_1) |                     \
	    BIT(PROTOCOL_TLSV1_2))
#define ENCRYPTED_PROTOCOLS (AMBIGUOUS_PROTOCOLS | BIT(PROTOCOL_SSLV2) | BIT(PROTOCOL_TLSV1_3))

/* The versions that it may have been, as bits; clear text is no version. */
static unsigned possible_protocols(const struct subject *s)
{
	unsigned possible;
	enum protocol least;

	if (s->protocol != PROTOCOL_UNKNOWN && s->protocol != PROTOCOL_AMBIGUOUS)
		return BIT(s->protocol);
	possible = s->protocol == PROTOCOL_UNKNOWN ? ENCRYPTED_PROTOCOLS : AMBIGUOUS_PROTOCOLS;
	least = cipher_least_protocol(s->suite);
	if (least != PROTOCOL_UNKNOWN)
		return BIT(least); /* these suites are of one version alone */
	if (known(s->suite->kx) && !is(s->suite->kx, "any"))
		possible &= ~BIT(PROTOCOL_TLSV1_3);
	return possible;
}

static enum match match_protocol(unsigned wanted, const struct subject *s)
{
	unsigned possible = possible_protocols(s);

	if (!(possible & wanted))
		return MATCH_NO;
	return possible & ~wanted ? MATCH_UNKNOWN : MATCH_YES;
}

static const char *property_of(const struct cipher *suite, enum suite_property property)
{
	switch (property) {
	case SUITE_KX:
		return suite->kx;
	case SUITE_AUTH:
		return suite->auth;
	case SUITE_ENC:
		return suite->enc;
	case SUITE_MODE:
		return suite->mode;
	default:
		return suite->mac;
	}
}

static enum match match_words(const struct condition *c, const struct cipher *suite)
{
	enum match result = MATCH_YES;

	for (int i = 0; i < SUITE_PROPERTIES; i++) {
		const char *word = property_of(suite, (enum suite_property)i);

		if (!c->words[i])
			continue;
		if (!known(word))
			result = MATCH_UNKNOWN;
		else if (!(c->words[i] & suite_word_bit((enum suite_property)i, slice_of(word))))
			return MATCH_NO;
	}
	return result;
}

static enum match match_bits(const struct condition *c, const struct cipher *suite)
{
	if (suite->bits < 0)
		return MATCH_UNKNOWN;
	return (!c->bits_below || suite->bits < c->bits_below) && suite->bits >= c->bits_from
		   ? MATCH_YES
		   : MATCH_NO;
}

static enum match match_export(const struct cipher *suite)
{
	if (suite->export_grade)
		return MATCH_YES;
	return known(suite->enc) ? MATCH_NO : MATCH_UNKNOWN;
}

/* A name that is not told may be any. */
static enum match match_name(const char *wanted, const char *name)
{
	if (!name || !*name)
		return MATCH_UNKNOWN;
	return strcmp(wanted, name) == 0 ? MATCH_YES : MATCH_NO;
}

static enum match match_globs(char *const *globs, const char *name)
{
	if (!name || !*name)
		return MATCH_UNKNOWN;
	for (size_t i = 0; globs[i]; i++)
		if (fnmatch(globs[i], name, 0) == 0)
			return MATCH_YES;
	return MATCH_NO;
}

static enum match match_post_quantum(unsigned wanted, const struct subject *s)
{
	if (s->post_quantum == POST_QUANTUM_UNKNOWN)
		return MATCH_UNKNOWN;
	return wanted & BIT(s->post_quantum) ? MATCH_YES : MATCH_NO;
}

/* "RSA-PSS 2048" has a size, "ECDSA secp256r1" none that this could be asked of. */
static enum match match_signature_bits(int below, const char *signature)
{
	const char *size = signature ? strrchr(signature, ' ') : NULL;
	int bits = size ? suite_number(slice_of(size + 1)) : -1;

	if (!signature || !*signature)
		return MATCH_UNKNOWN;
	return bits >= 0 && bits < below ? MATCH_YES : MATCH_NO;
}

static enum match also(enum match a, enum match b)
{
	if (a == MATCH_NO || b == MATCH_NO)
		return MATCH_NO;
	return a == MATCH_YES ? b : a;
}

static bool asks_for_suite(const struct condition *c)
{
	bool any = c->suite || c->export_grade || c->bits_below || c->bits_from || c->groups ||
		   c->signatures || c->post_quantum || c->signature_bits_below;

	for (int i = 0; i < SUITE_PROPERTIES; i++)
		any = any || c->words[i];
	return any;
}

enum match condition_match(const struct condition *c, const struct subject *s)
{
	enum match m = MATCH_YES;

	if (s->protocol == PROTOCOL_NONE && asks_for_suite(c))
		return MATCH_NO;
	if (c->protocols)
		m = match_protocol(c->protocols, s);
	m = also(m, match_words(c, s->suite));
	if (c->bits_below || c->bits_from)
		m = also(m, match_bits(c, s->suite));
	if (c->export_grade)
		m = also(m, match_export(s->suite));
	if (c->suite)
		m = also(m, match_name(c->suite, s->suite_name));
	if (c->groups)
		m = also(m, match_globs(c->groups, s->group));
	if (c->post_quantum)
		m = also(m, match_post_quantum(c->post_quantum, s));
	if (c->signatures)
		m = also(m, match_globs(c->signatures, s->signature));
	if (c->signature_bits_below)
		m = also(m, match_signature_bits(c->signature_bits_below, s->signature));
	return m;
}

unsigned protocols_below(enum protocol protocol)
{
	unsigned below = 0;

	for (int i = PROTOCOL_SSLV2; i < (int)protocol; i++)
		if (i != PROTOCOL_AMBIGUOUS)
			below |= BIT(i);
	return below;
}

void condition_clear(struct condition *c)
{
	free(c->suite);
	texts_free(c->groups);
	texts_free(c->signatures);
	*c = (struct condition){0};
}
