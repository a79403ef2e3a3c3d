/* SPDX-License-Identifier: ISC */
/* Peers, minutes and the words of failures: facts in, through commits, and out again; what is kept
 * and what is let go of. */
#include "store/query.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "store/commit.h"
#include "store/commit_peer.h"
#include "store/handle.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

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
	assert_int_equal(store_prime(f->store, f->aggregate, &f->diag), 0);
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
	assert_int_equal(query_peers(f->store, &(struct query){since, until, false}, print_peer, f,
			     &f->diag),
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
	    "-1 |||anna| strong TLSv1.3 0/1/0/0 -1--1\n"
	    "0 |||anna| strong TLSv1.3 0/1/0/0 1-1\n"
	    "0 192.0.2.7|b.example|192.0.2.0/24|| strong TLSv1.3 0/2/2/0 1-3\n"
	    "0 192.0.2.7|b.example|192.0.2.0/24|| strong TLSv1.3 1/0/0/0 3-3\n"
	    "0 2001:db8:1:2::3||2001:db8:1::/48||example.org weak none 0/1/1/0 1-1\n");
	assert_string_equal(peers(f, DAY - 86400, DAY), "");
	assert_string_equal(peers(f, DAY + 86400, INT64_MAX), "");
	assert_int_equal(strncmp(peers(f, HOUR + 36000, HOUR + 40000), "0 |||anna", 9), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(peers_in_and_out, set_up, tear_down),
};

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
