/* SPDX-License-Identifier: ISC */

/* The views of who was seen: what is named, and that what is not named is counted. */

#include "report_fixture.h"
#include "store/peer_policy.h"
#include <errno.h>
#include <string.h>

static const struct report_request failures = {.view = "failures", .format = "csv"};
static const struct report_request plaintext = {.view = "plaintext", .format = "csv"};
static const struct report_request peers = {.view = "peers", .format = "csv"};
static const struct report_request users = {.view = "users", .format = "csv"};

static struct fact failure_of(const char *reason, const char *raw, const char *peer)
{
	struct fact fact = handshake_of(PROTOCOL_UNKNOWN);

	fact.kind = FACT_FAILURE;
	fact.reason = slice_of(reason);
	fact.reason_raw = slice_of(raw);
	fact.peer = slice_of(peer);
	return fact;
}

static struct fact by(struct fact fact, const char *peer)
{
	fact.peer = slice_of(peer);
	return fact;
}

static struct fact logged_in(struct fact fact, const char *user)
{
	fact.user = slice_of(user);
	fact.auth = 1;
	return fact;
}

static void done(struct fixture *f)
{
	commit(f, "log", (struct source_counts){0});
}

/* One wording and several peers, then several wordings and one peer. */
static void words_and_peers(void **state)
{
	struct fixture *f = *state;

	feed(f, failure_of("unsupported-protocol", "unsupported protocol", "192.0.2.1"), 3);
	feed(f, failure_of("unsupported-protocol", "unsupported protocol", "192.0.2.2"), 2);
	feed(f, failure_of("no-shared-cipher", "no shared cipher", "192.0.2.3"), 7);
	feed(f, failure_of("no-shared-cipher", "no suitable key share", "192.0.2.3"), 5);
	done(f);
	assert_int_equal(report_of(f, failures), 0);
	assert_int_equal(csv_rows(f), 4);
	expect_cell(f, 1, "reason", "no-shared-cipher");
	expect_cell(f, 1, "reason_raw", "no shared cipher");
	expect_cell(f, 1, "stage", "handshake");
	expect_cell(f, 1, "peer", "192.0.2.3");
	expect_cell(f, 1, "count", "7");
	expect_cell(f, 1, "first_seen", "2026-11-24T12:00:00Z");
	expect_cell(f, 2, "reason_raw", "no suitable key share");
	expect_cell(f, 2, "peer", "192.0.2.3");
	expect_cell(f, 3, "reason_raw", "unsupported protocol");
	expect_cell(f, 3, "peer", "192.0.2.1");
	expect_cell(f, 3, "count", "3");
	expect_cell(f, 4, "peer", "192.0.2.2");
}

/* Several of both: who failed in which words is not guessed, and nothing is counted twice. */
static void words_or_peers(void **state)
{
	struct fixture *f = *state;

	feed(f, failure_of("not-tls", "wrong version number", "192.0.2.1"), 3);
	feed(f, failure_of("not-tls", "http request", "192.0.2.2"), 2);
	feed(f, failure_of("verify-failed", NULL, NULL), 1);
	done(f);
	assert_int_equal(report_of(f, failures), 0);
	assert_int_equal(csv_rows(f), 3);
	expect_cell(f, 1, "reason_raw", "wrong version number");
	expect_cell(f, 1, "peer", "");
	expect_cell(f, 1, "count", "3");
	expect_cell(f, 2, "reason_raw", "http request");
	expect_cell(f, 2, "count", "2");
	expect_cell(f, 3, "reason", "verify-failed");
	expect_cell(f, 3, "reason_raw", "");
	expect_cell(f, 3, "stage", "");
	expect_cell(f, 3, "peer", "");
}

/* Of a period that begins within a day, the peers of the whole day are not those of the period. */
static void part_of_a_day(void **state)
{
	struct fixture *f = *state;
	struct report_request request = failures;
	struct fact fact = failure_of("timeout", "timed out", "192.0.2.1");

	feed(f, fact, 1);
	fact.time += 5 * 3600;
	feed(f, fact, 2);
	fact = failure_of("timeout", "timed out", "192.0.2.9");
	fact.time += 5 * 3600;
	feed(f, fact, 1);
	done(f);
	request.since_given = true;
	request.since = NOON + 3600;
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "reason_raw", "timed out");
	expect_cell(f, 1, "peer", "");
	expect_cell(f, 1, "count", "3");
}

static void in_clear_text(void **state)
{
	struct fixture *f = *state;
	struct fact login =
	    fact_of(FACT_SESSION, "dovecot", DIRECTION_IN, SERVICE_IMAP, UNIT_LOGIN, PROTOCOL_NONE);
	struct fact delivery = fact_of(
	    FACT_SESSION, "postfix", DIRECTION_OUT, SERVICE_RELAY, UNIT_DELIVERY, PROTOCOL_NONE);

	delivery.mail = 1;
	delivery.domain = SLICE("example.com");
	feed(f, by(session_of(PROTOCOL_NONE, 1), "192.0.2.1"), 5);
	feed(f, by(session_of(PROTOCOL_NONE, 0), "192.0.2.66"), 9); /* a scanner */
	feed(f, by(handshake_of(PROTOCOL_TLSV1_3), "192.0.2.1"), 2);
	feed(f, failure_of("no-shared-cipher", "x", "192.0.2.1"), 1);
	feed(f, by(session_of(PROTOCOL_NONE, 1), "2001:db8::1"), 4);
	feed(f, by(logged_in(login, "frank"), "198.51.100.7"), 3);
	feed(f, by(delivery, "203.0.113.5"), 2);
	done(f);
	assert_int_equal(report_of(f, plaintext), 0);
	assert_int_equal(csv_rows(f), 4);
	expect_cell(f, 1, "peer", "192.0.2.1");
	expect_cell(f, 1, "net", "192.0.2.0/24");
	expect_cell(f, 1, "sessions_mail", "5");
	expect_cell(f, 1, "starttls_tried", "3");
	expect_cell(f, 1, "starttls_failed", "1");
	expect_cell(f, 1, "ever_tls", "yes");
	expect_cell(f, 1, "verdict", "ok");
	expect_cell(f, 2, "peer", "2001:db8::1");
	expect_cell(f, 2, "net", "2001:db8::/48");
	expect_cell(f, 2, "starttls_tried", "0");
	expect_cell(f, 2, "ever_tls", "no");
	expect_cell(f, 2, "verdict", "breaks");
	expect_cell(f, 3, "user", "frank");
	expect_cell(f, 3, "starttls_tried", ""); /* nothing in the log tells of handshakes */
	expect_cell(f, 3, "ever_tls", "");
	expect_cell(f, 3, "verdict", "unknown");
	expect_cell(f, 4, "domain", "example.com");
	expect_cell(f, 4, "unit", "delivery");
}

static struct fact with_suite(struct fact fact, const char *cipher)
{
	fact.cipher = slice_of(cipher);
	return fact;
}

static void who_uses_what(void **state)
{
	struct fixture *f = *state;
	struct fact strong = with_suite(session_of(PROTOCOL_TLSV1_3, 1), "TLS_AES_256_GCM_SHA384");
	struct fact weak = with_suite(session_of(PROTOCOL_TLSV1_0, 1), "ECDHE-RSA-AES256-SHA");

	feed(f, by(strong, "192.0.2.1"), 4);
	feed(f, by(weak, "192.0.2.1"), 1);
	feed(f, by(logged_in(strong, "alice"), "192.0.2.2"), 3);
	feed(f, by(logged_in(strong, "alice"), "192.0.2.3"), 2);
	feed(f, by(handshake_of(PROTOCOL_TLSV1_3), "192.0.2.1"), 5); /* of sessions counted above */
	done(f);
	assert_int_equal(report_of(f, peers), 0);
	assert_int_equal(csv_rows(f), 4);
	expect_cell(f, 1, "peer", "192.0.2.1");
	expect_cell(f, 1, "protocol", "TLSv1.3");
	expect_cell(f, 1, "cipher", "TLS_AES_256_GCM_SHA384");
	expect_cell(f, 1, "sessions", "4");
	expect_cell(f, 1, "last_seen", "2026-11-24T12:00:00Z");
	expect_cell(f, 2, "user", "alice");
	expect_cell(f, 4, "protocol", "TLSv1.0");
	assert_int_equal(report_of(f, users), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "user", "alice");
	expect_cell(f, 1, "sessions", "5");
	expect_cell(f, 1, "peer", "");
	expect_cell(f, 1, "net", "192.0.2.0/24");
}

/* A log without sessions: handshakes are what tells, and there is no number of sessions. */
static void handshakes_only(void **state)
{
	struct fixture *f = *state;

	feed(f, by(handshake_of(PROTOCOL_TLSV1_2), "192.0.2.1"), 5);
	done(f);
	assert_int_equal(report_of(f, peers), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "peer", "192.0.2.1");
	expect_cell(f, 1, "protocol", "TLSv1.2");
	expect_cell(f, 1, "sessions", "");
}

/* Peers that are not kept are counted all the same, and the reader is told. */
static void not_kept(void **state)
{
	struct fixture *f = *state;
	struct report_request request = peers;

	assert_int_equal(
	    peer_policy_change(f->store, PEERS_OFF, PEER_ADDRESSES_FULL, NOON, &f->diag), 0);
	assert_int_equal(store_prime(f->store, f->aggregate, 0, &f->diag), 0);
	feed(f, by(session_of(PROTOCOL_TLSV1_3, 1), "192.0.2.1"), 4);
	feed(f, by(session_of(PROTOCOL_NONE, 1), "192.0.2.1"), 3);
	feed(f, failure_of("timeout", "timed out", "192.0.2.1"), 2);
	done(f);
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 2);
	expect_cell(f, 1, "peer", "");
	expect_cell(f, 1, "protocol", "TLSv1.3");
	expect_cell(f, 1, "sessions", "4");
	expect_cell(f, 2, "sessions", "3");
	assert_int_equal(report_of(f, plaintext), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "peer", "");
	expect_cell(f, 1, "sessions_mail", "3");
	expect_cell(f, 1, "ever_tls", "");
	assert_int_equal(report_of(f, failures), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "peer", "");
	expect_cell(f, 1, "count", "2");
	request.view = "protocols";
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "peers", "");
	request.view = "peers";
	request.format = "json";
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "peers: all"));
}

/* How many peers a protocol has, and which are new, is known where every fact has a peer. */
static void how_many(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.view = "protocols", .format = "csv"};
	struct fact old = session_of(PROTOCOL_TLSV1_0, 1), fact = session_of(PROTOCOL_TLSV1_3, 1);

	old.time -= 10 * 86400;
	feed(f, by(old, "192.0.2.1"), 1);
	feed(f, by(session_of(PROTOCOL_TLSV1_0, 1), "192.0.2.1"), 3);
	feed(f, by(session_of(PROTOCOL_TLSV1_0, 1), "192.0.2.2"), 1);
	feed(f, by(fact, "192.0.2.3"), 2);
	feed(f, fact, 1); /* of a peer that the log does not tell */
	done(f);
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "protocol", "TLSv1.0");
	expect_cell(f, 1, "peers", "2");
	expect_cell(f, 1, "new_peers", ""); /* a period without a beginning */
	expect_cell(f, 2, "protocol", "TLSv1.3");
	expect_cell(f, 2, "peers", "");
	request.since_given = true;
	request.since = NOON;
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "peers", "2");
	expect_cell(f, 1, "new_peers", "1");
	expect_cell(f, 2, "new_peers", "");
	request.bucket = BUCKET_DAY;
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "peers", "");
}

/* Internal traffic is in these lists only where it is asked for. */
static void internal_peers(void **state)
{
	struct fixture *f = *state;
	struct report_request request = plaintext;
	struct fact fact = by(session_of(PROTOCOL_NONE, 1), "127.0.0.1");

	fact.internal = true;
	feed(f, fact, 4);
	done(f);
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 0);
	request.internal = INTERNAL_INCLUDE;
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "peer", "127.0.0.1");
}

/* An empty list says of what it is empty. */
static void nobody(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.view = "plaintext"};

	feed(f, session_of(PROTOCOL_UNKNOWN, 1), 1);
	done(f);
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "\nClear text: the log does not tell\n"));
	feed(f, session_of(PROTOCOL_TLSV1_2, 1), 1);
	done(f);
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "\nClear text: no session in clear text carried mail, "));
	request.view = "users";
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(
	    strstr(f->text, "\nLogins: none that succeeded, as far as the log tells\n"));
	request.view = "failures";
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "\nFailures: none that the log tells of\n"));
}

static void not_over_time(void **state)
{
	struct fixture *f = *state;
	struct report_request request = peers;

	request.bucket = BUCKET_DAY;
	assert_int_equal(report_of(f, request), -EINVAL);
	request.bucket = BUCKET_NONE;
	request.by = WORDS("cipher");
	assert_int_equal(report_of(f, request), -EINVAL);
	request.by = WORDS("host");
	feed(f, by(session_of(PROTOCOL_TLSV1_3, 1), "192.0.2.1"), 1);
	done(f);
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "host", "mx1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    with_report(words_and_peers),
	    with_report(words_or_peers),
	    with_report(part_of_a_day),
	    with_report(in_clear_text),
	    with_report(who_uses_what),
	    with_report(handshakes_only),
	    with_report(not_kept),
	    with_report(how_many),
	    with_report(internal_peers),
	    with_report(nobody),
	    with_report(not_over_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
