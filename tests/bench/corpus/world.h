/* SPDX-License-Identifier: ISC */
#pragma once

/* Who takes part: correspondents, users and servers, made once from the seed.
 *
 * Every name ends in a documentation domain, every address is in a documentation network.  A peer
 * keeps its address and its suite for life, as real clients do, so legacy TLS has a few faces. */

#include "random.h"
#include "suite.h"

#define WORLD_PEERS 1024
#define WORLD_USERS 512
#define WORLD_HOSTS 1000

struct peer {
	char name[64];	  /* "unknown" for some */
	char address[40]; /* IPv4, or IPv6 without brackets */
	char helo[64];
	const struct suite *openssl, *gnutls;
};

/* How one server's Postfix writes; old ones know less. */
struct host {
	char name[32];
	bool old;      /* 2.3: no trust word, no key exchange, a bare disconnect line */
	bool silent;   /* smtpd_tls_loglevel = 0 */
	uint32_t seen; /* the services, as bits, of which it has logged a handshake */
};

struct world {
	struct peer peer[WORLD_PEERS];
	char user[WORLD_USERS][48];
	struct host host[WORLD_HOSTS];
};

void world_make(struct world *w, struct random *r);
const char *world_user(const struct world *w, struct random *r);
