/* SPDX-License-Identifier: ISC */

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/buffer.h"
#include "input/content.h"
#include <errno.h>
#include <string.h>

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static const struct {
	struct slice content;
	const char *sentence; /* after the name; NULL: a log */
} contents[] = {
    {SLICE(""), NULL},
    {SLICE("\n"), NULL},
    {SLICE("no LF"), NULL},
    {SLICE("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), NULL},
    {SLICE("\0\0\0\0\0\0\0\0Nov 24 10:00:00 mx"), NULL},
    {SLICE("\xef\xbb\xbfNov 24"), NULL},
    {SLICE("\033[1mNov\033[0m\t24\r\n"), NULL},
    {SLICE("\xff\xfd\xc0 latin \xe9\n"), NULL},
    {SLICE("LZIPPED? no, but it begins like it"), NULL},
    {SLICE(FIFTY FIFTY "\1\2\3\4\5"), NULL},
    {SLICE(FIFTY FIFTY "\1\2\3\4\5\6"), "is binary data, not text; name a log file"},
    {SLICE("\x7f"
	   "ELF\2\1\1"),
	"is a program (ELF); name a log file"},
    {SLICE("SQLite format 3\0\x10\0"), "is an SQLite database; name a log file"},
    {SLICE("LPKSHHRH\0\0\0\0"), "is a systemd journal file; give its directory instead, or "
				"journal: for this machine's journal"},
    {SLICE("PK\3\4\24\0\0\0"), "is a zip archive; unpack it first"},
    {SLICE("\x1f\x9d\x90"), "is compressed with compress; unpack it with zcat first"},
    {SLICE("\x04\x22\x4d\x18"), "is compressed with lz4; unpack it first"},
    {SLICE("\xff\xfeN\0o\0v\0"), "is UTF-16 text; convert it with iconv"},
    {SLICE("\xfe\xff\0N\0o\0v"), "is UTF-16 text; convert it with iconv"},
    {SLICE("N\0o\0v\0 \0002\0004\0 \0001\0"), "is UTF-16 text; convert it with iconv"},
    {SLICE("\0N\0o\0v\0 \0002\0004\0 \0001"), "is UTF-16 text; convert it with iconv"},
};

/* packed: NULL, or what the content was unpacked from. */
static void check(struct slice content, const char *packed, const char *sentence)
{
	_cleanup_buffer_ struct buffer expected = {0};
	_cleanup_diag_ struct diag d = {0};
	int r = content_check("name", packed, content, &d);

	if (!sentence) {
		assert_int_equal(r, 0);
		assert_null(d.text);
		return;
	}
	buffer_printf(&expected, "'name' %s%s", packed ? "holds" : "is", sentence + strlen("is"));
	assert_int_equal(r, -EMEDIUMTYPE);
	assert_string_equal(d.text, buffer_text(&expected));
}

static void logs_and_others(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(contents); i++) {
		check(contents[i].content, NULL, contents[i].sentence);
		check(contents[i].content, "gzip", contents[i].sentence);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(logs_and_others),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
