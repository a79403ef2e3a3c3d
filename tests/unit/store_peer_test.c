/* SPDX-License-Identifier: ISC */
/* Peers, minutes and the words of failures: facts in, through commits, and out again; what is kept
 * and what is let go of. */
#include "store/query.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "store/commit.h"
#include "store/commit_peer.h"
#include "store/handle.h"
#include "store/prune.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#define HOUR 1795482000
#define DAY (HOUR - HOUR % 86400)

struct fixture {
	struct store *store;
	struct aggregate *aggregate;
	struct diag diag;
	struct buffer out;
};

static int set_up(void **state)
{
	struct fixture *f = memory_alloc(sizeof(*f));

	assert_int_equal(store_open(NULL, STORE_MEMORY, &f->store, &f->diag), 0);
	f->aggregate = aggregate_new();
	assert_int_equal(store_prime(f->store, f->aggregate, 0, &f->diag), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	store_free(f->store);
	aggregate_free(f->aggregate);
	diag_free(&f->diag);
	buffer_free(&f->out);
	free(f);
	return 0;
}

static struct fact session(const char *peer)
{
	return (struct fact){
	    .kind = FACT_SESSION,
	    .time = HOUR + 61,
	    .host = SLICE("mx1"),
	    .mta = SLICE("postfix"),
	    .direction = DIRECTION_IN,
	    .service = SERVICE_MX,
	    .unit = UNIT_CONNECTION,
	    .protocol = PROTOCOL_TLSV1_3,
	    .protocol_raw = SLICE("TLSv1.3"),
	    .cipher = SLICE("TLS_AES_256_GCM_SHA384"),
	    .bits = 256,
	    .resumed = -1,
	    .mail = 1,
	    .auth = -1,
	    .peer = slice_of(peer),
	};
}

static void commit(struct fixture *f)
{
	const struct batch batch = {
	    .aggregate = f->aggregate, .source = SLICE("mail.log"), .class = "file"};

	assert_int_equal(store_commit(f->store, &batch, &f->diag), 0);
	assert_true(aggregate_empty(f->aggregate));
}

static int print_peer(void *context, const struct peer_day *p)
{
	struct fixture *f = context;

	buffer_printf(&f->out, "%lld %s|%s|%s|%s|%s %s %s %lld/%lld/%lld/%lld %lld-%lld\n",
	    (long long)(p->day ? (p->day - DAY) / 86400 : -1), p->peer, p->name, p->net, p->user,
	    p->domain, p->weak ? "weak" : "strong", protocol_name(p->tuple->protocol),
	    (long long)p->handshakes, (long long)p->sessions, (long long)p->sessions_mail,
	    (long long)p->failures, (long long)(p->first_seen ? (p->first_seen - DAY) / 3600 : -1),
	    (long long)(p->last_seen ? (p->last_seen - DAY) / 3600 : -1));
	return 0;
}

static const char *peers(struct fixture *f, int64_t since, int64_t until)
{
	buffer_clear(&f->out);
	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(query_peers(f->store, &(struct query){.since = since, .until = until},
			     print_peer, f, &f->diag),
	    0);
	query_end(f->store);
	return buffer_text(&f->out);
}

static const char *all_peers(struct fixture *f)
{
	return peers(f, INT64_MIN, INT64_MAX);
}

static void peers_in_and_out(void **state)
{
	struct fixture *f = *state;
	struct fact fact = session("192.0.2.7");

	fact.peer_name = SLICE("a.example");
	aggregate_fact(f->aggregate, &fact);
	fact.time += 7200;
	fact.peer_name = SLICE("b.example");
	fact.user = SLICE("not logged in");
	fact.domain = SLICE("inbound has none");
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	fact.kind = FACT_HANDSHAKE;
	fact.mail = -1;
	aggregate_fact(f->aggregate, &fact);
	fact = session("2001:db8:1:2::3");
	fact.direction = DIRECTION_OUT;
	fact.domain = SLICE("example.org");
	fact.protocol = PROTOCOL_NONE;
	aggregate_fact(f->aggregate, &fact);
	fact = session("");
	fact.auth = 1;
	fact.user = SLICE("anna");
	fact.mail = 0;
	aggregate_fact(f->aggregate, &fact);
	fact.time = 0;
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	assert_string_equal(all_peers(f),
	    "-1 (other)|||| strong TLSv1.3 0/1/0/0 -1--1\n"
	    "0 |||anna| strong TLSv1.3 0/1/0/0 1-1\n"
	    "0 192.0.2.7|b.example|192.0.2.0/24|| strong TLSv1.3 0/2/2/0 1-3\n"
	    "0 192.0.2.7|b.example|192.0.2.0/24|| strong TLSv1.3 1/0/0/0 3-3\n"
	    "0 2001:db8:1:2::3||2001:db8:1::/48||example.org weak none 0/1/1/0 1-1\n");
	assert_string_equal(peers(f, DAY - 86400, DAY), "");
	assert_string_equal(peers(f, DAY + 86400, INT64_MAX), "");
	assert_int_equal(strncmp(peers(f, HOUR + 36000, HOUR + 40000), "0 |||anna", 9), 0);
}

static int64_t number(struct fixture *f, const char *sql)
{
	int64_t n = -1;

	assert_int_equal(database_integer(f->store->db, &f->diag, -1, &n, sql, ""), 0);
	return n;
}

static void what_is_weak(void **state)
{
	static const struct {
		const char *what;
		bool weak;
		struct fact fact;
	} cases[] = {
#define TLS(p, c)                                                                                  \
	.kind = FACT_HANDSHAKE, .protocol = (p), .cipher = SLICE(c), .mail = -1, .auth = -1
#define CLEAR(m, a) .kind = FACT_SESSION, .protocol = PROTOCOL_NONE, .mail = (m), .auth = (a)
#define FAILED(class) .kind = FACT_FAILURE, .reason = SLICE(class), .mail = -1, .auth = -1
	    {"1.3", false, {TLS(PROTOCOL_TLSV1_3, "TLS_AES_128_GCM_SHA256")}},
	    {"1.3 without a suite", false, {TLS(PROTOCOL_TLSV1_3, "")}},
	    {"1.2 ECDHE AEAD", false, {TLS(PROTOCOL_TLSV1_2, "ECDHE-RSA-AES128-GCM-SHA256")}},
	    {"1.2 ECDHE ChaCha", false, {TLS(PROTOCOL_TLSV1_2, "ECDHE-RSA-CHACHA20-POLY1305")}},
	    {"1.2 without a suite", false, {TLS(PROTOCOL_TLSV1_2, "")}},
	    {"1.2 ECDHE CBC", true, {TLS(PROTOCOL_TLSV1_2, "ECDHE-RSA-AES128-SHA256")}},
	    {"1.2 DHE AEAD", true, {TLS(PROTOCOL_TLSV1_2, "DHE-RSA-AES128-GCM-SHA256")}},
	    {"1.2 RSA AEAD", true, {TLS(PROTOCOL_TLSV1_2, "AES128-GCM-SHA256")}},
	    {"1.2 and a word", true, {TLS(PROTOCOL_TLSV1_2, "WHAT-IS-THIS")}},
	    {"1.1", true, {TLS(PROTOCOL_TLSV1_1, "ECDHE-RSA-AES128-SHA")}},
	    {"1.0 without a suite", true, {TLS(PROTOCOL_TLSV1_0, "")}},
	    {"SSLv3", true, {TLS(PROTOCOL_SSLV3, "RC4-SHA")}},
	    {"ambiguous", true, {TLS(PROTOCOL_AMBIGUOUS, "ECDHE-RSA-AES128-SHA")}},
	    {"ambiguous, a suite of 1.2", false,
		{TLS(PROTOCOL_AMBIGUOUS, "ECDHE-RSA-AES128-GCM-SHA256")}},
	    {"nothing told", false, {TLS(PROTOCOL_UNKNOWN, "")}},
	    {"clear text with mail", true, {CLEAR(1, -1)}},
	    {"clear text with a login", true, {CLEAR(-1, 1)}},
	    {"clear text, no mail", false, {CLEAR(0, -1)}},
	    {"clear text, not told", false, {CLEAR(-1, -1)}},
	    {"no shared cipher", true, {FAILED("no-shared-cipher")}},
	    {"no class", true, {FAILED("")}},
	    {"not TLS", false, {FAILED("not-tls")}},
	    {"lost", false, {FAILED("lost-connection")}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (peer_is_weak(&cases[i].fact) != cases[i].weak)
			fail_msg("%s: %d", cases[i].what, !cases[i].weak);
}

static void addresses_are_shortened(void **state)
{
	static const struct {
		enum peer_addresses how;
		const char *address, *peer;
	} cases[] = {
	    {PEER_ADDRESSES_FULL, "192.0.2.77", "192.0.2.77"},
	    {PEER_ADDRESSES_FULL, "\xff", "\\xff"},
	    {PEER_ADDRESSES_NET, "192.0.2.77", "192.0.2.0/24"},
	    {PEER_ADDRESSES_NET, "2001:db8:1:2::3", "2001:db8:1::/48"},
	    {PEER_ADDRESSES_NET, "a name", ""},
	    {PEER_ADDRESSES_NONE, "192.0.2.77", ""},
	    {PEER_ADDRESSES_HASH, "", ""},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buffer_clear(&f->out);
		peer_shorten(
		    cases[i].how, store_secret(f->store), slice_of(cases[i].address), &f->out);
		assert_string_equal(buffer_text(&f->out), cases[i].peer);
	}
	peer_shorten(PEER_ADDRESSES_HASH, store_secret(f->store), SLICE("192.0.2.77"), &f->out);
	assert_int_equal(f->out.n, 21);
}

static void policy_is_kept(void **state)
{
	struct fixture *f = *state;
	struct fact fact = session("192.0.2.7");
	struct peer_policy policy;

	assert_int_equal(peer_policy_read(f->store, &policy, &f->diag), 0);
	assert_int_equal(policy.peers, PEERS_ALL);
	assert_int_equal(
	    peer_policy_change(f->store, PEERS_WEAK, PEER_ADDRESSES_HASH, 66, &f->diag), 0);
	assert_int_equal(peer_policy_read(f->store, &policy, &f->diag), 0);
	assert_int_equal(policy.changed, 0); /* nothing was counted otherwise */
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	assert_int_equal(
	    peer_policy_change(f->store, PEERS_OFF, PEER_ADDRESSES_HASH, 77, &f->diag), 0);
	assert_int_equal(
	    peer_policy_change(f->store, PEERS_OFF, PEER_ADDRESSES_HASH, 99, &f->diag), 0);
	assert_int_equal(peer_policy_read(f->store, &policy, &f->diag), 0);
	assert_int_equal(policy.peers, PEERS_OFF);
	assert_int_equal(policy.addresses, PEER_ADDRESSES_HASH);
	assert_int_equal(policy.changed, 77);
	assert_int_equal(peers_from(SLICE("most")), -EINVAL);
	assert_int_equal(peer_addresses_from(SLICE("")), -EINVAL);
}

static bool complete(struct fixture *f, int64_t since)
{
	struct peer_knowledge knowledge;

	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(
	    query_peer_knowledge(f->store, &(struct query){.since = since, .until = INT64_MAX},
		&knowledge, &f->diag),
	    0);
	query_end(f->store);
	return knowledge.complete;
}

static void what_is_known_of_peers(void **state)
{
	struct fixture *f = *state;
	struct fact fact = session("192.0.2.7");
	int64_t now = time(NULL);

	assert_true(complete(f, INT64_MIN));
	f->store->mode = STORE_WRITE; /* as if it were kept */
	fact.time = now - 86400;
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	assert_int_equal(
	    peer_policy_change(f->store, PEERS_WEAK, PEER_ADDRESSES_FULL, now, &f->diag), 0);
	assert_false(complete(f, INT64_MIN));
	assert_int_equal(
	    peer_policy_change(f->store, PEERS_ALL, PEER_ADDRESSES_FULL, now - 7200, &f->diag), 0);
	assert_false(complete(f, INT64_MIN));
	assert_true(complete(f, now - 3600));
	f->store->mode = STORE_MEMORY;
}

static bool is_old(void *context _unused_, const struct aggregate_tuple *t)
{
	return protocol_fold(t->text[TEXT_PROTOCOL]) == PROTOCOL_TLSV1_0;
}

static void only_peers_that_are_asked_for(void **state)
{
	struct fixture *f = *state;
	struct fact fact = session("192.0.2.7");

	aggregate_peers_of(f->aggregate, is_old, NULL);
	fact.protocol = PROTOCOL_TLSV1_0;
	fact.protocol_raw = SLICE("TLSv1");
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	assert_true(complete(f, INT64_MIN)); /* of all who spoke */
	for (int i = 0; i < 2; i++) {
		fact = session("192.0.2.8");
		aggregate_fact(f->aggregate, &fact);
		fact.protocol = PROTOCOL_TLSV1_0;
		fact.protocol_raw = SLICE("TLSv1");
		aggregate_fact(f->aggregate, &fact);
		commit(f);
	}
	assert_false(complete(f, INT64_MIN));
	assert_string_equal(all_peers(f), "0 192.0.2.7||192.0.2.0/24|| weak TLSv1.0 0/1/1/0 1-1\n"
					  "0 192.0.2.8||192.0.2.0/24|| weak TLSv1.0 0/2/2/0 1-1\n");
	assert_int_equal(number(f, "SELECT sum(n) FROM count"), 5);
}

/* What one day keeps, and what prune lets go of. */
static void prune_keeps_the_weak(void **state)
{
	struct fixture *f = *state;
	struct fact weak = session("192.0.2.1"), strong = session("192.0.2.2");

	weak.protocol = PROTOCOL_NONE;
	aggregate_fact(f->aggregate, &weak);
	aggregate_fact(f->aggregate, &strong);
	strong.peer = SLICE("192.0.2.1");
	strong.time += 86400;
	aggregate_fact(f->aggregate, &strong);
	commit(f);
	assert_int_equal(
	    peer_policy_change(f->store, PEERS_WEAK, PEER_ADDRESSES_FULL, 1, &f->diag), 0);
	assert_int_equal(store_prune(f->store, DAY + 3 * 86400 - 1, false, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM peer_day"), 3);
	assert_int_equal(store_prune(f->store, DAY + 3 * 86400 + 1, false, &f->diag), 0);
	assert_string_equal(all_peers(f),
	    "0 192.0.2.1||192.0.2.0/24|| weak none 0/1/1/0 1-1\n"
	    "1 192.0.2.1||192.0.2.0/24|| strong TLSv1.3 0/1/1/0 25-25\n");
	assert_int_equal(store_prune(f->store, DAY + 86400, true, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM peer_day"), 2);
	assert_int_equal(
	    store_prune(f->store, DAY + RETENTION_DEFAULT.peers + 1, true, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM peer_day"), 0);
}

/* A store that lets go of peers sooner, and later keeps them longer, knows of which days it can
 * still say who was there. */
static void retention_is_the_stores(void **state)
{
	struct fixture *f = *state;
	struct fact fact = session("192.0.2.1");
	const struct retention two_days = {.peers = 2 * 86400, .minutes = RETENTION_FOREVER};

	for (int i = 0; i < 3; i++, fact.time += 86400)
		aggregate_fact(f->aggregate, &fact);
	fact.time -= 3 * 86400;
	fact.kind = FACT_HANDSHAKE;
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	assert_int_equal(
	    peer_policy_change(f->store, PEERS_WEAK, PEER_ADDRESSES_FULL, 1, &f->diag), 0);
	assert_int_equal(
	    peer_policy_change(f->store, PEERS_ALL, PEER_ADDRESSES_FULL, 1, &f->diag), 0);
	assert_int_equal(retention_change(f->store, &two_days, &f->diag), 0);
	f->store->retention = RETENTION_DEFAULT;
	assert_int_equal(retention_read(f->store, &f->diag), 0);
	assert_int_equal(f->store->retention.peers, 2 * 86400);
	assert_true(f->store->retention.minutes == RETENTION_FOREVER);
	assert_int_equal(f->store->retention.reasons, RETENTION_DEFAULT.reasons);
	f->store->mode = STORE_WRITE; /* as if it were kept */
	assert_true(complete(f, DAY));

	assert_int_equal(store_prune(f->store, DAY + 2 * 86400, false, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(DISTINCT day) FROM peer_day"), 3);
	assert_true(complete(f, DAY));
	assert_int_equal(store_prune(f->store, DAY + 2 * 86400 + 1, false, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(DISTINCT day) FROM peer_day"), 2);
	assert_false(complete(f, DAY));
	assert_false(complete(f, DAY + 86399));
	assert_true(complete(f, DAY + 86400));

	assert_int_equal(
	    retention_change(f->store, &(struct retention){.peers = RETENTION_FOREVER}, &f->diag),
	    0);
	assert_int_equal(store_prune(f->store, DAY + INT64_C(9999) * 86400, false, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(DISTINCT day) FROM peer_day"), 2);
	assert_int_equal(number(f, "SELECT count(*) FROM minute"), 1);
	assert_false(complete(f, DAY));
	assert_true(complete(f, DAY + 86400));
	f->store->mode = STORE_MEMORY;
}

/* The next commit of an importer, when there are too many of anything. */
static void count_many(struct fixture *f, int n, struct fact (*make)(int i, char text[64]))
{
	char text[64];
	struct fact fact;

	for (int i = 0; i < n; i++) {
		fact = make(i, text);
		aggregate_fact(f->aggregate, &fact);
		if (i % 10000 == 0 && aggregate_nearly_full(f->aggregate))
			commit(f);
	}
	commit(f);
}

static struct fact of_a_new_address(int i, char text[64])
{
	snprintf(text, 64, "2001:db8::%x:%x", i >> 16, i & 0xffff);
	return session(text);
}

static struct fact of_a_new_name(int i, char text[64])
{
	struct fact fact = session("192.0.2.7");

	snprintf(text, 64, "n%d.example.net", i);
	fact.peer_name = slice_of(text);
	return fact;
}

static struct fact of_a_new_login(int i, char text[64])
{
	struct fact fact = session("192.0.2.7");

	snprintf(text, 64, "user%d", i);
	fact.user = slice_of(text);
	fact.auth = 1;
	return fact;
}

static struct fact for_a_new_reason(int i, char text[64])
{
	struct fact fact = session("192.0.2.7");

	snprintf(text, 64, "reason %d", i);
	fact.kind = FACT_FAILURE;
	fact.reason = SLICE("other");
	fact.reason_raw = slice_of(text);
	return fact;
}

static struct fact for_a_new_domain(int i, char text[64])
{
	struct fact fact = session("192.0.2.7");

	snprintf(text, 64, "d%d.example.net", i);
	fact.direction = DIRECTION_OUT;
	fact.domain = slice_of(text);
	return fact;
}

#ifdef __SANITIZE_ADDRESS__ /* which takes its time */
#define MANY 100000
#else
#define MANY 1000000
#endif
#define SOME 50000

/* Whatever a stranger invents, the store stays small and the totals are exact. */
static void a_million_of_anything(void **state)
{
	struct fixture *f = *state;

	f->store->mode = STORE_WRITE; /* as if it were kept: the bounds of a file */
	count_many(f, MANY, of_a_new_address);
	assert_int_equal(number(f, "SELECT count(*) FROM peer_day"), PEERS_A_DAY + 1);
	assert_int_equal(number(f, "SELECT sum(sessions) FROM peer_day"), MANY);
	count_many(f, MANY, of_a_new_name);
	assert_int_equal(number(f, "SELECT count(*) FROM peer_day"), PEERS_A_DAY + 1);
	assert_int_equal(number(f, "SELECT sum(sessions) FROM peer_day"), 2 * MANY);
	count_many(f, SOME, of_a_new_login);
	count_many(f, SOME, for_a_new_domain);
	count_many(f, SOME, for_a_new_reason);
	assert_true(
	    number(f, "SELECT count(*) FROM peer_day") <= PEERS_A_DAY * PEER_ROWS_PER_PEER + 16);
	assert_int_equal(
	    number(f, "SELECT sum(sessions + failures) FROM peer_day"), 2 * MANY + 3 * SOME);
	assert_int_equal(number(f, "SELECT sum(sessions + failures) FROM peer_day"),
	    number(f, "SELECT sum(n) FROM count"));
	assert_int_equal(number(f, "SELECT count(*) FROM reason_day"), REASONS_A_DAY + 1);
	assert_int_equal(number(f, "SELECT sum(n) FROM reason_day"), SOME);
	assert_true(number(f, "SELECT page_count * page_size FROM pragma_page_count,"
			      " pragma_page_size") < 20 * 1024 * 1024);
	f->store->mode = STORE_MEMORY;
}

static void count_one(struct fixture *f, const char *peer)
{
	struct fact fact = session(peer);

	aggregate_fact(f->aggregate, &fact);
	commit(f);
}

static int64_t sessions_of(struct fixture *f, const char *peer)
{
	int64_t n = -1;

	assert_int_equal(database_integer(f->store->db, &f->diag, 0, &n,
			     "SELECT sum(sessions) FROM peer_day WHERE peer = ?1", "z", peer),
	    0);
	return n;
}

static void prime(struct fixture *f, const char *path)
{
	assert_int_equal(store_open(path, STORE_CREATE, &f->store, &f->diag), 0);
	f->aggregate = aggregate_new();
	assert_int_equal(store_prime(f->store, f->aggregate, 0, &f->diag), 0);
}

static void drop(struct fixture *f)
{
	store_free(f->store);
	aggregate_free(f->aggregate);
	diag_free(&f->diag);
}

/* How full a day is is remembered from one commit to the next, but not when another has written. */
static void another_fills_the_day(void **state _unused_)
{
	struct fixture one = {0}, other = {0};
	char folder[] = "/tmp/store.XXXXXX", path[64], command[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/db", folder);
	prime(&one, path);
	prime(&other, path);
	count_many(&one, PEERS_A_DAY / 2, of_a_new_address);
	count_one(&one, "192.0.2.1");
	count_many(&other, PEERS_A_DAY - 1, of_a_new_address); /* half of them there already */
	assert_int_equal(number(&one, "SELECT count(DISTINCT peer) FROM peer_day"), PEERS_A_DAY);
	count_one(&one, "192.0.2.2");
	assert_int_equal(sessions_of(&one, "192.0.2.2"), 0);
	assert_int_equal(sessions_of(&one, "(other)"), 1);
	count_one(&one, "192.0.2.1");
	assert_int_equal(sessions_of(&one, "192.0.2.1"), 2);
	assert_int_equal(
	    database_script(other.store->db,
		"DELETE FROM peer_day WHERE peer IN ('192.0.2.1', '(other)')", &other.diag),
	    0);
	count_one(&one, "192.0.2.2");
	assert_int_equal(sessions_of(&one, "192.0.2.2"), 1);
	drop(&one);
	drop(&other);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

/* What a commit wrote that was taken back takes no room. */
static void a_full_day_is_taken_back(void **state)
{
	struct fixture *f = *state;

	f->store->mode = STORE_WRITE;
	assert_int_equal(store_hold(f->store, &f->diag), 0);
	count_many(f, PEERS_A_DAY, of_a_new_address);
	count_one(f, "192.0.2.1");
	assert_int_equal(sessions_of(f, "192.0.2.1"), 0);
	assert_int_equal(store_release(f->store, false, &f->diag), 0);
	aggregate_forget_ids(f->aggregate);
	assert_int_equal(number(f, "SELECT count(*) FROM peer_day"), 0);
	count_one(f, "192.0.2.1");
	assert_int_equal(sessions_of(f, "192.0.2.1"), 1);
	f->store->mode = STORE_MEMORY;
}

/* Three kinds of times: past what is kept of everything, of day 0, and not known. */
static void count_old(struct fixture *f)
{
	struct fact old = session("192.0.2.9"), failed = for_a_new_reason(1, (char[64]){0});

	for (int i = 0; i < 3; i++) {
		const int64_t times[] = {HOUR - 121 * 86400, 3600, 0};

		old.time = failed.time = times[i];
		aggregate_fact(f->aggregate, &old);
		aggregate_fact(f->aggregate, &failed);
	}
}

static void commit_at(struct fixture *f, int64_t now)
{
	const struct following following = {.now = now};
	const struct batch batch = {.aggregate = f->aggregate,
	    .source = SLICE("mail.log"),
	    .class = "file",
	    .following = &following};

	assert_int_equal(store_commit(f->store, &batch, &f->diag), 0);
}

/* Facts of which nothing would be kept are not gathered for a commit to leave out. */
static void past_what_is_kept(void **state)
{
	struct fixture *f = *state;
	int64_t peers, reasons, minutes;

	count_old(f);
	assert_int_equal(peer_table_rows(aggregate_peers(f->aggregate)), 6);
	commit_at(f, HOUR);
	peers = number(f, "SELECT sum(sessions + failures) FROM peer_day");
	reasons = number(f, "SELECT sum(n) FROM reason_day");
	minutes = number(f, "SELECT count(*) FROM minute");
	assert_int_equal(peers, 4);
	assert_int_equal(reasons, 2);
	assert_int_equal(store_prime(f->store, f->aggregate, HOUR, &f->diag), 0);
	count_old(f);
	assert_int_equal(peer_table_rows(aggregate_peers(f->aggregate)), 4);
	commit_at(f, HOUR);
	assert_int_equal(number(f, "SELECT sum(sessions + failures) FROM peer_day"), 2 * peers);
	assert_int_equal(number(f, "SELECT sum(n) FROM reason_day"), 2 * reasons);
	assert_int_equal(number(f, "SELECT count(*) FROM minute"), minutes);
	assert_int_equal(number(f, "SELECT sum(n) FROM count"), 12);
}

static void memory_alone_is_exact(void **state)
{
	struct fixture *f = *state;
	struct peer_entry entry;
	void *cursor = NULL;
	char text[64];
	int64_t total = 0, rows = 0;

	for (int i = 0; i < 4 * SOME; i++) { /* whose owner never commits */
		struct fact fact = of_a_new_address(i, text);

		aggregate_fact(f->aggregate, &fact);
	}
	assert_true(aggregate_nearly_full(f->aggregate));
	while (peer_table_next(aggregate_peers(f->aggregate), &cursor, &entry)) {
		total += entry.n;
		rows++;
	}
	assert_int_equal(total, 4 * SOME);
	assert_true(rows < 4 * SOME);
}

static int print_reason(void *context, const struct reason_day *r)
{
	struct fixture *f = context;

	buffer_printf(&f->out, "%lld %s %s %s %d %s '%s' %lld\n", (long long)(r->day - DAY) / 86400,
	    r->mta, direction_name(r->direction), service_name(r->service), r->internal, r->reason,
	    r->raw, (long long)r->n);
	return 0;
}

static int print_minute(void *context, const struct minute_row *m)
{
	struct fixture *f = context;

	buffer_printf(&f->out, "%lld %s %s %d %lld %lld\n", (long long)(m->minute - HOUR) / 60,
	    m->host, direction_name(m->direction), m->internal, (long long)m->handshakes,
	    (long long)m->failures);
	return 0;
}

static void reasons_and_minutes(void **state)
{
	const struct query all = {.since = INT64_MIN, .until = INT64_MAX},
			   later = {.since = HOUR + 86400, .until = INT64_MAX};
	struct fixture *f = *state;
	struct fact fact = session("192.0.2.7");

	aggregate_fact(f->aggregate, &fact); /* a session: neither */
	fact.kind = FACT_HANDSHAKE;
	aggregate_fact(f->aggregate, &fact);
	aggregate_fact(f->aggregate, &fact);
	fact.kind = FACT_FAILURE;
	fact.reason = SLICE("no-shared-cipher");
	fact.reason_raw = SLICE("SSL routines::no shared cipher");
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	aggregate_fact(f->aggregate, &fact);
	fact.time += 86400;
	fact.internal = true;
	fact.reason_raw = SLICE_NONE;
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(query_reasons(f->store, &all, print_reason, f, &f->diag), 0);
	assert_int_equal(query_minutes(f->store, &all, print_minute, f, &f->diag), 0);
	assert_int_equal(query_reasons(f->store, &later, print_reason, f, &f->diag), 0);
	assert_int_equal(query_minutes(f->store, &later, print_minute, f, &f->diag), 0);
	query_end(f->store);
	assert_string_equal(buffer_text(&f->out),
	    "0 postfix in mx 0 no-shared-cipher 'SSL routines::no shared cipher' 2\n"
	    "1 postfix in mx 1 no-shared-cipher '' 1\n"
	    "1 mx1 in 0 2 2\n"
	    "1441 mx1 in 1 0 1\n"
	    "1 postfix in mx 1 no-shared-cipher '' 1\n"
	    "1441 mx1 in 1 0 1\n");
	assert_int_equal(
	    store_prune(f->store, HOUR + 86400 + RETENTION_DEFAULT.minutes, true, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM minute"), 1);
	assert_int_equal(
	    store_prune(f->store, DAY + 86400 + RETENTION_DEFAULT.reasons, true, &f->diag), 0);
	assert_int_equal(number(f, "SELECT count(*) FROM reason_day"), 1);
}

static void forget_one(void **state)
{
	struct fixture *f = *state;
	struct fact fact = session("2001:db8::77");

	aggregate_fact(f->aggregate, &fact);
	fact.peer = SLICE("192.0.2.1");
	aggregate_fact(f->aggregate, &fact);
	fact.kind = FACT_FAILURE;
	fact.reason_raw = SLICE("not with [2001:db8::77]");
	aggregate_fact(f->aggregate, &fact);
	commit(f);
	assert_int_equal(store_forget(f->store, "2001:DB8:0::77", &f->diag), 2);
	assert_int_equal(number(f, "SELECT count(*) FROM peer_day WHERE peer = '192.0.2.1'"), 2);
	assert_int_equal(number(f, "SELECT count(*) FROM peer_day"), 2);
	assert_int_equal(number(f, "SELECT n FROM reason_day WHERE raw = '(erased 1)'"), 1);
	assert_int_equal(store_forget(f->store, "192.0.2.9", &f->diag), 0);
	assert_int_equal(store_forget(f->store, "", &f->diag), -EINVAL);
	assert_int_equal(store_forget(f->store, "(other)", &f->diag), -EINVAL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(peers_in_and_out, set_up, tear_down),
    cmocka_unit_test_setup_teardown(what_is_weak, set_up, tear_down),
    cmocka_unit_test_setup_teardown(addresses_are_shortened, set_up, tear_down),
    cmocka_unit_test_setup_teardown(policy_is_kept, set_up, tear_down),
    cmocka_unit_test_setup_teardown(what_is_known_of_peers, set_up, tear_down),
    cmocka_unit_test_setup_teardown(only_peers_that_are_asked_for, set_up, tear_down),
    cmocka_unit_test_setup_teardown(prune_keeps_the_weak, set_up, tear_down),
    cmocka_unit_test_setup_teardown(retention_is_the_stores, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_million_of_anything, set_up, tear_down),
    cmocka_unit_test(another_fills_the_day),
    cmocka_unit_test_setup_teardown(a_full_day_is_taken_back, set_up, tear_down),
    cmocka_unit_test_setup_teardown(past_what_is_kept, set_up, tear_down),
    cmocka_unit_test_setup_teardown(memory_alone_is_exact, set_up, tear_down),
    cmocka_unit_test_setup_teardown(reasons_and_minutes, set_up, tear_down),
    cmocka_unit_test_setup_teardown(forget_one, set_up, tear_down),
};

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
