/* SPDX-License-Identifier: ISC */
/* Which files a log lies in: by name, the oldest first. */
#include "input/family.h"

#include "base/buffer.h"
#include "base/memory.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	char folder[64];
	struct buffer path;
};

static int set_up(void **state)
{
	struct fixture *f = memory_alloc(sizeof(*f));

	strcpy(f->folder, "/tmp/family-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer command = {0};

	buffer_printf(&command, "rm -r '%s'", f->folder);
	assert_int_equal(system(buffer_text(&command)), 0);
	buffer_free(&f->path);
	free(f);
	return 0;
}

static const char *path(struct fixture *f, const char *name)
{
	buffer_clear(&f->path);
	buffer_printf(&f->path, "%s/%s", f->folder, name);
	return buffer_text(&f->path);
}

/* A file that was written at that second. */
static void make(struct fixture *f, const char *name, long time)
{
	const struct timespec times[] = {{.tv_sec = time}, {.tv_sec = time}};
	int fd = open(path(f, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

/* The names of the family, with a * at those that are live. */
static void assert_family(struct fixture *f, const char *pattern, const char *expected)
{
	_cleanup_family_ struct family family = {0};
	_cleanup_buffer_ struct buffer found = {0};

	family_find(path(f, pattern), &family);
	for (size_t i = 0; i < family.count; i++)
		buffer_printf(&found, "%s%s%s", i ? " " : "",
		    family.files[i].path + strlen(f->folder) + 1, family.files[i].live ? "*" : "");
	assert_string_equal(buffer_text(&found), expected);
}

static void test_what_rotation_makes(void **state)
{
	struct fixture *f = *state;

	make(f, "mail.log", 50);
	make(f, "mail.log.1", 40);
	make(f, "mail.log.2.gz", 30);
	make(f, "mail.log-20261124.xz", 20);
	make(f, "mail-20261123.log.zst", 10);
	make(f, "mail.1.log", 35);
	make(f, "mail.log.errors", 60);
	make(f, "mail.log.1.bak", 60);
	make(f, "mail-2.log", 60);
	make(f, "mail.err", 60);
	make(f, "mail.log2", 60);
	make(f, "mail-errors.log", 60);
	make(f, "xmail.log", 60);
	assert_family(f, "mail.log",
	    "mail-20261123.log.zst mail.log-20261124.xz mail.log.2.gz mail.1.log mail.log.1 "
	    "mail.log*");
}

static void test_names_of_rotation(void **state)
{
	static const char *const made[] = {".1", ".0", ".01", ".12.gz", ".1.xz", ".2.zst", ".3.bz2",
	    ".4.lz4", ".gz", ".old", ".old.gz", "-20261124", "-20261124.gz", "-20261124-1795500000",
	    "-1795500000.xz", "-2026-11-24", ".2026-11-24.gz", "_20261124", "-2026112400",
	    ".20261124-000000", ".20261124T000000.gz", "-20261124_00:00:00", "-2026-48"};
	static const char *const others[] = {"", ".", "-", ".errors", ".bak", ".1.bak", ".save",
	    ".1~", ".gz.part", ".1.gz.tmp", "-errors", "-2", "_2", ".oldest", ".x1", ".1x",
	    "-20261124x", ".1.", ".1.gzip", "2", "20261124", "~"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		if (!family_is_rotation(made[i], ""))
			fail_msg("mail.log%s is made by rotation", made[i]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (family_is_rotation(others[i], ""))
			fail_msg("mail.log%s is not made by rotation", others[i]);
	assert_true(family_is_rotation("-20261124.log", ".log"));
	assert_true(family_is_rotation(".1.log.gz", ".log"));
	assert_false(family_is_rotation("-2.log", ".log"));
	assert_false(family_is_rotation("-20261124.err", ".log"));
	assert_false(family_is_rotation("-20261124", ".log"));
	assert_false(family_is_rotation(".log", ".log"));
}

static void test_equal_times(void **state)
{
	struct fixture *f = *state;

	make(f, "mail.log", 10);
	make(f, "mail.log.1", 10);
	make(f, "mail.log.2", 10);
	make(f, "mail.log.10.gz", 10);
	make(f, "mail.log-20261109", 10);
	make(f, "mail.log-20261110", 10);
	assert_family(f, "mail.log",
	    "mail.log-20261109 mail.log-20261110 mail.log.10.gz mail.log.2 mail.log.1 mail.log*");
}

/* A copy is younger than what it is a copy of. */
static void test_copy(void **state)
{
	struct fixture *f = *state;

	make(f, "mail.log", 10);
	make(f, "mail.log.1", 20);
	assert_family(f, "mail.log", "mail.log.1 mail.log*");
}

static void test_pattern(void **state)
{
	struct fixture *f = *state;

	mkdir(path(f, "a"), 0700);
	mkdir(path(f, "b"), 0700);
	make(f, "a/mail.log", 30);
	make(f, "a/mail.log.1", 10);
	make(f, "b/mail.log", 40);
	make(f, "b/mail.log.1.gz", 20);
	assert_family(f, "*/mail.log", "a/mail.log.1 b/mail.log.1.gz a/mail.log* b/mail.log*");
	/* Those that match by their own name may be written, whatever they look like. */
	assert_family(f, "b/mail.log*", "b/mail.log.1.gz* b/mail.log*");
}

/* The same file under two names is one. */
static void test_links(void **state)
{
	struct fixture *f = *state;
	_cleanup_buffer_ struct buffer target = {0};

	make(f, "mail.log", 10);
	buffer_text_add(&target, path(f, "mail.log"));
	assert_int_equal(link(buffer_text(&target), path(f, "mail.log.1")), 0);
	assert_int_equal(symlink(buffer_text(&target), path(f, "mail.log.2")), 0);
	assert_int_equal(symlink("nowhere", path(f, "mail.log.3")), 0);
	assert_family(f, "mail.log", "mail.log*");
}

static void test_no_files(void **state)
{
	struct fixture *f = *state;

	mkdir(path(f, "mail.log.d"), 0700);
	assert_int_equal(mkfifo(path(f, "mail.log.1"), 0600), 0);
	make(f, "mail.log.2", 10);
	assert_family(f, "mail.log", "mail.log.2");
}

/* Names are no patterns, and a path that is not there is known to be missing. */
static void test_names(void **state)
{
	struct fixture *f = *state;
	_cleanup_family_ struct family family = {0};

	make(f, "ma\\il.log", 10);
	make(f, "ma\\il.log.1", 5);
	family_find(path(f, "mail.log"), &family);
	assert_int_equal(family.count, 0);
	assert_true(family.missing);
	family_free(&family);
	family_find(path(f, "*.log"), &family);
	assert_int_equal(family.count, 2);
	assert_false(family.missing);
	family_free(&family);
	family_find(path(f, "no*.log"), &family);
	assert_int_equal(family.count, 0);
	assert_false(family.missing);
}

static void assert_folder(const char *of, const char *expected)
{
	_cleanup_free_ char *folder = family_folder(of);

	assert_string_equal(folder, expected);
}

static void test_folder(void **state)
{
	(void)state;
	assert_folder("/var/log/mail.log", "/var/log");
	assert_folder("/mail.log", "/");
	assert_folder("/var/log/*.log", "/var/log");
	assert_folder("/var/log/*/mail.log", "/var/log");
	assert_folder("/var/l[o0]g/*/mail.log", "/var");
}

static void add_folder(void *context, const char *folder)
{
	struct buffer *found = context;

	buffer_printf(found, "%s\n", folder);
}

static void assert_folders(struct fixture *f, const char *pattern, const char *expected)
{
	_cleanup_buffer_ struct buffer found = {0}, whole = {0};

	family_folders(path(f, pattern), add_folder, &found);
	for (const char *p = expected; *p; p += strcspn(p, " ") + (p[strcspn(p, " ")] == ' '))
		buffer_printf(&whole, "%s%.*s\n", f->folder, (int)strcspn(p, " ") - (*p == '.'),
		    *p == '.' ? "" : p);
	assert_string_equal(buffer_text(&found), buffer_text(&whole));
}

/* All that may be made below a pattern is seen. */
static void test_folders(void **state)
{
	struct fixture *f = *state;

	mkdir(path(f, "a"), 0700);
	mkdir(path(f, "a/x"), 0700);
	make(f, "b", 10);
	assert_folders(f, "mail.log", ".");
	assert_folders(f, "*.log", ".");
	assert_folders(f, "a/mail.log", "/a");
	assert_folders(f, "[a]/mail.log", ". /a");
	assert_folders(f, "[a]/x/*.log", ". /a /a/x");
	assert_folders(f, "[a]/none/*.log", ". /a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_what_rotation_makes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_equal_times, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_copy, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_pattern, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_links, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_no_files, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_folders, set_up, tear_down),
	    cmocka_unit_test(test_names_of_rotation),
	    cmocka_unit_test(test_folder),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
