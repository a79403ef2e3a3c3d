/* SPDX-License-Identifier: ISC */
#pragma once

/* The second half of a cipher suite's name: bulk cipher, key size, mode and MAC.
 *
 * suite_tail_read() takes the words from `from` on, the first of which is the cipher's, and sets
 * enc, mode, mac, bits and export_grade of a cipher whose properties are all unknown.  A word that
 * is not known makes "?" what it may have stood for: the mode before a MAC was read, else the MAC.
 */

#include "tls/cipher.h"
#include "tls/suite_word.h"

struct suite_tail {
	bool sized;		  /* a word told the key size, */
	bool size_glued;	  /* and it was the cipher's own: AES256, OpenSSL's way */
	bool mode_told, mac_told; /* by a word, not implied */
	bool mode_doubted;	  /* a word that is not known stands where the mode may be */
	bool mac_doubted;
};

void suite_tail_read(
    const struct suite_words *words, size_t from, struct cipher *cipher, struct suite_tail *tail);

/* bits: what export rules left of a key of DES, RC2 or RC4. */
void suite_set_export(struct cipher *cipher, int bits);

/* The PRF's hash of an AEAD, "?" for what is none.  Of an AEAD with a given key size exactly one
 * suite exists, so the hash is known where a name leaves it out (GnuTLS descriptions,
 * CHACHA20-POLY1305, CCM). */
const char *suite_aead_hash(const struct cipher *cipher);
