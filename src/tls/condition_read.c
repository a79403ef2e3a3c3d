/* SPDX-License-Identifier: ISC */
#include "tls/condition.h"

#include "tls/suite_word.h"
#include <stdlib.h>

/* The words of cipher.h, whose properties these are. */
static const struct {
	const char *name;
	const char *words[16];
} properties[SUITE_PROPERTIES] = {
    [SUITE_KX] = {"kx", {"rsa", "dh", "dhe", "ecdh", "ecdhe", "psk", "srp", "krb5", "any"}},
    [SUITE_AUTH] = {"auth", {"rsa", "dss", "ecdsa", "anon", "psk", "srp", "krb5", "any"}},
    [SUITE_ENC] = {"enc", {"aes", "chacha20", "camellia", "aria", "3des", "des", "rc4", "rc2",
			      "idea", "seed", "null"}},
    [SUITE_MODE] = {"mode", {"gcm", "ccm", "ccm8", "poly1305", "cbc", "stream", "null"}},
    [SUITE_MAC] = {"mac", {"sha256", "sha384", "sha", "md5"}},
};

static const char *const post_quantum_words[] = {
    [POST_QUANTUM_NO] = "no",
    [POST_QUANTUM_DRAFT] = "draft",
    [POST_QUANTUM_YES] = "yes",
};

const char *suite_property_name(enum suite_property property)
{
	return properties[property].name;
}

uint32_t suite_word_bit(enum suite_property property, struct slice word)
{
	for (unsigned i = 0; properties[property].words[i]; i++)
		if (suite_word_is(word, properties[property].words[i]))
			return UINT32_C(1) << i;
	return 0;
}

void suite_words_list(enum suite_property property, struct buffer *to)
{
	for (size_t i = 0; properties[property].words[i]; i++)
		buffer_printf(to, "%s%s", i ? " " : "", properties[property].words[i]);
}

/* A word, or each of a list of them. */
typedef int (*word_fn)(
    struct yaml_read *in, const struct yaml *node, int which, struct condition *ret);

static int each_word(struct yaml_read *in, const struct yaml *map, const char *key, word_fn read,
    int which, struct condition *ret)
{
	const struct yaml *node = yaml_tree_get(map, key);
	int r;

	if (!node)
		return 0;
	if (node->kind != YAML_LIST) {
		r = yaml_want_text(in, node, key);
		return r < 0 ? r : read(in, node, which, ret);
	}
	if (!node->count)
		return yaml_fail(in, node, "'%s' is an empty list, which nothing is in", key);
	for (size_t i = 0; i < node->count; i++) {
		r = yaml_want_text(in, node->items[i], key);
		if (r == 0)
			r = read(in, node->items[i], which, ret);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_protocol(struct yaml_read *in, const struct yaml *node, enum protocol *ret)
{
	*ret = slice_is(node->text, "none") ? PROTOCOL_NONE : protocol_fold(node->text);
	if (*ret == PROTOCOL_UNKNOWN || *ret == PROTOCOL_AMBIGUOUS)
		return yaml_fail(in, node,
		    "'%.*s' is no protocol; there are SSLv2, SSLv3, TLSv1.0, TLSv1.1, TLSv1.2, "
		    "TLSv1.3 and none",
		    SLICE_FMT(node->text));
	return 0;
}

static int add_protocol(
    struct yaml_read *in, const struct yaml *node, int which _unused_, struct condition *ret)
{
	enum protocol protocol;
	int r = read_protocol(in, node, &protocol);

	if (r == 0)
		ret->protocols |= 1u << protocol;
	return r;
}

static int add_property(
    struct yaml_read *in, const struct yaml *node, int which, struct condition *ret)
{
	uint32_t bit = suite_word_bit((enum suite_property)which, node->text);
	_cleanup_buffer_ struct buffer words = {0};

	ret->words[which] |= bit;
	if (bit)
		return 0;
	suite_words_list((enum suite_property)which, &words);
	return yaml_fail(in, node, "'%.*s' is no word of '%s'; there are %s", SLICE_FMT(node->text),
	    properties[which].name, buffer_text(&words));
}

static int add_post_quantum(
    struct yaml_read *in, const struct yaml *node, int which _unused_, struct condition *ret)
{
	for (unsigned i = POST_QUANTUM_NO; i < ARRAY_SIZE(post_quantum_words); i++)
		if (slice_is(node->text, post_quantum_words[i])) {
			ret->post_quantum |= 1u << i;
			return 0;
		}
	return yaml_fail(in, node, "'post-quantum' is no, draft or yes");
}

static int read_bits(struct yaml_read *in, const struct yaml *map, const char *key, int *ret)
{
	const struct yaml *node = yaml_tree_get(map, key);

	if (!node)
		return 0;
	*ret = node->kind == YAML_SCALAR ? suite_number(node->text) : -1;
	return *ret > 0 ? 0 : yaml_fail(in, node, "'%s' is a number of bits", key);
}

static int read_below(struct yaml_read *in, const struct yaml *map, struct condition *ret)
{
	const struct yaml *node = yaml_tree_get(map, "below");
	enum protocol protocol;
	int r;

	if (!node)
		return 0;
	if (ret->protocols)
		return yaml_fail(in, node, "'below' and 'protocol' say the same thing twice");
	r = yaml_want_text(in, node, "below");
	if (r == 0)
		r = read_protocol(in, node, &protocol);
	if (r < 0)
		return r;
	ret->protocols = protocols_below(protocol);
	return ret->protocols ? 0 : yaml_fail(in, node, "there is no protocol below this one");
}

static int read_suite(struct yaml_read *in, const struct yaml *map, struct condition *ret)
{
	int r = each_word(in, map, "protocol", add_protocol, 0, ret);

	if (r == 0)
		r = read_below(in, map, ret);
	for (int i = 0; r == 0 && i < SUITE_PROPERTIES; i++)
		r = each_word(in, map, properties[i].name, add_property, i, ret);
	if (r == 0)
		r = read_bits(in, map, "bits-below", &ret->bits_below);
	if (r == 0)
		r = read_bits(in, map, "bits-from", &ret->bits_from);
	return r == 0 ? yaml_read_flag(in, map, "export", &ret->export_grade) : r;
}

/* An empty list of globs would ask for what nothing is. */
static int read_globs(struct yaml_read *in, const struct yaml *map, const char *key, char ***ret)
{
	if (!yaml_tree_get(map, key))
		return 0;
	return yaml_read_texts(in, map, key, ret);
}

int condition_read(
    struct yaml_read *in, const struct yaml *map, enum condition_part part, struct condition *ret)
{
	static const char *const suite_keys[] = {"protocol", "below", "kx", "auth", "enc", "mode",
	    "mac", "bits-below", "bits-from", "export", NULL};
	static const char *const group_keys[] = {"group", "post-quantum", NULL};
	static const char *const signature_keys[] = {"signature", "signature-bits-below", NULL};
	static const char *const *const keys[CONDITION_PARTS] = {
	    [CONDITION_SUITE] = suite_keys,
	    [CONDITION_GROUP] = group_keys,
	    [CONDITION_SIGNATURE] = signature_keys,
	};
	int r = yaml_want_map(in, map, keys[part], "this condition");

	if (r == 0 && !map->count)
		r = yaml_fail(in, map, "a condition that asks for nothing; leave out 'when'");
	if (r == 0 && part == CONDITION_SUITE)
		return read_suite(in, map, ret);
	if (r == 0 && part == CONDITION_GROUP) {
		r = read_globs(in, map, "group", &ret->groups);
		return r < 0 ? r : each_word(in, map, "post-quantum", add_post_quantum, 0, ret);
	}
	if (r == 0)
		r = read_globs(in, map, "signature", &ret->signatures);
	return r < 0 ? r : read_bits(in, map, "signature-bits-below", &ret->signature_bits_below);
}
