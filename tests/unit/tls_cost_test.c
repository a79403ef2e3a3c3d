/* SPDX-License-Identifier: ISC */
/* What of a handshake costs something, and what is known of it. */
#include "base/macros.h"
#include "tls/cost.h"
#include "tls/work.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define MS 1000000

static int load(void **state)
{
	char path[] = "/tmp/tls_cost_test.XXXXXX";
	int fd = mkstemp(path);
	_cleanup_diag_ struct diag d = {0};
	struct cost *cost = NULL;

	assert_true(fd >= 0);
	dprintf(fd, "sign: {rsa2048: 1, ecdsa-secp256r1: 0.000001, ed25519: 1000}\n"
		    "verify: {rsa2048: 0.1}\n"
		    "exchange: {x25519: 2, ffdhe2048: 3.0000009}\n");
	close(fd);
	assert_int_equal(cost_load(path, &cost, &d), 0);
	assert_string_equal(cost_name(cost), path + strlen("/tmp/"));
	unlink(path);
	*state = cost;
	return 0;
}

static int unload(void **state)
{
	cost_free(*state);
	return 0;
}

static void expect_cost(struct cost *cost, const char *suite, const char *signature,
    const char *group, int resumed, bool server, int64_t key, int64_t exchange)
{
	enum protocol protocol =
	    strncmp(suite, "TLS_", 4) == 0 ? PROTOCOL_TLSV1_3 : PROTOCOL_TLSV1_2;
	struct cipher cipher;
	struct subject subject = {
	    .protocol = protocol, .suite = &cipher, .signature = signature, .group = group};
	struct handshake_cost of;

	cipher_read(slice_of(suite), protocol, &cipher);
	of = cost_of(cost, &subject, resumed, server);
	if (of.key != key || of.exchange != exchange)
		fail_msg("%s, %s, %s: %lld and %lld", suite, signature, group, (long long)of.key,
		    (long long)of.exchange);
}

#define NEW "TLS_AES_256_GCM_SHA384"

static void test_signs_or_verifies(void **state)
{
	expect_cost(*state, NEW, "RSA-PSS 2048", "x25519", 0, true, MS, 2 * MS);
	expect_cost(*state, NEW, "RSA-PSS 2048", "x25519", -1, false, MS / 10, 2 * MS);
	expect_cost(*state, NEW, "RSA-PSS 2048 raw public key", "", -1, true, MS, -1);
	expect_cost(*state, NEW, "ECDSA secp256r1", "", -1, true, 1, -1);
	expect_cost(*state, NEW, "ECDSA secp256r1", "", -1, false, -1, -1);
	expect_cost(*state, NEW, "ED25519", "x448", -1, true, INT64_C(1000) * MS, -1);
}

static void test_what_is_not_told_is_not_guessed(void **state)
{
	expect_cost(*state, NEW, "", "", -1, true, -1, -1);
	expect_cost(*state, NEW, "RSA-PSS SHA256", "X25519MLKEM768", -1, true, -1, -1);
	expect_cost(*state, NEW, "(other)", "(other)", -1, true, -1, -1);
	expect_cost(*state, "ECDHE-ECDSA-AES128-GCM-SHA256", "", "", -1, true, -1, -1);
}

static void test_older_ways(void **state)
{
	expect_cost(*state, "AES128-SHA", "RSA 2048", "", -1, true, MS, 0);
	expect_cost(*state, "AES128-SHA", "", "", -1, true, -1, 0);
	expect_cost(*state, "ADH-AES256-SHA", "", "dhe-2048", -1, true, 0, 3 * MS);
	expect_cost(*state, "DHE-RSA-AES256-SHA", "RSA 2048", "ffdhe2048", -1, true, MS, 3 * MS);
}

static void test_resumed(void **state)
{
	expect_cost(*state, NEW, "RSA-PSS 2048", "x25519", 1, true, 0, 2 * MS);
	expect_cost(*state, NEW, "", "", 1, true, 0, -1);
	expect_cost(*state, "ECDHE-RSA-AES128-GCM-SHA256", "", "", 1, true, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_signs_or_verifies, load, unload),
	    cmocka_unit_test_setup_teardown(test_what_is_not_told_is_not_guessed, load, unload),
	    cmocka_unit_test_setup_teardown(test_older_ways, load, unload),
	    cmocka_unit_test_setup_teardown(test_resumed, load, unload),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
