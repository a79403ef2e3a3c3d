/* SPDX-License-Identifier: ISC */
#pragma once

/* Key-exchange groups and signature algorithms: spellings folded to one name each.
 *
 * Groups: X25519 = x25519; `ECDHE (P-256)` = `ECDHE (prime256v1)` = secp256r1 = SECP256R1; DHE
 * (3072 bits), FFDHE3072, CUSTOM2048; X25519MLKEM768 and the other hybrids of RFC 10024, GnuTLS
 * spellings with a dash.  The canonical name is IANA's spelling where there is one ("x25519",
 * "secp256r1", "ffdhe3072", "X25519MLKEM768"), "dhe-2048" for a finite-field group of which only
 * the size is known, else the raw text.  Signatures: `RSA-PSS (2048 bits)` becomes "RSA-PSS 2048",
 * `ECDSA (prime256v1)` "ECDSA secp256r1", a raw public key is marked as such. */

#include "base/buffer.h"
#include "base/slice.h"

enum post_quantum {
	POST_QUANTUM_UNKNOWN, /* no group was logged */
	POST_QUANTUM_NO,
	POST_QUANTUM_DRAFT, /* Kyber, before ML-KEM was standardised */
	POST_QUANTUM_YES,
};

void group_fold(struct slice raw, struct buffer *to);
enum post_quantum group_post_quantum(struct slice raw);
const char *post_quantum_name(enum post_quantum value); /* "" "no" "draft" "yes" */

void signature_fold(struct slice raw, struct buffer *to);
