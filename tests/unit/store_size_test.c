/* SPDX-License-Identifier: ISC */
/* Five years of a service's life: what goes after a time goes, the file gives its room back, and so
 * grows by a few rows a day and by nothing else. */
#include "store/prune.h"

#include "base/memory.h"
#include "store/audit.h"
#include "store/commit.h"
#include "store/handle.h"
#include "store/stream.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR 3600
#define DAY (24 * HOUR)
#define BEGIN INT64_C(1609459200) /* 2021-01-01 00:00 UTC */
#define YEAR 365
#define PEERS 10
#define HANDSHAKES 60 /* a day, each in a minute of its own */
#define STEP 5	      /* days of a log, which is rotated then */
#define RUNGS 64
#define CIPHERS 3

/* Bytes of what stays of a day: a counter for each cipher and direction, what became of the lines,
 * and the log's identity, with room for how full pages are. */
#define DAY_BYTES 300

struct fixture {
	char folder[32], path[64];
	struct store *store;
	struct aggregate *aggregate;
	struct diag diag;
};

static int set_up(void **state)
{
	struct fixture *f = memory_alloc(sizeof(*f));

	strcpy(f->folder, "/tmp/mailtls-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/db", f->folder);
	assert_int_equal(store_open(f->path, STORE_CREATE, &f->store, &f->diag), 0);
	assert_int_equal(database_run(f->store->db, &f->diag, "PRAGMA synchronous = OFF", ""), 0);
	f->aggregate = aggregate_new();
	assert_int_equal(store_prime(f->store, f->aggregate, 0, &f->diag), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[80];

	store_free(f->store);
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, ends[i]);
		unlink(name);
	}
	rmdir(f->folder);
	aggregate_free(f->aggregate);
	diag_free(&f->diag);
	free(f);
	return 0;
}

static int64_t number(struct fixture *f, const char *sql)
{
	int64_t n;

	assert_int_equal(database_integer(f->store->db, &f->diag, 0, &n, sql, ""), 0);
	return n;
}

static void count_day(struct fixture *f, int64_t day)
{
	static const char *const ciphers[CIPHERS] = {
	    "TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "AES128-SHA"};
	char peer[32];

	for (int i = 0; i < HANDSHAKES; i++) {
		struct fact fact = {
		    .kind = FACT_HANDSHAKE,
		    .time = day + (i * DAY / HANDSHAKES),
		    .host = SLICE("mx1"),
		    .mta = SLICE("postfix"),
		    .direction = i % 2 ? DIRECTION_IN : DIRECTION_OUT,
		    .service = SERVICE_MX,
		    .unit = UNIT_CONNECTION,
		    .protocol = PROTOCOL_TLSV1_0,
		    .protocol_raw = SLICE("TLSv1"),
		    .cipher = slice_of(ciphers[i % CIPHERS]),
		    .bits = -1,
		    .resumed = -1,
		    .mail = -1,
		    .auth = -1,
		};
		struct line_report line = {.time = fact.time,
		    .host = fact.host,
		    .mta = fact.mta,
		    .outcome = OUTCOME_MATCHED};

		snprintf(peer, sizeof(peer), "198.51.%d.%d", (int)(day / DAY % 250), i % PEERS);
		fact.peer = slice_of(peer);
		aggregate_fact(f->aggregate, &fact);
		aggregate_line(f->aggregate, &line);
	}
}

static void commit_log(struct fixture *f, int64_t day)
{
	_cleanup_identity_ struct identity *identity = identity_new(store_secret(f->store));
	_cleanup_(rungs_free) struct rungs rungs = {0};
	struct stream_move move = {.name = SLICE("/var/log/mail.log"), .rungs = &rungs};
	char line[64];

	for (int i = 0; i < RUNGS; i++) {
		snprintf(line, sizeof(line), "%lld %d\n", (long long)day, i);
		identity_update(identity, slice_of(line));
		identity_position(identity, &move.to.at);
		if (i < RUNGS - 1) /* where the commit ends it is one, too */
			rungs_add(&rungs, &move.to.at);
	}
	assert_int_equal(store_commit(f->store,
			     &(struct batch){
				 .aggregate = f->aggregate,
				 .source = SLICE("/var/log/mail.log"),
				 .class = "file",
				 .read = {.lines = HANDSHAKES},
				 .moves = (struct stream_move *[]){&move},
				 .move_count = 1,
				 .following = &(struct following){.now = day + STEP * DAY},
			     },
			     &f->diag),
	    0);
	assert_true(store_prune(f->store, day + STEP * DAY, false, &f->diag) >= 0);
}

static int64_t size_after(struct fixture *f, int from, int days)
{
	for (int day = from; day < days; day += STEP) {
		for (int i = 0; i < STEP; i++)
			count_day(f, BEGIN + (int64_t)(day + i) * DAY);
		commit_log(f, BEGIN + (int64_t)day * DAY);
	}
	return number(f, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
}

static void no_problem(void *context, const char *sentence)
{
	(void)context;
	fail_msg("%s", sentence);
}

static void five_years(void **state)
{
	struct fixture *f = *state;
	int64_t second = size_after(f, 0, 2 * YEAR), fifth = size_after(f, 2 * YEAR, 5 * YEAR);
	int64_t now = BEGIN + (int64_t)5 * YEAR * DAY;

	if (fifth > second + (int64_t)3 * YEAR * DAY_BYTES)
		fail_msg("%lld bytes after two years, %lld after five", (long long)second,
		    (long long)fifth);
	assert_int_equal(number(f, "SELECT sum(n) FROM handshake"), (int64_t)5 * YEAR * HANDSHAKES);
	assert_in_range(number(f, "SELECT min(day) FROM peer_day"), now - 121 * DAY, now);
	assert_in_range(number(f, "SELECT min(minute) FROM minute"), now - 91 * DAY, now);
	assert_in_range(number(f, "SELECT min(hour) FROM count"), now - 92 * DAY, now);
	assert_int_equal(number(f, "SELECT count(*) FROM stream"), 5 * YEAR / STEP);
	assert_in_range(
	    number(f, "SELECT count(DISTINCT stream) FROM ladder WHERE kind = 'commit'"), 30 / STEP,
	    30 / STEP + 1);
	assert_in_range(
	    number(f, "SELECT count(DISTINCT stream) FROM ladder"), 400 / STEP, 400 / STEP + 1);
	/* What is kept no more is given back to the disk, and not only free for more. */
	assert_int_equal(retention_change(f->store,
			     &(struct retention){.peers = 35 * DAY, .minutes = DAY}, &f->diag),
	    0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(store_prune(f->store, now, false, &f->diag), 0);
	assert_int_equal(number(f, "PRAGMA freelist_count"), 0);
	assert_true(number(f, "SELECT page_count * page_size FROM pragma_page_count,"
			      " pragma_page_size") < fifth - 100000);
	assert_int_equal(store_check(f->store, no_problem, NULL, &f->diag), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(five_years, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
