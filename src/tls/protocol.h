/* SPDX-License-Identifier: ISC */
#pragma once

/* TLS protocol versions and the spellings that logs use for them.
 *
 * Spellings seen: TLSv1.2 TLS1.2 TLS-1.2 `TLS 1.2` TLSv1_2 TLS1_2 (OpenSSL, GnuTLS, rustls,
 * MDaemon), SP_PROT_TLS1_2_SERVER/_CLIENT and the Schannel numbers 16..8192 (Exchange), TLSv1 =
 * TLS1 = TLS1.0. `TLSv1/SSLv3` is what OpenSSL before 1.1 says of a suite, not of a connection
 * (SSL_CIPHER_get_version): it is a value of its own, never counted as TLSv1.0. */

#include "base/slice.h"

enum protocol {
	PROTOCOL_UNKNOWN, /* encrypted, version not told, or a word that is none of the above */
	PROTOCOL_NONE,	  /* clear text: sessions only */
	PROTOCOL_SSLV2,
	PROTOCOL_SSLV3,
	PROTOCOL_AMBIGUOUS, /* TLSv1/SSLv3 */
	PROTOCOL_TLSV1_0,
	PROTOCOL_TLSV1_1,
	PROTOCOL_TLSV1_2,
	PROTOCOL_TLSV1_3,
	PROTOCOL_MAX,
};

/* Folds a spelling, PROTOCOL_UNKNOWN for one that is not known. */
enum protocol protocol_fold(struct slice raw);

/* The canonical name: "unknown" "none" "SSLv2" ... "TLSv1/SSLv3" "TLSv1.0" ... "TLSv1.3". */
const char *protocol_name(enum protocol protocol);
