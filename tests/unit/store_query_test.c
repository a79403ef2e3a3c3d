/* SPDX-License-Identifier: ISC */
/* Facts in, through one commit, and out again by the queries of a report. */
#include "store/query.h"

#include "base/buffer.h"
#include "store/commit.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HOUR 1795482000

struct fixture {
	struct store *store;
	struct aggregate *aggregate;
	struct diag diag;
	struct buffer out;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_int_equal(store_open(NULL, STORE_MEMORY, &f->store, &f->diag), 0);
	f->aggregate = aggregate_new();
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

static void count(struct fixture *f, int64_t time, const char *host, enum protocol protocol,
    const char *raw, const char *cipher, int n)
{
	struct fact fact = {
	    .kind = FACT_HANDSHAKE,
	    .time = time,
	    .host = slice_of(host),
	    .mta = SLICE("postfix"),
	    .direction = DIRECTION_IN,
	    .service = SERVICE_MX,
	    .unit = UNIT_CONNECTION,
	    .protocol = protocol,
	    .protocol_raw = slice_of(raw),
	    .cipher = slice_of(cipher),
	    .bits = -1,
	    .resumed = -1,
	    .mail = -1,
	    .auth = -1,
	};

	while (n--)
		aggregate_fact(f->aggregate, &fact);
}

static void commit(struct fixture *f, const char *source)
{
	const struct batch batch = {
	    .aggregate = f->aggregate,
	    .source = slice_of(source),
	    .class = "file",
	    .read = {.lines = 100},
	};

	assert_int_equal(store_commit(f->store, &batch, &f->diag), 0);
	assert_true(aggregate_empty(f->aggregate));
}

static int print_count(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	struct fixture *f = context;

	buffer_printf(&f->out, "%lld %s %s %s %s %s %lld\n",
	    hour ? (long long)(hour - HOUR) / 3600 : -1, t->host, protocol_name(t->protocol),
	    t->protocol_raw, t->cipher, fact_kind_name(t->fact), (long long)n);
	return 0;
}

static void expect(struct fixture *f, struct query query, const char *text)
{
	buffer_clear(&f->out);
	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(query_counts(f->store, &query, print_count, f, &f->diag), 0);
	query_end(f->store);
	assert_string_equal(buffer_text(&f->out), text);
}

static void counts(void **state)
{
	struct fixture *f = *state;
	const struct query all = {.since = INT64_MIN, .until = INT64_MAX},
			   hourly = {.since = 1, .until = INT64_MAX, .hourly = true};

	count(f, HOUR + 1, "mx2", PROTOCOL_TLSV1_2, "TLSv1.2", "AES256-SHA", 2);
	count(f, HOUR + 1, "mx1", PROTOCOL_TLSV1_0, "TLSv1", "RC4-MD5", 3);
	count(f, TIME_UNKNOWN, "mx1", PROTOCOL_TLSV1_0, "TLSv1", "RC4-MD5", 4);
	count(f, HOUR + 3600, "mx1", PROTOCOL_TLSV1_0, "TLSv1", "RC4-MD5", 5);
	commit(f, "a");
	count(f, HOUR + 7, "mx1", PROTOCOL_TLSV1_0, "TLSv1", "RC4-MD5", 1);
	commit(f, "b");
	expect(f, all,
	    "1 mx1 TLSv1.0 TLSv1 TLS_RSA_WITH_RC4_128_MD5 handshake 13\n"
	    "0 mx2 TLSv1.2 TLSv1.2 TLS_RSA_WITH_AES_256_CBC_SHA handshake 2\n");
	expect(f, hourly,
	    "0 mx1 TLSv1.0 TLSv1 TLS_RSA_WITH_RC4_128_MD5 handshake 4\n"
	    "0 mx2 TLSv1.2 TLSv1.2 TLS_RSA_WITH_AES_256_CBC_SHA handshake 2\n"
	    "1 mx1 TLSv1.0 TLSv1 TLS_RSA_WITH_RC4_128_MD5 handshake 5\n");
	/* since is inclusive, until exclusive, both floored to the hour */
	expect(f, (struct query){.since = HOUR + 3599, .until = HOUR + 7199},
	    "0 mx1 TLSv1.0 TLSv1 TLS_RSA_WITH_RC4_128_MD5 handshake 4\n"
	    "0 mx2 TLSv1.2 TLSv1.2 TLS_RSA_WITH_AES_256_CBC_SHA handshake 2\n");
	expect(f, (struct query){.since = HOUR + 7200, .until = INT64_MAX}, "");
	expect(f, (struct query){.since = INT64_MIN, .until = HOUR, .hourly = true},
	    "-1 mx1 TLSv1.0 TLSv1 TLS_RSA_WITH_RC4_128_MD5 handshake 4\n");
}

/* A protocol that the fact knows better than its spelling says, none, and a spelling that is none.
 */
static void protocols(void **state)
{
	struct fixture *f = *state;

	count(f, HOUR, "a", PROTOCOL_NONE, NULL, NULL, 1);
	count(f, HOUR, "b", PROTOCOL_UNKNOWN, NULL, NULL, 1);
	count(f, HOUR, "c", PROTOCOL_UNKNOWN, "TLSv9", NULL, 1);
	count(f, HOUR, "d", PROTOCOL_TLSV1_1, "odd", NULL, 1);
	count(f, HOUR, "e", PROTOCOL_UNKNOWN, "TLSv1.3", NULL, 1);
	commit(f, "a");
	expect(f, (struct query){.since = 1, .until = INT64_MAX},
	    "0 a none none  handshake 1\n"
	    "0 b unknown   handshake 1\n"
	    "0 c unknown TLSv9  handshake 1\n"
	    "0 d TLSv1.1 TLSv1.1  handshake 1\n"
	    "0 e unknown   handshake 1\n");
}

static int print_coverage(void *context, const struct coverage *c)
{
	struct fixture *f = context;

	buffer_printf(&f->out, "%s %s [%s] [%s] %lld %lld %lld %lld %lld\n", c->class, c->source,
	    c->host, c->mta, (long long)c->first_event, (long long)c->last_event,
	    (long long)c->lines, (long long)c->matched, (long long)c->near_miss);
	return 0;
}

static void lines(void **state)
{
	struct fixture *f = *state;
	struct query all = {.since = INT64_MIN, .until = INT64_MAX};
	struct line_report report = {.time = HOUR, .host = SLICE("mx1"), .mta = SLICE("postfix")};
	char expected[256];

	aggregate_line(f->aggregate, &report);
	report.time += 7200;
	aggregate_line(f->aggregate, &report);
	report.outcome = OUTCOME_NEAR_MISS;
	report.time = TIME_UNKNOWN;
	aggregate_line(f->aggregate, &report);
	commit(f, "mail.log");
	commit(f, "empty.log");
	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(query_coverage(f->store, &all, print_coverage, f, &f->diag), 0);
	query_end(f->store);
	snprintf(expected, sizeof(expected),
	    "file empty.log [] [] -1 -1 100 0 0\n"
	    "file mail.log [mx1] [postfix] %d %d 100 2 1\n",
	    HOUR, HOUR + 7200);
	assert_string_equal(buffer_text(&f->out), expected);
}

static void span(void **state)
{
	struct fixture *f = *state;
	int64_t first = -7, last = -7;

	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(query_span(f->store, &first, &last, &f->diag), -ENODATA);
	query_end(f->store);
	assert_int_equal(first, -7);
	count(f, TIME_UNKNOWN, "mx1", PROTOCOL_TLSV1_0, "TLSv1", "RC4-MD5", 4);
	count(f, HOUR + 3600, "mx1", PROTOCOL_TLSV1_0, "TLSv1", "RC4-MD5", 5);
	count(f, HOUR, "mx1", PROTOCOL_TLSV1_0, "TLSv1", "RC4-MD5", 5);
	commit(f, "a");
	assert_int_equal(query_begin(f->store, &f->diag), 0);
	assert_int_equal(query_span(f->store, &first, &last, &f->diag), 0);
	query_end(f->store);
	assert_int_equal(first, HOUR);
	assert_int_equal(last, HOUR + 3600);
}

static int stop(void *context, int64_t hour, const struct tuple *t, int64_t n)
{
	(void)context, (void)hour, (void)t, (void)n;
	return -ECANCELED;
}

static void a_row_can_stop_it(void **state)
{
	struct fixture *f = *state;
	struct query query = {.since = 1, .until = INT64_MAX};

	count(f, HOUR, "a", PROTOCOL_NONE, NULL, NULL, 1);
	commit(f, "a");
	for (int i = 0; i < 2; i++) {
		query.hourly = i;
		assert_int_equal(query_begin(f->store, &f->diag), 0);
		assert_int_equal(query_counts(f->store, &query, stop, NULL, &f->diag), -ECANCELED);
		query_end(f->store);
	}
	commit(f, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(counts, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(protocols, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(lines, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(span, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_row_can_stop_it, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
