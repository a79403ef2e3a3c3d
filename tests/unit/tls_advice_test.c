/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "tls/advice.h"
#include <errno.h>
#include <string.h>

struct fixture {
	struct yaml *tree;
	struct advice_list list;
	struct policy_set *policies;
};

static int read_advice(const char *text, struct fixture *f, struct diag *d)
{
	struct yaml_read in = {.path = "it.yaml", .diag = d};
	int r = yaml_tree_parse(slice_of(text), "it.yaml", &f->tree, d);

	return r < 0 ? r : advice_read(&in, f->tree, &f->list);
}

static void done(struct fixture *f)
{
	advice_clear(&f->list);
	f->tree = yaml_tree_free(f->tree);
}

static int load(void **state)
{
	static const char *const installed[] = {"policies"};
	static const char text[] =
	    "- {set: 'protocols = >=%', back: b, lowest: {TLSv1.0: TLSv1, TLSv1.2: TLSv1.2}}\n"
	    "- {direction: in, set: 'exclude = %;', back: b, join: ', ', names: yes,\n"
	    "   exclude: {RC4: RC4, 3DES: 3DES, kx=RSA: kRSA, DHE: kDHE}}\n"
	    "- {set: 'options = %', back: b,\n"
	    "   exclude: {SSLv3: +no_sslv3, TLSv1.0: +no_tlsv1, TLSv1.1: +no_tlsv1_1}}\n";
	static struct fixture f;
	_cleanup_diag_ struct diag d = {0};

	if (read_advice(text, &f, &d) < 0 || policy_set_load(installed, 1, &f.policies, &d) < 0)
		fail_msg("%s:%u:%u: %s", d.file, d.line, d.column, d.text);
	*state = &f;
	return 0;
}

static int unload(void **state)
{
	struct fixture *f = *state;

	done(f);
	f->policies = policy_set_free(f->policies);
	return 0;
}

static void test_lines(void **state)
{
	static const struct {
		const char *words[4]; /* "" in a line: there is none */
		const char *lines[3];
	} rows[] = {
	    {{"TLSv1.0", "TLSv1.1"},
		{"protocols = >=TLSv1.2", "", "options = +no_tlsv1 +no_tlsv1_1"}},
	    {{"SSLv3"}, {"protocols = >=TLSv1", "", "options = +no_sslv3"}},
	    /* a lower bound would take TLSv1.0 as well */
	    {{"TLSv1.1"}, {"", "", "options = +no_tlsv1_1"}},
	    /* it has no word for the bound */
	    {{"TLSv1.0"}, {"", "", "options = +no_tlsv1"}},
	    {{"RC4", "kx=RSA"}, {"", "exclude = RC4, kRSA;", ""}},
	    {{"AES128-SHA", "RC4"}, {"", "exclude = RC4, AES128-SHA;", ""}},
	    {{"CBC"}, {"", "", ""}},
	    {{"bcp195-2026"}, {"protocols = >=TLSv1.2", "exclude = RC4, kRSA, kDHE;",
				  "options = +no_sslv3 +no_tlsv1 +no_tlsv1_1"}},
	    {{"TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"},
		{"", "", "options = +no_tlsv1 +no_tlsv1_1"}},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_disable_ struct disable set = {0};
		_cleanup_diag_ struct diag d = {0};

		for (size_t k = 0; k < 4 && rows[i].words[k]; k++)
			assert_int_equal(disable_add(&set, rows[i].words[k], f->policies, &d), 0);
		for (size_t k = 0; k < f->list.n; k++) {
			_cleanup_buffer_ struct buffer line = {0};
			bool any = advice_line(&f->list.p[k], &set, SCOPE_MX, &line);

			assert_string_equal(buffer_text(&line), rows[i].lines[k]);
			assert_int_equal(any, rows[i].lines[k][0] != '\0');
		}
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
	    {"{}\n", "it.yaml:1:1: advice is a list"},
	    {"- {set: x}\n", "it.yaml:1:3: 'set' has a % where the word goes"},
	    {"- {back: b}\n", "it.yaml:1:3: 'set' is missing here"},
	    {"- {set: '%'}\n", "it.yaml:1:3: 'back' is missing here"},
	    {"- {set: '%', back: b}\n", "it.yaml:1:3: an advice has either 'lowest' or 'exclude'"},
	    {"- {set: '%', back: b, lowest: {}, exclude: {}}\n",
		"it.yaml:1:3: an advice has either 'lowest' or 'exclude'"},
	    {"- {set: '%', back: b, direction: up}\n", "it.yaml:1:3: 'direction' is in or out"},
	    {"- {set: '%', back: b, lowest: {RC4: x}}\n",
		"it.yaml:1:32: 'lowest' has words for protocols"},
	    {"- {set: '%', back: b, exclude: {RC44: x}}\n",
		"it.yaml:1:33: cannot disable \"RC44\": it is no protocol, property, suite or "
		"policy; the nearest is \"RC4\""},
	    {"- {set: '%', back: b, exclude: x}\n", "it.yaml:1:32: this is a mapping of words"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		_cleanup_buffer_ struct buffer text = {0};
		struct fixture f = {0};

		assert_int_equal(read_advice(rows[i].text, &f, &d), -EINVAL);
		diag_text(&d, &text);
		assert_string_equal(buffer_text(&text), rows[i].says);
		done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, load, unload);
}
