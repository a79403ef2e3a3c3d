/* SPDX-License-Identifier: ISC */
/* Views from facts: what is grouped, what a share is of, what stays unknown, what is said. */
#include "report_fixture.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct report_request protocols = {.view = "protocols", .format = "csv"},
				   ciphers = {.view = "ciphers", .format = "csv"},
				   trend = {.view = "trend", .format = "csv"};

/* Connections of both kinds meet in one row by protocol; clear text has no handshake. */
static void sessions_and_handshakes(void **state)
{
	struct fixture *f = *state;

	feed(f, handshake_of(PROTOCOL_TLSV1_3), 6);
	feed(f, handshake_of(PROTOCOL_TLSV1_0), 2);
	feed(f, session_of(PROTOCOL_TLSV1_3, 1), 5);
	feed(f, session_of(PROTOCOL_TLSV1_0, 0), 2);
	feed(f, session_of(PROTOCOL_NONE, 1), 3);
	commit(f, "log", (struct source_counts){.lines = 20});
	assert_int_equal(report_of(f, protocols), 0);
	assert_string_equal(f->text,
	    "schema,view,host,since_utc,until_utc,bucket_utc,mta,direction,service,unit,protocol,"
	    "handshakes,handshake_unit,sessions,sessions_mail,share,share_mail,peers,new_peers\n"
	    "1,protocols,,2026-11-24T12:00:00Z,2026-11-24T13:00:00Z,,postfix,in,mx,connection,"
	    "TLSv1.3,6,connection,5,5,0.500000,0.625000,,\n"
	    "1,protocols,,2026-11-24T12:00:00Z,2026-11-24T13:00:00Z,,postfix,in,mx,connection,"
	    "none,0,connection,3,3,0.300000,0.375000,,\n"
	    "1,protocols,,2026-11-24T12:00:00Z,2026-11-24T13:00:00Z,,postfix,in,mx,connection,"
	    "TLSv1.0,2,connection,2,0,0.200000,0.000000,,\n");
}

/* No session in the log: no number of them and no share, not 0. */
static void no_sessions(void **state)
{
	struct fixture *f = *state;

	feed(f, handshake_of(PROTOCOL_TLSV1_3), 6);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, protocols), 0);
	expect_cell(f, 1, "handshakes", "6");
	expect_cell(f, 1, "unit", "");
	expect_cell(f, 1, "sessions", "");
	expect_cell(f, 1, "sessions_mail", "");
	expect_cell(f, 1, "share", "");
	expect_cell(f, 1, "share_mail", "");
}

static void no_handshakes(void **state)
{
	struct fixture *f = *state;

	feed(f, session_of(PROTOCOL_UNKNOWN, -1), 6);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, protocols), 0);
	expect_cell(f, 1, "protocol", "unknown");
	expect_cell(f, 1, "handshakes", "");
	expect_cell(f, 1, "handshake_unit", "");
	expect_cell(f, 1, "sessions", "6");
	expect_cell(f, 1, "sessions_mail", ""); /* the log does not tell */
	expect_cell(f, 1, "share", "1.000000");
	expect_cell(f, 1, "share_mail", "");
	assert_int_equal(report_of(f, ciphers), 0);
	assert_int_equal(csv_rows(f), 0);
	assert_non_null(strstr(f->warnings, "no TLS handshake in the log"));
}

/* Postfix outbound: handshakes are of connections, sessions are deliveries. */
static void units_differ(void **state)
{
	struct fixture *f = *state;
	struct fact out = fact_of(FACT_HANDSHAKE, "postfix", DIRECTION_OUT, SERVICE_RELAY,
	    UNIT_CONNECTION, PROTOCOL_TLSV1_2);

	feed(f, out, 2);
	out.kind = FACT_SESSION;
	out.unit = UNIT_DELIVERY;
	out.mail = 1;
	feed(f, out, 9);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, protocols), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "unit", "delivery");
	expect_cell(f, 1, "handshake_unit", "connection");
	expect_cell(f, 1, "handshakes", "2");
	expect_cell(f, 1, "sessions", "9");
}

/* Exim: some handshakes are known by connection, others by message; messages go with messages. */
static void units_are_not_added(void **state)
{
	struct fixture *f = *state;
	struct fact in = fact_of(
	    FACT_HANDSHAKE, "exim", DIRECTION_IN, SERVICE_MX, UNIT_CONNECTION, PROTOCOL_TLSV1_2);

	feed(f, in, 3);
	in.unit = UNIT_MESSAGE;
	feed(f, in, 4);
	in.kind = FACT_SESSION;
	in.mail = 1;
	feed(f, in, 5);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, protocols), 0);
	assert_int_equal(csv_rows(f), 2);
	expect_cell(f, 1, "unit", "message");
	expect_cell(f, 1, "handshake_unit", "message");
	expect_cell(f, 1, "handshakes", "4");
	expect_cell(f, 1, "sessions", "5");
	expect_cell(f, 2, "unit", "");
	expect_cell(f, 2, "handshake_unit", "connection");
	expect_cell(f, 2, "handshakes", "3");
	expect_cell(f, 2, "share", "");
}

static struct fact handshake_with(enum protocol protocol, const char *raw, const char *cipher)
{
	struct fact fact = handshake_of(protocol);

	fact.protocol_raw = slice_of(raw);
	fact.cipher = slice_of(cipher);
	return fact;
}

/* One suite in two spellings is one row; --raw shows each. */
static void spellings(void **state)
{
	struct fixture *f = *state;
	struct report_request raw = ciphers;

	feed(f, handshake_with(PROTOCOL_TLSV1_2, "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"), 3);
	feed(f,
	    handshake_with(PROTOCOL_TLSV1_2, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
	    2);
	feed(f, handshake_with(PROTOCOL_TLSV1_0, "TLSv1", "AES128-SHA"), 1);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, ciphers), 0);
	assert_int_equal(csv_rows(f), 2);
	expect_cell(f, 1, "handshakes", "5");
	expect_cell(f, 1, "cipher_raw",
	    "ECDHE-RSA-AES256-GCM-SHA384 | TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
	expect_cell(f, 1, "cipher", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
	expect_cell(f, 1, "kx", "ecdhe");
	expect_cell(f, 1, "pfs", "yes");
	expect_cell(f, 1, "aead", "yes");
	expect_cell(f, 1, "share", "0.833333");
	expect_cell(f, 1, "last_seen", "2026-11-24T12:00:00Z");
	expect_cell(f, 1, "verdict", "");
	expect_cell(f, 2, "protocol", "TLSv1.0");
	expect_cell(f, 2, "pfs", "no");
	raw.raw = true;
	assert_int_equal(report_of(f, raw), 0);
	assert_int_equal(csv_rows(f), 3);
	expect_cell(f, 1, "cipher_raw", "ECDHE-RSA-AES256-GCM-SHA384");
	expect_cell(f, 1, "cipher", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
	expect_cell(f, 3, "protocol", "TLSv1");
}

/* Shares are of everything before --top. */
static void top(void **state)
{
	struct fixture *f = *state;
	struct report_request request = ciphers;

	feed(f, handshake_with(PROTOCOL_TLSV1_2, "TLSv1.2", "AES128-SHA"), 3);
	feed(f, handshake_with(PROTOCOL_TLSV1_2, "TLSv1.2", "AES256-SHA"), 1);
	commit(f, "log", (struct source_counts){0});
	request.top = 1;
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "share", "0.750000");
}

/* An unknown cipher is a row and a part of the whole. */
static void unknown_cipher(void **state)
{
	struct fixture *f = *state;

	feed(f, handshake_with(PROTOCOL_TLSV1_2, "TLSv1.2", "AES128-SHA"), 1);
	feed(f, handshake_with(PROTOCOL_UNKNOWN, NULL, NULL), 3);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, ciphers), 0);
	expect_cell(f, 1, "cipher", "");
	expect_cell(f, 1, "bits", "");
	expect_cell(f, 1, "pfs", "");
	expect_cell(f, 1, "share", "0.750000");
	expect_cell(f, 2, "share", "0.250000");
}

static void groups_and_signatures(void **state)
{
	struct fixture *f = *state;
	struct fact fact = handshake_of(PROTOCOL_TLSV1_3);

	fact.group = SLICE("X25519MLKEM768");
	fact.signature = SLICE("RSA-PSS (2048 bits)");
	feed(f, fact, 3);
	fact.group = SLICE("X25519");
	fact.signature = SLICE("ECDSA (prime256v1)");
	feed(f, fact, 2);
	fact.group = fact.signature = SLICE_NONE;
	feed(f, fact, 1);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(
	    report_of(f, (struct report_request){.view = "groups", .format = "csv"}), 0);
	expect_cell(f, 1, "group", "X25519MLKEM768");
	expect_cell(f, 1, "pq", "yes");
	expect_cell(f, 1, "share", "0.500000");
	expect_cell(f, 2, "group", "x25519");
	expect_cell(f, 2, "pq", "no");
	expect_cell(f, 3, "group", "");
	expect_cell(f, 3, "pq", "");
	assert_int_equal(
	    report_of(f, (struct report_request){.view = "signatures", .format = "csv"}), 0);
	expect_cell(f, 1, "sig", "RSA-PSS");
	expect_cell(f, 1, "sig_bits", "2048");
	expect_cell(f, 2, "sig", "ECDSA secp256r1");
	expect_cell(f, 2, "sig_bits", "");
	expect_cell(f, 3, "sig", "");
}

static void over_time(void **state)
{
	struct fixture *f = *state;
	struct report_request request = trend;
	struct fact fact = handshake_of(PROTOCOL_TLSV1_3);

	feed(f, fact, 2);
	fact.time += 86400;
	feed(f, fact, 4);
	fact.protocol = PROTOCOL_TLSV1_2;
	fact.protocol_raw = SLICE("TLSv1.2");
	feed(f, fact, 12);
	commit(f, "log", (struct source_counts){0});
	request.bucket = BUCKET_DAY;
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 3);
	expect_cell(f, 1, "bucket_utc", "2026-11-24T00:00:00Z");
	expect_cell(f, 1, "share_handshakes", "1.000000");
	expect_cell(f, 1, "failures", "");
	expect_cell(f, 2, "bucket_utc", "2026-11-25T00:00:00Z");
	expect_cell(f, 2, "protocol", "TLSv1.2");
	expect_cell(f, 2, "share_handshakes", "0.750000");
	request.by = WORDS("weekday");
	request.bucket = BUCKET_NONE;
	request.view = NULL; /* trend, without buckets */
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 2);
	expect_cell(f, 1, "view", "trend");
	expect_cell(f, 1, "weekday", "Tuesday");
	expect_cell(f, 2, "weekday", "Wednesday");
	expect_cell(f, 2, "handshakes", "16");
	expect_cell(f, 2, "bucket_utc", "");
}

/* A failure proves neither a handshake nor that there were none. */
static void failures(void **state)
{
	struct fixture *f = *state;
	struct report_request request = trend;
	struct fact fact = handshake_of(PROTOCOL_UNKNOWN);

	fact.kind = FACT_FAILURE;
	fact.reason = SLICE("timeout");
	feed(f, fact, 3);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, protocols), 0);
	assert_int_equal(csv_rows(f), 0);
	assert_int_equal(report_of(f, ciphers), 0);
	assert_int_equal(csv_rows(f), 0);
	request.by = WORDS("reason");
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "reason", "timeout");
	expect_cell(f, 1, "failures", "3");
	expect_cell(f, 1, "handshakes", "");
	expect_cell(f, 1, "share", "");
}

/* A service that fell silent: the period goes on until now. */
static void until_now(void **state)
{
	struct fixture *f = *state;
	struct report_request request = protocols;

	feed(f, handshake_of(PROTOCOL_TLSV1_3), 1);
	commit(f, "log", (struct source_counts){0});
	request.now = NOON + 5 * 3600 + 1;
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "until_utc", "2026-11-24T18:00:00Z");
	request.until_given = true;
	request.until = NOON + 7200;
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "until_utc", "2026-11-24T14:00:00Z");
}

/* A time that cannot be true is counted, and has no bucket. */
static void without_time(void **state)
{
	struct fixture *f = *state;
	struct fact fact = handshake_of(PROTOCOL_TLSV1_3);

	feed(f, fact, 1);
	fact.time = INT64_MIN;
	feed(f, fact, 5);
	commit(f, "log", (struct source_counts){.bad_time = 5});
	assert_int_equal(report_of(f, protocols), 0);
	expect_cell(f, 1, "handshakes", "6");
	assert_non_null(strstr(f->warnings, "5 lines have a time that cannot be true"));
	assert_int_equal(report_of(f, trend), 0);
	expect_cell(f, 1, "bucket_utc", "");
	expect_cell(f, 1, "handshakes", "5");
	expect_cell(f, 2, "bucket_utc", "2026-11-24T12:00:00Z");
}

static void filters(void **state)
{
	struct fixture *f = *state;
	struct report_request request = protocols;
	struct fact fact = handshake_of(PROTOCOL_TLSV1_3);

	feed(f, fact, 1);
	fact.service = SERVICE_SUBMISSION;
	feed(f, fact, 2);
	fact.internal = true;
	feed(f, fact, 4);
	fact = fact_of(
	    FACT_HANDSHAKE, "dovecot", DIRECTION_IN, SERVICE_IMAP, UNIT_LOGIN, PROTOCOL_TLSV1_2);
	fact.host = SLICE("mx2");
	feed(f, fact, 8);
	commit(f, "log", (struct source_counts){0});
	request.service = WORDS("submission", "imap");
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 3);
	expect_cell(f, 3, "handshakes", "4"); /* internal: counted, and in no share */
	request.internal = INTERNAL_ONLY;
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "handshakes", "4");
	request.internal = INTERNAL_INCLUDE;
	request.mta = WORDS("postfix");
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "handshakes", "6");
	request = protocols;
	request.by = WORDS("host");
	request.host = WORDS("mx2");
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 1);
	expect_cell(f, 1, "host", "mx2");
}

/* A misspelt word is refused: an empty report would read as "none". */
static void refused(void **state)
{
	struct fixture *f = *state;
	const struct {
		struct report_request request;
		const char *says;
	} cases[] = {
	    {{.view = "protocol"}, "there is no view \"protocol\""},
	    {{.format = "xml"}, "there is no format \"xml\""},
	    {{.service = WORDS("smtp")}, "there is no service \"smtp\""},
	    {{.direction = WORDS("inbound")}, "there is no direction \"inbound\""},
	    {{.unit = WORDS("mail")}, "there is no unit \"mail\""},
	    {{.by = WORDS("peer")}, "cannot group by \"peer\""},
	    {{.by = WORDS("family", "day")}, "cannot group by family and by time"},
	    {{.by = WORDS("day", "month")}, "cannot group by \"day\" and by \"month\""},
	    {{.since_given = true, .since = 9, .until_given = true, .until = 9},
		"--since is not before --until"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(report_of(f, cases[i].request), -EINVAL);
		assert_non_null(strstr(f->diag.text, cases[i].says));
		assert_string_equal(f->text, "");
	}
}

static void empty(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {0};

	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "no handshake, session or failure was found"));
	feed(f, handshake_of(PROTOCOL_TLSV1_3), 1);
	commit(f, "mail.log", (struct source_counts){.lines = 7});
	request.since_given = true;
	request.since = NOON + 86400;
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(
	    strstr(f->text, "nothing in this period: what was read covers 2026-11-24 12:00 to\n"
			    "        2026-11-24 13:00\n"));
	request.format = "csv";
	assert_int_equal(report_of(f, request), 0);
	assert_int_equal(csv_rows(f), 0);
	assert_non_null(strstr(f->warnings, "nothing in this period"));
}

static void near_misses(void **state)
{
	struct fixture *f = *state;

	feed(f, handshake_of(PROTOCOL_TLSV1_3), 1);
	feed_line(f, "postfix", OUTCOME_MATCHED);
	feed_line(f, "postfix", OUTCOME_NEAR_MISS);
	feed_line(f, "postfix", OUTCOME_NEAR_MISS);
	commit(f, "mail.log", (struct source_counts){.lines = 7, .overlong = 1});
	assert_int_equal(report_of(f, protocols), 0);
	assert_non_null(strstr(f->warnings, "2 lines speak of TLS and matched no pattern"));
	assert_non_null(strstr(f->warnings, "1 line was longer than 64 KiB"));
	assert_int_equal(report_of(f, (struct report_request){0}), 0);
	assert_non_null(strstr(f->text, "7 lines of mail.log"));
	assert_non_null(strstr(f->text, "2 lines speak of TLS and matched no pattern"));
	assert_string_equal(f->warnings, ""); /* the block has said it */
	assert_int_equal(
	    report_of(f, (struct report_request){.view = "coverage", .format = "csv"}), 0);
	expect_cell(f, 1, "source", "mail.log");
	expect_cell(f, 1, "host", "mx1");
	expect_cell(f, 1, "lines", "7");
	expect_cell(f, 1, "matched", "1");
	expect_cell(f, 1, "near_miss", "2");
	expect_cell(f, 1, "sessions", "");
}

static const struct hint hints[] = {
    {"postfix", "no-handshake", "set smtpd_tls_loglevel = 1"},
    {"postfix", "protocol-unknown", "set it to 1"},
    {"postfix", "no-session", "upgrade"},
    {"exim", "no-handshake", "log_selector"},
};

static void hinted(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {
	    .format = "json", .hints = hints, .hint_count = ARRAY_SIZE(hints)};

	feed(f, session_of(PROTOCOL_UNKNOWN, 1), 412);
	commit(f, "mail.log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	/* two advices that mean the same, one given, for the MTA that was seen */
	assert_non_null(
	    strstr(f->text, "\"hints\":[\"postfix: 412 sessions and no TLS handshake in the log: "
			    "set smtpd_tls_loglevel = 1\"]"));
	request.direction = WORDS("out"); /* says nothing about what was logged */
	feed(f, handshake_of(PROTOCOL_TLSV1_3), 1);
	commit(f, "mail.log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	assert_null(strstr(f->text, "no TLS handshake"));
	assert_null(strstr(f->text, "does not tell: set it to 1"));
	request.direction = WORDS("in");
	assert_int_equal(report_of(f, request), 0);
	assert_null(strstr(f->text, "no TLS handshake"));
	assert_non_null(strstr(f->text, "does not tell: set it to 1"));
	request.no_hints = true;
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "\"hints\":[]"));
}

/* For programs the summary is protocols, and in JSON ciphers and groups beside it. */
static void summary(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.format = "csv"};
	_cleanup_free_ char *as_protocols = NULL;

	feed(f, handshake_with(PROTOCOL_TLSV1_2, "TLSv1.2", "AES128-SHA"), 3);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, protocols), 0);
	as_protocols = memory_string(f->text);
	assert_int_equal(report_of(f, request), 0);
	assert_string_equal(f->text, as_protocols);
	request.format = "json";
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "\"rows\":[\n{\"schema\":1,\"view\":\"protocols\""));
	assert_non_null(strstr(f->text, "\"ciphers\":[\n{"));
	assert_non_null(strstr(f->text, "\"groups\":[\n{"));
	request.format = "table";
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(
	    strstr(f->text, "\nin   mx          -   0%   0%  100%   0%   3  handshakes"));
	assert_non_null(
	    strstr(f->text, "Key-exchange groups by handshakes: the log does not tell\n"));
}

/* In a table the rows of a flow stand together, in CSV and with --top the greatest come first. */
static void grouped(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.view = "protocols", .format = "table", .width = 120};
	struct fact out = fact_of(
	    FACT_SESSION, "postfix", DIRECTION_OUT, SERVICE_RELAY, UNIT_DELIVERY, PROTOCOL_TLSV1_2);
	const char *places[4];

	feed(f, session_of(PROTOCOL_UNKNOWN, 1), 3);
	feed(f, session_of(PROTOCOL_TLSV1_3, 1), 2);
	feed(f, session_of(PROTOCOL_NONE, 1), 1);
	feed(f, out, 5);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	places[0] = strstr(f->text, " none ");
	places[1] = strstr(f->text, " TLSv1.3 ");
	places[2] = strstr(f->text, " unknown ");
	places[3] = strstr(f->text, " TLSv1.2 ");
	for (int i = 0; i < 4; i++) {
		assert_non_null(places[i]);
		assert_true(i == 0 || places[i] > places[i - 1]);
	}
	request.top = 1;
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, " TLSv1.2 "));
	assert_null(strstr(f->text, " none "));
	request.format = "csv";
	request.top = 0;
	assert_int_equal(report_of(f, request), 0);
	expect_cell(f, 1, "protocol", "TLSv1.2");
	expect_cell(f, 4, "protocol", "none");
}

/* Shares that nothing was logged of are not known, which is not 0 %. */
static void unknown_throughout(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.format = "table"};

	feed(f, session_of(PROTOCOL_UNKNOWN, 1), 3);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(
	    strstr(f->text, "\nin   mx          -    -    -    -    -  100%   3  with mail"));
	feed(f, session_of(PROTOCOL_NONE, 1), 1);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(
	    strstr(f->text, "\nin   mx       25.0%    -    -    -    -  75.0%   4  with mail"));
	feed(f, session_of(PROTOCOL_TLSV1_3, 1), 1);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(
	    strstr(f->text, "\nin   mx       20.0%   0%   0%   0%  20.0%  60.0%   5  with mail"));
}

static void only_internal(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.format = "table", .width = 100};
	struct fact fact = session_of(PROTOCOL_NONE, 1);

	assert_int_equal(report_of(f, request), 0);
	assert_null(strstr(f->text, "Shares by protocol"));
	fact.internal = true;
	feed(f, fact, 1);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "1 session; 1 of these is internal and in no share"));
	assert_non_null(strstr(f->text, "Shares by protocol: all of it is internal;"));
}

static void feed_days_ago(struct fixture *f, int days, enum protocol protocol, int n)
{
	struct fact fact = session_of(protocol, 1);

	fact.time = NOON - days * INT64_C(86400);
	feed(f, fact, n);
}

/* Against a period before that the store holds all of, and only then. */
static void change(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.format = "table",
	    .since_given = true,
	    .since = NOON - 7 * INT64_C(86400),
	    .until_given = true,
	    .until = NOON + 3600,
	    .width = 100};

	feed_days_ago(f, 1, PROTOCOL_NONE, 1);
	feed_days_ago(f, 2, PROTOCOL_TLSV1_3, 3);
	feed_days_ago(f, 9, PROTOCOL_TLSV1_0, 1);
	feed_days_ago(f, 9, PROTOCOL_TLSV1_3, 1);
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	assert_null(strstr(f->text, "+/-"));
	feed_days_ago(f, 16, PROTOCOL_TLSV1_3, 1); /* before the period before */
	commit(f, "log", (struct source_counts){0});
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text, "WEAK +/-  WEAK TREND\n"));
	assert_non_null(strstr(f->text, "\nin   mx       25.0%   0%   0%   0%  75.0%   4  "
					"with mail  25.0%     -25.0       _@\n"));
	request.width = 200;
	assert_int_equal(report_of(f, request), 0);
	assert_non_null(strstr(f->text,
	    "\nin   mx       25.0%  +25.0   0%  -50.0   0%    =   0%    =  75.0%  +25.0 "));
}

/* A failure leaves the old file and no other; a device is written to, not replaced. */
static void to_a_file(void **state)
{
	struct fixture *f = *state;
	struct report_request request = {.format = "csv", .zone = f->zone};
	char folder[] = "/tmp/mailtls-report-XXXXXX", path[64], link[64], text[64] = "";
	struct stat st;
	FILE *file;

	umask(027);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/report.csv", folder);
	assert_int_equal(report_write_file(f->store, &request, path, &f->diag), 0);
	file = fopen(path, "r");
	assert_non_null(fgets(text, sizeof(text), file));
	assert_memory_equal(text, "schema,view,host", 16);
	fclose(file);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(chmod(path, 0604), 0);
	assert_int_equal(report_write_file(f->store, &request, path, &f->diag), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0604);
	snprintf(link, sizeof(link), "%s/link", folder);
	assert_int_equal(symlink("report.csv", link), 0);
	assert_int_equal(report_write_file(f->store, &request, link, &f->diag), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(unlink(link), 0);
	request.view = "nonsense";
	assert_int_equal(report_write_file(f->store, &request, path, &f->diag), -EINVAL);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0); /* nothing else was left in it */
	diag_free(&f->diag);
	request.view = NULL;
	assert_int_equal(report_write_file(f->store, &request, "/dev/full", &f->diag), -ENOSPC);
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	diag_free(&f->diag);
	assert_int_equal(
	    report_write_file(f->store, &request, "/nonexistent/x", &f->diag), -ENOENT);
	assert_string_equal(
	    f->diag.text, "cannot write \"/nonexistent/x\": No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    with_report(sessions_and_handshakes),
	    with_report(no_sessions),
	    with_report(no_handshakes),
	    with_report(units_differ),
	    with_report(units_are_not_added),
	    with_report(spellings),
	    with_report(top),
	    with_report(unknown_cipher),
	    with_report(groups_and_signatures),
	    with_report(over_time),
	    with_report(failures),
	    with_report(until_now),
	    with_report(without_time),
	    with_report(filters),
	    with_report(refused),
	    with_report(empty),
	    with_report(near_misses),
	    with_report(hinted),
	    with_report(summary),
	    with_report(grouped),
	    with_report(unknown_throughout),
	    with_report(only_internal),
	    with_report(change),
	    with_report(to_a_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
