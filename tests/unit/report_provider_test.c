/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "report/provider.h"

static void test_provider(void **state)
{
	static const struct {
		const char *name, *domain;
	} rows[] = {
	    {"mail-wr1-f52.google.com", "google.com"},
	    {"example.org", "example.org"},
	    {"MX.Example.ORG.", "example.org"},
	    {"out.mail.example.co.uk", "example.co.uk"},
	    {"mx.example.com.br", "example.com.br"},
	    {"co.uk", "co.uk"},
	    {"www.com.example", "com.example"}, /* no country's */
	    {"a.b.de", "b.de"},
	    {"localhost", ""},
	    {"unknown", ""},
	    {"", ""},
	    {".", ""},
	    {"a..de", ""},
	    {"192.0.2.1", ""},
	    {"2001:db8::1", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buffer_ struct buffer domain = {0};

		provider_of(rows[i].name, &domain);
		assert_string_equal(buffer_text(&domain), rows[i].domain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_provider),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
