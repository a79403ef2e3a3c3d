/* SPDX-License-Identifier: ISC */
#pragma once

/* What of a handshake is work for the processor: the key that the server proved, and how keys were
 * exchanged.
 *
 * Both are read from what the log tells: the folded signature and group (tls/group.h), and where
 * there is none the suite's name, which below TLSv1.3 says ECDSA, static RSA or DHE, but never a
 * size or a curve.  What neither tells is unknown. */

#include "tls/cipher.h"
#include "tls/group.h"

enum work_key {
	WORK_RSA2048,
	WORK_RSA3072,
	WORK_RSA4096,
	WORK_ECDSA,
	WORK_KEY_OTHER,	  /* or none: suites without a certificate */
	WORK_KEY_UNKNOWN, /* RSA of unknown size among it */
	WORK_KEYS,
};

enum work_exchange {
	WORK_X25519,
	WORK_P256,
	WORK_PQ, /* a post-quantum group, also a hybrid or a draft */
	WORK_DHE,
	WORK_RSA, /* static: the client encrypts to the server's key */
	WORK_EXCHANGE_OTHER,
	WORK_EXCHANGE_UNKNOWN, /* ECDHE of unknown curve among it */
	WORK_EXCHANGES,
};

/* signature and group: folded, "" where the log does not tell. */
enum work_key work_key(const char *signature, const struct cipher *suite);
enum work_exchange work_exchange(
    const char *group, enum post_quantum post_quantum, const struct cipher *suite);

/* A suite without a certificate: the server proves no key. */
bool work_has_no_key(const struct cipher *suite);

/* The algorithm of a folded signature as a name without its scheme: "rsa2048", "ecdsa-secp256r1",
 * "ed25519".  Appends nothing where the size or the curve is not told. */
void work_key_name(const char *signature, struct buffer *to);
