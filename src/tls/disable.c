/* SPDX-License-Identifier: ISC */
#include "tls/disable.h"

#include "base/memory.h"
#include "base/nearest.h"
#include "tls/suite_word.h"
#include <errno.h>
#include <strings.h>

/* Words that mean one thing without naming what of a suite they are.  RSA does not: it is a key
 * exchange, and a kind of certificate. */
static const struct {
	const char *name, *alias;
	enum suite_property property;
	const char *word;
} properties[] = {
    {"RC4", "ARCFOUR", SUITE_ENC, "rc4"},
    {"RC2", NULL, SUITE_ENC, "rc2"},
    {"DES", NULL, SUITE_ENC, "des"},
    {"3DES", "DES-CBC3", SUITE_ENC, "3des"},
    {"IDEA", NULL, SUITE_ENC, "idea"},
    {"SEED", NULL, SUITE_ENC, "seed"},
    {"CAMELLIA", NULL, SUITE_ENC, "camellia"},
    {"ARIA", NULL, SUITE_ENC, "aria"},
    {"AES", NULL, SUITE_ENC, "aes"},
    {"CHACHA20", NULL, SUITE_ENC, "chacha20"},
    {"NULL", "eNULL", SUITE_ENC, "null"},
    {"CBC", NULL, SUITE_MODE, "cbc"},
    {"GCM", NULL, SUITE_MODE, "gcm"},
    {"CCM", NULL, SUITE_MODE, "ccm"},
    {"CCM8", NULL, SUITE_MODE, "ccm8"},
    {"MD5", NULL, SUITE_MAC, "md5"},
    {"SHA1", "SHA", SUITE_MAC, "sha"},
    {"kx=RSA", "kRSA", SUITE_KX, "rsa"},
    {"DHE", "kx=DHE", SUITE_KX, "dhe"},
    {"ECDHE", "kx=ECDHE", SUITE_KX, "ecdhe"},
    {"DH", "kx=DH", SUITE_KX, "dh"},
    {"ECDH", "kx=ECDH", SUITE_KX, "ecdh"},
    {"PSK", "auth=PSK", SUITE_AUTH, "psk"},
    {"DSS", "auth=DSS", SUITE_AUTH, "dss"},
    {"ANON", "aNULL", SUITE_AUTH, "anon"},
};

static const enum protocol protocols[] = {PROTOCOL_SSLV2, PROTOCOL_SSLV3, PROTOCOL_TLSV1_0,
    PROTOCOL_TLSV1_1, PROTOCOL_TLSV1_2, PROTOCOL_TLSV1_3};

static bool same_word(const char *a, const char *b)
{
	return b && strcasecmp(a, b) == 0;
}

static struct disable_item *new_item(struct disable *set, const char *name)
{
	struct disable_item *item = &set->items[set->count++];

	*item = (struct disable_item){.name = memory_string(name)};
	return item;
}

static void add_property(
    struct disable *set, const char *name, enum suite_property property, const char *word)
{
	new_item(set, name)->when.words[property] = suite_word_bit(property, slice_of(word));
}

static bool add_protocol(struct disable *set, const char *word)
{
	enum protocol protocol = protocol_fold(slice_of(word));

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i] == protocol) {
			new_item(set, protocol_name(protocol))->when.protocols = 1u << protocol;
			return true;
		}
	return false;
}

static bool add_plain(struct disable *set, const char *word)
{
	if (same_word(word, "EXPORT")) {
		new_item(set, "EXPORT")->when.export_grade = true;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (same_word(word, properties[i].name) || same_word(word, properties[i].alias)) {
			add_property(
			    set, properties[i].name, properties[i].property, properties[i].word);
			return true;
		}
	return false;
}

static void add_group(struct disable *set, const char *name)
{
	_cleanup_buffer_ struct buffer group = {0}, shown = {0};
	char **globs = memory_array(2, sizeof(*globs));

	group_fold(slice_of(name), &group);
	buffer_printf(&shown, "group=%s", buffer_text(&group));
	globs[0] = buffer_take(&group);
	new_item(set, buffer_text(&shown))->when.groups = globs;
}

/* KEY=WORD: 1 if it was one, 0 if it has no `=`. */
static int add_named(struct disable *set, const char *word, struct diag *d)
{
	const char *value = strchr(word, '=');
	size_t n = value ? (size_t)(value++ - word) : 0;
	_cleanup_buffer_ struct buffer words = {0};

	if (!value)
		return 0;
	if (n == strlen("group") && strncasecmp(word, "group", n) == 0 && *value) {
		add_group(set, value);
		return 1;
	}
	for (int i = 0; i < SUITE_PROPERTIES; i++) {
		const char *name = suite_property_name((enum suite_property)i);

		if (n != strlen(name) || strncasecmp(word, name, n) != 0)
			continue;
		if (suite_word_bit((enum suite_property)i, slice_of(value))) {
			add_property(set, word, (enum suite_property)i, value);
			return 1;
		}
		suite_words_list((enum suite_property)i, &words);
		return diag_set(d, EINVAL, NULL, 0, 0, "'%s' is no word of %s; there are %s", value,
		    name, buffer_text(&words));
	}
	return diag_set(d, EINVAL, NULL, 0, 0,
	    "'%s' names no property: expected kx=, auth=, enc=, mode=, mac= or group=", word);
}

/* A name with a property that is not known would be switched off under another name as well. */
static bool add_suite(struct disable *set, const char *word)
{
	_cleanup_buffer_ struct buffer name = {0};
	struct disable_item *item;
	struct cipher suite;

	cipher_read(slice_of(word), PROTOCOL_UNKNOWN, &suite);
	if (cipher_iana(&suite, PROTOCOL_UNKNOWN, &name) < 0)
		return false;
	item = new_item(set, buffer_text(&name));
	item->as_given = memory_string(word);
	item->when.suite = buffer_take(&name);
	return true;
}

static int refuse(const char *word, const struct policy_set *policies, struct diag *d)
{
	size_t n = 0;
	const char **words = memory_array(
	    ARRAY_SIZE(protocols) + ARRAY_SIZE(properties) + (policies ? policies->n : 0) + 1,
	    sizeof(*words));
	const char *nearest;

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		words[n++] = protocol_name(protocols[i]);
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		words[n++] = properties[i].name;
	words[n++] = "EXPORT";
	for (size_t i = 0; policies && i < policies->n; i++)
		words[n++] = policies->p[i]->name;
	nearest = nearest_word(word, words, n);
	free(words);
	return diag_set(d, EINVAL, NULL, 0, 0,
	    "cannot disable \"%s\": it is no protocol, property, suite or policy; the nearest is "
	    "\"%s\"",
	    word, nearest ? nearest : "TLSv1.0");
}

static int add_word(
    struct disable *set, const char *word, const struct policy_set *policies, struct diag *d)
{
	const struct policy *policy = policies ? policy_find(policies, word, NULL) : NULL;
	int named;

	if (policy) {
		new_item(set, policy->name)->policy = policy;
		return 0;
	}
	if (same_word(word, "RSA"))
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "cannot disable \"RSA\": kx=RSA is the key exchange, auth=RSA all suites with "
		    "an RSA certificate");
	if (add_protocol(set, word) || add_plain(set, word))
		return 0;
	named = add_named(set, word, d);
	if (named)
		return named < 0 ? named : 0;
	return add_suite(set, word) ? 0 : refuse(word, policies, d);
}

static void drop_last(struct disable *set)
{
	struct disable_item *item = &set->items[--set->count];

	free(item->name);
	free(item->as_given);
	condition_clear(&item->when);
}

int disable_add(
    struct disable *set, const char *word, const struct policy_set *policies, struct diag *d)
{
	int r;

	if (set->count == DISABLE_MAX)
		return diag_set(d, EINVAL, NULL, 0, 0, "cannot disable more than %d things at once",
		    DISABLE_MAX);
	r = add_word(set, word, policies, d);
	for (size_t i = 0; r == 0 && i + 1 < set->count; i++)
		if (strcasecmp(set->items[i].name, set->items[set->count - 1].name) == 0) {
			drop_last(set);
			break;
		}
	return r;
}

void disable_clear(struct disable *set)
{
	while (set->count)
		drop_last(set);
}

enum match disable_item_match(
    const struct disable_item *item, enum scope scope, const struct subject *subject)
{
	if (subject->protocol == PROTOCOL_NONE)
		return MATCH_NO;
	return item->policy ? policy_unwanted(item->policy, CONDITION_SUITE, scope, subject)
			    : condition_match(&item->when, subject);
}

enum match disable_match(const struct disable *set, enum scope scope, const struct subject *subject)
{
	enum match result = MATCH_NO;

	for (size_t i = 0; i < set->count && result != MATCH_YES; i++) {
		enum match m = disable_item_match(&set->items[i], scope, subject);

		if (m != MATCH_NO)
			result = m;
	}
	return result;
}

bool disable_takes_protocol(const struct disable *set, enum scope scope, enum protocol protocol)
{
	struct cipher suite;
	const struct subject any = {.protocol = protocol, .suite = &suite};

	cipher_read(SLICE_NONE, protocol, &suite);
	return disable_match(set, scope, &any) == MATCH_YES;
}

static void set_property(struct cipher *suite, enum suite_property property, const char *word)
{
	const char **const places[SUITE_PROPERTIES] = {
	    [SUITE_KX] = &suite->kx,
	    [SUITE_AUTH] = &suite->auth,
	    [SUITE_ENC] = &suite->enc,
	    [SUITE_MODE] = &suite->mode,
	    [SUITE_MAC] = &suite->mac,
	};

	*places[property] = word;
}

/* PROTOCOL_UNKNOWN if none is. */
static enum protocol newest_left(const struct disable *set, enum scope scope)
{
	static const enum protocol old[] = {
	    PROTOCOL_TLSV1_2, PROTOCOL_TLSV1_1, PROTOCOL_TLSV1_0, PROTOCOL_SSLV3};

	for (size_t i = 0; i < ARRAY_SIZE(old); i++)
		if (!disable_takes_protocol(set, scope, old[i]))
			return old[i];
	return PROTOCOL_UNKNOWN;
}

bool disable_takes_property(const struct disable *set, enum scope scope, const char *word)
{
	struct cipher suite;
	const struct subject any = {.protocol = newest_left(set, scope), .suite = &suite};

	if (any.protocol == PROTOCOL_UNKNOWN)
		return false;
	cipher_read(SLICE_NONE, any.protocol, &suite);
	if (same_word(word, "EXPORT")) {
		suite.export_grade = true;
		return disable_match(set, scope, &any) == MATCH_YES;
	}
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (same_word(word, properties[i].name)) {
			set_property(&suite, properties[i].property, properties[i].word);
			return disable_match(set, scope, &any) == MATCH_YES;
		}
	return false;
}
