/* SPDX-License-Identifier: ISC */
/* Files that need not be looked at: until they change, or their judgement says so. */
#include "cmd/judged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void changes(void **state)
{
	struct judged list = {0};
	struct family_file file = {.device = 1, .inode = 2, .size = 10, .mtime = 100};
	struct family_file other = {.device = 1, .inode = 3, .size = 10, .mtime = 100};

	(void)state;
	assert_false(judged_holds(&list, &file));
	judged_note(&list, &file, JUDGED_DONE, 0, false);
	assert_true(judged_holds(&list, &file));
	assert_false(judged_holds(&list, &other));
	file.size++;
	assert_false(judged_holds(&list, &file));
	judged_note(&list, &file, JUDGED_DONE, 0, false);
	file.mtime++;
	assert_false(judged_holds(&list, &file));
	assert_int_equal(list.count, 1);
	judged_free(&list);
}

static void looked_at_each_time(void **state)
{
	struct judged list = {0};
	struct family_file file = {.device = 1, .inode = 2, .size = 10, .mtime = 100};

	(void)state;
	judged_note(&list, &file, JUDGED_DENIED, 0, false);
	assert_false(judged_holds(&list, &file));
	assert_int_equal(judged_of(&list, &file)->as, JUDGED_DENIED);
	judged_note(&list, &file, JUDGED_SHORTER, 7, false)->end = 5;
	assert_false(judged_holds(&list, &file));
	file.size = 20;
	assert_int_equal(judged_note(&list, &file, JUDGED_SHORTER, 7, false)->end, 5);
	assert_int_equal(judged_of(&list, &file)->size, 20);
	/* Of another log it is the first time. */
	assert_int_equal(judged_note(&list, &file, JUDGED_SHORTER, 8, false)->end, 0);
	judged_free(&list);
}

static void copies(void **state)
{
	struct judged list = {0};
	const struct family_file one = {.inode = 1}, two = {.inode = 2}, three = {.inode = 3};

	(void)state;
	judged_note(&list, &one, JUDGED_COPY, 7, true);
	judged_note(&list, &two, JUDGED_COPY, 8, false);
	judged_note(&list, &three, JUDGED_DONE, 7, false);
	assert_true(judged_have_whole(&list, 7));
	assert_false(judged_have_whole(&list, 8));
	judged_release(&list, 7);
	assert_false(judged_holds(&list, &one));
	assert_false(judged_have_whole(&list, 7));
	assert_true(judged_holds(&list, &two));
	assert_true(judged_holds(&list, &three));
	judged_free(&list);
}

static void an_inode_of_another(void **state)
{
	struct judged list = {0};
	struct family_file files[] = {{.inode = 1}, {.inode = 2}};
	const struct family family = {.files = files + 1, .count = 1};

	(void)state;
	judged_note(&list, &files[0], JUDGED_DONE, 0, false);
	judged_note(&list, &files[1], JUDGED_DONE, 0, false);
	judged_keep(&list, &family);
	assert_false(judged_holds(&list, &files[0]));
	assert_true(judged_holds(&list, &files[1]));
	judged_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(changes),
	    cmocka_unit_test(looked_at_each_time),
	    cmocka_unit_test(copies),
	    cmocka_unit_test(an_inode_of_another),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
