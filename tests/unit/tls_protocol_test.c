/* SPDX-License-Identifier: ISC */
#include "tls/protocol.h"

#include "base/macros.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>
#include <stdlib.h>

struct row {
	struct slice raw;
	enum protocol protocol;
};

static const struct row rows[] = {
    {SLICE("SSLv2"), PROTOCOL_SSLV2},
    {SLICE("SSL2"), PROTOCOL_SSLV2},
    {SLICE("SSL2.0"), PROTOCOL_SSLV2},
    {SLICE("SSL-2.0"), PROTOCOL_SSLV2},
    {SLICE("SP_PROT_SSL2_SERVER"), PROTOCOL_SSLV2},
    {SLICE("SP_PROT_SSL2_CLIENT"), PROTOCOL_SSLV2},
    {SLICE("SSLv3"), PROTOCOL_SSLV3},
    {SLICE("sslv3"), PROTOCOL_SSLV3},
    {SLICE("SSL3"), PROTOCOL_SSLV3},
    {SLICE("SSL3.0"), PROTOCOL_SSLV3},
    {SLICE("SSL-3.0"), PROTOCOL_SSLV3},
    {SLICE("SSL 3.0"), PROTOCOL_SSLV3},
    {SLICE("SP_PROT_SSL3_SERVER"), PROTOCOL_SSLV3},
    {SLICE("16"), PROTOCOL_SSLV3},
    {SLICE("32"), PROTOCOL_SSLV3},
    {SLICE("TLSv1/SSLv3"), PROTOCOL_AMBIGUOUS},
    {SLICE("tlsv1/sslv3"), PROTOCOL_AMBIGUOUS},
    {SLICE("TLSv1"), PROTOCOL_TLSV1_0},
    {SLICE("TLS1"), PROTOCOL_TLSV1_0},
    {SLICE("TLS1.0"), PROTOCOL_TLSV1_0},
    {SLICE("TLSv1.0"), PROTOCOL_TLSV1_0},
    {SLICE("TLS-1.0"), PROTOCOL_TLSV1_0},
    {SLICE("TLS 1.0"), PROTOCOL_TLSV1_0},
    {SLICE("TLSv1_0"), PROTOCOL_TLSV1_0},
    {SLICE("1.0"), PROTOCOL_TLSV1_0},
    {SLICE("SP_PROT_TLS1_SERVER"), PROTOCOL_TLSV1_0},
    {SLICE("SP_PROT_TLS1_0_SERVER"), PROTOCOL_TLSV1_0},
    {SLICE("SP_PROT_TLS1_0_CLIENT"), PROTOCOL_TLSV1_0},
    {SLICE("64"), PROTOCOL_TLSV1_0},
    {SLICE("128"), PROTOCOL_TLSV1_0},
    {SLICE("TLSv1.1"), PROTOCOL_TLSV1_1},
    {SLICE("TLS1.1"), PROTOCOL_TLSV1_1},
    {SLICE("TLS-1.1"), PROTOCOL_TLSV1_1},
    {SLICE("SP_PROT_TLS1_1_SERVER"), PROTOCOL_TLSV1_1},
    {SLICE("256"), PROTOCOL_TLSV1_1},
    {SLICE("512"), PROTOCOL_TLSV1_1},
    {SLICE("TLSv1.2"), PROTOCOL_TLSV1_2},
    {SLICE("tlsv1.2"), PROTOCOL_TLSV1_2},
    {SLICE("TLS1.2"), PROTOCOL_TLSV1_2},
    {SLICE("TLS-1.2"), PROTOCOL_TLSV1_2},
    {SLICE("TLS 1.2"), PROTOCOL_TLSV1_2},
    {SLICE("TLSv1_2"), PROTOCOL_TLSV1_2},
    {SLICE("TLS1_2"), PROTOCOL_TLSV1_2},
    {SLICE("1.2"), PROTOCOL_TLSV1_2},
    {SLICE("TLS1.2-PGP"), PROTOCOL_TLSV1_2},
    {SLICE("TLS1.2-OPENPGP"), PROTOCOL_TLSV1_2},
    {SLICE("TLS1.2-X.509"), PROTOCOL_TLSV1_2},
    {SLICE("TLS1.2-Raw Public Key"), PROTOCOL_TLSV1_2},
    {SLICE("SP_PROT_TLS1_2_SERVER"), PROTOCOL_TLSV1_2},
    {SLICE("SP_PROT_TLS1_2_CLIENT"), PROTOCOL_TLSV1_2},
    {SLICE("1024"), PROTOCOL_TLSV1_2},
    {SLICE("2048"), PROTOCOL_TLSV1_2},
    {SLICE("TLSv1.3"), PROTOCOL_TLSV1_3},
    {SLICE("TLS1.3"), PROTOCOL_TLSV1_3},
    {SLICE("TLS-1.3"), PROTOCOL_TLSV1_3},
    {SLICE("TLSv1_3"), PROTOCOL_TLSV1_3},
    {SLICE("TLS1.3-X.509"), PROTOCOL_TLSV1_3},
    {SLICE("SP_PROT_TLS1_3_SERVER"), PROTOCOL_TLSV1_3},
    {SLICE("4096"), PROTOCOL_TLSV1_3},
    {SLICE("8192"), PROTOCOL_TLSV1_3},

    {SLICE(""), PROTOCOL_UNKNOWN},
    {SLICE("UNKNOWN"), PROTOCOL_UNKNOWN},
    {SLICE("unknown"), PROTOCOL_UNKNOWN},
    {SLICE("none"), PROTOCOL_UNKNOWN}, /* a logged word never makes clear text */
    {SLICE("-"), PROTOCOL_UNKNOWN},
    {SLICE("TLS"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv"), PROTOCOL_UNKNOWN},
    {SLICE("SSL"), PROTOCOL_UNKNOWN},
    {SLICE("SSLv23"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv1.4"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv1.20"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv12"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv1.2 "), PROTOCOL_UNKNOWN},
    {SLICE(" TLSv1.2"), PROTOCOL_UNKNOWN},
    {SLICE("TLS--1.2"), PROTOCOL_UNKNOWN},
    {SLICE("TLS_1.2"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv1.2\0"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv1.2-FOO"), PROTOCOL_UNKNOWN},
    {SLICE("1.2-PGP"), PROTOCOL_UNKNOWN},
    {SLICE("DTLSv1.2"), PROTOCOL_UNKNOWN},
    {SLICE("SP_PROT_PCT1_SERVER"), PROTOCOL_UNKNOWN},
    {SLICE("SP_PROT_TLS1_2"), PROTOCOL_UNKNOWN},
    {SLICE("SP_PROT_1.2_SERVER"), PROTOCOL_UNKNOWN},
    {SLICE("SP_PROT_"), PROTOCOL_UNKNOWN},
    {SLICE("0"), PROTOCOL_UNKNOWN},
    {SLICE("1"), PROTOCOL_UNKNOWN},
    {SLICE("1025"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv1/SSLv2"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv1.2/SSLv3"), PROTOCOL_UNKNOWN},
    {SLICE("TLSv1.2------------------------------------------------X.509"), PROTOCOL_UNKNOWN},
};

static void test_spellings(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (protocol_fold(rows[i].raw) != rows[i].protocol)
			fail_msg("\"%.*s\" is %s, expected %s", SLICE_FMT(rows[i].raw),
			    protocol_name(protocol_fold(rows[i].raw)),
			    protocol_name(rows[i].protocol));
}

/* Runs out of the name's own memory, so that a sanitizer sees a byte too far. */
static void test_reads_only_the_slice(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct slice raw = rows[i].raw;
		char *copy = malloc(raw.n ? raw.n : 1);

		assert_non_null(copy);
		memcpy(copy, raw.p, raw.n);
		assert_int_equal(protocol_fold((struct slice){copy, raw.n}), (int)rows[i].protocol);
		free(copy);
	}
	assert_int_equal(protocol_fold(SLICE_NONE), PROTOCOL_UNKNOWN);
}

static void test_names(void **state _unused_)
{
	static const struct {
		enum protocol protocol;
		const char *name;
	} names[] = {
	    {PROTOCOL_UNKNOWN, "unknown"},
	    {PROTOCOL_NONE, "none"},
	    {PROTOCOL_SSLV2, "SSLv2"},
	    {PROTOCOL_SSLV3, "SSLv3"},
	    {PROTOCOL_AMBIGUOUS, "TLSv1/SSLv3"},
	    {PROTOCOL_TLSV1_0, "TLSv1.0"},
	    {PROTOCOL_TLSV1_1, "TLSv1.1"},
	    {PROTOCOL_TLSV1_2, "TLSv1.2"},
	    {PROTOCOL_TLSV1_3, "TLSv1.3"},
	};

	assert_int_equal(ARRAY_SIZE(names), PROTOCOL_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_string_equal(protocol_name(names[i].protocol), names[i].name);
		if (names[i].protocol != PROTOCOL_NONE)
			assert_int_equal(
			    protocol_fold(slice_of(names[i].name)), (int)names[i].protocol);
	}
	assert_string_equal(protocol_name(PROTOCOL_MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_spellings),
	    cmocka_unit_test(test_reads_only_the_slice),
	    cmocka_unit_test(test_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
