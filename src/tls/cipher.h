/* SPDX-License-Identifier: ISC */
#pragma once

/* What a cipher suite's name says, read word by word; there is no table of suites.
 *
 * Reads the names of OpenSSL, IANA, GnuTLS (API, Exim before and since 4.93), rustls, LibreSSL and
 * Schannel's CALG_*.  A word that is not known makes its property "?"; nothing is ever guessed, and
 * a name of more than CIPHER_NAME_MAX bytes tells nothing.  Property strings are static and lower
 * case.  The same suite in two spellings has equal properties, and so the same IANA name, which is
 * rendered from them.
 *
 * Anonymous Diffie-Hellman is kx dhe or ecdhe with auth anon: its keys are ephemeral.  PSK suites
 * are told apart by kx (psk dhe ecdhe rsa), all with auth psk. */

#include "base/buffer.h"
#include "base/slice.h"
#include "tls/protocol.h"

#define CIPHER_NAME_MAX 128

struct cipher {
	const char *kx;	  /* rsa dh dhe ecdh ecdhe psk srp krb5 any (TLS 1.3) ? */
	const char *auth; /* rsa dss ecdsa anon psk srp krb5 any (TLS 1.3) ? */
	const char *enc;  /* aes chacha20 camellia aria 3des des rc4 rc2 idea seed null ? */
	const char *mode; /* gcm ccm ccm8 poly1305 cbc stream null ? */
	const char *mac;  /* sha256 sha384 (the PRF's hash with an AEAD) sha md5 ? */
	int bits; /* effective key bits by the name: 3des 112, export 40 or 56; -1 unknown */
	bool export_grade;
	/* What a GnuTLS description carries beside the suite, as spelled there; else SLICE_NONE.
	 * They point into raw. */
	struct slice group, signature;
};

/* Under TLSv1.3 kx and auth are any, whatever the name says of them. */
void cipher_read(struct slice raw, enum protocol protocol, struct cipher *ret);

/* Appends the IANA name and returns 0, or -ENODATA (nothing appended) when a property that the name
 * needs is "?" or no suite can have them.  A suite of SSLv2 is named as its draft did, SSL_CK_...;
 * the rule knows words and not the registry, so a made-up name may get one that is not in it. */
int cipher_iana(const struct cipher *cipher, enum protocol protocol, struct buffer *to);

/* 1 yes, 0 no, -1 unknown. */
int cipher_forward_secret(const struct cipher *cipher);
int cipher_aead(const struct cipher *cipher);

/* The lowest protocol that can negotiate this suite: TLSv1.3, TLSv1.2 for an AEAD or (but for PSK)
 * a SHA-2 MAC, PROTOCOL_UNKNOWN if any can or it cannot be told. */
enum protocol cipher_least_protocol(const struct cipher *cipher);
