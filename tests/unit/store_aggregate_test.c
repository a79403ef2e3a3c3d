/* SPDX-License-Identifier: ISC */
/* Bounds of the counters in memory: what is folded, what never is, and that totals stay exact. */
#include "store/aggregate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HOUR 1795482000

static struct fact handshake(void)
{
	return (struct fact){
	    .kind = FACT_HANDSHAKE,
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
	    .mail = -1,
	    .auth = -1,
	};
}

struct totals {
	int64_t n, rows, tlsv1_0, other[TEXT_MAX];
};

static struct totals add_up(struct aggregate *a)
{
	struct totals t = {0};
	struct aggregate_cursor cursor = {0};
	struct aggregate_count count;

	while (aggregate_next_count(a, &cursor, &count)) {
		t.n += count.n;
		t.rows++;
		if (protocol_fold(count.tuple->text[TEXT_PROTOCOL]) == PROTOCOL_TLSV1_0)
			t.tlsv1_0 += count.n;
		for (int i = 0; i < TEXT_MAX; i++)
			if (slice_is(count.tuple->text[i], AGGREGATE_OTHER))
				t.other[i] += count.n;
	}
	return t;
}

static void same_fact_is_one_row(void **state)
{
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	struct fact fact = handshake();
	struct totals t;

	(void)state;
	assert_true(aggregate_empty(a));
	for (int i = 0; i < 5; i++) {
		fact.time = HOUR + i * 700;
		aggregate_fact(a, &fact);
	}
	fact.time = HOUR + 3600;
	aggregate_fact(a, &fact);
	t = add_up(a);
	assert_int_equal(t.n, 6);
	assert_int_equal(t.rows, 2);
	assert_false(aggregate_empty(a));
	aggregate_clear(a);
	assert_true(aggregate_empty(a));
	assert_int_equal(add_up(a).n, 0);
}

static void every_dimension_tells_apart(void **state)
{
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	struct fact base = handshake();
	struct fact facts[17];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		facts[i] = base;
	facts[1].host = SLICE("mx2");
	facts[2].mta = SLICE("exim");
	facts[3].kind = FACT_SESSION;
	facts[4].direction = DIRECTION_OUT;
	facts[5].service = SERVICE_SUBMISSION;
	facts[6].unit = UNIT_MESSAGE;
	facts[7].internal = true;
	facts[8].protocol_raw = SLICE("TLS1.3");
	facts[9].cipher = SLICE("TLS_AES_128_GCM_SHA256");
	facts[10].bits = 128;
	facts[11].group = SLICE("X25519");
	facts[12].signature = SLICE("RSA-PSS (2048 bits)");
	facts[13].verify = VERIFY_TRUSTED;
	facts[14].resumed = 0;
	facts[15].mail = 1;
	facts[16].reason = SLICE("timeout");
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		aggregate_fact(a, &facts[i]);
	assert_int_equal(add_up(a).rows, ARRAY_SIZE(facts));
}

static void unknown_time_counts_in_hour_0(void **state)
{
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	struct aggregate_cursor cursor = {0};
	struct aggregate_count count;
	struct fact fact = handshake();

	(void)state;
	fact.time = TIME_UNKNOWN;
	aggregate_fact(a, &fact);
	assert_false(aggregate_empty(a));
	assert_true(aggregate_next_count(a, &cursor, &count));
	assert_int_equal(count.hour, 0);
	assert_int_equal(count.n, 1);
	assert_false(aggregate_next_count(a, &cursor, &count));
}

static const struct flood {
	enum aggregate_text dimension;
	size_t member, bound;
} floods[] = {
    {TEXT_HOST, offsetof(struct fact, host), AGGREGATE_HOSTS},
    {TEXT_MTA, offsetof(struct fact, mta), AGGREGATE_MTAS},
    {TEXT_CIPHER, offsetof(struct fact, cipher), AGGREGATE_CIPHERS},
    {TEXT_GROUP, offsetof(struct fact, group), AGGREGATE_GROUPS},
    {TEXT_SIGNATURE, offsetof(struct fact, signature), AGGREGATE_SIGNATURES},
    {TEXT_REASON, offsetof(struct fact, reason), AGGREGATE_REASONS},
};

static void a_full_dimension_folds(void **state)
{
	char text[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(floods); i++) {
		_cleanup_aggregate_ struct aggregate *a = aggregate_new();
		const struct flood *flood = &floods[i];
		struct fact fact = handshake();
		struct totals t;

		for (int n = 0; n < 3000; n++) {
			snprintf(text, sizeof(text), "flood %d", n);
			*(struct slice *)((char *)&fact + flood->member) = slice_of(text);
			aggregate_fact(a, &fact);
			aggregate_fact(a, &fact);
		}
		t = add_up(a);
		assert_int_equal(t.n, 6000);
		assert_int_equal(t.rows, flood->bound + 1);
		assert_int_equal(t.other[flood->dimension], 2 * (3000 - flood->bound));
		assert_int_equal(aggregate_folded(a, flood->dimension), 2 * (3000 - flood->bound));
	}
}

/* Inventing names of protocols must not hide an old one, in whatever spelling it comes. */
static void no_protocol_can_be_hidden(void **state)
{
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	struct fact fact = handshake();
	char text[32];
	struct totals t;

	(void)state;
	for (int n = 0; n < 1000; n++) {
		snprintf(text, sizeof(text), "TLSv9.%d", n);
		fact.protocol = PROTOCOL_UNKNOWN;
		fact.protocol_raw = slice_of(text);
		aggregate_fact(a, &fact);
	}
	fact.protocol = PROTOCOL_TLSV1_0;
	for (int n = 0; n < 10; n++) {
		fact.protocol_raw = n % 2 ? SLICE("TLSv1") : SLICE("TLS1.0");
		aggregate_fact(a, &fact);
	}
	t = add_up(a);
	assert_int_equal(t.n, 1010);
	assert_int_equal(t.tlsv1_0, 10);
	assert_int_equal(t.other[TEXT_PROTOCOL], 1000 - AGGREGATE_PROTOCOLS);
}

static void a_long_or_foul_text(void **state)
{
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	struct aggregate_cursor cursor = {0};
	struct aggregate_count count;
	struct fact fact = handshake();
	char text[AGGREGATE_TEXT_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof(text));
	fact.cipher = (struct slice){text, sizeof(text)};
	aggregate_fact(a, &fact);
	fact.cipher = (struct slice){"A\0\xff", 3};
	aggregate_fact(a, &fact);
	assert_true(aggregate_next_count(a, &cursor, &count));
	assert_true(slice_is(count.tuple->text[TEXT_CIPHER], AGGREGATE_OTHER));
	assert_true(aggregate_next_count(a, &cursor, &count));
	assert_true(slice_is(count.tuple->text[TEXT_CIPHER], "A\\x00\\xff"));
	assert_int_equal(aggregate_folded(a, TEXT_CIPHER), 1);
}

/* Every dimension within its bound, and yet more combinations than there is room for. */
static void combinations_are_bounded(void **state)
{
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	struct fact fact = handshake();
	const int64_t hosts = 500, ciphers = 400;
	char host[32], cipher[32];
	struct totals t;

	(void)state;
	for (int h = 0; h < hosts; h++)
		for (int c = 0; c < ciphers; c++) {
			snprintf(host, sizeof(host), "host%d", h);
			snprintf(cipher, sizeof(cipher), "CIPHER-%d", c);
			fact.host = slice_of(host);
			fact.cipher = slice_of(cipher);
			fact.protocol = c % 2 ? PROTOCOL_TLSV1_0 : PROTOCOL_TLSV1_2;
			fact.protocol_raw = c % 2 ? SLICE("TLSv1") : SLICE("TLSv1.2");
			aggregate_fact(a, &fact);
		}
	assert_true(aggregate_nearly_full(a));
	t = add_up(a);
	assert_int_equal(t.n, hosts * ciphers);
	assert_int_equal(t.tlsv1_0, hosts * ciphers / 2);
	assert_int_equal(t.rows, AGGREGATE_TUPLES + 2);
	assert_int_equal(aggregate_folded(a, TEXT_MAX), hosts * ciphers - AGGREGATE_TUPLES);
}

static void lines_by_host_mta_and_hour(void **state)
{
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	void *cursor = NULL;
	struct coverage_entry coverage;
	struct line_report report = {
	    .time = HOUR + 5, .host = SLICE("mx1"), .mta = SLICE("postfix")};

	(void)state;
	for (int i = 0; i < OUTCOME_MAX; i++)
		for (int n = 0; n <= i; n++) {
			report.outcome = (enum outcome)i;
			aggregate_line(a, &report);
		}
	report.time = TIME_UNKNOWN;
	aggregate_line(a, &report);
	assert_int_equal(aggregate_rows(a), 2);
	assert_true(coverage_table_next(aggregate_coverage(a), &cursor, &coverage));
	assert_int_equal(coverage.hour, HOUR);
	for (int i = 0; i < OUTCOME_MAX; i++)
		assert_int_equal(coverage.lines[i], i + 1);
	assert_true(coverage_table_next(aggregate_coverage(a), &cursor, &coverage));
	assert_int_equal(coverage.hour, 0);
	assert_true(slice_is(coverage.mta, "postfix"));
	assert_false(coverage_table_next(aggregate_coverage(a), &cursor, &coverage));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_fact_is_one_row),
	    cmocka_unit_test(every_dimension_tells_apart),
	    cmocka_unit_test(unknown_time_counts_in_hour_0),
	    cmocka_unit_test(a_full_dimension_folds),
	    cmocka_unit_test(no_protocol_can_be_hidden),
	    cmocka_unit_test(a_long_or_foul_text),
	    cmocka_unit_test(combinations_are_bounded),
	    cmocka_unit_test(lines_by_host_mta_and_hour),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
