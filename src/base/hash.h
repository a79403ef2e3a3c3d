/* SPDX-License-Identifier: ISC */
#pragma once

/* SipHash-1-3 (Aumasson and Bernstein): a keyed hash that tells nothing of what was hashed to whom
 * the key is not known, the same on every machine.  A log's identity is input/identity.h; tables
 * in memory have a hash of their own. */

#include "base/slice.h"
#include <stdint.h>

struct hash_seed {
	uint64_t a, b;
};

/* From getrandom(2); ends the process if the kernel has none to give. */
struct hash_seed hash_seed_random(void);
uint64_t hash_bytes(const struct hash_seed *seed, struct slice bytes);
