/* SPDX-License-Identifier: ISC */
/* How busy it was: what is known, what is not, and what adds up to what. */
#include "report_fixture.h"

#include "store/prune.h"
#include <errno.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400

static struct fact made(int64_t time)
{
	struct fact fact = handshake_of(PROTOCOL_TLSV1_3);

	fact.time = time;
	return fact;
}

static struct fact failed(int64_t time)
{
	struct fact fact = made(time);

	fact.kind = FACT_FAILURE;
	fact.reason = SLICE("timeout");
	return fact;
}

static void expect_capacity(struct fixture *f, struct report_request request)
{
	request.view = "capacity";
	request.format = "csv";
	if (!request.bucket)
		request.bucket = BUCKET_HOUR;
	assert_int_equal(report_of(f, request), 0);
}

/* 60 minutes of an hour: 56 without a handshake, and 1, 2, 3, and 4 of which one failed. */
static void feed_hour(struct fixture *f)
{
	for (int i = 1; i <= 4; i++)
		feed(f, made(NOON + i * 5 * MINUTE), i - (i == 4));
	feed(f, failed(NOON + 20 * MINUTE + 59), 1);
}

static void test_of_sixty_minutes(void **state)
{
	struct fixture *f = *state;

	feed_hour(f);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){0});
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "handshakes", "9");
	expect_cell(f, 1, "failed", "1");
	expect_cell(f, 1, "peak_1m", "4");
	expect_cell(f, 1, "p95_1m", "1"); /* the 57th of 60 */
	expect_cell(f, 1, "p99_1m", "4"); /* the 60th */
}

/* A minute counts from the first hour with a counter to the last, whatever the bucket. */
static void test_minutes_of_hours_that_are_known(void **state)
{
	struct fixture *f = *state;

	feed_hour(f);
	feed(f, made(NOON + HOUR + 1), 1);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){.bucket = BUCKET_DAY});
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "peak_1m", "4");
	expect_cell(f, 1, "p95_1m", "0"); /* the 114th of 120: 115 are 0 */
	expect_cell(f, 1, "p99_1m", "3"); /* the 119th */
	expect_capacity(f, (struct report_request){.bucket = BUCKET_DAY,
			       .since_given = true,
			       .since = NOON - 2 * DAY,
			       .until_given = true,
			       .until = NOON + HOUR});
	expect_cell(f, 1, "p95_1m", "1");
}

static void test_minutes_that_are_gone(void **state)
{
	struct fixture *f = *state;

	feed_hour(f);
	feed(f, made(NOON + DAY), 2);
	commit(f, "log", (struct source_counts){0});
	assert_true(store_prune(f->store, NOON + HOUR + 90 * DAY, true, &f->diag) >= 0);
	expect_capacity(f, (struct report_request){0});
	expect_cell(f, 1, "handshakes", "9");
	expect_cell(f, 1, "peak_1m", "");
	expect_cell(f, 1, "p95_1m", "");
	expect_cell(f, 1, "p99_1m", "");
	expect_cell(f, 2, "peak_1m", "2");
	assert_non_null(strstr(f->warnings, "1 row has no peak"));
	/* a day of which only a part is there has no peak, either */
	expect_capacity(f, (struct report_request){.bucket = BUCKET_WEEK});
	expect_cell(f, 1, "handshakes", "11");
	expect_cell(f, 1, "peak_1m", "");
}

/* The page of a summary leaves the same minutes open. */
static void test_a_summary_without_some_minutes(void **state)
{
	struct fixture *f = *state;

	feed(f, made(NOON - 10 * DAY), 5);
	feed(f, made(NOON), 2);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, (struct report_request){.format = "html"}), 0);
	assert_null(strstr(f->text, "not known of"));
	assert_true(store_prune(f->store, NOON + 90 * DAY, true, &f->diag) >= 0);
	assert_int_equal(report_of(f, (struct report_request){.format = "html"}), 0);
	assert_non_null(strstr(f->text, "at most 2, not known of 10."));
}

/* An hour belongs to the day it began in: 18:00 to 19:00 UTC to the day before 00:30 in India. */
static void test_an_hour_across_midnight(void **state)
{
	struct fixture *f = *state;
	struct zone *india;

	assert_int_equal(zone_open("Asia/Kolkata", &india, &f->diag), 0);
	feed(f, made(NOON + 6 * HOUR + 40 * MINUTE), 3);
	feed(f, made(NOON + 7 * HOUR), 2);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){.zone = india, .bucket = BUCKET_DAY});
	assert_int_equal(csv_rows(f), 2);
	expect_cell(f, 1, "bucket_utc", "2026-11-23T18:30:00Z");
	expect_cell(f, 1, "peak_1m", "3");
	expect_cell(f, 1, "p95_1m", "0");
	expect_cell(f, 1, "p99_1m", "3"); /* the 60th of the 60 minutes from 18:00 on */
	expect_cell(f, 2, "bucket_utc", "2026-11-24T18:30:00Z");
	expect_cell(f, 2, "peak_1m", "2");
	zone_free(india);
}

static void test_filters_finer_than_minutes(void **state)
{
	struct fixture *f = *state;

	feed_hour(f);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){.service = WORDS("mx")});
	expect_cell(f, 1, "handshakes", "9");
	expect_cell(f, 1, "peak_1m", "");
	assert_non_null(strstr(f->warnings, "minutes are not kept by mta, service or unit"));
	expect_capacity(f, (struct report_request){.direction = WORDS("in")});
	expect_cell(f, 1, "peak_1m", "4");
}

/* Without a handshake in the log nothing is known of how many there were. */
static void test_no_handshake_logged(void **state)
{
	struct fixture *f = *state;

	feed(f, session_of(PROTOCOL_NONE, 1), 3);
	feed(f, failed(NOON), 1);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){0});
	expect_cell(f, 1, "handshakes", "");
	expect_cell(f, 1, "peak_1m", "");
	expect_cell(f, 1, "rsa2048", "");
	expect_cell(f, 1, "unknown_sig", "");
	expect_cell(f, 1, "resumed_known", "");
	expect_cell(f, 1, "failed", "1");
	expect_cell(f, 1, "sessions", "3");
}

static void test_hosts_and_directions(void **state)
{
	struct fixture *f = *state;
	struct fact other = made(NOON), out = made(NOON), internal = made(NOON);

	feed(f, made(NOON), 3);
	other.host = SLICE("mx2");
	feed(f, other, 2);
	out.direction = DIRECTION_OUT;
	feed(f, out, 1);
	internal.internal = true;
	feed(f, internal, 7);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){0});
	assert_int_equal(csv_rows(f), 2);
	expect_cell(f, 1, "peak_1m", "5");
	expect_cell(f, 2, "direction", "out");
	expect_cell(f, 2, "peak_1m", "1");
	expect_capacity(f, (struct report_request){.by = WORDS("host")});
	assert_int_equal(csv_rows(f), 3);
	expect_cell(f, 1, "host", "mx1");
	expect_cell(f, 1, "peak_1m", "3");
	expect_cell(f, 2, "host", "mx2");
	expect_cell(f, 2, "peak_1m", "2");
	expect_capacity(f, (struct report_request){.by = WORDS("host"), .top = 2});
	assert_int_equal(csv_rows(f), 2);
	expect_capacity(f, (struct report_request){.internal = INTERNAL_INCLUDE});
	expect_cell(f, 1, "peak_1m", "12");
	expect_capacity(f, (struct report_request){.internal = INTERNAL_ONLY});
	expect_cell(f, 1, "handshakes", "7");
	expect_cell(f, 1, "peak_1m", "7");
}

static void test_sessions_of_several_units(void **state)
{
	struct fixture *f = *state;

	feed(f, session_of(PROTOCOL_TLSV1_3, 1), 2);
	feed(f, made(NOON), 2);
	feed(f,
	    fact_of(
		FACT_SESSION, "dovecot", DIRECTION_IN, SERVICE_IMAP, UNIT_LOGIN, PROTOCOL_TLSV1_3),
	    4);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){0});
	expect_cell(f, 1, "mta", "");
	expect_cell(f, 1, "service", "");
	expect_cell(f, 1, "unit", "");
	expect_cell(f, 1, "sessions", "");
	expect_cell(f, 1, "handshakes", "2");
	expect_capacity(f, (struct report_request){.mta = WORDS("dovecot")});
	expect_cell(f, 1, "mta", "dovecot");
	expect_cell(f, 1, "service", "imap");
	expect_cell(f, 1, "unit", "login");
	expect_cell(f, 1, "sessions", "4");
	expect_cell(f, 1, "handshakes", "");
}

static void feed_kind(
    struct fixture *f, const char *cipher, const char *signature, const char *group, int resumed)
{
	struct fact fact = made(NOON);

	fact.protocol = strncmp(cipher, "TLS_", 4) == 0 ? PROTOCOL_TLSV1_3 : PROTOCOL_TLSV1_2;
	fact.protocol_raw = slice_of(protocol_name(fact.protocol));
	fact.cipher = slice_of(cipher);
	fact.signature = slice_of(signature);
	fact.group = slice_of(group);
	fact.resumed = resumed;
	feed(f, fact, 1);
}

static void test_keys_and_exchanges(void **state)
{
	static const char *const new = "TLS_AES_256_GCM_SHA384";
	static const struct {
		const char *column, *value;
	} expected[] = {{"handshakes", "12"}, {"rsa2048", "2"}, {"rsa3072", "0"}, {"rsa4096", "1"},
	    {"ecdsa", "2"}, {"other_sig", "2"}, {"unknown_sig", "5"}, {"kx_x25519", "2"},
	    {"kx_p256", "1"}, {"kx_pq", "3"}, {"kx_dhe", "2"}, {"kx_rsa", "1"}, {"kx_other", "1"},
	    {"unknown_kx", "2"}, {"resumed", "1"}, {"resumed_known", "3"}};
	struct fixture *f = *state;

	feed_kind(f, new, "RSA-PSS (2048 bits)", "x25519", -1);
	feed_kind(f, new, "RSA-PSS (2048 bit raw public key)", "X25519MLKEM768", 0);
	feed_kind(f, new, "RSA-PSS (4096 bits)", "secp256r1", 0);
	feed_kind(f, new, "ECDSA (prime256v1)", "x25519_kyber768", -1);
	feed_kind(f, new, "ED25519", "ECDHE (secp384r1)", -1);
	feed_kind(f, new, "RSA-PSS (1024 bits)", "ffdhe3072", -1);
	feed_kind(f, new, "RSA_PSS_RSAE_SHA256", "X25519-MLKEM768", -1); /* of GnuTLS: no size */
	feed_kind(f, new, "", "X25519", 1);
	feed_kind(f, "ECDHE-ECDSA-AES128-GCM-SHA256", "", "", -1);
	feed_kind(f, "ECDHE-RSA-AES128-GCM-SHA256", "", "", -1);
	feed_kind(f, "DHE-RSA-AES128-GCM-SHA256", "", "", -1);
	feed_kind(f, "AES128-SHA", "", "", -1);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){0});
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (strcmp(csv_cell(f, 1, expected[i].column), expected[i].value) != 0)
			fail_msg("%s is %s, not %s", expected[i].column,
			    csv_cell(f, 1, expected[i].column), expected[i].value);
}

static void test_nothing_told_is_not_none(void **state)
{
	struct fixture *f = *state;

	feed(f, made(NOON), 4);
	commit(f, "log", (struct source_counts){0});
	expect_capacity(f, (struct report_request){0});
	expect_cell(f, 1, "rsa2048", "");
	expect_cell(f, 1, "other_sig", "");
	expect_cell(f, 1, "unknown_sig", "4");
	expect_cell(f, 1, "kx_x25519", "");
	expect_cell(f, 1, "unknown_kx", "4");
	expect_cell(f, 1, "resumed", "");
	expect_cell(f, 1, "resumed_known", "0");
}

static void test_what_it_cannot_be_grouped_by(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.view = "capacity", .by = WORDS("service")};

	assert_int_equal(report_of(f, request), -EINVAL);
	request.by = WORDS("cipher");
	assert_int_equal(report_of(f, request), -EINVAL);
	request.by = WORDS("direction", "host", "week");
	assert_int_equal(report_of(f, request), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    with_report(test_of_sixty_minutes),
	    with_report(test_minutes_of_hours_that_are_known),
	    with_report(test_minutes_that_are_gone),
	    with_report(test_a_summary_without_some_minutes),
	    with_report(test_an_hour_across_midnight),
	    with_report(test_filters_finer_than_minutes),
	    with_report(test_no_handshake_logged),
	    with_report(test_hosts_and_directions),
	    with_report(test_sessions_of_several_units),
	    with_report(test_keys_and_exchanges),
	    with_report(test_nothing_told_is_not_none),
	    with_report(test_what_it_cannot_be_grouped_by),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
