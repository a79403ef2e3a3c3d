/* SPDX-License-Identifier: ISC */
#include "tls/suite_word.h"

#include "base/macros.h"

/* The first row of a pair is IANA's spelling.  Anonymous Diffie-Hellman makes new keys for every
 * handshake, whatever its name: dhe and ecdhe.  EdDSA certificates use the suites of ECDSA. */
static const struct key_exchange key_exchanges[] = {
    {"RSA", "rsa", "rsa"},
    {"DH_DSS", "dh", "dss"},
    {"DH_RSA", "dh", "rsa"},
    {"DHE_DSS", "dhe", "dss"},
    {"DHE_RSA", "dhe", "rsa"},
    {"DH_anon", "dhe", "anon"},
    {"ECDH_ECDSA", "ecdh", "ecdsa"},
    {"ECDH_RSA", "ecdh", "rsa"},
    {"ECDHE_ECDSA", "ecdhe", "ecdsa"},
    {"ECDHE_RSA", "ecdhe", "rsa"},
    {"ECDH_anon", "ecdhe", "anon"},
    {"PSK", "psk", "psk"},
    {"DHE_PSK", "dhe", "psk"},
    {"RSA_PSK", "rsa", "psk"},
    {"ECDHE_PSK", "ecdhe", "psk"},
    {"SRP_SHA", "srp", "srp"},
    {"SRP_SHA_RSA", "srp", "rsa"},
    {"SRP_SHA_DSS", "srp", "dss"},
    {"KRB5", "krb5", "krb5"},
    {"EDH_DSS", "dhe", "dss"},
    {"EDH_RSA", "dhe", "rsa"},
    {"EECDH_ECDSA", "ecdhe", "ecdsa"},
    {"EECDH_RSA", "ecdhe", "rsa"},
    {"ADH", "dhe", "anon"},
    {"AECDH", "ecdhe", "anon"},
    {"ANON_DH", "dhe", "anon"},
    {"ANON_ECDH", "ecdhe", "anon"},
    {"PSK_DHE", "dhe", "psk"},
    {"SRP", "srp", "srp"},
    {"SRP_RSA", "srp", "rsa"},
    {"SRP_DSS", "srp", "dss"},
    /* GnuTLS descriptions, where the authentication stands elsewhere or nowhere. */
    {"DHE", "dhe", "?"},
    {"ECDHE", "ecdhe", "?"},
    {"HYBRID", "?", "?"},
    {"RSA_EXPORT", "rsa", "rsa"},
};

static const struct bulk_cipher bulk_ciphers[] = {
    {"AES", "aes", NULL, -1},
    {"CAMELLIA", "camellia", NULL, -1},
    {"ARIA", "aria", NULL, -1},
    {"CHACHA20", "chacha20", NULL, 256},
    {"3DES", "3des", "cbc", 112},
    {"DES", "des", "cbc", 56},
    {"DES40", "des", "cbc", 40},
    {"RC4", "rc4", "stream", 128},
    {"ARCFOUR", "rc4", "stream", 128},
    {"RC2", "rc2", "cbc", 128},
    {"IDEA", "idea", "cbc", 128},
    {"SEED", "seed", "cbc", 128},
    {"NULL", "null", "null", 0},
};

/* Names count DES's parity bits and 3DES's third key, which add no strength. */
static const struct {
	const char *enc;
	int size, bits;
} key_sizes[] = {
    {"aes", 128, 128},
    {"aes", 192, 192},
    {"aes", 256, 256},
    {"camellia", 128, 128},
    {"camellia", 256, 256},
    {"aria", 128, 128},
    {"aria", 256, 256},
    {"3des", 112, 112},
    {"3des", 168, 112},
    {"3des", 192, 112},
    {"des", 40, 40},
    {"des", 56, 56},
    {"des", 64, 56},
    {"rc4", 40, 40},
    {"rc4", 56, 56},
    {"rc4", 64, 64},
    {"rc4", 128, 128},
    {"rc2", 40, 40},
    {"rc2", 56, 56},
    {"rc2", 128, 128},
    {"idea", 128, 128},
    {"seed", 128, 128},
};

static bool separates(char c)
{
	return c == '-' || c == '_';
}

static char fold(char c)
{
	return c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool suite_split(struct slice name, struct suite_words *words)
{
	size_t start = 0;

	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && !separates(name.p[i]))
			continue;
		if (words->n == SUITE_WORDS)
			return false;
		words->word[words->n++] = (struct slice){name.p + start, i - start};
		start = i + 1;
	}
	return true;
}

bool suite_word_is(struct slice word, const char *spelling)
{
	for (size_t i = 0; i < word.n; i++)
		if (spelling[i] == '\0' || fold(word.p[i]) != fold(spelling[i]))
			return false;
	return spelling[word.n] == '\0';
}

int suite_number(struct slice word)
{
	int number = 0;

	if (word.n == 0 || word.n > 4)
		return -1;
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return -1;
		number = number * 10 + (word.p[i] - '0');
	}
	return number;
}

const struct key_exchange *key_exchange_find(
    const struct suite_words *words, size_t from, size_t to)
{
	struct slice first, last, text;

	if (from >= to)
		return NULL;
	first = words->word[from];
	last = words->word[to - 1];
	text = (struct slice){first.p, (size_t)(last.p + last.n - first.p)};
	for (size_t i = 0; i < ARRAY_SIZE(key_exchanges); i++)
		if (suite_word_is(text, key_exchanges[i].spelling))
			return &key_exchanges[i];
	return NULL;
}

const struct key_exchange *key_exchange_longest(
    const struct suite_words *words, size_t from, size_t *ret_end)
{
	for (size_t end = words->n; end > from; end--) {
		const struct key_exchange *found = key_exchange_find(words, from, end);

		if (found) {
			*ret_end = end;
			return found;
		}
	}
	return NULL;
}

const char *key_exchange_iana(const char *kx, const char *auth)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_exchanges); i++)
		if (strcmp(key_exchanges[i].kx, kx) == 0 &&
		    strcmp(key_exchanges[i].auth, auth) == 0)
			return key_exchanges[i].spelling;
	return NULL;
}

static const struct bulk_cipher *bulk_cipher_word(struct slice word)
{
	for (size_t i = 0; i < ARRAY_SIZE(bulk_ciphers); i++)
		if (suite_word_is(word, bulk_ciphers[i].word))
			return &bulk_ciphers[i];
	return NULL;
}

const struct bulk_cipher *bulk_cipher_find(struct slice word, int *ret_size)
{
	const struct bulk_cipher *found = bulk_cipher_word(word);
	size_t n = word.n;
	int size = 0;

	/* Whole words first: RC4, CHACHA20 and DES40 end in digits that are no size. */
	if (!found) {
		while (n > 0 && word.p[n - 1] >= '0' && word.p[n - 1] <= '9')
			n--;
		size = suite_number(slice_skip(word, n));
		found = size > 0 ? bulk_cipher_word(slice_first(word, n)) : NULL;
	}
	if (found)
		*ret_size = size;
	return found;
}

int bulk_cipher_bits(const char *enc, int size)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_sizes); i++)
		if (key_sizes[i].size == size && strcmp(key_sizes[i].enc, enc) == 0)
			return key_sizes[i].bits;
	return -1;
}
