/* SPDX-License-Identifier: ISC */
#pragma once

/* What a cipher suite's name says, read token by token; there is no table of suites.
 *
 * Reads the names of OpenSSL, IANA, GnuTLS (API, Exim before and since 4.93), rustls, LibreSSL and
 * Schannel's CALG_*.  A token that is not known makes its property "?"; nothing is ever guessed.
 * Property strings are static and lower case.  The same suite in two spellings has equal
 * properties, and so the same IANA name, which is rendered from them. */

#include "base/buffer.h"
#include "base/slice.h"
#include "tls/protocol.h"

struct cipher {
	const char *kx;	  /* rsa dh dhe ecdh ecdhe psk ... any (TLS 1.3) ? */
	const char *auth; /* rsa dss ecdsa anon psk ... any (TLS 1.3) ? */
	const char *enc;  /* aes chacha20 camellia aria 3des des rc4 rc2 idea seed null ? */
	const char *mode; /* gcm ccm ccm8 poly1305 cbc stream null ? */
	const char *mac;  /* sha256 sha384 (the PRF's hash with an AEAD) sha md5 null ? */
	int bits; /* effective key bits by the name: 3des 112, export 40 or 56; -1 unknown */
	bool export_grade;
	/* What a GnuTLS description carries beside the suite, as spelled there; else SLICE_NONE.
	 * They point into raw. */
	struct slice group, signature;
};

void cipher_read(struct slice raw, enum protocol protocol, struct cipher *ret);

/* Appends the IANA name and returns 0, or -ENODATA (nothing appended) when a property that the name
 * needs is "?". */
int cipher_iana(const struct cipher *cipher, enum protocol protocol, struct buffer *to);

/* 1 yes, 0 no, -1 unknown. */
int cipher_forward_secret(const struct cipher *cipher);
int cipher_aead(const struct cipher *cipher);

/* The lowest protocol that can negotiate this suite (TLSv1.3, TLSv1.2 for an AEAD or a SHA-2 MAC),
 * PROTOCOL_UNKNOWN if any can. */
enum protocol cipher_least_protocol(const struct cipher *cipher);
