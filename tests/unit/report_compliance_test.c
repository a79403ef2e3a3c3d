/* SPDX-License-Identifier: ISC */

/* Views compliance and outbound, and the verdicts that policies give. */

#include "report_fixture.h"
#include <errno.h>
#include <string.h>

static struct policy_set *policies;

static int load(void **state)
{
	static const char *const installed[] = {"policies"};
	_cleanup_diag_ struct diag d = {0};

	(void)state;
	if (policy_set_load(installed, 1, &policies, &d) < 0)
		fail_msg("%s:%u:%u: %s", d.file, d.line, d.column, d.text);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	policies = policy_set_free(policies);
	return 0;
}

static struct fact mail(enum protocol protocol, const char *cipher, const char *peer)
{
	struct fact fact = session_of(protocol, 1);

	fact.cipher = slice_of(cipher);
	fact.peer = slice_of(peer);
	return fact;
}

static void done(struct fixture *f)
{
	commit(f, "log", (struct source_counts){0});
}

static int view_by(struct fixture *f, const char *view, struct words names)
{
	return report_of(
	    f, (struct report_request){
		   .view = view, .format = "csv", .policies = policies, .policy = names});
}

/* The row of a rule, by its name; 0 if there is none. */
static int rule_row(struct fixture *f, const char *rule)
{
	for (int row = 1; row <= csv_rows(f); row++)
		if (strcmp(csv_cell(f, row, "rule"), rule) == 0)
			return row;
	return 0;
}

static void expect_rule(struct fixture *f, const char *rule, const char *sessions,
    const char *conforming, const char *deviating, const char *worst)
{
	int row = rule_row(f, rule);

	if (!row)
		fail_msg("there is no row of rule %s", rule);
	expect_cell(f, row, "sessions", sessions);
	expect_cell(f, row, "conforming", conforming);
	expect_cell(f, row, "deviating", deviating);
	expect_cell(f, row, "worst_peer", worst);
}

static void rule_by_rule(void **state)
{
	struct fixture *f = *state;

	feed(f, mail(PROTOCOL_TLSV1_3, "TLS_AES_256_GCM_SHA384", "192.0.2.1"), 6);
	feed(f, mail(PROTOCOL_TLSV1_0, "RC4-SHA", "192.0.2.2"), 2);
	feed(f, mail(PROTOCOL_TLSV1_0, "ECDHE-RSA-AES256-SHA", "192.0.2.3"), 1);
	feed(f, mail(PROTOCOL_TLSV1_2, "AES128-SHA", "192.0.2.4"), 4);
	feed(f, mail(PROTOCOL_TLSV1_2, "ECDHE-RSA-AES256-SHA384", "192.0.2.5"), 3);
	feed(f, mail(PROTOCOL_TLSV1_2, NULL, "192.0.2.6"), 5);
	feed(f, mail(PROTOCOL_NONE, NULL, "192.0.2.7"), 7);
	done(f);
	assert_int_equal(view_by(f, "compliance", WORDS("bcp195-2026")), 0);
	/* weak conforms, clear text does not, what is not told is neither */
	expect_rule(f, "all", "28", "9", "14", "192.0.2.7");
	expect_rule(f, "clear-text", "28", "21", "7", "192.0.2.7");
	expect_rule(f, "version", "21", "18", "3", "192.0.2.2");
	expect_rule(f, "broken-cipher", "21", "14", "2", "192.0.2.2");
	expect_rule(f, "key-exchange", "21", "10", "6", "192.0.2.4");
	expect_rule(f, "aead", "21", "8", "8", "192.0.2.4");
	expect_cell(f, 1, "policy", "bcp195-2026");
	expect_cell(f, 1, "policy_date", "2026-07");
	expect_cell(f, 1, "share", "0.321429");
	expect_cell(f, rule_row(f, "version"), "requirement", "TLS 1.2 or later (RFC 8996)");
	expect_cell(f, rule_row(f, "version"), "last_deviation", "2026-11-24T12:00:00Z");
	expect_cell(f, rule_row(f, "export"), "last_deviation", "");
}

/* A scope's own rule is only where it belongs, and clear text only where sessions are told. */
static void scopes_and_handshakes(void **state)
{
	struct fixture *f = *state;

	feed(f, handshake_of(PROTOCOL_TLSV1_3), 3);
	done(f);
	assert_int_equal(view_by(f, "compliance", WORDS("bcp195-2026")), 0);
	expect_rule(f, "all", "3", "3", "0", "");
	assert_int_equal(rule_row(f, "clear-text"), 0);
	assert_int_equal(rule_row(f, "anonymous-login"), 0);
	assert_true(rule_row(f, "anonymous") > 0);
}

static void two_policies(void **state)
{
	struct fixture *f = *state;
	struct fact fact = handshake_of(PROTOCOL_TLSV1_2);

	fact.cipher = SLICE("ECDHE-RSA-AES256-SHA384");
	feed(f, fact, 3);
	done(f);
	assert_int_equal(view_by(f, "compliance", WORDS("ncsc-nl-2025", "pq")), 0);
	expect_rule(f, "phase-out-ecdhe", "3", "0", "3", "");
	expect_cell(f, csv_rows(f), "policy", "pq");
	assert_int_equal(view_by(f, "ciphers", WORDS("bcp195-2026", "ncsc-nl-2025")), 0);
	expect_cell(f, 1, "verdict", "weak");
	expect_cell(f, 1, "ncsc-nl-2025", "phase-out");
	assert_int_equal(view_by(f, "ciphers", WORDS("bcp195")), -EINVAL);
	assert_int_equal(view_by(f, "ciphers", WORDS("pq", "pq", "pq", "pq", "pq")), -EINVAL);
}

static void verdicts_of_peers(void **state)
{
	struct fixture *f = *state;
	struct fact login =
	    fact_of(FACT_SESSION, "dovecot", DIRECTION_IN, SERVICE_IMAP, UNIT_LOGIN, PROTOCOL_NONE);

	login.user = SLICE("bare");
	login.peer = SLICE("192.0.2.7");
	login.auth = 1;
	feed(f, mail(PROTOCOL_TLSV1_2, "AES128-SHA", "192.0.2.1"), 4);
	feed(f, mail(PROTOCOL_NONE, NULL, "192.0.2.2"), 3);
	feed(f, mail(PROTOCOL_TLSV1_2, NULL, "192.0.2.3"), 2);
	feed(f, login, 1);
	done(f);
	assert_int_equal(view_by(f, "peers", (struct words){0}), 0);
	expect_cell(f, 1, "verdict", "broken");
	expect_cell(f, 2, "verdict", "clear");
	expect_cell(f, 3, "verdict", "unknown");
	expect_cell(f, 4, "verdict", "broken"); /* a password */
	assert_int_equal(view_by(f, "users", (struct words){0}), 0);
	expect_cell(f, 1, "verdict", "broken");
	/* nobody is judged without policies */
	assert_int_equal(
	    report_of(f, (struct report_request){.view = "peers", .format = "csv"}), 0);
	expect_cell(f, 1, "verdict", "");
}

static struct fact delivery(enum protocol protocol, const char *mx, enum verify verify)
{
	struct fact fact =
	    fact_of(FACT_SESSION, "postfix", DIRECTION_OUT, SERVICE_RELAY, UNIT_DELIVERY, protocol);

	fact.mail = 1;
	fact.peer = SLICE("203.0.113.1");
	fact.peer_name = slice_of(mx);
	fact.verify = verify;
	return fact;
}

static void mail_that_goes_out(void **state)
{
	struct fixture *f = *state;
	struct fact late = delivery(PROTOCOL_TLSV1_2, "mx.example.org", VERIFY_UNTRUSTED);
	struct fact bare = delivery(PROTOCOL_NONE, "mx.example.com", VERIFY_UNKNOWN);

	late.time += 3600;
	bare.domain = SLICE("example.com");
	feed(f, delivery(PROTOCOL_NONE, "mx.example.org", VERIFY_UNKNOWN), 4);
	feed(f, late, 1);
	feed(f, bare, 3);
	feed(f, delivery(PROTOCOL_TLSV1_3, "mx.example.net", VERIFY_TRUSTED), 6);
	feed(f, delivery(PROTOCOL_TLSV1_3, "mx.example.net", VERIFY_VERIFIED), 2);
	feed(f, mail(PROTOCOL_NONE, NULL, "192.0.2.9"), 9); /* inbound */
	done(f);
	assert_int_equal(view_by(f, "outbound", (struct words){0}), 0);
	assert_int_equal(csv_rows(f), 3);
	expect_cell(f, 1, "mx", "mx.example.org");
	expect_cell(f, 1, "deliveries", "5");
	expect_cell(f, 1, "plaintext", "4");
	expect_cell(f, 1, "untrusted", "1");
	expect_cell(f, 1, "would_defer", "0"); /* it has learnt TLS since */
	expect_cell(f, 2, "mx", "mx.example.com");
	expect_cell(f, 2, "domain", "example.com");
	expect_cell(f, 2, "would_defer", "3");
	expect_cell(f, 2, "last_tls", "");
	expect_cell(f, 3, "trusted", "6");
	expect_cell(f, 3, "verified", "2");
	expect_cell(f, 3, "dane", ""); /* this log never tells it */
	expect_cell(f, 3, "plaintext", "0");
}

/* Of a summary: whose mail goes by what the policy does not want, and how much. */
static void peers_that_matter(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.policies = policies, .width = 100};
	const char *list;

	feed(f, mail(PROTOCOL_TLSV1_3, "TLS_AES_256_GCM_SHA384", "192.0.2.1"), 99);
	feed(f, mail(PROTOCOL_TLSV1_2, "ECDHE-RSA-AES256-SHA384", "192.0.2.2"), 50);
	feed(f, mail(PROTOCOL_NONE, NULL, "192.0.2.3"), 7);
	feed(f, mail(PROTOCOL_TLSV1_0, "AES128-SHA", "192.0.2.4"), 8);
	feed(f, session_of(PROTOCOL_TLSV1_0, 0), 90); /* a scanner */
	done(f);
	assert_int_equal(report_of(f, request), 0);
	list = strstr(f->text, "\nThe peers that matter: postfix\n");
	assert_non_null(list);
	assert_null(strstr(list, "192.0.2.1"));
	assert_true(strstr(list, "192.0.2.4") < strstr(list, "192.0.2.3"));
	assert_true(strstr(list, "192.0.2.3") < strstr(list, "192.0.2.2")); /* weak */
	assert_non_null(strstr(f->text, "\nJudged  by bcp195-2026 ("));
	request.policy = WORDS("postfix-default");
	request.top = 1;
	assert_int_equal(report_of(f, request), 0);
	list = strstr(f->text, "\nThe peers that matter: postfix\n");
	assert_non_null(strstr(list, "192.0.2.3"));
	assert_null(strstr(list, "192.0.2.4")); /* accepted there */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    with_report(rule_by_rule),
	    with_report(scopes_and_handshakes),
	    with_report(two_policies),
	    with_report(verdicts_of_peers),
	    with_report(mail_that_goes_out),
	    with_report(peers_that_matter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, load, unload);
}
