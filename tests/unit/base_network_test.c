/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/network.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* As it was understood: address/bits, or what is wrong with it. */
static void read_as(struct slice text, char *to, size_t size)
{
	_cleanup_diag_ struct diag d = {0};
	struct network network;
	char address[ADDRESS_TEXT_MAX];

	if (network_parse(text, &network, &d) < 0)
		snprintf(to, size, "%s", d.text);
	else
		snprintf(to, size, "%.*s/%u", (int)address_write(&network.address, address),
		    address, network.bits);
}

static void test_parse(void **state)
{
	static const struct {
		struct slice text;
		const char *read;
	} rows[] = {
#define ROW(text, read) {{text, sizeof(text) - 1}, read}
#define NO_NETWORK " is not a network: write 192.0.2.0/24, 2001:db8::/32 or one address"
	    ROW("192.0.2.0/24", "192.0.2.0/24"),
	    ROW("192.0.2.7", "192.0.2.7/32"),
	    ROW("10.0.0.0/8", "10.0.0.0/8"),
	    ROW("10.32.0.0/11", "10.32.0.0/11"),
	    ROW("0.0.0.0/0", "0.0.0.0/0"),
	    ROW("2001:DB8::/32", "2001:db8::/32"),
	    ROW("2001:db8::1", "2001:db8::1/128"),
	    ROW("::/0", "::/0"),
	    ROW("fe80::/10", "fe80::/10"),
	    ROW("::ffff:192.0.2.0/120", "192.0.2.0/24"),
	    ROW("::ffff:0:0/96", "0.0.0.0/0"),
	    ROW("::ffff:192.0.2.9", "192.0.2.9/32"),
	    ROW("10.0.0.7/8",
		"'10.0.0.7/8' is an address within 10.0.0.0/8: write that for the network, or the "
		"address alone"),
	    ROW("2001:db8::1/64",
		"'2001:db8::1/64' is an address within 2001:db8::/64: write that for the network, "
		"or the address alone"),
	    ROW("192.0.2.0/33", "'192.0.2.0/33' has no mask behind its '/': a number of bits up "
				"to 32"),
	    ROW("192.0.2.0/", "'192.0.2.0/' has no mask behind its '/': a number of bits up to 32"),
	    ROW("192.0.2.0/-1",
		"'192.0.2.0/-1' has no mask behind its '/': a number of bits up to 32"),
	    ROW("192.0.2.0/24 ",
		"'192.0.2.0/24 ' has no mask behind its '/': a number of bits up to 32"),
	    ROW("192.0.2.0/255.255.255.0", "'192.0.2.0/255.255.255.0' has no mask behind its '/': "
					   "a number of bits up to 32"),
	    ROW("2001:db8::/129",
		"'2001:db8::/129' has no mask behind its '/': a number of bits up to 128"),
	    ROW("::ffff:192.0.2.0/24",
		"'::ffff:192.0.2.0/24' has no mask behind its '/': a number of bits up to 32"),
	    ROW("", "''" NO_NETWORK),
	    ROW("/24", "'/24'" NO_NETWORK),
	    ROW("192.0.2", "'192.0.2'" NO_NETWORK),
	    ROW("10/8", "'10/8'" NO_NETWORK),
	    ROW("fe80::1%eth0", "'fe80::1%eth0'" NO_NETWORK),
	    ROW("mx.example.net", "'mx.example.net'" NO_NETWORK),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char read[256];

		read_as(rows[i].text, read, sizeof(read));
		assert_string_equal(read, rows[i].read);
	}
}

static void add(struct networks *list, const char *text, int result)
{
	_cleanup_diag_ struct diag d = {0};
	struct network network;

	assert_int_equal(network_parse(slice_of(text), &network, &d), 0);
	assert_int_equal(networks_add(list, &network), result);
}

static void test_match(void **state)
{
	static const struct {
		const char *address;
		bool in;
	} rows[] = {
	    {"192.0.2.0", true},
	    {"192.0.2.255", true},
	    {"192.0.1.255", false},
	    {"192.0.3.0", false},
	    {"::ffff:192.0.2.9", true},
	    {"IPv6:::FFFF:c000:209", true},
	    {"10.31.255.255", false},
	    {"10.32.0.0", true},
	    {"10.63.255.255", true},
	    {"10.64.0.0", false},
	    {"198.51.100.7", true},
	    {"198.51.100.6", false},
	    {"2001:db8:7fff::1", true},
	    {"2001:db8:8000::", false},
	    {"2001:db8::1%eth0", true},
	    /* The first four bytes are those of a network of IPv4. */
	    {"c000:200::1", false},
	    {"unknown", false},
	    {"", false},
	    {"private/lmtp", false},
	    {"192.0.2.0/24", false},
	};
	_cleanup_networks_ struct networks list = {0};

	(void)state;
	assert_false(networks_match(&list, SLICE("192.0.2.1")));
	add(&list, "192.0.2.0/24", 0);
	add(&list, "10.32.0.0/11", 0);
	add(&list, "198.51.100.7", 0);
	add(&list, "2001:db8::/33", 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (networks_match(&list, slice_of(rows[i].address)) != rows[i].in)
			fail_msg("%s", rows[i].address);
}

static void test_everything_is_of_one_kind(void **state)
{
	_cleanup_networks_ struct networks list = {0};

	(void)state;
	add(&list, "0.0.0.0/0", 0);
	assert_true(networks_match(&list, SLICE("203.0.113.9")));
	assert_false(networks_match(&list, SLICE("2001:db8::1")));
	add(&list, "::/0", 0);
	assert_true(networks_match(&list, SLICE("2001:db8::1")));
}

static void test_add(void **state)
{
	_cleanup_networks_ struct networks list = {0};

	(void)state;
	add(&list, "192.0.2.0/24", 0);
	add(&list, "::ffff:192.0.2.0/120", -EEXIST);
	add(&list, "192.0.2.0/25", 0);
	add(&list, "c000:200::/24", 0);
	for (int i = 3; i < NETWORKS_MAX; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.%d.%d.0/24", i / 256, i % 256);
		add(&list, text, 0);
	}
	add(&list, "203.0.113.1", -E2BIG);
	add(&list, "192.0.2.0/24", -EEXIST);
	assert_int_equal(list.n, NETWORKS_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_match),
	    cmocka_unit_test(test_everything_is_of_one_kind),
	    cmocka_unit_test(test_add),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
