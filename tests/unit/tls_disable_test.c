/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "tls/disable.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int load(void **state)
{
	static const char *const installed[] = {"policies"};
	_cleanup_diag_ struct diag d = {0};
	struct policy_set *set;

	if (policy_set_load(installed, 1, &set, &d) < 0)
		fail_msg("%s:%u:%u: %s", d.file, d.line, d.column, d.text);
	*state = set;
	return 0;
}

static int unload(void **state)
{
	*state = policy_set_free(*state);
	return 0;
}

static void add(struct disable *set, void **state, const char *word)
{
	_cleanup_diag_ struct diag d = {0};

	if (disable_add(set, word, *state, &d) < 0)
		fail_msg("%s: %s", word, d.text);
}

static enum match match(const struct disable *set, const char *protocol, const char *name)
{
	_cleanup_buffer_ struct buffer iana = {0};
	struct cipher suite;
	struct subject subject = {
	    .protocol =
		strcmp(protocol, "none") == 0 ? PROTOCOL_NONE : protocol_fold(slice_of(protocol)),
	    .suite = &suite,
	    .group = "x25519",
	};

	cipher_read(slice_of(name), subject.protocol, &suite);
	if (cipher_iana(&suite, subject.protocol, &iana) == 0)
		subject.suite_name = buffer_text(&iana);
	return disable_match(set, SCOPE_MX, &subject);
}

static void test_words(void **state)
{
	static const struct {
		const char *word, *name, *protocol, *suite;
		enum match match;
	} rows[] = {
	    {"tlsv1", "TLSv1.0", "TLSv1", "AES128-SHA", MATCH_YES},
	    {"TLSv1.0", "TLSv1.0", "TLSv1.2", "AES128-SHA", MATCH_NO},
	    {"TLSv1.0", "TLSv1.0", "unknown", "AES128-SHA", MATCH_UNKNOWN},
	    {"TLSv1.0", "TLSv1.0", "unknown", "ECDHE-RSA-AES128-GCM-SHA256", MATCH_NO},
	    {"TLSv1.0", "TLSv1.0", "TLSv1/SSLv3", "AES128-SHA", MATCH_UNKNOWN},
	    {"TLSv1.0", "TLSv1.0", "none", "", MATCH_NO},
	    {"rc4", "RC4", "TLSv1", "RC4-SHA", MATCH_YES},
	    {"RC4", "RC4", "TLSv1", "AES128-SHA", MATCH_NO},
	    {"RC4", "RC4", "TLSv1", "", MATCH_UNKNOWN},
	    {"CBC", "CBC", "TLSv1.2", "AES128-SHA", MATCH_YES},
	    {"CBC", "CBC", "TLSv1.3", "TLS_AES_128_GCM_SHA256", MATCH_NO},
	    {"3DES", "3DES", "TLSv1.2", "DES-CBC3-SHA", MATCH_YES},
	    {"DES", "DES", "TLSv1.2", "DES-CBC3-SHA", MATCH_NO},
	    {"kx=RSA", "kx=RSA", "TLSv1.2", "AES128-SHA", MATCH_YES},
	    {"kx=RSA", "kx=RSA", "TLSv1.2", "ECDHE-RSA-AES128-SHA", MATCH_NO},
	    {"kx=RSA", "kx=RSA", "TLSv1.3", "", MATCH_NO},
	    {"dhe", "DHE", "TLSv1.2", "DHE-RSA-AES128-SHA", MATCH_YES},
	    {"auth=ecdsa", "auth=ecdsa", "TLSv1.2", "ECDHE-ECDSA-AES128-SHA", MATCH_YES},
	    {"EXPORT", "EXPORT", "TLSv1", "EXP-RC4-MD5", MATCH_YES},
	    {"aNULL", "ANON", "TLSv1", "AECDH-AES256-SHA", MATCH_YES},
	    {"group=X25519", "group=x25519", "TLSv1.3", "", MATCH_YES},
	    {"group=P-256", "group=secp256r1", "TLSv1.3", "", MATCH_NO},
	    {"AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLSv1", "AES128-SHA", MATCH_YES},
	    {"AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLSv1", "AES256-SHA", MATCH_NO},
	    {"bcp195-2026", "bcp195-2026", "TLSv1.2", "AES128-SHA", MATCH_YES},
	    /* weak is what a policy would rather not see, and takes all the same */
	    {"bcp195-2026", "bcp195-2026", "TLSv1.2", "ECDHE-RSA-AES128-SHA", MATCH_NO},
	    {"bcp195-2026", "bcp195-2026", "TLSv1.2", "", MATCH_UNKNOWN},
	    /* by one rule or another */
	    {"mozilla-modern-6.0", "mozilla-modern-6.0", "TLSv1.2", "", MATCH_YES},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_disable_ struct disable set = {0};

		add(&set, state, rows[i].word);
		assert_int_equal(set.count, 1);
		assert_string_equal(set.items[0].name, rows[i].name);
		if (match(&set, rows[i].protocol, rows[i].suite) != rows[i].match)
			fail_msg("%s: %s %s", rows[i].word, rows[i].protocol, rows[i].suite);
	}
}

static void test_together(void **state)
{
	_cleanup_disable_ struct disable set = {0};

	add(&set, state, "TLSv1.0");
	add(&set, state, "RC4");
	add(&set, state, "TLSv1"); /* twice is once */
	add(&set, state, "arcfour");
	assert_int_equal(set.count, 2);
	assert_int_equal(match(&set, "TLSv1.2", "RC4-SHA"), MATCH_YES);
	assert_int_equal(match(&set, "TLSv1", "AES128-SHA"), MATCH_YES);
	assert_int_equal(match(&set, "unknown", "RC4-SHA"), MATCH_YES);
	assert_int_equal(match(&set, "unknown", "AES128-SHA"), MATCH_UNKNOWN);
	assert_int_equal(match(&set, "TLSv1.2", "AES128-SHA"), MATCH_NO);
	assert_true(disable_takes_protocol(&set, SCOPE_MX, PROTOCOL_TLSV1_0));
	assert_false(disable_takes_protocol(&set, SCOPE_MX, PROTOCOL_TLSV1_1));
	assert_true(disable_takes_property(&set, SCOPE_MX, "RC4"));
	assert_false(disable_takes_property(&set, SCOPE_MX, "3DES"));
}

/* What a policy takes as a whole is found out by asking it. */
static void test_policy_takes(void **state)
{
	_cleanup_disable_ struct disable set = {0};

	add(&set, state, "bcp195-2026");
	assert_true(disable_takes_protocol(&set, SCOPE_MX, PROTOCOL_TLSV1_1));
	assert_false(disable_takes_protocol(&set, SCOPE_MX, PROTOCOL_TLSV1_2));
	assert_false(disable_takes_protocol(&set, SCOPE_MX, PROTOCOL_TLSV1_3));
	assert_true(disable_takes_property(&set, SCOPE_MX, "kx=RSA"));
	assert_true(disable_takes_property(&set, SCOPE_MX, "DHE"));
	assert_true(disable_takes_property(&set, SCOPE_MX, "RC4"));
	assert_true(disable_takes_property(&set, SCOPE_MX, "EXPORT"));
	assert_false(disable_takes_property(&set, SCOPE_MX, "CBC"));
	assert_false(disable_takes_property(&set, SCOPE_MX, "ANON"));
	assert_true(disable_takes_property(&set, SCOPE_ACCESS, "ANON"));
	assert_false(disable_takes_property(&set, SCOPE_MX, "nonsense"));
}

static void test_refused(void **state)
{
	static const struct {
		const char *word, *says;
	} rows[] = {
	    {"TLSv1.4",
		"cannot disable \"TLSv1.4\": it is no protocol, property, suite or policy; the "
		"nearest is \"TLSv1.0\""},
	    {"RC5", "cannot disable \"RC5\": it is no protocol, property, suite or policy; the "
		    "nearest is \"RC4\""},
	    {"bcp195-2025",
		"cannot disable \"bcp195-2025\": it is no protocol, property, suite or policy; "
		"the nearest is \"bcp195-2022\""},
	    {"RSA", "cannot disable \"RSA\": kx=RSA is the key exchange, auth=RSA all suites with "
		    "an RSA certificate"},
	    {"kx=rot13",
		"'rot13' is no word of kx; there are rsa dh dhe ecdh ecdhe psk srp krb5 any"},
	    {"colour=red", "'colour=red' names no property: expected kx=, auth=, enc=, mode=, "
			   "mac= or group="},
	    {"none", "cannot disable \"none\": it is no protocol, property, suite or policy; the "
		     "nearest is \"ANON\""},
	    {"", "cannot disable \"\": it is no protocol, property, suite or policy; the nearest "
		 "is \"DH\""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		_cleanup_disable_ struct disable set = {0};

		assert_int_equal(disable_add(&set, rows[i].word, *state, &d), -EINVAL);
		assert_string_equal(d.text, rows[i].says);
	}
}

static void test_bound(void **state)
{
	_cleanup_disable_ struct disable set = {0};
	_cleanup_diag_ struct diag d = {0};

	for (int i = 0; i < DISABLE_MAX; i++) {
		char word[32];

		snprintf(word, sizeof(word), "group=x%d", i);
		add(&set, state, word);
	}
	assert_int_equal(disable_add(&set, "RC4", *state, &d), -EINVAL);
	assert_string_equal(d.text, "cannot disable more than 16 things at once");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_together),
	    cmocka_unit_test(test_policy_takes),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_bound),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, load, unload);
}
