/* SPDX-License-Identifier: ISC */
/* Makes the store of a busy host that has run for years: 200 combinations in each hour, counted in
 * commits of some days, and looked after as a service does.  Prints how many facts it counted.
 *
 *     old-store STORE YEARS NOW
 */
#include "store/commit.h"
#include "store/prune.h"
#include "store/retention.h"
#include <stdio.h>
#include <stdlib.h>

#define HOUR 3600
#define DAY (24 * HOUR)
#define DAYS_AT_ONCE 5

static const char *const ciphers[] = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA",
    "DHE-RSA-AES256-SHA", "AES256-SHA"};
static const char *const groups[] = {"X25519", "P-256", "P-384", "X25519MLKEM768", ""};

static int64_t count_hour(struct aggregate *a, int64_t hour)
{
	int64_t n = 0;

	for (int i = 0; i < 200; i++) {
		struct fact fact = {
		    .kind = i % 2 ? FACT_SESSION : FACT_HANDSHAKE,
		    .time = hour,
		    .host = SLICE("mx1"),
		    .mta = SLICE("postfix"),
		    .direction = i / 2 % 2 ? DIRECTION_IN : DIRECTION_OUT,
		    .service = SERVICE_MX,
		    .unit = UNIT_CONNECTION,
		    .protocol = i / 4 % 10 < 3 ? PROTOCOL_TLSV1_3 : PROTOCOL_TLSV1_2,
		    .protocol_raw = i / 4 % 10 < 3 ? SLICE("TLSv1.3") : SLICE("TLSv1.2"),
		    .cipher = slice_of(ciphers[i / 4 % 10]),
		    .group = slice_of(groups[i / 40]),
		    .bits = 256,
		    .resumed = -1,
		    .mail = i % 2 ? 1 : -1,
		    .auth = -1,
		};
		struct line_report line = {
		    .time = hour, .host = fact.host, .mta = fact.mta, .outcome = OUTCOME_MATCHED};

		for (int k = 0; k <= (i * 7 + (int)(hour / HOUR)) % 3; k++, n++) {
			aggregate_fact(a, &fact);
			aggregate_line(a, &line);
		}
	}
	return n;
}

static int make(struct store *store, int64_t from, int64_t now, int64_t *ret_n, struct diag *d)
{
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	int64_t left, n = 0;
	int r = store_prime(store, a, 0, d);

	for (int64_t at = from; r == 0 && at < now; at += DAYS_AT_ONCE * DAY) {
		int64_t end = at + DAYS_AT_ONCE * DAY < now ? at + DAYS_AT_ONCE * DAY : now;

		for (int64_t hour = at; hour < end; hour += HOUR)
			n += count_hour(a, hour);
		r = store_commit(store,
		    &(struct batch){
			.aggregate = a,
			.source = SLICE("/var/log/mail.log"),
			.class = "file",
			.following = &(struct following){.now = end},
		    },
		    d);
		do
			left = r < 0 ? r : store_prune(store, end, false, d);
		while (left > 0);
		r = left < 0 ? (int)left : r;
	}
	*ret_n = n;
	return r;
}

int main(int argc, char **argv)
{
	_cleanup_store_ struct store *store = NULL;
	_cleanup_diag_ struct diag d = {0};
	int64_t now, n = 0;
	int r;

	if (argc != 4) {
		fprintf(stderr, "usage: old-store STORE YEARS NOW\n");
		return 2;
	}
	now = strtoll(argv[3], NULL, 10) / HOUR * HOUR;
	r = store_open(argv[1], STORE_CREATE, &store, &d);
	if (r == 0)
		r = make(store, now - strtoll(argv[2], NULL, 10) * 365 * DAY, now, &n, &d);
	if (r < 0) {
		fprintf(stderr, "old-store: %s\n", d.text);
		return 1;
	}
	printf("%lld\n", (long long)n);
	return 0;
}
