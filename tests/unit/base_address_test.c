/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/address.h"
#include "base/macros.h"
#include <arpa/inet.h>
#include <stdlib.h>

static void test_address(void **state)
{
	static const struct {
		struct slice text;
		const char *folded; /* "": no address */
		bool local;
	} rows[] = {
#define ROW(text, folded, local) {{text, sizeof(text) - 1}, folded, local}
	    ROW("192.0.2.1", "192.0.2.1", false),
	    ROW("127.0.0.1", "127.0.0.1", true),
	    ROW("127.255.0.9", "127.255.0.9", true),
	    ROW("128.0.0.1", "128.0.0.1", false),
	    ROW("2001:DB8:0:0:0:0:0:1", "2001:db8::1", false),
	    ROW("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", false),
	    ROW("2001:0db8::0001:0:0:1", "2001:db8::1:0:0:1", false),
	    ROW("IPv6:2001:db8::1", "2001:db8::1", false),
	    ROW("ipv6:::1", "::1", true),
	    ROW("::1", "::1", true),
	    ROW("::", "::", false),
	    ROW("::ffff:192.0.2.1", "192.0.2.1", false),
	    ROW("::ffff:c000:201", "192.0.2.1", false),
	    ROW("::FFFF:127.0.0.1", "127.0.0.1", true),
	    ROW("fe80::1%eth0", "fe80::1", false),
	    ROW("local", "", true),
	    ROW("/var/run/lmtp", "", true),
	    ROW("Local", "", false),
	    ROW("", "", false),
	    ROW("unknown", "", false),
	    ROW("%eth0", "", false),
	    ROW("IPv6:", "", false),
	    ROW("192.0.2.1.", "", false),
	    ROW("192.0.2.256", "", false),
	    ROW("192.0.2", "", false),
	    ROW("010.0.2.1", "", false),
	    ROW("192.0.2.1\0.example", "", false),
	    ROW("[192.0.2.1]", "", false),
	    ROW("2001:db8::1::2", "", false),
	    ROW("1111:2222:3333:4444:5555:6666:123.123.123.123",
		"1111:2222:3333:4444:5555:6666:7b7b:7b7b", false),
	    ROW("0000000000000000000000000000000000000000000000192.0.2.1", "", false),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char to[ADDRESS_TEXT_MAX] = "untouched";
		size_t n = address_fold(rows[i].text, to);

		if (!slice_is((struct slice){to, n}, rows[i].folded))
			fail_msg("%.*s: %.*s", SLICE_FMT(rows[i].text), (int)n, to);
		if (n == 0)
			assert_string_equal(to, "untouched");
		if (address_is_local(rows[i].text) != rows[i].local)
			fail_msg("%.*s: local?", SLICE_FMT(rows[i].text));
	}
}

/* What the C library makes of the same bytes; zeros are common, as in real addresses. */
static void test_like_the_library(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		unsigned char bytes[16];
		char expected[INET6_ADDRSTRLEN], to[ADDRESS_TEXT_MAX];
		int family = round % 2 ? AF_INET6 : AF_INET;
		size_t n;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (unsigned char)(rand() % 3 ? 0 : rand());
		bytes[0] = 0x20; /* no embedded IPv4 address */
		inet_ntop(family, bytes, expected, sizeof(expected));
		n = address_fold(slice_of(expected), to);
		if (!slice_is((struct slice){to, n}, expected))
			fail_msg("%s: %.*s", expected, (int)n, to);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_address),
	    cmocka_unit_test(test_like_the_library),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
