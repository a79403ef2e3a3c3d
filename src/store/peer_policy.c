/* SPDX-License-Identifier: ISC */
#include "store/peer_policy.h"

#include "base/address.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/word.h"
#include "store/handle.h"
#include "store/vocabulary.h"
#include "tls/cipher.h"
#include <errno.h>

static const char *const peers_words[] = {
    [PEERS_OFF] = "off",
    [PEERS_WEAK] = "weak",
    [PEERS_ALL] = "all",
};

static const char *const addresses_words[] = {
    [PEER_ADDRESSES_FULL] = "full",
    [PEER_ADDRESSES_NET] = "net",
    [PEER_ADDRESSES_HASH] = "hash",
    [PEER_ADDRESSES_NONE] = "none",
};

const char *peers_name(enum peers peers)
{
	return peers_words[peers];
}

const char *peer_addresses_name(enum peer_addresses addresses)
{
	return addresses_words[addresses];
}

int peers_from(struct slice word)
{
	return word_find(peers_words, PEERS_MAX, word);
}

int peer_addresses_from(struct slice word)
{
	return word_find(addresses_words, PEER_ADDRESSES_MAX, word);
}

static int read_word(
    struct store *s, const char *key, const char *const *words, int count, int *ret, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st, "SELECT value FROM meta WHERE key = ?1", "z", key);

	if (r == 0)
		r = statement_step(st, d);
	if (r < 0)
		return r;
	*ret = r == 1 ? word_find(words, (size_t)count, column_text(st, 0)) : -EINVAL;
	statement_reset(st);
	if (*ret < 0)
		return diag_set(
		    d, EBADMSG, NULL, 0, 0, "'%s' is damaged: it has lost its '%s'", s->name, key);
	return 0;
}

int peer_policy_read(struct store *s, struct peer_policy *ret, struct diag *d)
{
	struct peer_policy policy;
	int peers, addresses, r;

	r = read_word(s, "peers", peers_words, PEERS_MAX, &peers, d);
	if (r == 0)
		r = read_word(
		    s, "peer_addresses", addresses_words, PEER_ADDRESSES_MAX, &addresses, d);
	if (r == 0)
		r = database_integer(s->db, d, 0, &policy.changed,
		    "SELECT value FROM meta WHERE key = 'peers_changed'", "");
	if (r < 0)
		return r;
	policy.peers = (enum peers)peers;
	policy.addresses = (enum peer_addresses)addresses;
	*ret = policy;
	return 0;
}

static int write_policy(struct store *s, const struct peer_policy *policy, struct diag *d)
{
	int r = database_run(s->db, d,
	    "INSERT OR REPLACE INTO meta VALUES ('peers', ?1), ('peer_addresses', ?2),"
	    " ('peers_changed', ?3)",
	    "zzi", peers_name(policy->peers), peer_addresses_name(policy->addresses),
	    policy->changed);

	if (r == 0)
		return database_commit(s->db, d);
	return r;
}

/* A policy that was chosen before anything was counted holds of old logs as well. */
static int since_when(struct store *s, int64_t now, int64_t *ret, struct diag *d)
{
	int64_t counted;
	int r = database_integer(s->db, d, 0, &counted, "SELECT EXISTS (SELECT 1 FROM tuple)", "");

	if (r == 0)
		*ret = counted ? now : 0;
	return r;
}

int peer_policy_change(
    struct store *s, enum peers peers, enum peer_addresses addresses, int64_t now, struct diag *d)
{
	struct peer_policy policy;
	int r = store_writable(s, d);

	if (r == 0)
		r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	r = peer_policy_read(s, &policy, d);
	if (r == 0)
		r = since_when(s, now, &now, d);
	if (r == 0 && (policy.peers != peers || policy.addresses != addresses))
		r = write_policy(s, &(struct peer_policy){peers, addresses, now}, d);
	else
		database_rollback(s->db);
	if (r < 0)
		database_rollback(s->db);
	return r;
}

static bool suite_is_strong(const struct cipher *suite)
{
	return slice_is(SLICE("any"), suite->kx) ||
	       (slice_is(SLICE("ecdhe"), suite->kx) && cipher_aead(suite) == 1);
}

bool peer_is_weak(const struct fact *fact)
{
	struct cipher suite;

	if (fact->kind == FACT_FAILURE)
		return !slice_is(fact->reason, "not-tls") &&
		       !slice_is(fact->reason, "lost-connection");
	if (fact->protocol == PROTOCOL_NONE)
		return fact->mail == 1 || fact->auth == 1;
	if (fact->protocol == PROTOCOL_TLSV1_3)
		return false;
	if (!fact->cipher.n)
		return fact->protocol != PROTOCOL_UNKNOWN && fact->protocol != PROTOCOL_TLSV1_2;
	cipher_read(fact->cipher, fact->protocol, &suite);
	if (fact->protocol == PROTOCOL_AMBIGUOUS &&
	    cipher_least_protocol(&suite) < PROTOCOL_TLSV1_2)
		return true;
	return (fact->protocol != PROTOCOL_UNKNOWN && fact->protocol < PROTOCOL_TLSV1_2 &&
		   fact->protocol != PROTOCOL_AMBIGUOUS) ||
	       !suite_is_strong(&suite);
}

void peer_net(struct slice address, struct buffer *net)
{
	char text[ADDRESS_TEXT_MAX];

	buffer_add(net, (struct slice){text, address_net(address, text)});
}

void peer_shorten(enum peer_addresses addresses, const unsigned char *secret, struct slice address,
    struct buffer *peer)
{
	struct hash_seed seed;

	if (!address.n)
		return;
	switch (addresses) {
	case PEER_ADDRESSES_FULL:
		if (address.n > AGGREGATE_TEXT_MAX)
			buffer_text_add(peer, AGGREGATE_OTHER);
		else
			escape_utf8(peer, address);
		break;
	case PEER_ADDRESSES_NET:
		peer_net(address, peer);
		break;
	case PEER_ADDRESSES_HASH:
		memcpy(&seed, secret, sizeof(seed));
		buffer_printf(peer, "hash:%016llx", (unsigned long long)hash_bytes(&seed, address));
		break;
	default:
		break;
	}
}
