/* SPDX-License-Identifier: ISC */
#pragma once

/* Key-exchange groups and signature algorithms: spellings folded to one name each.
 *
 * Groups: X25519 = x25519; `ECDHE (P-256)` = `ECDHE (prime256v1)` = secp256r1 = SECP256R1; DHE
 * (3072 bits), FFDHE3072, CUSTOM2048; X25519MLKEM768 and the other hybrids of RFC 10024, GnuTLS
 * spellings with a dash.  The canonical name is IANA's spelling where there is one ("x25519",
 * "secp256r1", "ffdhe3072", "X25519MLKEM768"), "dhe-2048" for a finite-field group of which only
 * the size is known, else the raw text, without `ECDHE (` and `)` where it stood in them.
 *
 * Signatures: `RSA-PSS (2048 bits)` becomes "RSA-PSS 2048", `ECDSA (prime256v1)` and GnuTLS's
 * ECDSA_SECP256R1_SHA256 "ECDSA secp256r1", RSA_PSS_RSAE_SHA256 "RSA-PSS SHA256" (GnuTLS tells no
 * size, and Postfix the digest elsewhere), EDDSA_ED25519 "ED25519"; a raw public key is marked as
 * such.  Other text is appended as it is. */

#include "base/buffer.h"
#include "base/slice.h"

enum post_quantum {
	POST_QUANTUM_UNKNOWN, /* no group was logged, or none that is known */
	POST_QUANTUM_NO,
	POST_QUANTUM_DRAFT, /* Kyber, before ML-KEM was standardised */
	POST_QUANTUM_YES,
};

void group_fold(struct slice raw, struct buffer *to);
enum post_quantum group_post_quantum(struct slice raw);
const char *post_quantum_name(enum post_quantum value); /* "" "no" "draft" "yes" */

void signature_fold(struct slice raw, struct buffer *to);
