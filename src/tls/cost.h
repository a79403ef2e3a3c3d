/* SPDX-License-Identifier: ISC */
#pragma once

/* What handshakes cost the processor, by a file of costs that a site measured
 * (share/measure-costs).
 *
 * The file is YAML: `measured` (by what, where and when, a text), and the mappings `sign` and
 * `verify` of keys and `exchange` of groups, each with milliseconds of one processor for one
 * operation.  Wrong ones are refused with file, line and column.
 *
 * Of a full handshake a server signs and a client verifies once, and each derives one secret
 * (of a hybrid: what the file says of it); static RSA is one operation of the key and no other.
 * One that is known to be resumed costs nothing below TLSv1.3, and from there on what the
 * derivation does.  Ciphers, certificate chains,
 * client certificates and the making of keys are not counted: what comes out is the least. */

#include "base/diag.h"
#include "tls/condition.h"
#include <stdint.h>

struct cost;

int cost_load(const char *path, struct cost **ret, struct diag *d);
struct cost *cost_free(struct cost *cost);

/* What it rests on: the file's `measured`, else its name. */
const char *cost_name(const struct cost *cost);

/* Nanoseconds, or -1 where the log does not tell of what operation, or the file not of its cost. */
struct handshake_cost {
	int64_t key, exchange;
};

/* resumed: 1, 0, -1 unknown; server: whose costs. */
struct handshake_cost cost_of(
    const struct cost *cost, const struct subject *subject, int resumed, bool server);

DEFINE_CLEANUP(struct cost, cost_free);
#define _cleanup_cost_ _cleanup_(cost_free_p)
