/* SPDX-License-Identifier: ISC */
#pragma once

/* SipHash-1-3 (Aumasson and Bernstein): a keyed hash that strangers who choose the keys of a table
 * cannot flood.  For tables in memory only; a log's identity is input/identity.h. */

#include "base/slice.h"
#include <stdint.h>

struct hash_seed {
	uint64_t a, b;
};

/* From getrandom(2); ends the process if the kernel has none to give. */
struct hash_seed hash_seed_random(void);
uint64_t hash_bytes(const struct hash_seed *seed, struct slice bytes);
