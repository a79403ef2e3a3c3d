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
#include "input/journal.h"
#include "input/journal_fields.h"
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define REMOTE "/lib/systemd/systemd-journal-remote"
#define BINARY_FIRST "first line\nsecond \0 line \xff"

static void field(struct buffer *to, const char *name, struct slice value)
{
	unsigned char length[8] = {0};

	for (size_t i = 0; i < 8; i++)
		length[i] = (unsigned char)(value.n >> 8 * i);
	buffer_printf(to, "%s\n", name);
	buffer_append(to, length, sizeof length);
	buffer_add(to, value);
	buffer_char(to, '\n');
}

/* What the text form cannot hold: binary messages, a huge one, and fields written twice. */
static void binary_entries(struct buffer *to)
{
	static const char head[] = "__REALTIME_TIMESTAMP=%llu\n__MONOTONIC_TIMESTAMP=%llu\n"
				   "_BOOT_ID=0f0e0d0c0b0a09080706050403020100\n"
				   "_MACHINE_ID=000102030405060708090a0b0c0d0e0f\n"
				   "SYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=binary\n_PID=1\n_UID=0\n";
	_cleanup_free_ char *big = memory_array(200000, 1);

	memset(big, 'x', 200000);
	buffer_printf(to, head, 1795428115000000ULL, 1004000000ULL);
	field(to, "MESSAGE", SLICE(BINARY_FIRST));
	buffer_char(to, '\n');
	buffer_printf(to, head, 1795428116000000ULL, 1005000000ULL);
	field(to, "MESSAGE", (struct slice){big, 200000});
	field(to, "_HOSTNAME", (struct slice){big, 1000});
	buffer_char(to, '\n'); /* or the last entry is not taken */
}

static void write_export(const char *path)
{
	_cleanup_buffer_ struct buffer text = {0};
	char bytes[4096];
	size_t n;
	FILE *f = fopen("tests/data/journal/mail.export", "r");

	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		buffer_append(&text, bytes, n);
	fclose(f);
	binary_entries(&text);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

static void shell(const char *folder, const char *command)
{
	_cleanup_buffer_ struct buffer line = {0};

	buffer_printf(&line, "cd %s && %s", folder, command);
	assert_int_equal(system(buffer_text(&line)), 0);
}

static int folder_make(void **state)
{
	char *folder = memory_string("/tmp/journal.XXXXXX"), path[64];

	assert_non_null(mkdtemp(folder));
	*state = folder;
	if (access(REMOTE, X_OK) < 0)
		return 0;
	snprintf(path, sizeof path, "%s/export", folder);
	write_export(path);
	shell(folder, "mkdir j && " REMOTE " -o j/mail.journal --split-mode=none export 2>log");
	return 0;
}

static int folder_remove(void **state)
{
	_cleanup_buffer_ struct buffer line = {0};

	buffer_printf(&line, "rm -r %s", (const char *)*state);
	assert_int_equal(system(buffer_text(&line)), 0);
	free(*state);
	return 0;
}

static void need_remote(void)
{
	if (access(REMOTE, X_OK) == 0)
		return;
	print_message("# SKIPPED: " REMOTE " is not installed, so no journal can be made\n");
	skip();
}

static const char *in_folder(void **state, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", (const char *)*state, name);
	return path;
}

/* In the order of time. */
static const struct expected {
	int64_t time, uid;
	const char *host, *ident, *pid, *unit;
	struct slice message; /* its beginning */
	bool facility, exim, cron;
} entries[] = {
    {1795428111, 101, "mx1", "postfix/smtpd", "21035", "postfix@-.service",
	SLICE("Anonymous TLS connection established from client"), true, false, false},
    {1795428112, 0, "mx1", "cron", "77", "cron.service", SLICE("an entry of another"), false, false,
	true},
    {1795428113, 104, "mx1", "exim4", "300", "exim4.service", SLICE("a unit that writes"), false,
	true, false},
    {1795428114, 0, "mx1", "dovecot", "412", NULL, SLICE("imap-login: Login: user=<u>"), true,
	false, false},
    {1795428115, 0, NULL, "binary", "1", NULL, SLICE(BINARY_FIRST), true, false, false},
    {1795428116, 0, "x", "binary", "1", NULL, SLICE("xxxx"), true, false, false},
};

static void check_text(struct slice value, const char *expected)
{
	if (!expected)
		assert_null(value.p);
	else
		assert_true(slice_starts(value, slice_of(expected)));
}

static void expect_entry(struct journal *j, const struct expected *e)
{
	_cleanup_diag_ struct diag d = {0};
	struct journal_record r;

	assert_int_equal(journal_next(j, &r, &d), 1);
	assert_int_equal(r.time, e->time);
	assert_int_equal(r.uid, e->uid);
	check_text(r.host, e->host);
	check_text(r.ident, e->ident);
	check_text(r.pid, e->pid);
	check_text(r.unit, e->unit);
	assert_true(slice_starts(r.message, e->message));
	assert_true(r.message.n <= JOURNAL_MESSAGE_MAX && r.host.n <= 256);
}

static void expect_end(struct journal *j)
{
	_cleanup_diag_ struct diag d = {0};
	struct journal_record r;

	assert_int_equal(journal_next(j, &r, &d), 0);
	assert_int_equal(journal_unreadable(j), 0);
}

static void entries_of(void **state, const char *where, const char *const *units)
{
	_cleanup_journal_ struct journal *j = NULL;
	_cleanup_diag_ struct diag d = {0};
	char path[128];

	assert_int_equal(journal_open(in_folder(state, where, path), units, &j, &d), 0);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (entries[i].facility || (units && units[0] && entries[i].exim) ||
		    (units && units[0] && units[1] && entries[i].cron))
			expect_entry(j, &entries[i]);
	expect_end(j);
}

static void facility_and_units(void **state)
{
	static const char *const none[] = {NULL}, *const one[] = {"exim4.service", NULL},
				 *const two[] = {"exim4.service", "cron.service", NULL};

	need_remote();
	entries_of(state, "j", NULL);
	entries_of(state, "j", none);
	entries_of(state, "j", one);
	entries_of(state, "j", two);
	entries_of(state, "j/mail.journal", one);
	/* As journald lays them out: a folder of folders named by machine. */
	shell(*state, "mkdir -p all && cp -r j all/000102030405060708090a0b0c0d0e0f");
	entries_of(state, "all", two);
}

static void relative_path(void **state)
{
	_cleanup_journal_ struct journal *j = NULL;
	_cleanup_diag_ struct diag d = {0};
	char here[4096];

	need_remote();
	assert_non_null(getcwd(here, sizeof here));
	assert_int_equal(chdir(*state), 0);
	assert_int_equal(chdir("j"), 0);
	assert_int_equal(journal_open("mail.journal", NULL, &j, &d), 0);
	assert_int_equal(chdir(here), 0);
	expect_entry(j, &entries[0]);
}

static void since(void **state)
{
	_cleanup_journal_ struct journal *j = NULL;
	_cleanup_diag_ struct diag d = {0};
	char path[128];

	need_remote();
	assert_int_equal(journal_open(in_folder(state, "j", path), NULL, &j, &d), 0);
	assert_int_equal(journal_seek_since(j, 1795428114, &d), 0);
	expect_entry(j, &entries[3]);
	assert_int_equal(journal_seek_since(j, 0, &d), 0);
	expect_entry(j, &entries[0]);
	assert_int_equal(journal_seek_since(j, 1795428117, &d), 0);
	expect_end(j);
}

#define MANY 399
#define MANY_BOOT "0f0e0d0c0b0a09080706050403020100"

/* Each kind that is wanted, and two that are not. */
static const char *const kinds[] = {
    "SYSLOG_FACILITY=2\n",
    "SYSLOG_FACILITY=3\n_SYSTEMD_UNIT=exim4.service\n",
    "SYSLOG_FACILITY=3\nSYSLOG_FACILITY=2\n_SYSTEMD_UNIT=cron.service\n",
    JOURNAL_DROPPED_MESSAGES "\nN_DROPPED=3\n_SYSTEMD_UNIT=systemd-journald.service\n",
    "SYSLOG_FACILITY=3\n_SYSTEMD_UNIT=cron.service\n",
    "SYSLOG_FACILITY=20\n_SYSTEMD_UNIT=exim4.service.old\n",
};
#define WANTED_KINDS 4

/* Of every ten entries so many are wanted. */
static bool is_wanted(unsigned number, unsigned of_ten)
{
	return number * 7 % 10 < of_ten;
}

static void write_many(void **state, const char *name, unsigned of_ten)
{
	_cleanup_buffer_ struct buffer command = {0};
	char path[128];
	FILE *f = fopen(in_folder(state, name, path), "w");

	assert_non_null(f);
	for (unsigned i = 0; i < MANY; i++) {
		bool wanted = is_wanted(i, of_ten);
		size_t kind = wanted ? i % WANTED_KINDS : WANTED_KINDS + i % 2;

		fprintf(f,
		    "__REALTIME_TIMESTAMP=%llu\n__MONOTONIC_TIMESTAMP=%u\n_BOOT_ID=" MANY_BOOT
		    "\n_MACHINE_ID=000102030405060708090a0b0c0d0e0f\n_PID=%u\n%sMESSAGE=of %u\n\n",
		    1795428000000000ULL + i * 1000000ULL, 1000000 + i * 1000000, i, kinds[kind], i);
	}
	assert_int_equal(fclose(f), 0);
	buffer_printf(&command,
	    "mkdir %s.j && " REMOTE " -o %s.j/mail.journal --split-mode=none %s 2>log", name, name,
	    name);
	shell(*state, buffer_text(&command));
}

/* From a number on. */
static void expect_wanted(struct journal *j, unsigned from, unsigned of_ten)
{
	_cleanup_diag_ struct diag d = {0};
	struct journal_record r;

	for (unsigned i = from; i < MANY; i++) {
		if (!is_wanted(i, of_ten))
			continue;
		assert_int_equal(journal_next(j, &r, &d), 1);
		assert_int_equal(r.time, 1795428000 + i);
	}
	expect_end(j);
}

static unsigned last_wanted(unsigned until, unsigned of_ten)
{
	while (!is_wanted(until, of_ten))
		until--;
	return until;
}

static void by_index_or_not(void **state, const char *name, unsigned of_ten)
{
	static const char *const units[] = {"exim4.service", NULL};
	_cleanup_journal_ struct journal *j = NULL;
	_cleanup_diag_ struct diag d = {0};
	struct journal_place place, next;
	struct journal_record r;
	char folder[64], path[128];

	write_many(state, name, of_ten);
	snprintf(folder, sizeof folder, "%s.j", name);
	in_folder(state, folder, path);
	assert_int_equal(journal_open(path, units, &j, &d), 0);
	assert_int_equal(journal_by_index(j), of_ten < 5);
	expect_wanted(j, 0, of_ten);
	assert_int_equal(journal_seek_since(j, 1795428000 + 100, &d), 0);
	assert_int_equal(journal_next(j, &r, &d), 1);
	assert_int_equal(journal_place(j, &place), 0);
	assert_int_equal(journal_seek_since(j, 0, &d), 0);
	assert_int_equal(journal_seek_place(j, &place, &d), 1);
	expect_wanted(j, (unsigned)(r.time - 1795428000) + 1, of_ten);
	/* One that is gone: the next is the first that is wanted. */
	place.cursor[strlen(place.cursor) - 1] ^= 1; /* of its content's hash */
	assert_int_equal(journal_seek_place(j, &place, &d), 0);
	assert_true(journal_next_place(j, &next));
	assert_int_equal(next.realtime / 1000000, r.time);
	expect_wanted(j, 100, of_ten);
	assert_int_equal(journal_boot_last(j, MANY_BOOT, NULL, 1795428000 + 200, &place), 1);
	assert_int_equal(place.realtime / 1000000, 1795428000 + last_wanted(200, of_ten));
	assert_int_equal(journal_only_boot(j, MANY_BOOT, &d), 0);
	expect_wanted(j, 0, of_ten);
	assert_int_equal(journal_only_boot(j, "00000000000000000000000000000001", &d), 0);
	expect_end(j);
}

static void much_and_little_mail(void **state)
{
	need_remote();
	by_index_or_not(state, "little", 1);
	by_index_or_not(state, "less", 4);
	by_index_or_not(state, "much", 9);
	by_index_or_not(state, "only", 10);
}

/* It was read without the index, and is read on with it: as when a journal of others grows. */
static void place_of_what_is_not_wanted(void **state)
{
	static const char *const units[] = {"exim4.service", NULL};
	_cleanup_journal_ struct journal *j = NULL, *both = NULL;
	_cleanup_diag_ struct diag d = {0};
	struct journal_place place;
	char path[128];

	need_remote();
	write_many(state, "half", 6);
	write_many(state, "others", 1);
	assert_int_equal(journal_open(in_folder(state, "half.j", path), units, &j, &d), 0);
	assert_false(journal_by_index(j));
	while (journal_next(j, &(struct journal_record){0}, &d) > 0)
		;
	assert_false(is_wanted(MANY - 1, 6));
	assert_int_equal(journal_place(j, &place), 0);
	assert_int_equal(place.realtime / 1000000, 1795428000 + MANY - 1);
	shell(*state, "mkdir both && cp half.j/mail.journal both/a.journal &&"
		      " cp others.j/mail.journal both/b.journal");
	assert_int_equal(journal_open(in_folder(state, "both", path), units, &both, &d), 0);
	assert_true(journal_by_index(both));
	assert_int_equal(journal_seek_place(both, &place, &d), 1);
	place.cursor[strlen(place.cursor) - 1] ^= 1;
	assert_int_equal(journal_seek_place(both, &place, &d), 0);
}

static void expect_refusal(void **state, const char *where, int error, const char *sentence)
{
	_cleanup_journal_ struct journal *j = NULL;
	_cleanup_diag_ struct diag d = {0};
	char path[128];

	assert_int_equal(journal_open(in_folder(state, where, path), NULL, &j, &d), error);
	assert_null(j);
	assert_non_null(strstr(d.text, sentence));
}

static void refusals(void **state)
{
	shell(*state, "mkdir empty");
	expect_refusal(state, "none", -ENOENT, "none' does not exist");
	expect_refusal(state, "empty", -ENOENT, "empty' holds no journal files");
	shell(*state, "mkdir text && echo Nov 24 >text/text.journal");
	expect_refusal(state, "text", -EBADMSG, "text/text.journal' is damaged or cut off");
	expect_refusal(state, "text/text.journal", -EBADMSG, "is damaged or cut off");
	need_remote();
	shell(*state, "mkdir cut && cp j/mail.journal cut/good.journal && "
		      "head -c 100000 j/mail.journal >cut/short.journal");
	expect_refusal(state, "cut", -EBADMSG, "cut/short.journal' is damaged or cut off");
}

static void as_nobody(const char *path, char *sentence, size_t size)
{
	int pipes[2];
	ssize_t n;

	assert_int_equal(pipe(pipes), 0);
	if (fork() == 0) {
		struct diag d = {0};
		struct journal *j = NULL;

		if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
			_exit(1);
		if (journal_open(path, NULL, &j, &d) == -EACCES)
			_exit(write(pipes[1], d.text, strlen(d.text)) < 0);
		_exit(1);
	}
	close(pipes[1]);
	n = read(pipes[0], sentence, size - 1);
	assert_true(n > 0);
	sentence[n] = '\0';
	close(pipes[0]);
	wait(NULL);
}

static void no_permission(void **state)
{
	char path[128], sentence[400];

	need_remote();
	if (geteuid() != 0) {
		print_message("# SKIPPED: only root can become somebody else\n");
		skip();
	}
	shell(*state, "chmod 755 . && mkdir closed && cp j/mail.journal closed/open.journal && "
		      "cp j/mail.journal closed && chmod 644 closed/open.journal && "
		      "chgrp adm closed/mail.journal && chmod 640 closed/mail.journal");
	as_nobody(in_folder(state, "closed", path), sentence, sizeof sentence);
	assert_non_null(strstr(sentence, "closed/mail.journal' may not be read by this user; join "
					 "the group 'adm'"));
	shell(*state, "chgrp root closed/mail.journal");
	as_nobody(path, sentence, sizeof sentence);
	assert_non_null(strstr(sentence, "join the group 'systemd-journal'"));
	shell(*state, "chmod 700 closed");
	as_nobody(path, sentence, sizeof sentence);
	assert_non_null(strstr(sentence, "join the group 'systemd-journal'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(facility_and_units),
	    cmocka_unit_test(relative_path),
	    cmocka_unit_test(since),
	    cmocka_unit_test(much_and_little_mail),
	    cmocka_unit_test(place_of_what_is_not_wanted),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(no_permission),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
