/* SPDX-License-Identifier: ISC */
#pragma once

/* Which peers a store keeps, and how their addresses are shortened before they are stored.
 *
 * The default of a file is weak and full; a store in memory keeps all.  A peer is weak by a fact:
 * clear text with mail or with a login, a failure but not-tls and lost-connection, a protocol below
 * TLSv1.2, or a suite that is neither of TLS 1.3 nor ECDHE with AEAD.  What cannot be told of a
 * suite's name or of TLSv1/SSLv3 counts as weak: nothing is hidden by not being known. */

#include "base/buffer.h"
#include "base/diag.h"
#include "parse/fact.h"
#include <stdbool.h>
#include <stdint.h>

struct store;

enum peers { PEERS_OFF, PEERS_WEAK, PEERS_ALL, PEERS_MAX };

enum peer_addresses {
	PEER_ADDRESSES_FULL,
	PEER_ADDRESSES_NET,  /* /24 and /48 */
	PEER_ADDRESSES_HASH, /* keyed with the store's secret */
	PEER_ADDRESSES_NONE,
	PEER_ADDRESSES_MAX,
};

struct peer_policy {
	enum peers peers;
	enum peer_addresses addresses;
	int64_t changed; /* UTC seconds: since when it is so; 0: from the first fact on */
};

/* The words of the options, and back: -EINVAL for a word that is none. */
const char *peers_name(enum peers peers);
const char *peer_addresses_name(enum peer_addresses addresses);
int peers_from(struct slice word);
int peer_addresses_from(struct slice word);

int peer_policy_read(struct store *s, struct peer_policy *ret, struct diag *d);

/* Changes the policy, `now` being the time of it, if it differs.  What is stored already stays as
 * it is until it is pruned. */
int peer_policy_change(
    struct store *s, enum peers peers, enum peer_addresses addresses, int64_t now, struct diag *d);

bool peer_is_weak(const struct fact *fact);

/* Appends the address as it is to be stored, and its net; the secret has STORE_SECRET bytes. */
void peer_shorten(enum peer_addresses addresses, const unsigned char *secret, struct slice address,
    struct buffer *peer);
void peer_net(struct slice address, struct buffer *net);
