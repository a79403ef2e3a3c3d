/* SPDX-License-Identifier: ISC */

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/buffer.h"
#include "base/memory.h"
#include "input/journal_folder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REMOTE "/lib/systemd/systemd-journal-remote"

struct scratch {
	char folder[32];
	bool can_write;
};

static int make_scratch(void **state)
{
	struct scratch *s = memory_alloc(sizeof(*s));

	snprintf(s->folder, sizeof(s->folder), "/tmp/folder.XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	s->can_write = access(REMOTE, X_OK) == 0;
	if (!s->can_write)
		print_message(
		    "# SKIPPED: " REMOTE " is not installed, so no journal can be made\n");
	*state = s;
	return 0;
}

static void shell(const struct scratch *s, const char *command)
{
	_cleanup_buffer_ struct buffer line = {0};

	buffer_printf(&line, "cd %s && %s", s->folder, command);
	assert_int_equal(system(buffer_text(&line)), 0);
}

static int remove_scratch(void **state)
{
	struct scratch *s = *state;
	_cleanup_buffer_ struct buffer line = {0};

	buffer_printf(&line, "rm -r %s", s->folder);
	shell(s, buffer_text(&line));
	free(s);
	return 0;
}

/* Appends entries of a machine: from its second `from` to before `to`, one each. */
static void append(const struct scratch *s, const char *file, int machine, int from, int to)
{
	_cleanup_buffer_ struct buffer line = {0}, path = {0};
	FILE *f;

	buffer_printf(&path, "%s/export", s->folder);
	f = fopen(buffer_text(&path), "w");
	assert_non_null(f);
	for (int i = from; i < to; i++)
		fprintf(f,
		    "__REALTIME_TIMESTAMP=%d000000\n__MONOTONIC_TIMESTAMP=%d000000\n"
		    "_BOOT_ID=%x0000000000000000000000000000000\n"
		    "_MACHINE_ID=%x0000000000000000000000000000001\n"
		    "SYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=test\n_UID=0\nMESSAGE=%d:%d\n\n",
		    1795000000 + i, i, machine, machine, machine, i);
	assert_int_equal(fclose(f), 0);
	buffer_printf(&line, REMOTE " -o %s/%s - <export 2>log", s->folder, file);
	shell(s, buffer_text(&line));
}

static struct journal_folder *look(const struct scratch *s, int files)
{
	struct journal_folder *f = journal_folder_new(s->folder, NULL);
	_cleanup_diag_ struct diag d = {0};

	assert_int_equal(journal_folder_look(f, &d), files);
	return f;
}

static void look_again(struct journal_folder *f, int files)
{
	_cleanup_diag_ struct diag d = {0};

	assert_int_equal(journal_folder_look(f, &d), files);
}

/* The next entries are those, as `append` wrote them. */
static void expect(struct journal_folder *f, int machine, int from, int to)
{
	const struct journal_place *place;
	struct journal_record entry;
	char text[32];

	for (int i = from; i < to; i++) {
		snprintf(text, sizeof(text), "%d:%d", machine, i);
		assert_int_equal(journal_folder_next(f, &entry, &place), 1);
		assert_true(slice_is(entry.message, text));
		assert_int_equal(place->monotonic, i * INT64_C(1000000));
	}
}

static void expect_end(struct journal_folder *f)
{
	const struct journal_place *place;
	struct journal_record entry;

	assert_int_equal(journal_folder_next(f, &entry, &place), 0);
	assert_int_equal(journal_folder_unreadable(f), 0);
	assert_int_equal(journal_folder_failures(f), 0);
}

static void late(void **state)
{
	const struct scratch *s = *state;
	_cleanup_journal_folder_ struct journal_folder *f = NULL;

	if (!s->can_write)
		return;
	append(s, "a.journal", 1, 100, 110);
	f = look(s, 1);
	expect(f, 1, 100, 110);
	expect_end(f);
	append(s, "b.journal", 2, 10, 20);
	expect_end(f); /* nobody looked */
	look_again(f, 2);
	expect(f, 2, 10, 20);
	append(s, "a.journal", 1, 110, 120);
	append(s, "b.journal", 2, 20, 30);
	expect(f, 2, 20, 30);
	expect(f, 1, 110, 120);
	expect_end(f);
}

/* One boot in several files, which are seen in whatever order. */
static void rotated(void **state)
{
	const struct scratch *s = *state;
	_cleanup_journal_folder_ struct journal_folder *f = NULL;

	if (!s->can_write)
		return;
	append(s, "z.journal", 1, 0, 10);
	append(s, "m.journal", 1, 10, 20);
	append(s, "z.journal", 1, 20, 30);
	append(s, "a.journal", 1, 30, 40);
	f = look(s, 3);
	expect(f, 1, 0, 40);
	append(s, "a.journal", 1, 40, 50);
	shell(s, "mv a.journal a@1.journal");
	append(s, "a.journal", 1, 50, 60);
	look_again(f, 4); /* that file is seen first, and the old one has more */
	expect(f, 1, 40, 60);
	expect_end(f);
	assert_null(journal_folder_trouble(f));
}

static void in_between(void **state)
{
	const struct scratch *s = *state;
	_cleanup_journal_folder_ struct journal_folder *f = NULL;

	if (!s->can_write)
		return;
	append(s, "a.journal", 1, 0, 10);
	append(s, "b.journal", 1, 10, 12);
	f = look(s, 2);
	expect(f, 1, 0, 11);
	/* The file that was at its end gets more, and then the one that is being read. */
	append(s, "a.journal", 1, 12, 20);
	append(s, "b.journal", 1, 20, 30);
	expect(f, 1, 11, 30);
	expect_end(f);
}

static void positions(void **state)
{
	const struct scratch *s = *state;
	_cleanup_journal_folder_ struct journal_folder *f = NULL;
	const struct journal_file *const *moved;
	struct journal_file known[2];
	int64_t since;
	size_t n;

	if (!s->can_write)
		return;
	append(s, "a.journal", 1, 0, 10);
	append(s, "b.journal", 2, 5, 15);
	f = look(s, 2);
	expect(f, 1, 0, 5);
	moved = journal_folder_moved(f, &n);
	assert_int_equal(n, 1);
	journal_folder_committed(f);
	known[0] = *moved[0];
	assert_string_equal(known[0].committed, known[0].cursor);
	journal_folder_moved(f, &n);
	assert_int_equal(n, 0);
	journal_folder_free(f);

	/* Whatever it is called now. */
	shell(s, "mkdir old && mv a.journal old/x@1.journal && rm b.journal");
	f = journal_folder_new(s->folder, NULL);
	known[1] = (struct journal_file){.realtime = 42};
	memset(known[1].id, 'f', 32);
	journal_folder_know(f, &known[0]);
	journal_folder_know(f, &known[1]);
	look_again(f, 1);
	expect(f, 1, 5, 10);
	expect_end(f);
	assert_int_equal(journal_folder_missing(f, &since), 1);
	assert_int_equal(since, 42);
	assert_int_equal(journal_folder_missing(f, &since), 0);
}

static void removed(void **state)
{
	const struct scratch *s = *state;
	_cleanup_journal_folder_ struct journal_folder *f = NULL;
	const struct journal_file *const *moved;
	size_t n;

	if (!s->can_write)
		return;
	append(s, "a.journal", 1, 0, 10);
	f = look(s, 1);
	expect(f, 1, 0, 5);
	shell(s, "rm a.journal");
	look_again(f, 0);
	expect(f, 1, 5, 10);
	expect_end(f);
	moved = journal_folder_moved(f, &n);
	assert_int_equal(n, 1);
	assert_true(moved[0]->ended);
}

static void damaged(void **state)
{
	const struct scratch *s = *state;
	_cleanup_journal_folder_ struct journal_folder *f = NULL;

	if (!s->can_write)
		return;
	append(s, "a.journal", 1, 0, 10);
	shell(s, "echo text >text.journal && head -c 4096 a.journal >cut.journal && "
		 "cp cut.journal z.journal && mkfifo pipe.journal && mkdir folder.journal");
	f = look(s, 1);
	expect(f, 1, 0, 10);
	expect_end(f);
	assert_non_null(journal_folder_trouble(f));
	shell(s, "rm text.journal cut.journal z.journal pipe.journal");
	look_again(f, 1);
	assert_null(journal_folder_trouble(f));
}

/* A copy is no other journal, whatever order they are seen in. */
static void copies(void **state)
{
	const struct scratch *s = *state;
	_cleanup_journal_folder_ struct journal_folder *f = NULL;

	if (!s->can_write)
		return;
	append(s, "m.journal", 1, 0, 10);
	shell(s, "mkdir old new && cp m.journal old && cp m.journal a.journal && cp m.journal "
		 "z.journal");
	append(s, "m.journal", 1, 10, 20);
	f = look(s, 1);
	expect(f, 1, 0, 20);
	expect_end(f);
	append(s, "m.journal", 1, 20, 30);
	expect(f, 1, 20, 30);
	expect_end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(late, make_scratch, remove_scratch),
	    cmocka_unit_test_setup_teardown(rotated, make_scratch, remove_scratch),
	    cmocka_unit_test_setup_teardown(in_between, make_scratch, remove_scratch),
	    cmocka_unit_test_setup_teardown(positions, make_scratch, remove_scratch),
	    cmocka_unit_test_setup_teardown(removed, make_scratch, remove_scratch),
	    cmocka_unit_test_setup_teardown(damaged, make_scratch, remove_scratch),
	    cmocka_unit_test_setup_teardown(copies, make_scratch, remove_scratch),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
