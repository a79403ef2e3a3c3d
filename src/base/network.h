/* SPDX-License-Identifier: ISC */
#pragma once

/* Networks that somebody named, and whether an address is in one of them.
 *
 * Written as 192.0.2.0/24, 2001:db8::/32, or one address alone.  IPv4 within IPv6 (::ffff:0:0/96)
 * is IPv4, as it is in struct address, so that both spellings of a peer meet the same network.
 * {0} is an empty list; networks_free() gives one back. */

#include "base/address.h"
#include "base/diag.h"

#define NETWORKS_MAX 1024 /* of a list; each fact's peer is held against all of them */

struct network {
	struct address address; /* bits beyond the mask are 0 */
	unsigned bits;
};

struct networks {
	struct network *p;
	size_t n;
};

/* -EINVAL with a sentence, which has no place: no address, a mask too long, or an address that is
 * not the first of its network (10.0.0.7/8: one of the two numbers is a slip). */
int network_parse(struct slice text, struct network *ret, struct diag *d);

/* -EEXIST: it is in the list; -E2BIG: the list is full. */
int networks_add(struct networks *list, const struct network *network);
void networks_free(struct networks *list);

/* False for a text that is no address. */
bool networks_match(const struct networks *list, struct slice address);

#define _cleanup_networks_ _cleanup_(networks_free)
