/* SPDX-License-Identifier: ISC */
#include "world.h"
#include <stdio.h>

static const char *const role[] = {
    "mail", "mx", "smtp", "out", "relay", "mta", "send", "mail-out", "gw", "news"};
static const char *const organisation[] = {"nordwind", "acker", "birke", "kontor", "lumen", "quarz",
    "sendai", "tern", "umbra", "velo", "werft", "zeder", "delta", "ferro", "granit", "hafen"};
static const char *const domain[] = {"example.com", "example.net", "example.org", "example"};
static const char *const given[] = {"alice", "bob", "carol", "dave", "erin", "frank", "grace",
    "heidi", "ivan", "judy", "karl", "lena", "mona", "nils", "olga", "paul"};

#define PICK(r, table) (table)[random_below(r, sizeof(table) / sizeof((table)[0]))]

/* The three IPv4 documentation networks hold 762 hosts; whoever comes later has IPv6. */
static void address_make(char *text, size_t size, uint32_t i, struct random *r)
{
	static const char *const network[] = {"192.0.2", "198.51.100", "203.0.113"};

	if (i < 762)
		snprintf(text, size, "%s.%u", network[i % 3], i / 3 + 1);
	else
		snprintf(text, size, "2001:db8:%x:1::%x", random_below(r, 0xffff) + 1, i);
}

/* Popularity falls with the index, so the indexes of the address families are dealt out evenly. */
static void peer_make(struct peer *peer, uint32_t i, struct random *r)
{
	uint32_t number = random_below(r, 40);
	const char *at = PICK(r, organisation);
	const char *under = PICK(r, domain);
	const char *as = PICK(r, role);

	address_make(peer->address, sizeof(peer->address), i * 389 % WORLD_PEERS, r);
	snprintf(peer->helo, sizeof(peer->helo), "%s%u.%s.%s", as, number, at, under);
	snprintf(
	    peer->name, sizeof(peer->name), "%s", random_percent(r, 9) ? "unknown" : peer->helo);
	if (random_percent(r, 6))
		snprintf(peer->helo, sizeof(peer->helo), "win-%u", random_below(r, 100000));
	peer->openssl = suite_pick(&openssl_suites, r);
	peer->gnutls = suite_pick(&gnutls_suites, r);
}

void world_make(struct world *w, struct random *r)
{
	for (uint32_t i = 0; i < WORLD_PEERS; i++)
		peer_make(&w->peer[i], i, r);
	for (uint32_t i = 0; i < WORLD_USERS; i++) {
		const char *who = PICK(r, given);

		snprintf(w->user[i], sizeof(w->user[i]), "%s.%u@%s.example.org", who, i,
		    PICK(r, organisation));
	}
	for (uint32_t i = 0; i < WORLD_HOSTS; i++) {
		snprintf(w->host[i].name, sizeof(w->host[i].name), "mx%03u", i + 1);
		w->host[i].old = i % 20 == 7;
		w->host[i].silent = i % 20 == 13;
	}
}

const char *world_user(const struct world *w, struct random *r)
{
	return w->user[random_skewed(r, WORLD_USERS)];
}
