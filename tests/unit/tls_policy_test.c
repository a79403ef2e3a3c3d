/* SPDX-License-Identifier: ISC */

/* The policies that are installed, and what a policy's file may say.
 *
 * tls_policy_matrix.tsv: what each policy thinks of a version and suite on port 25, worked out from
 * their sources; "bad" there is broken or unlisted here, "warn" weak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "tls/policy.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const char *const installed[] = {"policies"};

static int load(void **state)
{
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

static const struct policy *named(void **state, const char *name)
{
	const struct policy *policy = policy_find(*state, name, NULL);

	if (!policy)
		fail_msg("there is no policy %s", name);
	return policy;
}

static struct judgement judge(
    const struct policy *policy, enum scope scope, const char *protocol, const char *name)
{
	struct cipher suite;
	struct subject subject = {
	    .protocol =
		strcmp(protocol, "none") == 0 ? PROTOCOL_NONE : protocol_fold(slice_of(protocol)),
	    .suite = &suite,
	};

	cipher_read(slice_of(name), subject.protocol, &suite);
	return policy_judge(policy, CONDITION_SUITE, scope, &subject);
}

static const char *in_the_matrix(const struct judgement *j)
{
	if (strcmp(j->word, verdict_name(j->verdict)) != 0)
		return j->word;
	return j->verdict == VERDICT_BROKEN || j->verdict == VERDICT_UNLISTED ? "bad"
	       : j->verdict == VERDICT_WEAK				      ? "warn"
									      : j->word;
}

static size_t fields(char *line, char **ret, size_t most)
{
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *p = line; p && n < most;)
		ret[n++] = strsep(&p, "\t");
	return n;
}

static void test_matrix(void **state)
{
	FILE *in = fopen("tests/unit/tls_policy_matrix.tsv", "re");
	char line[512], first[512], *head[16], *cell[16];
	size_t columns, rows = 0;

	assert_non_null(in);
	assert_non_null(fgets(first, sizeof(first), in));
	columns = fields(first, head, ARRAY_SIZE(head));
	for (; fgets(line, sizeof(line), in); rows++) {
		assert_int_equal(fields(line, cell, ARRAY_SIZE(cell)), columns);
		for (size_t i = 2; i < columns; i++) {
			struct judgement j =
			    judge(named(state, head[i]), SCOPE_MX, cell[0], cell[1]);

			if (strcmp(in_the_matrix(&j), cell[i]) != 0)
				fail_msg("%s %s by %s: %s, expected %s", cell[0], cell[1], head[i],
				    in_the_matrix(&j), cell[i]);
		}
	}
	fclose(in);
	assert_int_equal(rows, 23);
}

struct row {
	const char *policy, *protocol, *suite, *word;
};

static void expect(void **state, enum scope scope, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct judgement j =
		    judge(named(state, rows[i].policy), scope, rows[i].protocol, rows[i].suite);

		if (strcmp(j.word, rows[i].word) != 0)
			fail_msg("%s %s by %s: %s, expected %s", rows[i].protocol, rows[i].suite,
			    rows[i].policy, j.word, rows[i].word);
	}
}

/* What is not on a list is one thing, what is broken another. */
static void test_unlisted_is_not_broken(void **state)
{
	static const struct row rows[] = {
	    {"nist-800-52r2", "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", "unlisted"},
	    {"bsi-tr-02102-2-2026", "TLSv1.2", "ECDHE-RSA-CHACHA20-POLY1305", "unlisted"},
	    {"bsi-tr-02102-2-2026", "TLSv1.3", "TLS_AES_128_CCM_8_SHA256", "unlisted"},
	    {"bettercrypto-a", "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", "unlisted"},
	    {"mozilla-modern-6.0", "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "unlisted"},
	    {"mozilla-intermediate-6.0", "TLSv1.2", "DHE-RSA-AES256-GCM-SHA384", "unlisted"},
	    {"mozilla-intermediate-6.0", "TLSv1", "ECDHE-RSA-AES256-SHA", "broken"},
	    {"mozilla-intermediate-6.0", "TLSv1.2", "RC4-SHA", "broken"},
	    {"mozilla-old-5.8", "SSLv3", "DHE-RSA-AES256-SHA", "broken"},
	    {"bettercrypto-b", "TLSv1", "EXP-RC4-MD5", "broken"},
	    {"nist-800-52r2", "TLSv1.2", "AES128-SHA", "broken"},
	    {"bcp195-2026", "TLSv1.2", "AES128-SHA", "broken"},
	    {"bcp195-2026", "TLSv1.2", "ECDHE-RSA-CAMELLIA128-GCM-SHA256", "unlisted"},
	    {"pci-dss-4", "TLSv1.2", "DES-CBC3-SHA", "weak"},
	    {"pci-dss-4", "TLSv1.2", "AES128-SHA", "ok"},
	    {"pci-dss-4", "TLSv1.1", "AES128-SHA", "broken"},
	    {"pci-dss-4", "TLSv1.2", "RC4-MD5", "broken"},
	    {"pq", "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "classical"},
	    {"pq", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "unknown"}, /* the group decides */
	};

	expect(state, SCOPE_MX, rows, ARRAY_SIZE(rows));
}

/* Weak TLS is better than none where TLS is opportunistic, and neither will do for a password. */
static void test_scopes(void **state)
{
	static const struct row mx[] = {
	    {"bcp195-2026", "TLSv1.2", "AECDH-AES256-SHA", "weak"},
	    {"bcp195-2026", "none", "", "clear"},
	    {"pci-dss-4", "none", "", "clear"}, /* its rule for everything else is not meant */
	};
	static const struct row login[] = {
	    {"bcp195-2026", "TLSv1.2", "AECDH-AES256-SHA", "broken"},
	    {"bcp195-2026", "none", "", "broken"},
	    {"postfix-default", "none", "", "broken"},
	};

	expect(state, SCOPE_MX, mx, ARRAY_SIZE(mx));
	expect(state, SCOPE_SUBMISSION, login, ARRAY_SIZE(login));
	expect(state, SCOPE_ACCESS, login, ARRAY_SIZE(login));
	assert_true(VERDICT_CLEAR > VERDICT_BROKEN && VERDICT_BROKEN > VERDICT_UNLISTED &&
		    VERDICT_UNLISTED > VERDICT_WEAK && VERDICT_WEAK > VERDICT_OK);
}

/* Known is what all that is not known cannot change. */
static void test_unknown_stays_unknown(void **state)
{
	static const struct row rows[] = {
	    {"bcp195-2026", "unknown", "", "unknown"},
	    {"bcp195-2026", "TLSv1.2", "", "unknown"},
	    {"bcp195-2026", "TLSv1.3", "", "ok"},
	    {"bcp195-2026", "TLSv1.0", "", "broken"},
	    {"bcp195-2026", "TLSv1.2", "AES128-SHA", "broken"},
	    {"bcp195-2026", "unknown", "AES128-SHA", "broken"},	       /* whatever the version */
	    {"bcp195-2026", "TLSv1/SSLv3", "AES128-SHA", "broken"},    /* likewise */
	    {"ncsc-nl-2025", "unknown", "AES128-SHA", "insufficient"}, /* likewise */
	    {"bcp195-2026", "unknown", "ECDHE-RSA-AES256-SHA", "unknown"},
	    /* a suite that only TLS 1.2 has proves it */
	    {"bcp195-2026", "TLSv1/SSLv3", "ECDHE-RSA-AES256-GCM-SHA384", "ok"},
	    {"ncsc-nl-2025", "unknown", "ECDHE-RSA-AES256-GCM-SHA384", "sufficient"},
	    /* Exchange tells no authentication: RSA and ECDSA agree, anonymous would not */
	    {"ncsc-nl-2025", "TLSv1.2", "CALG_AES_256", "unknown"},
	    {"ncsc-nl-2025", "TLSv1.2", "CALG_3DES", "insufficient"},
	    {"pci-dss-4", "TLSv1.2", "CALG_RC4", "broken"},
	    {"mozilla-modern-6.0", "TLSv1.3", "TLS_NEW_512_SHA512", "unknown"},
	};

	expect(state, SCOPE_MX, rows, ARRAY_SIZE(rows));
}

static struct judgement judge_other(
    const struct policy *policy, enum condition_part part, const char *group, const char *signature)
{
	_cleanup_buffer_ struct buffer folded = {0};
	struct cipher suite;
	struct subject subject = {
	    .suite = &suite,
	    .post_quantum = group_post_quantum(slice_of(group)),
	    .signature = signature,
	};

	if (group)
		group_fold(slice_of(group), &folded);
	subject.group = buffer_text(&folded);
	cipher_read(SLICE_NONE, PROTOCOL_UNKNOWN, &suite);
	return policy_judge(policy, part, SCOPE_MX, &subject);
}

static void test_groups(void **state)
{
	static const struct {
		const char *policy, *group, *word;
	} rows[] = {
	    {"pq", "X25519MLKEM768", "pq"}, {"pq", "X25519Kyber768Draft00", "pq-draft"},
	    {"pq", "x25519", "classical"}, {"pq", "", "unknown"},
	    {"mozilla-modern-6.0", "X25519MLKEM768", "ok"},
	    {"mozilla-modern-6.0", "ffdhe2048", "unlisted"},
	    {"mozilla-old-5.8", "X25519MLKEM768", "unlisted"}, {"ncsc-nl-2025", "x25519", "good"},
	    {"ncsc-nl-2025", "ffdhe3072", "phase-out"},
	    {"ncsc-nl-2025", "DHE (2048 bits)", "insufficient"},
	    {"ncsc-nl-2025", "DHE (3072 bits)", "unknown"},
	    {"ncsc-nl-2025", "X25519MLKEM768", "unknown"},
	    {"bcp195-2026", "x25519", "unknown"}, /* it says nothing of groups */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct judgement j =
		    judge_other(named(state, rows[i].policy), CONDITION_GROUP, rows[i].group, NULL);

		if (strcmp(j.word, rows[i].word) != 0)
			fail_msg("%s by %s: %s, expected %s", rows[i].group, rows[i].policy, j.word,
			    rows[i].word);
	}
}

static void test_signatures(void **state)
{
	static const struct {
		const char *policy, *signature, *word;
	} rows[] = {
	    {"bcp195-2026", "RSA-PSS 2048", "ok"},
	    {"bcp195-2026", "RSA 1024", "broken"},
	    {"bcp195-2026", "", "unknown"},
	    {"ncsc-nl-2025", "RSA-PSS 2048", "phase-out"},
	    {"ncsc-nl-2025", "RSA-PSS 4096", "good"},
	    {"ncsc-nl-2025", "ECDSA secp256r1", "good"},
	    {"nist-800-52r2", "ED25519", "unlisted"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct judgement j = judge_other(
		    named(state, rows[i].policy), CONDITION_SIGNATURE, NULL, rows[i].signature);

		if (strcmp(j.word, rows[i].word) != 0)
			fail_msg("%s by %s: %s, expected %s", rows[i].signature, rows[i].policy,
			    j.word, rows[i].word);
	}
}

/* Rule by rule: a milder rule before excuses, a worse one does not. */
static void test_breaks(void **state)
{
	static const struct {
		const char *policy, *protocol, *suite, *rule;
		enum match breaks;
	} rows[] = {
	    {"bcp195-2026", "TLSv1.0", "RC4-SHA", "version", MATCH_YES},
	    {"bcp195-2026", "TLSv1.0", "RC4-SHA", "broken-cipher", MATCH_YES},
	    {"bcp195-2026", "TLSv1.0", "RC4-SHA", "key-exchange", MATCH_YES},
	    {"bcp195-2026", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "recommended-list", MATCH_NO},
	    {"bcp195-2026", "TLSv1.2", "AES128-SHA", "version", MATCH_NO},
	    {"bcp195-2026", "unknown", "ECDHE-RSA-AES128-SHA", "version", MATCH_UNKNOWN},
	    {"ncsc-nl-2025", "TLSv1.2", "ECDHE-RSA-AES128-SHA256", "phase-out-ecdhe", MATCH_YES},
	    {"ncsc-nl-2025", "TLSv1.2", "ECDHE-RSA-AES128-SHA256", "list", MATCH_NO},
	    {"ncsc-nl-2025", "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "phase-out-ecdhe", MATCH_NO},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct policy *policy = named(state, rows[i].policy);
		const struct policy_rules *rules = &policy->rules[CONDITION_SUITE];
		struct cipher suite;
		struct subject subject = {
		    .protocol = protocol_fold(slice_of(rows[i].protocol)), .suite = &suite};
		size_t rule = 0;

		cipher_read(slice_of(rows[i].suite), subject.protocol, &suite);
		while (rule < rules->n && strcmp(rules->p[rule].name, rows[i].rule) != 0)
			rule++;
		assert_true(rule < rules->n);
		if (policy_breaks(policy, CONDITION_SUITE, rule, SCOPE_MX, &subject) !=
		    rows[i].breaks)
			fail_msg("%s %s breaks %s?", rows[i].protocol, rows[i].suite, rows[i].rule);
	}
}

static void test_names(void **state)
{
	_cleanup_diag_ struct diag d = {0};

	assert_null(policy_find(*state, "bcp195", &d));
	assert_non_null(
	    strstr(d.text, "there is no policy \"bcp195\": the nearest is \"bcp195-20"));
}

#define HEAD "policy: own\ntitle: t\ndate: 2026-01\nsource: s\n"
#define RULE HEAD "suites:\n  - {rule: a, verdict: ok"

static void test_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
	    {"[]\n", "own.yaml:1:1: a policy is a mapping of `key: value`"},
	    {"policy: own\n", "own.yaml:1:1: 'title' is missing here"},
	    {HEAD, "own.yaml:1:1: a policy without a rule"},
	    {HEAD "rules: []\n", "own.yaml:5:1: 'rules' is not a key of a policy; its keys: "
				 "policy, title, date, source, suites, groups, signatures"},
	    {"policy: other\ntitle: t\ndate: 2026\nsource: s\n",
		"own.yaml:1:9: policy 'other' is not in a file of that name"},
	    {"policy: own\ntitle: t\ndate: May\nsource: s\n",
		"own.yaml:3:7: 'date' is when the policy was published: 2025, 2026-07 or "
		"2026-04-06"},
	    {HEAD "suites: x\n", "own.yaml:5:9: suites is a list"},
	    {HEAD "suites:\n  - {verdict: ok}\n", "own.yaml:6:5: 'rule' is missing here"},
	    {HEAD "suites:\n  - {rule: a}\n",
		"own.yaml:6:5: a rule needs a 'verdict': ok, weak, unlisted, broken or unknown"},
	    {HEAD "suites:\n  - {rule: a, verdict: bad}\n",
		"own.yaml:6:24: 'bad' is not a word that 'verdict' knows"},
	    {HEAD "suites:\n  - {rule: a, verdict: clear}\n",
		"own.yaml:6:24: 'clear' is not a word that 'verdict' knows"},
	    {HEAD "suites:\n  - {rule: a, verdict: weak}\n",
		"own.yaml:6:5: 'requirement' is missing here"},
	    {RULE ", when: {enc: rc5}}\n",
		"own.yaml:6:40: 'rc5' is no word of 'enc'; there are aes chacha20 camellia aria "
		"3des des rc4 rc2 idea seed null"},
	    {RULE ", when: {protocol: TLSv1.4}}\n", "own.yaml:6:45: 'TLSv1.4' is no protocol; "
						    "there are SSLv2, SSLv3, TLSv1.0, TLSv1.1, "
						    "TLSv1.2, TLSv1.3 and none"},
	    {RULE ", when: {below: SSLv2}}\n",
		"own.yaml:6:42: there is no protocol below this one"},
	    {RULE ", when: {below: TLSv1.2, protocol: TLSv1.2}}\n",
		"own.yaml:6:42: 'below' and 'protocol' say the same thing twice"},
	    {RULE ", when: {bits-below: many}}\n",
		"own.yaml:6:47: 'bits-below' is a number of bits"},
	    {RULE ", when: {mode: []}}\n",
		"own.yaml:6:41: 'mode' is an empty list, which nothing is in"},
	    {RULE ", when: {}}\n",
		"own.yaml:6:34: a condition that asks for nothing; leave out 'when'"},
	    {RULE ", when: {group: x25519}}\n",
		"own.yaml:6:35: 'group' is not a key of this condition; its keys: protocol, below, "
		"kx, auth, enc, mode, mac, bits-below, bits-from, export"},
	    {RULE ", scope: web}\n", "own.yaml:6:35: 'scope' is mx, submission or access"},
	    {RULE "}\n  - {rule: b, verdict: ok}\n",
		"own.yaml:7:5: the rule before takes everything: this one is never reached"},
	    {RULE ", when: {mac: md5}}\n  - {rule: a, verdict: ok}\n",
		"own.yaml:7:5: rule 'a' is there twice"},
	};
	char folder[] = "/tmp/policy-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/own.yaml", folder);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		_cleanup_buffer_ struct buffer text = {0};
		struct policy *policy = NULL;
		FILE *out = fopen(path, "we");

		assert_non_null(out);
		fputs(rows[i].text, out);
		fclose(out);
		assert_int_equal(policy_load(path, &policy, &d), -EINVAL);
		diag_text(&d, &text);
		assert_string_equal(strrchr(buffer_text(&text), '/') + 1, rows[i].says);
	}
	unlink(path);
	rmdir(folder);
}

/* A later folder's file takes the place of an earlier one's of the same name. */
static void test_own_policies(void **state)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_policy_set_ struct policy_set *set = NULL;
	char folder[] = "/tmp/policy-XXXXXX", path[64];
	const char *paths[] = {"policies", folder};
	FILE *out;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/pq.yaml", folder);
	out = fopen(path, "we");
	assert_non_null(out);
	fputs("policy: pq\ntitle: ours\ndate: 2026-11-24\nsource: here\n"
	      "suites:\n  - {rule: all, verdict: ok}\n",
	    out);
	fclose(out);
	assert_int_equal(policy_set_load(paths, 2, &set, &d), 0);
	assert_int_equal(set->n, ((struct policy_set *)*state)->n);
	assert_string_equal(policy_find(set, "pq", &d)->title, "ours");
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_matrix),
	    cmocka_unit_test(test_unlisted_is_not_broken),
	    cmocka_unit_test(test_scopes),
	    cmocka_unit_test(test_unknown_stays_unknown),
	    cmocka_unit_test(test_groups),
	    cmocka_unit_test(test_signatures),
	    cmocka_unit_test(test_breaks),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_own_policies),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, load, unload);
}
