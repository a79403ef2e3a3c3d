/* SPDX-License-Identifier: ISC */
#include "tls/cipher.h"

#include "base/macros.h"
#include "tls/suite_tail.h"
#include "tls/suite_word.h"
#include <errno.h>
#include <stdio.h>

/* The rule is that of the registry's own spelling: TLS_ key exchange _WITH_ cipher _ hash.  Where
 * the registry breaks its rule, a line below says so. */

#define PART_MAX 32

static bool complete(const struct cipher *cipher)
{
	return !is(cipher->kx, "?") && !is(cipher->auth, "?") && !is(cipher->enc, "?") &&
	       !is(cipher->mode, "?") && !is(cipher->mac, "?") && cipher->bits >= 0;
}

static const char *upper_mode(const struct cipher *cipher)
{
	static const struct {
		const char *mode, *spelling;
	} rows[] = {{"gcm", "GCM"}, {"ccm", "CCM"}, {"ccm8", "CCM_8"}, {"cbc", "CBC"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is(cipher->mode, rows[i].mode))
			return rows[i].spelling;
	return NULL;
}

static const char *upper_mac(const struct cipher *cipher)
{
	static const struct {
		const char *mac, *spelling;
	} rows[] = {{"sha", "SHA"}, {"sha256", "SHA256"}, {"sha384", "SHA384"}, {"md5", "MD5"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is(cipher->mac, rows[i].mac))
			return rows[i].spelling;
	return NULL;
}

/* Ciphers whose name does not follow from enc, bits and mode.  kx: for that one only. */
static const struct {
	const char *enc, *kx;
	int bits;
	bool export_grade;
	const char *spelling;
} bulk_spellings[] = {
    {"chacha20", NULL, 256, false, "CHACHA20_POLY1305"},
    {"3des", NULL, 112, false, "3DES_EDE_CBC"},
    {"des", NULL, 56, false, "DES_CBC"},
    {"des", NULL, 56, true, "DES_CBC"},
    {"des", "krb5", 40, true, "DES_CBC_40"},
    {"des", NULL, 40, true, "DES40_CBC"},
    {"rc4", NULL, 128, false, "RC4_128"},
    {"rc4", NULL, 56, true, "RC4_56"},
    {"rc4", NULL, 40, true, "RC4_40"},
    {"rc2", NULL, 56, true, "RC2_CBC_56"},
    {"rc2", NULL, 40, true, "RC2_CBC_40"},
    {"idea", NULL, 128, false, "IDEA_CBC"},
    {"seed", NULL, 128, false, "SEED_CBC"},
    {"null", NULL, 0, false, "NULL"},
};

static const struct {
	const char *enc;
	int bits;
	bool export_grade;
	const char *spelling;
} sslv2_spellings[] = {
    {"rc4", 128, false, "RC4_128"},
    {"rc4", 64, false, "RC4_64"},
    {"rc4", 40, true, "RC4_128_EXPORT40"},
    {"rc2", 128, false, "RC2_128_CBC"},
    {"rc2", 40, true, "RC2_128_CBC_EXPORT40"},
    {"idea", 128, false, "IDEA_128_CBC"},
    {"des", 56, false, "DES_64_CBC"},
    {"3des", 112, false, "DES_192_EDE3_CBC"},
};

static bool bulk_part(const struct cipher *cipher, char to[PART_MAX])
{
	const char *mode = upper_mode(cipher);

	for (size_t i = 0; i < ARRAY_SIZE(bulk_spellings); i++)
		if (is(cipher->enc, bulk_spellings[i].enc) &&
		    cipher->bits == bulk_spellings[i].bits &&
		    cipher->export_grade == bulk_spellings[i].export_grade &&
		    (!bulk_spellings[i].kx || is(cipher->kx, bulk_spellings[i].kx))) {
			snprintf(to, PART_MAX, "%s", bulk_spellings[i].spelling);
			return true;
		}
	if (!mode || cipher->export_grade || (cipher->bits != 128 && cipher->bits != 256))
		return false;
	if (!is(cipher->enc, "aes") && !is(cipher->enc, "camellia") && !is(cipher->enc, "aria"))
		return false;
	snprintf(to, PART_MAX, "%s_%d_%s",
	    is(cipher->enc, "aes")	  ? "AES"
	    : is(cipher->enc, "camellia") ? "CAMELLIA"
					  : "ARIA",
	    cipher->bits, mode);
	return true;
}

/* SSLv2 had its own numbers, and four of these are nowhere else. */
static bool is_sslv2(const struct cipher *cipher, enum protocol protocol)
{
	if (!is(cipher->kx, "rsa") || !is(cipher->auth, "rsa") || !is(cipher->mac, "md5"))
		return false;
	return protocol == PROTOCOL_SSLV2 || is(cipher->enc, "des") || is(cipher->enc, "3des") ||
	       is(cipher->enc, "idea") || (is(cipher->enc, "rc2") && !cipher->export_grade);
}

static int sslv2_name(const struct cipher *cipher, struct buffer *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(sslv2_spellings); i++)
		if (is(cipher->enc, sslv2_spellings[i].enc) &&
		    cipher->bits == sslv2_spellings[i].bits &&
		    cipher->export_grade == sslv2_spellings[i].export_grade) {
			buffer_printf(to, "SSL_CK_%s_WITH_MD5", sslv2_spellings[i].spelling);
			return 0;
		}
	return -ENODATA;
}

static int tls13_name(
    const struct cipher *cipher, const char *bulk, const char *hash, struct buffer *to)
{
	if (cipher_aead(cipher) != 1 || !(is(cipher->enc, "aes") || is(cipher->enc, "chacha20")))
		return -ENODATA;
	buffer_printf(to, "TLS_%s_%s", bulk, hash);
	return 0;
}

int cipher_iana(const struct cipher *cipher, enum protocol protocol, struct buffer *to)
{
	const char *head, *grade, *hash = upper_mac(cipher);
	char bulk[PART_MAX];
	bool ccm = is(cipher->mode, "ccm") || is(cipher->mode, "ccm8");
	bool psk = is(cipher->auth, "psk");

	if (!complete(cipher) || !hash)
		return -ENODATA;
	if (protocol == PROTOCOL_SSLV2 || is_sslv2(cipher, protocol))
		return is_sslv2(cipher, protocol) ? sslv2_name(cipher, to) : -ENODATA;
	/* No suite joins an AEAD with another hash; a name that says so was made up. */
	if (cipher_aead(cipher) == 1 && !is(cipher->mac, suite_aead_hash(cipher)))
		return -ENODATA;
	if (!bulk_part(cipher, bulk))
		return -ENODATA;
	if (is(cipher->kx, "any"))
		return tls13_name(cipher, bulk, hash, to);
	head = key_exchange_iana(cipher->kx, cipher->auth);
	if (!head)
		return -ENODATA;
	/* RFC 6655 named just these two the other way round. */
	if (psk && is(cipher->kx, "dhe") && is(cipher->mode, "ccm8"))
		head = "PSK_DHE";
	grade = !cipher->export_grade ? "" : cipher->bits == 56 ? "_EXPORT1024" : "_EXPORT";
	buffer_printf(to, "TLS_%s%s_WITH_%s", head, grade, bulk);
	/* RFC 6655 and 7251 leave the hash of CCM out, RFC 8442 does not. */
	if (!ccm || (psk && is(cipher->kx, "ecdhe")))
		buffer_printf(to, "_%s", hash);
	return 0;
}
