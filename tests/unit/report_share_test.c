/* SPDX-License-Identifier: ISC */
/* Whatever was counted: every fact is in exactly one row, and every share can be worked out again
 * from the rows of the same time, direction, service, units and MTA. */
#include "report_fixture.h"

#include <math.h>
#include <stdlib.h>

#define ROUNDS 40
#define FACTS 60
#define CELLS 4096

struct row {
	char bucket[32], mta[16], direction[16], service[16], unit[16], handshake_unit[16];
	char handshakes[16], sessions[16], sessions_mail[16];
	char share[16], share_mail[16], share_handshakes[16];
};

struct expected {
	int64_t handshakes_apart; /* of internal traffic */
	int64_t handshakes, sessions;
};

static unsigned next(uint64_t *state, unsigned below)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(*state >> 33) % below;
}

static struct fact random_fact(uint64_t *state)
{
	static const char *const mtas[] = {"postfix", "exim", "dovecot"};
	static const char *const ciphers[] = {
	    "AES128-SHA", "ECDHE-RSA-AES256-GCM-SHA384", "=cmd|x", "a,\"b\"", ""};
	struct fact fact = fact_of(next(state, 2) ? FACT_HANDSHAKE : FACT_SESSION,
	    mtas[next(state, 3)], next(state, 2) ? DIRECTION_IN : DIRECTION_OUT,
	    next(state, 2) ? SERVICE_MX : SERVICE_IMAP,
	    (enum unit)(UNIT_CONNECTION + next(state, UNIT_MAX - UNIT_CONNECTION)),
	    PROTOCOL_UNKNOWN);
	unsigned protocol = next(state, PROTOCOL_MAX);

	if (protocol == PROTOCOL_NONE && fact.kind == FACT_HANDSHAKE)
		protocol = PROTOCOL_TLSV1_0;
	fact.protocol = (enum protocol)protocol;
	fact.protocol_raw = protocol ? slice_of(protocol_name(fact.protocol)) : SLICE_NONE;
	fact.cipher = slice_of(ciphers[next(state, ARRAY_SIZE(ciphers))]);
	fact.time = NOON + 3600 * (int64_t)next(state, 100);
	fact.internal = next(state, 8) == 0;
	fact.mail = (int)next(state, 3) - 1;
	fact.auth = (int)next(state, 3) - 1;
	return fact;
}

static struct expected feed_random(struct fixture *f, uint64_t seed)
{
	struct expected sum = {0};

	for (int i = 0; i < FACTS; i++) {
		struct fact fact = random_fact(&seed);
		int n = 1 + (int)next(&seed, 5);

		feed(f, fact, n);
		sum.handshakes_apart += fact.internal && fact.kind == FACT_HANDSHAKE ? n : 0;
		sum.handshakes += fact.kind == FACT_HANDSHAKE ? n : 0;
		sum.sessions += fact.kind == FACT_SESSION ? n : 0;
	}
	commit(f, "log", (struct source_counts){0});
	return sum;
}

static bool has_column(const struct fixture *f, const char *name)
{
	char first[512];
	_cleanup_buffer_ struct buffer word = {0};

	snprintf(first, sizeof(first), ",%.*s,", (int)strcspn(f->text, "\n"), f->text);
	buffer_printf(&word, ",%s,", name);
	return strstr(first, buffer_text(&word)) != NULL;
}

static void take(const struct fixture *f, int row, const char *name, char *to, size_t size)
{
	snprintf(to, size, "%s", has_column(f, name) ? csv_cell(f, row, name) : "");
}

static int read_rows(const struct fixture *f, struct row *rows)
{
	int count = csv_rows(f);

	for (int i = 0; i < count; i++) {
		struct row *r = &rows[i];

#define TAKE(member, name) take(f, i + 1, name, r->member, sizeof(r->member))
		TAKE(bucket, "bucket_utc");
		TAKE(mta, "mta");
		TAKE(direction, "direction");
		TAKE(service, "service");
		TAKE(unit, "unit");
		TAKE(handshake_unit, "handshake_unit");
		TAKE(handshakes, "handshakes");
		TAKE(sessions, "sessions");
		TAKE(sessions_mail, "sessions_mail");
		TAKE(share, "share");
		TAKE(share_mail, "share_mail");
		TAKE(share_handshakes, "share_handshakes");
#undef TAKE
	}
	return count;
}

static bool same_total(const struct row *a, const struct row *b)
{
	return !strcmp(a->bucket, b->bucket) && !strcmp(a->mta, b->mta) &&
	       !strcmp(a->direction, b->direction) && !strcmp(a->service, b->service) &&
	       !strcmp(a->unit, b->unit) && !strcmp(a->handshake_unit, b->handshake_unit);
}

/* part and share_part are columns' places in struct row.  A row with counts and without a share is
 * internal traffic: it stands apart, and is part of no other row's share.  Returns its counts. */
static long long check_share(
    const struct row *rows, int count, const struct row *row, size_t part, size_t share_part)
{
	const char *own = (const char *)row + part, *share = (const char *)row + share_part;
	double whole = 0;

	for (int i = 0; i < count; i++)
		if (same_total(&rows[i], row) && *((const char *)&rows[i] + share_part))
			whole += atof((const char *)&rows[i] + part);
	if (!*share)
		return atoll(own);
	assert_true(*own && whole > 0);
	assert_true(fabs(atof(share) - atof(own) / whole) < 0.0000011);
	return 0;
}

static void check(struct fixture *f, struct report_request request, const struct expected *sum,
    bool share_of_handshakes)
{
	static struct row rows[CELLS];
	struct expected found = {0};
	int count;

	assert_int_equal(report_of(f, request), 0);
	count = read_rows(f, rows);
	assert_in_range(count, 1, CELLS);
	for (int i = 0; i < count; i++) {
		const struct row *row = &rows[i];

		found.handshakes += atoll(row->handshakes);
		found.sessions += atoll(row->sessions);
		found.handshakes_apart +=
		    share_of_handshakes
			? check_share(rows, count, row, offsetof(struct row, handshakes),
			      offsetof(struct row, share))
			: 0;
		if (!share_of_handshakes)
			check_share(rows, count, row, offsetof(struct row, sessions),
			    offsetof(struct row, share));
		if (has_column(f, "share_mail"))
			check_share(rows, count, row, offsetof(struct row, sessions_mail),
			    offsetof(struct row, share_mail));
		if (has_column(f, "share_handshakes"))
			found.handshakes_apart +=
			    check_share(rows, count, row, offsetof(struct row, handshakes),
				offsetof(struct row, share_handshakes));
	}
	if (share_of_handshakes || has_column(f, "share_handshakes"))
		assert_int_equal(found.handshakes_apart, sum->handshakes_apart);
	assert_int_equal(found.handshakes, sum->handshakes);
	if (!share_of_handshakes)
		assert_int_equal(found.sessions, sum->sessions);
}

static void shares(void **state _unused_)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		void *own = NULL;
		struct fixture *f;
		struct expected sum;

		set_up(&own);
		f = own;
		sum = feed_random(f, seed);
		check(
		    f, (struct report_request){.view = "protocols", .format = "csv"}, &sum, false);
		check(f, (struct report_request){.view = "groups", .format = "csv"}, &sum, true);
		check(f,
		    (struct report_request){.view = "trend", .format = "csv", .bucket = BUCKET_DAY},
		    &sum, false);
		check(f,
		    (struct report_request){
			.format = "csv", .by = WORDS("protocol", "mail", "bits")},
		    &sum, false);
		tear_down(&own);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shares)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
