/* SPDX-License-Identifier: ISC */
#include "tls/work.h"

#include "base/macros.h"
#include <string.h>
#include <strings.h>

/* The word behind the algorithm: a size, a curve, or (GnuTLS) a hash. */
static struct slice detail_of(const char *signature)
{
	const char *space = strchr(signature, ' ');

	return space ? slice_first(slice_of(space + 1), strcspn(space + 1, " ")) : SLICE_NONE;
}

static bool is_size(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return text.n > 0;
}

static bool starts_with(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(text, word, n) == 0 && (text[n] == ' ' || text[n] == '\0');
}

static bool is_rsa(const char *signature)
{
	return starts_with(signature, "RSA") || starts_with(signature, "RSA-PSS");
}

void work_key_name(const char *signature, struct buffer *to)
{
	struct slice detail = detail_of(signature);

	if (is_rsa(signature) && is_size(detail)) {
		buffer_text_add(to, "rsa");
		buffer_add(to, detail);
	} else if (starts_with(signature, "ECDSA") && detail.n) {
		buffer_text_add(to, "ecdsa-");
		buffer_add(to, detail);
	} else if (starts_with(signature, "ED25519")) {
		buffer_text_add(to, "ed25519");
	} else if (starts_with(signature, "ED448")) {
		buffer_text_add(to, "ed448");
	}
}

bool work_has_no_key(const struct cipher *suite)
{
	static const char *const words[] = {"anon", "psk", "srp", "krb5"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(suite->auth, words[i]) == 0)
			return true;
	return false;
}

static enum work_key key_of_suite(const struct cipher *suite)
{
	if (strcmp(suite->auth, "ecdsa") == 0)
		return WORK_ECDSA;
	return work_has_no_key(suite) ? WORK_KEY_OTHER : WORK_KEY_UNKNOWN;
}

enum work_key work_key(const char *signature, const struct cipher *suite)
{
	static const char *const sizes[] = {
	    [WORK_RSA2048] = "2048", [WORK_RSA3072] = "3072", [WORK_RSA4096] = "4096"};
	struct slice detail = detail_of(signature);

	if (!*signature || *signature == '(')
		return key_of_suite(suite);
	if (starts_with(signature, "ECDSA"))
		return WORK_ECDSA;
	if (!is_rsa(signature))
		return WORK_KEY_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (slice_is(detail, sizes[i]))
			return (enum work_key)i;
	return is_size(detail) ? WORK_KEY_OTHER : WORK_KEY_UNKNOWN;
}

static enum work_exchange exchange_of_suite(const char *kx)
{
	static const struct {
		const char *kx;
		enum work_exchange exchange;
	} words[] = {
	    {"rsa", WORK_RSA},
	    {"dhe", WORK_DHE},
	    {"ecdhe", WORK_EXCHANGE_UNKNOWN},
	    {"any", WORK_EXCHANGE_UNKNOWN},
	    {"?", WORK_EXCHANGE_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].kx, kx) == 0)
			return words[i].exchange;
	return WORK_EXCHANGE_OTHER;
}

enum work_exchange work_exchange(
    const char *group, enum post_quantum post_quantum, const struct cipher *suite)
{
	if (post_quantum == POST_QUANTUM_YES || post_quantum == POST_QUANTUM_DRAFT)
		return WORK_PQ;
	if (!*group || *group == '(')
		return exchange_of_suite(suite->kx);
	if (strcmp(group, "x25519") == 0)
		return WORK_X25519;
	if (strcmp(group, "secp256r1") == 0)
		return WORK_P256;
	if (strncmp(group, "ffdhe", 5) == 0 || strncmp(group, "dhe-", 4) == 0)
		return WORK_DHE;
	return WORK_EXCHANGE_OTHER;
}
