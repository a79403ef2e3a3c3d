/* SPDX-License-Identifier: ISC */
#include "tls/group.h"

#include "base/macros.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>
#include <stdlib.h>

static const struct {
	struct slice raw;
	const char *name;
	enum post_quantum post_quantum;
} groups[] = {
    {SLICE("X25519"), "x25519", POST_QUANTUM_NO},
    {SLICE("x25519"), "x25519", POST_QUANTUM_NO},
    {SLICE("X448"), "x448", POST_QUANTUM_NO},
    {SLICE("secp256r1"), "secp256r1", POST_QUANTUM_NO},
    {SLICE("SECP256R1"), "secp256r1", POST_QUANTUM_NO},
    {SLICE("prime256v1"), "secp256r1", POST_QUANTUM_NO},
    {SLICE("P-256"), "secp256r1", POST_QUANTUM_NO},
    {SLICE("ECDHE (P-256)"), "secp256r1", POST_QUANTUM_NO},
    {SLICE("ECDHE (prime256v1)"), "secp256r1", POST_QUANTUM_NO},
    {SLICE("ECDHE (secp384r1)"), "secp384r1", POST_QUANTUM_NO},
    {SLICE("P-384"), "secp384r1", POST_QUANTUM_NO},
    {SLICE("SECP521R1"), "secp521r1", POST_QUANTUM_NO},
    {SLICE("ECDHE (P-521)"), "secp521r1", POST_QUANTUM_NO},
    {SLICE("SECP224R1"), "secp224r1", POST_QUANTUM_NO},
    {SLICE("brainpoolP256r1"), "brainpoolP256r1", POST_QUANTUM_NO},
    {SLICE("ECDHE (brainpoolP512r1)"), "brainpoolP512r1", POST_QUANTUM_NO},
    {SLICE("DHE (2048 bits)"), "dhe-2048", POST_QUANTUM_NO},
    {SLICE("DHE (3072 bits)"), "dhe-3072", POST_QUANTUM_NO},
    {SLICE("CUSTOM2048"), "dhe-2048", POST_QUANTUM_NO},
    {SLICE("CUSTOM1024"), "dhe-1024", POST_QUANTUM_NO},
    {SLICE("FFDHE3072"), "ffdhe3072", POST_QUANTUM_NO},
    {SLICE("ffdhe2048"), "ffdhe2048", POST_QUANTUM_NO},
    {SLICE("DHE (ffdhe4096)"), "ffdhe4096", POST_QUANTUM_NO},
    {SLICE("X25519MLKEM768"), "X25519MLKEM768", POST_QUANTUM_YES},
    {SLICE("x25519mlkem768"), "X25519MLKEM768", POST_QUANTUM_YES},
    {SLICE("X25519-MLKEM768"), "X25519MLKEM768", POST_QUANTUM_YES},
    {SLICE("X25519_MLKEM768"), "X25519MLKEM768", POST_QUANTUM_YES},
    {SLICE("X25519-ML-KEM-768"), "X25519MLKEM768", POST_QUANTUM_YES},
    {SLICE("SECP256R1-MLKEM768"), "SecP256r1MLKEM768", POST_QUANTUM_YES},
    {SLICE("SecP256r1MLKEM768"), "SecP256r1MLKEM768", POST_QUANTUM_YES},
    {SLICE("SECP384R1_MLKEM1024"), "SecP384r1MLKEM1024", POST_QUANTUM_YES},
    {SLICE("X448MLKEM1024"), "X448MLKEM1024", POST_QUANTUM_YES},
    {SLICE("MLKEM1024"), "MLKEM1024", POST_QUANTUM_YES},
    {SLICE("ECDHE (X25519MLKEM768)"), "X25519MLKEM768", POST_QUANTUM_YES},
    {SLICE("FutureMLKEM2048"), "FutureMLKEM2048", POST_QUANTUM_YES},
    {SLICE("X25519Kyber768Draft00"), "X25519Kyber768Draft00", POST_QUANTUM_DRAFT},
    {SLICE("X25519-KYBER768"), "X25519Kyber768Draft00", POST_QUANTUM_DRAFT},
    {SLICE("x25519_kyber512"), "x25519_kyber512", POST_QUANTUM_DRAFT},

    /* Not a group, or not one that is known: as it stands, and no verdict. */
    {SLICE(""), "", POST_QUANTUM_UNKNOWN},
    {SLICE("0"), "0", POST_QUANTUM_UNKNOWN},
    {SLICE("ECDHE"), "ECDHE", POST_QUANTUM_UNKNOWN},
    {SLICE("DHE"), "DHE", POST_QUANTUM_UNKNOWN},
    {SLICE("CALG_ECDH_EPHEM"), "CALG_ECDH_EPHEM", POST_QUANTUM_UNKNOWN},
    {SLICE("ECDHE (sect283k1)"), "sect283k1", POST_QUANTUM_UNKNOWN},
    {SLICE("sect283k1"), "sect283k1", POST_QUANTUM_UNKNOWN},
    {SLICE("ECDHE ()"), "ECDHE ()", POST_QUANTUM_UNKNOWN},
    {SLICE("ECDHE (P-256"), "ECDHE (P-256", POST_QUANTUM_UNKNOWN},
    {SLICE("FOO (P-256)"), "FOO (P-256)", POST_QUANTUM_UNKNOWN},
    {SLICE("DHE ( bits)"), "DHE ( bits)", POST_QUANTUM_UNKNOWN},
    {SLICE("DHE (02048 bits)"), "DHE (02048 bits)", POST_QUANTUM_UNKNOWN},
    {SLICE("CUSTOM"), "CUSTOM", POST_QUANTUM_UNKNOWN},
    {SLICE("CUSTOM204800"), "CUSTOM204800", POST_QUANTUM_UNKNOWN},
    {SLICE("CUSTOM20x8"), "CUSTOM20x8", POST_QUANTUM_UNKNOWN},
    {SLICE("X25519 "), "X25519 ", POST_QUANTUM_UNKNOWN},
    {SLICE("-_-"), "-_-", POST_QUANTUM_UNKNOWN},
    {SLICE("("), "(", POST_QUANTUM_UNKNOWN},
    {SLICE(")"), ")", POST_QUANTUM_UNKNOWN},
};

static const struct {
	struct slice raw;
	const char *name;
} signatures[] = {
    {SLICE("RSA-PSS (2048 bits)"), "RSA-PSS 2048"},
    {SLICE("RSA-PSS (4096 bits)"), "RSA-PSS 4096"},
    {SLICE("RSA-PSS (2048 bit raw public key)"), "RSA-PSS 2048 raw public key"},
    {SLICE("ECDSA (prime256v1)"), "ECDSA secp256r1"},
    {SLICE("ECDSA (P-256)"), "ECDSA secp256r1"},
    {SLICE("ECDSA (secp384r1)"), "ECDSA secp384r1"},
    {SLICE("ECDSA (prime256v1 raw public key)"), "ECDSA secp256r1 raw public key"},
    {SLICE("ECDSA (sect283k1)"), "ECDSA sect283k1"},
    {SLICE("ED25519"), "ED25519"},
    {SLICE("ED25519 (raw public key)"), "ED25519 raw public key"},
    {SLICE("ED448"), "ED448"},
    {SLICE("ML-DSA-65"), "ML-DSA-65"},
    {SLICE("RSA_PSS_RSAE_SHA256"), "RSA-PSS SHA256"},
    {SLICE("RSA_PSS_SHA384"), "RSA-PSS SHA384"},
    {SLICE("rsa_pss_rsae_sha256"), "RSA-PSS SHA256"},
    {SLICE("RSA_SHA256"), "RSA SHA256"},
    {SLICE("RSA_SHA1"), "RSA SHA1"},
    {SLICE("rsa_pkcs1_sha1"), "RSA SHA1"},
    {SLICE("DSA_SHA1"), "DSA SHA1"},
    {SLICE("ECDSA_SHA256"), "ECDSA SHA256"},
    {SLICE("ECDSA_SECP256R1_SHA256"), "ECDSA secp256r1"},
    {SLICE("ECDSA_SECP384R1_SHA384"), "ECDSA secp384r1"},
    {SLICE("EDDSA_ED25519"), "ED25519"},
    {SLICE(""), ""},
    {SLICE("RSA_"), "RSA_"},
    {SLICE("RSA_FOO_SHA256"), "RSA_FOO_SHA256"},
    {SLICE("ECDSA_SECP256R1_SHA256_X"), "ECDSA_SECP256R1_SHA256_X"},
    {SLICE("RSA-PSS ()"), "RSA-PSS ()"},
    {SLICE("RSA-PSS (2048 bits"), "RSA-PSS (2048 bits"},
};

/* A copy without anything behind it, so that a sanitizer sees a byte too far. */
static struct slice copied(struct slice raw)
{
	char *copy = malloc(raw.n ? raw.n : 1);

	assert_non_null(copy);
	memcpy(copy, raw.p, raw.n);
	return (struct slice){copy, raw.n};
}

static void test_groups(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		_cleanup_buffer_ struct buffer text = {0};
		struct slice raw = copied(groups[i].raw);

		group_fold(raw, &text);
		assert_string_equal(buffer_text(&text), groups[i].name);
		if (group_post_quantum(raw) != groups[i].post_quantum)
			fail_msg("\"%s\" has the wrong post-quantum verdict", groups[i].name);
		free((char *)raw.p);
	}
}

/* A folded name folds to itself: what a report prints can be asked for. */
static void test_folded_names_stay(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		_cleanup_buffer_ struct buffer text = {0};

		group_fold(slice_of(groups[i].name), &text);
		assert_string_equal(buffer_text(&text), groups[i].name);
	}
}

static void test_appends(void **state _unused_)
{
	_cleanup_buffer_ struct buffer text = {0};

	buffer_text_add(&text, "group=");
	group_fold(SLICE("P-256"), &text);
	buffer_text_add(&text, " signature=");
	signature_fold(SLICE("ECDSA (P-256)"), &text);
	assert_string_equal(buffer_text(&text), "group=secp256r1 signature=ECDSA secp256r1");
}

static void test_long_and_binary(void **state _unused_)
{
	_cleanup_buffer_ struct buffer text = {0};
	char name[200];

	memset(name, 'A', sizeof(name));
	memcpy(name, "X25519MLKEM768", 14);
	group_fold((struct slice){name, sizeof(name)}, &text);
	assert_int_equal(text.n, sizeof(name));
	assert_int_equal(
	    group_post_quantum((struct slice){name, sizeof(name)}), POST_QUANTUM_UNKNOWN);
	buffer_clear(&text);
	group_fold(SLICE("X25519\0MLKEM768"), &text);
	assert_true(slice_equal(buffer_slice(&text), SLICE("X25519\0MLKEM768")));
	assert_int_equal(group_post_quantum(SLICE("X25519\0MLKEM768")), POST_QUANTUM_UNKNOWN);
	group_fold(SLICE_NONE, &text);
	signature_fold(SLICE_NONE, &text);
	assert_int_equal(group_post_quantum(SLICE_NONE), POST_QUANTUM_UNKNOWN);
}

static void test_signatures(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++) {
		_cleanup_buffer_ struct buffer text = {0};
		struct slice raw = copied(signatures[i].raw);

		signature_fold(raw, &text);
		assert_string_equal(buffer_text(&text), signatures[i].name);
		free((char *)raw.p);
	}
}

static void test_post_quantum_names(void **state _unused_)
{
	assert_string_equal(post_quantum_name(POST_QUANTUM_UNKNOWN), "");
	assert_string_equal(post_quantum_name(POST_QUANTUM_NO), "no");
	assert_string_equal(post_quantum_name(POST_QUANTUM_DRAFT), "draft");
	assert_string_equal(post_quantum_name(POST_QUANTUM_YES), "yes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_groups),
	    cmocka_unit_test(test_folded_names_stay),
	    cmocka_unit_test(test_appends),
	    cmocka_unit_test(test_long_and_binary),
	    cmocka_unit_test(test_signatures),
	    cmocka_unit_test(test_post_quantum_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
