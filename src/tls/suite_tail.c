/* SPDX-License-Identifier: ISC */
#include "tls/suite_tail.h"

#include "base/macros.h"

static const struct {
	const char *word, *mode, *enc; /* enc: the only cipher with that mode */
} modes[] = {
    {"GCM", "gcm", NULL},
    {"CCM", "ccm", NULL},
    {"CCM8", "ccm8", NULL},
    {"CBC", "cbc", NULL},
    {"POLY1305", "poly1305", "chacha20"},
};

static const struct {
	const char *word, *mac;
} macs[] = {
    {"SHA", "sha"},
    {"SHA1", "sha"},
    {"SHA256", "sha256"},
    {"SHA384", "sha384"},
    {"MD5", "md5"},
};

static const char *mode_of(struct slice word, const struct cipher *cipher)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (suite_word_is(word, modes[i].word) &&
		    (modes[i].enc ? is(cipher->enc, modes[i].enc) : !is(cipher->enc, "chacha20")))
			return modes[i].mode;
	return NULL;
}

static const char *mac_of(struct slice word)
{
	for (size_t i = 0; i < ARRAY_SIZE(macs); i++)
		if (suite_word_is(word, macs[i].word))
			return macs[i].mac;
	return NULL;
}

/* DES-CBC3, 3DES_EDE, DES_192_EDE3: all one cipher. */
static bool is_triple(struct slice word, const struct cipher *cipher)
{
	return (is(cipher->enc, "des") || is(cipher->enc, "3des")) &&
	       (suite_word_is(word, "CBC3") || suite_word_is(word, "EDE") ||
		   suite_word_is(word, "EDE3"));
}

void suite_set_export(struct cipher *cipher, int bits)
{
	cipher->export_grade = true;
	/* The ciphers whose names kept their full size when the key was cut. */
	if (is(cipher->enc, "des") || is(cipher->enc, "rc2") || is(cipher->enc, "rc4"))
		cipher->bits = bits;
}

static void read_tail_word(struct slice word, struct cipher *cipher, struct suite_tail *tail)
{
	const char *mode = mode_of(word, cipher), *mac = mac_of(word);
	int number = suite_number(word);

	if (number == 8 && is(cipher->mode, "ccm") && !tail->mac_told) {
		cipher->mode = "ccm8";
	} else if (number > 0 && !tail->sized && !tail->mac_told) {
		cipher->bits = bulk_cipher_bits(cipher->enc, number);
		tail->sized = true;
	} else if (is_triple(word, cipher)) {
		cipher->enc = "3des";
		cipher->bits = 112;
	} else if (suite_word_is(word, "EXPORT40")) {
		suite_set_export(cipher, 40);
	} else if (mode && !tail->mode_told && !tail->mac_told &&
		   (!known(cipher->mode) || is(cipher->mode, mode))) {
		cipher->mode = mode;
		tail->mode_told = true;
	} else if (mac && !tail->mac_told) {
		cipher->mac = mac;
		tail->mac_told = true;
	} else if (!tail->mode_told && !tail->mac_told) {
		tail->mode_doubted = true;
	} else {
		tail->mac_doubted = true;
	}
}

const char *suite_aead_hash(const struct cipher *cipher)
{
	if (cipher_aead(cipher) != 1)
		return SUITE_UNKNOWN;
	if (!is(cipher->mode, "gcm"))
		return "sha256";
	return cipher->bits == 256 ? "sha384" : cipher->bits == 128 ? "sha256" : SUITE_UNKNOWN;
}

void suite_tail_read(
    const struct suite_words *words, size_t from, struct cipher *cipher, struct suite_tail *tail)
{
	const struct bulk_cipher *bulk = NULL;
	int size = 0;

	if (from < words->n)
		bulk = bulk_cipher_find(words->word[from], &size);
	if (bulk) {
		cipher->enc = bulk->enc;
		cipher->mode = bulk->mode ? bulk->mode : SUITE_UNKNOWN;
		cipher->bits = size ? bulk_cipher_bits(bulk->enc, size) : bulk->bits;
		tail->sized = tail->size_glued = size != 0;
	}
	for (size_t i = from + 1; i < words->n; i++)
		if (!suite_word_is(words->word[i], "WITH")) /* SSL_CK_RC4_128_WITH_MD5 */
			read_tail_word(words->word[i], cipher, tail);
	if (tail->mode_doubted)
		cipher->mode = SUITE_UNKNOWN;
	else if (bulk && !known(cipher->mode) && tail->mac_told && !is(cipher->enc, "chacha20"))
		cipher->mode = "cbc"; /* AES256-SHA: what OpenSSL leaves out is CBC */
	if (tail->mac_doubted)
		cipher->mac = SUITE_UNKNOWN;
	else if (bulk && !tail->mac_told)
		cipher->mac = suite_aead_hash(cipher);
	if (cipher->bits == 40)
		cipher->export_grade = true;
}
