/* SPDX-License-Identifier: ISC */

/* View if-disabled: who would break, who would fall back, and what is not known is said so. */

#include "report_fixture.h"
#include "store/peer_policy.h"
#include <errno.h>
#include <string.h>

static const struct report_request disabled = {.view = "if-disabled", .format = "csv"};

static struct fact with(struct fact fact, const char *cipher, const char *peer)
{
	fact.cipher = slice_of(cipher);
	fact.peer = slice_of(peer);
	return fact;
}

static struct fact mail(enum protocol protocol, const char *cipher, const char *peer)
{
	return with(session_of(protocol, 1), cipher, peer);
}

static struct fact login(enum service service, enum protocol protocol, const char *user)
{
	struct fact fact =
	    with(fact_of(FACT_SESSION, "dovecot", DIRECTION_IN, service, UNIT_LOGIN, protocol),
		NULL, "192.0.2.7");

	fact.user = slice_of(user);
	fact.auth = 1;
	return fact;
}

static struct fact delivery(enum protocol protocol, const char *peer)
{
	struct fact fact = with(
	    fact_of(FACT_SESSION, "postfix", DIRECTION_OUT, SERVICE_RELAY, UNIT_DELIVERY, protocol),
	    NULL, peer);

	fact.mail = 1;
	return fact;
}

static struct fact on_day(struct fact fact, int day)
{
	fact.time += day * 86400;
	return fact;
}

static void done(struct fixture *f)
{
	commit(f, "log", (struct source_counts){0});
}

static void report(struct fixture *f, struct words disable)
{
	struct report_request request = disabled;

	request.disable = disable;
	if (report_of(f, request) < 0)
		fail_msg("%s", f->diag.text);
}

#define expect_row(f, row, who, text, says, why)                                                   \
	do {                                                                                       \
		expect_cell(f, row, who, text);                                                    \
		expect_cell(f, row, "verdict", says);                                              \
		expect_cell(f, row, "basis", why);                                                 \
	} while (0)

/* A server takes the highest version that both have: who was never seen with a better one has none
 * if the service has. */
static void falls_back(void **state)
{
	struct fixture *f = *state;

	feed(f, on_day(mail(PROTOCOL_TLSV1_0, "ECDHE-RSA-AES256-SHA", "192.0.2.1"), -3), 2);
	feed(f, mail(PROTOCOL_TLSV1_0, "ECDHE-RSA-AES256-SHA", "192.0.2.1"), 3);
	feed(f, mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.2"), 9);
	feed(f, mail(PROTOCOL_TLSV1_2, NULL, "192.0.2.2"), 1);
	feed(f, mail(PROTOCOL_TLSV1_3, NULL, "192.0.2.3"), 50);
	done(f);
	report(f, WORDS("TLSv1.0"));
	assert_int_equal(csv_rows(f), 2);
	expect_row(f, 1, "peer", "192.0.2.1", "plaintext", "protocol-max");
	expect_cell(f, 1, "item", "TLSv1.0");
	expect_cell(f, 1, "net", "192.0.2.0/24");
	expect_cell(f, 1, "sessions", "5");
	expect_cell(f, 1, "sessions_mail", "5");
	expect_cell(f, 1, "days_seen", "2");
	expect_cell(f, 1, "first_seen", "2026-11-21T12:00:00Z");
	expect_cell(f, 1, "last_seen", "2026-11-24T12:00:00Z");
	expect_cell(f, 1, "best_seen", "TLSv1.0");
	expect_cell(f, 1, "worst_seen", "TLSv1.0");
	expect_row(f, 2, "peer", "192.0.2.2", "ok", "seen-stronger");
	expect_cell(f, 2, "sessions", "9");
	expect_cell(f, 2, "best_seen", "TLSv1.2");
	assert_non_null(strstr(f->warnings, "less than 35 days are looked at"));
}

/* A long period that was asked for is not one that is covered. */
static void short_window(void **state)
{
	struct fixture *f = *state;
	struct report_request request = disabled;

	request.since_given = true;
	request.since = NOON - 300 * 86400;
	feed(f, mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.1"), 1);
	done(f);
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->warnings, "less than 35 days are looked at"));
	feed(f, on_day(mail(PROTOCOL_TLSV1_3, NULL, "192.0.2.3"), -35), 1);
	done(f);
	assert_int_equal(report_of(f, request), 0);
	assert_null(strstr(f->warnings, "less than 35 days"));
	request.since = NOON - 20 * 86400;
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->warnings, "less than 35 days are looked at"));
}

/* A stronger session since is one thing, one before or between another. */
static void mixed(void **state)
{
	struct fixture *f = *state;

	feed(f, mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.1"), 9);
	feed(f, on_day(mail(PROTOCOL_TLSV1_2, NULL, "192.0.2.1"), 2), 1);
	done(f);
	report(f, WORDS("TLSv1.0"));
	expect_row(f, 1, "peer", "192.0.2.1", "ok", "seen-stronger");
	assert_null(strstr(f->warnings, "share an address"));
	feed(f, on_day(mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.1"), 3), 1);
	done(f);
	report(f, WORDS("TLSv1.0"));
	expect_row(f, 1, "peer", "192.0.2.1", "ok", "seen-stronger");
	assert_non_null(strstr(f->warnings, "1 verdict is ok because"));
}

/* Where users log in, TLS is not left out, unless the service takes clear text. */
static void breaks(void **state)
{
	struct fixture *f = *state;

	feed(f, login(SERVICE_IMAPS, PROTOCOL_TLSV1_0, "old"), 4);
	feed(f, login(SERVICE_IMAPS, PROTOCOL_TLSV1_3, "new"), 4);
	feed(f, login(SERVICE_IMAP, PROTOCOL_TLSV1_0, "older"), 3);
	feed(f, login(SERVICE_IMAP, PROTOCOL_TLSV1_3, "new"), 4);
	feed(f, login(SERVICE_POP3, PROTOCOL_TLSV1_0, "oldest"), 2);
	feed(f, login(SERVICE_POP3, PROTOCOL_TLSV1_3, "new"), 4);
	feed(f, login(SERVICE_POP3, PROTOCOL_NONE, "bare"), 1);
	done(f);
	report(f, WORDS("TLSv1.0", "TLSv1.1"));
	assert_int_equal(csv_rows(f), 3);
	expect_row(f, 1, "user", "old", "breaks", "protocol-max");
	expect_row(f, 2, "user", "older", "breaks", "protocol-max");
	expect_row(f, 3, "user", "oldest", "plaintext", "protocol-max");
}

/* A handshake of the same connection is not one more who would break. */
static void user_and_handshake(void **state)
{
	struct fixture *f = *state;
	struct fact hello = with(fact_of(FACT_HANDSHAKE, "postfix", DIRECTION_IN,
				     SERVICE_SUBMISSION, UNIT_CONNECTION, PROTOCOL_TLSV1_0),
	    "AES128-SHA", "192.0.2.7");
	struct fact session = hello;

	session.kind = FACT_SESSION;
	session.user = SLICE("frank");
	session.mail = session.auth = 1;
	feed(f, hello, 3);
	feed(f, session, 3);
	hello.peer = SLICE("192.0.2.66"); /* somebody who only shook hands */
	feed(f, hello, 2);
	hello.protocol = PROTOCOL_TLSV1_3;
	hello.protocol_raw = SLICE("TLSv1.3");
	feed(f, hello, 1);
	hello.peer = SLICE("192.0.2.8");
	feed(f, hello, 1);
	done(f);
	report(f, WORDS("TLSv1.0"));
	assert_int_equal(csv_rows(f), 2);
	expect_row(f, 1, "user", "frank", "breaks", "protocol-max");
	expect_cell(f, 1, "sessions", "3");
	expect_row(f, 2, "peer", "192.0.2.66", "ok", "seen-stronger");
	expect_cell(f, 2, "sessions", "0");
}

/* A suite may be the taste of one side: no proof that there is no other. */
static void client_order(void **state)
{
	struct fixture *f = *state;

	feed(f, mail(PROTOCOL_TLSV1_2, "AES128-SHA", "192.0.2.1"), 5);
	feed(f, mail(PROTOCOL_TLSV1_2, "AES128-SHA", "192.0.2.2"), 4);
	feed(f, mail(PROTOCOL_TLSV1_2, "ECDHE-RSA-AES128-GCM-SHA256", "192.0.2.2"), 1);
	feed(f, mail(PROTOCOL_TLSV1_3, "TLS_AES_256_GCM_SHA384", "192.0.2.3"), 9);
	done(f);
	report(f, WORDS("CBC", "kx=RSA"));
	assert_int_equal(csv_rows(f), 4);
	expect_row(f, 1, "peer", "192.0.2.1", "unknown", "client-order");
	expect_cell(f, 1, "item", "CBC");
	expect_cell(f, 1, "best_seen", "TLSv1.2 TLS_RSA_WITH_AES_128_CBC_SHA");
	expect_row(f, 2, "peer", "192.0.2.2", "ok", "seen-stronger");
	expect_cell(f, 2, "best_seen", "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	expect_cell(f, 2, "worst_seen", "TLSv1.2 TLS_RSA_WITH_AES_128_CBC_SHA");
	expect_cell(f, 3, "item", "kx=RSA");
}

/* What is left counts all that is switched off: with the one suite that a peer was also seen with
 * gone as well, it is no better. */
static void all_at_once(void **state)
{
	struct fixture *f = *state;

	feed(f, mail(PROTOCOL_TLSV1_0, "AES128-SHA", "192.0.2.1"), 5);
	feed(f, mail(PROTOCOL_TLSV1_1, "AES128-SHA", "192.0.2.1"), 5);
	feed(f, mail(PROTOCOL_TLSV1_2, "ECDHE-RSA-AES128-GCM-SHA256", "192.0.2.3"), 9);
	done(f);
	report(f, WORDS("TLSv1.0"));
	expect_row(f, 1, "peer", "192.0.2.1", "ok", "seen-stronger");
	report(f, WORDS("TLSv1.0", "TLSv1.1"));
	expect_row(f, 1, "peer", "192.0.2.1", "plaintext", "protocol-max");
	expect_row(f, 2, "peer", "192.0.2.1", "plaintext", "protocol-max");
	expect_cell(f, 2, "item", "TLSv1.1");
	/* a version below, that this service speaks, stays */
	report(f, WORDS("TLSv1.1"));
	expect_row(f, 1, "peer", "192.0.2.1", "ok", "seen-stronger");
}

/* Nobody was seen with anything better: it may be this server's own limit. */
static void server_may_be_the_limit(void **state)
{
	struct fixture *f = *state;

	feed(f, mail(PROTOCOL_TLSV1_0, "AES128-SHA", "192.0.2.1"), 5);
	feed(f, mail(PROTOCOL_TLSV1_0, "AES128-SHA", "192.0.2.2"), 5);
	done(f);
	report(f, WORDS("TLSv1.0"));
	assert_int_equal(csv_rows(f), 2);
	expect_row(f, 1, "peer", "192.0.2.1", "unknown", "");
}

static void lower_version_stays(void **state)
{
	struct fixture *f = *state;

	feed(f, mail(PROTOCOL_TLSV1_1, "AES128-SHA", "192.0.2.1"), 5);
	feed(f, mail(PROTOCOL_TLSV1_0, "AES128-SHA", "192.0.2.2"), 5);
	feed(f, mail(PROTOCOL_TLSV1_2, "AES128-SHA", "192.0.2.3"), 5);
	done(f);
	report(f, WORDS("TLSv1.1"));
	assert_int_equal(csv_rows(f), 1);
	expect_row(f, 1, "peer", "192.0.2.1", "unknown", "");
}

/* Outbound mail goes on in clear text, unless the other side's certificate was asked for. */
static void outbound(void **state)
{
	struct fixture *f = *state;
	struct fact verified = delivery(PROTOCOL_TLSV1_0, "203.0.113.2");

	verified.verify = VERIFY_VERIFIED;
	feed(f, delivery(PROTOCOL_TLSV1_0, "203.0.113.1"), 5);
	feed(f, verified, 4);
	feed(f, delivery(PROTOCOL_TLSV1_3, "203.0.113.3"), 9);
	done(f);
	report(f, WORDS("TLSv1.0"));
	assert_int_equal(csv_rows(f), 2);
	expect_row(f, 1, "peer", "203.0.113.2", "breaks", "protocol-max");
	expect_row(f, 2, "peer", "203.0.113.1", "plaintext", "protocol-max");
	expect_cell(f, 2, "direction", "out");
}

/* Scanners stand behind those who carried mail, however many they are. */
static void scanners_apart(void **state)
{
	struct fixture *f = *state;

	feed(f, with(session_of(PROTOCOL_TLSV1_0, 0), NULL, "192.0.2.66"), 900);
	feed(f, mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.1"), 1);
	feed(f, mail(PROTOCOL_TLSV1_3, NULL, "192.0.2.3"), 9);
	done(f);
	report(f, WORDS("TLSv1.0"));
	assert_int_equal(csv_rows(f), 2);
	expect_cell(f, 1, "peer", "192.0.2.1");
	expect_cell(f, 1, "sessions_mail", "1");
	expect_cell(f, 2, "peer", "192.0.2.66");
	expect_cell(f, 2, "sessions", "900");
	expect_cell(f, 2, "sessions_mail", "0");
}

/* A clear-text session of a peer shows in worst_seen. */
static void clear_text_too(void **state)
{
	struct fixture *f = *state;

	feed(f, mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.1"), 2);
	feed(f, mail(PROTOCOL_NONE, NULL, "192.0.2.1"), 1);
	feed(f, mail(PROTOCOL_TLSV1_3, NULL, "192.0.2.3"), 9);
	done(f);
	report(f, WORDS("TLSv1.0"));
	assert_int_equal(csv_rows(f), 1);
	expect_row(f, 1, "worst_seen", "none", "plaintext", "protocol-max");
	expect_cell(f, 1, "best_seen", "TLSv1.0");
}

/* What the log does not tell is in a row of its own, and nobody reads as nobody. */
static void not_told(void **state)
{
	struct fixture *f = *state;

	feed(f, login(SERVICE_IMAP, PROTOCOL_UNKNOWN, "frank"), 7);
	feed(f, mail(PROTOCOL_AMBIGUOUS, "AES128-SHA", "192.0.2.1"), 3);
	feed(f, mail(PROTOCOL_AMBIGUOUS, "ECDHE-RSA-AES128-GCM-SHA256", "192.0.2.1"), 3);
	done(f);
	report(f, WORDS("TLSv1.0"));
	assert_int_equal(csv_rows(f), 2);
	expect_row(f, 1, "mta", "dovecot", "unknown", "not-told");
	expect_cell(f, 1, "sessions", "7");
	expect_cell(f, 1, "user", "");
	expect_cell(f, 1, "worst_seen", "");
	expect_row(f, 2, "mta", "postfix", "unknown", "not-told");
	expect_cell(f, 2, "sessions", "3"); /* the other suite proves TLSv1.2 */
	assert_non_null(strstr(f->warnings, "nobody is named for it"));
}

/* A store of weak peers has no names for what is not weak: counts, and the hint. */
static void not_kept(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.view = "if-disabled", .format = "json"};

	assert_int_equal(
	    peer_policy_change(f->store, PEERS_OFF, PEER_ADDRESSES_FULL, NOON, &f->diag), 0);
	assert_int_equal(store_prime(f->store, f->aggregate, 0, &f->diag), 0);
	feed(f, mail(PROTOCOL_TLSV1_2, "ECDHE-RSA-AES128-GCM-SHA256", "192.0.2.1"), 6);
	feed(f, mail(PROTOCOL_TLSV1_3, "TLS_AES_256_GCM_SHA384", "192.0.2.2"), 6);
	done(f);
	report(f, WORDS("TLSv1.2"));
	assert_int_equal(csv_rows(f), 1);
	expect_row(f, 1, "peer", "", "unknown", "");
	expect_cell(f, 1, "worst_seen", "TLSv1.2");
	expect_cell(f, 1, "sessions", "6");
	request.disable = WORDS("TLSv1.2");
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "peers: all"));
}

/* One provider is one row, with the number of its peers. */
static void by_domain(void **state)
{
	struct fixture *f = *state;
	struct report_request request = disabled;
	struct fact a = mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.1"),
		    b = mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.2"),
		    c = mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.3"),
		    d = mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.4");

	a.peer_name = SLICE("out1.mail.example.com");
	b.peer_name = SLICE("out2.mail.EXAMPLE.com");
	c.peer_name = SLICE("unknown");
	d.peer_name = SLICE("smtp.example.co.uk");
	feed(f, a, 5);
	feed(f, b, 6);
	feed(f, c, 7);
	feed(f, d, 8);
	feed(f, mail(PROTOCOL_TLSV1_3, NULL, "192.0.2.1"), 1);
	done(f);
	request.disable = WORDS("TLSv1.0");
	request.by = WORDS("domain");
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 4);
	expect_row(f, 1, "domain", "example.co.uk", "plaintext", "protocol-max");
	expect_cell(f, 1, "peers", "1");
	expect_cell(f, 1, "peer", "192.0.2.4");
	expect_cell(f, 2, "domain", "");
	expect_cell(f, 2, "peer", "192.0.2.3");
	expect_row(f, 3, "domain", "example.com", "plaintext", "protocol-max");
	expect_cell(f, 3, "sessions", "6");
	expect_row(f, 4, "domain", "example.com", "ok", "seen-stronger");
	feed(f, on_day(b, 1), 1);
	b.peer = SLICE("192.0.2.5");
	feed(f, b, 1);
	done(f);
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 2, "domain", "example.com");
	expect_cell(f, 2, "peers", "2");
	expect_cell(f, 2, "sessions", "8");
	expect_cell(f, 2, "peer", "");
	expect_cell(f, 2, "days_seen", ""); /* of one peer only */
	request.view = "peers";
	assert_int_equal(report_of(f, request), -EINVAL);
}

/* The table ends with what to set; an item that nobody used is said to have nobody. */
static void ending(void **state)
{
	static char *keys[] = {(char *)"TLSv1.2"}, *words[] = {(char *)"TLSv1.2"};
	static struct advice advice = {
	    .set = (char *)"min = %",
	    .back = (char *)"set it back",
	    .lowest = true,
	    .keys = keys,
	    .words = words,
	    .count = 1,
	};
	static const struct advice_list list = {&advice, 1};
	static const struct mta_advice of_postfix = {"postfix", &list};
	struct fixture *f = *state;
	struct report_request request = {.view = "if-disabled", .width = 120};

	feed(f, mail(PROTOCOL_TLSV1_0, NULL, "192.0.2.1"), 5);
	feed(f, mail(PROTOCOL_TLSV1_3, NULL, "192.0.2.3"), 1);
	done(f);
	assert_int_equal(report_of(f, request), 0); /* TLSv1.0 and TLSv1.1 without --disable */
	assert_non_null(strstr(f->text, "nobody, as far as the log tells"));
	assert_non_null(strstr(f->text, "(no line is known for TLSv1.0, TLSv1.1: "));
	request.advice = &of_postfix;
	request.advice_count = 1;
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "min = TLSv1.2"));
	assert_non_null(strstr(f->text, "set it back"));
	assert_non_null(strstr(f->text, "--view=plaintext --mta=postfix"));
	assert_null(strstr(f->text, "(no line is known for"));
	/* a line for some of it is not one for all */
	request.disable = WORDS("TLSv1.0", "TLSv1.1", "RC4");
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "min = TLSv1.2"));
	assert_non_null(strstr(f->text, "(no line is known for RC4: see the server's manual)"));
}

static void wrong_words(void **state)
{
	struct fixture *f = *state;
	struct report_request request = disabled;

	request.disable = WORDS("TLSv1.4");
	assert_int_equal(report_of(f, request), -EINVAL);
	assert_non_null(strstr(f->diag.text, "the nearest is \"TLSv1.0\""));
	request.disable = WORDS("RC4");
	request.view = "peers";
	assert_int_equal(report_of(f, request), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    with_report(falls_back),
	    with_report(mixed),
	    with_report(short_window),
	    with_report(breaks),
	    with_report(user_and_handshake),
	    with_report(client_order),
	    with_report(all_at_once),
	    with_report(server_may_be_the_limit),
	    with_report(lower_version_stays),
	    with_report(outbound),
	    with_report(scanners_apart),
	    with_report(clear_text_too),
	    with_report(not_told),
	    with_report(not_kept),
	    with_report(by_domain),
	    with_report(ending),
	    with_report(wrong_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
