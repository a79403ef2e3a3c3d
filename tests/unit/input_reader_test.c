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
#include "input/reader.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* A path in the folder of this run. */
static const char *in_folder(void **state, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", (const char *)*state, name);
	return path;
}

static int folder_make(void **state)
{
	char *folder = memory_string("/tmp/reader.XXXXXX");

	assert_non_null(mkdtemp(folder));
	*state = folder;
	return 0;
}

static void shell(const char *folder, const char *command)
{
	_cleanup_buffer_ struct buffer line = {0};

	buffer_printf(&line, "cd %s && %s", folder, command);
	assert_int_equal(system(buffer_text(&line)), 0);
}

static int folder_remove(void **state)
{
	_cleanup_buffer_ struct buffer line = {0};

	buffer_printf(&line, "rm -r %s", (const char *)*state);
	assert_int_equal(system(buffer_text(&line)), 0);
	free(*state);
	return 0;
}

static void write_file(const char *path, struct slice content)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(content.p, 1, content.n, f), content.n);
	assert_int_equal(fclose(f), 0);
}

static int read_all(struct reader *r, struct buffer *to, struct diag *d)
{
	_cleanup_free_ char *bytes = memory_alloc(100000);
	ssize_t n;

	while ((n = reader_read(r, bytes, 100000, d)) > 0)
		buffer_append(to, bytes, (size_t)n);
	return (int)n;
}

/* About 2.5 MB, more than what all buffers on the way hold. */
static void make_log(struct buffer *to)
{
	for (unsigned i = 0; i < 40000; i++)
		buffer_printf(to,
		    "Nov 24 10:%02u:%02u mx postfix/smtpd[%u]: connect from [192.0.2.%u]\n",
		    i / 60 % 60, i % 60, i * 7 % 30011, i * 31 % 251);
}

/* Standard input is this file, and later what it was before. */
static int replace_stdin(int fd)
{
	int old = dup(STDIN_FILENO);

	assert_true(old >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
	close(fd);
	return old;
}

static void restore_stdin(int old)
{
	assert_int_equal(dup2(old, STDIN_FILENO), STDIN_FILENO);
	close(old);
}

static int pipe_from(const char *folder, const char *command, FILE **ret)
{
	_cleanup_buffer_ struct buffer line = {0};

	buffer_printf(&line, "cd %s && %s", folder, command);
	*ret = popen(buffer_text(&line), "r");
	assert_non_null(*ret);
	return dup(fileno(*ret));
}

static const struct {
	const char *name, *make, *compression;
} kinds[] = {
    {"log", "true", "plain"},
    {"log.gz", "gzip -c log >log.gz", "gzip"},
    {"log.xz", "xz -0c log >log.xz", "xz"},
    {"log.zst", "zstd -qc log >log.zst", "zstd"},
    {"log.bz2", "bzip2 -c log >log.bz2", "bzip2"},
};

static void check_info(
    const struct reader *r, const char *name, const char *compression, int64_t size, int64_t bytes)
{
	struct reader_info info;

	reader_info(r, &info);
	assert_string_equal(info.name, name);
	assert_string_equal(info.compression, compression);
	assert_int_equal(info.size, size);
	assert_int_equal(info.bytes, bytes);
	if (bytes > 0 && size >= 0)
		assert_int_equal(info.consumed, size);
}

/* Peek, read, rewind, peek and read again, for each compression. */
static void files(void **state)
{
	_cleanup_buffer_ struct buffer log = {0};
	char path[128], head[65536];

	make_log(&log);
	write_file(in_folder(state, "log", path), buffer_slice(&log));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_reader_ struct reader *r = NULL;
		_cleanup_diag_ struct diag d = {0};
		struct stat st;

		shell(*state, kinds[i].make);
		in_folder(state, kinds[i].name, path);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(reader_open(path, &r, &d), 0);
		check_info(r, path, kinds[i].compression, st.st_size, 0);
		for (int again = 0; again < 3; again++) {
			_cleanup_buffer_ struct buffer out = {0};

			assert_int_equal(reader_peek(r, head, 100, &d), 100);
			assert_memory_equal(head, log.p, 100);
			assert_int_equal(reader_peek(r, head, sizeof head, &d), sizeof head);
			assert_memory_equal(head, log.p, sizeof head);
			assert_int_equal(reader_read(r, head, 10, &d), 10);
			buffer_append(&out, head, 10);
			assert_int_equal(reader_peek(r, head, sizeof head, &d), sizeof head);
			assert_memory_equal(head, log.p + 10, sizeof head);
			/* Once in the middle of it. */
			if (again == 1) {
				assert_int_equal(reader_rewind(r, &d), 0);
				continue;
			}
			assert_int_equal(read_all(r, &out, &d), 0);
			assert_true(slice_equal(buffer_slice(&out), buffer_slice(&log)));
			check_info(r, path, kinds[i].compression, st.st_size, (int64_t)log.n);
			assert_int_equal(reader_read(r, head, 10, &d), 0);
			assert_int_equal(reader_peek(r, head, 10, &d), 0);
			assert_int_equal(reader_rewind(r, &d), 0);
		}
	}
}

/* Standard input: a redirected file can start again, a pipe only if what was read is kept. */
static void standard_input(void **state)
{
	_cleanup_buffer_ struct buffer log = {0}, command = {0};
	char path[128], head[100];

	make_log(&log);
	write_file(in_folder(state, "log", path), buffer_slice(&log));
	for (size_t i = 0; i < ARRAY_SIZE(kinds) * 3; i++) {
		_cleanup_buffer_ struct buffer out = {0}, again = {0};
		_cleanup_reader_ struct reader *r = NULL;
		_cleanup_diag_ struct diag d = {0};
		const char *name = kinds[i / 3].name, *compression = kinds[i / 3].compression;
		bool piped = i % 3 > 0, kept = i % 3 > 1;
		FILE *writer = NULL;
		struct stat st;
		int old;

		shell(*state, kinds[i / 3].make);
		assert_int_equal(stat(in_folder(state, name, path), &st), 0);
		buffer_clear(&command);
		buffer_printf(&command, "cat %s", name);
		old = replace_stdin(piped ? pipe_from(*state, buffer_text(&command), &writer)
					  : open(path, O_RDONLY));
		assert_int_equal(reader_open("-", &r, &d), 0);
		restore_stdin(old);
		assert_int_equal(reader_peek(r, head, 100, &d), 100);
		if (kept)
			reader_keep(r, true);
		assert_int_equal(read_all(r, &out, &d), 0);
		check_info(
		    r, "standard input", compression, piped ? -1 : st.st_size, (int64_t)log.n);
		assert_true(slice_equal(buffer_slice(&out), buffer_slice(&log)));
		if (piped && !kept) {
			assert_int_equal(reader_rewind(r, &d), -ESPIPE);
			assert_string_equal(d.text,
			    "'standard input' is a pipe and cannot be read a second time; "
			    "put it into a file first");
		} else {
			assert_int_equal(reader_rewind(r, &d), 0);
			assert_int_equal(read_all(r, &again, &d), 0);
			assert_true(slice_equal(buffer_slice(&again), buffer_slice(&log)));
		}
		/* It was read again, and is gone. */
		if (piped && kept)
			assert_int_equal(reader_rewind(r, &d), -ESPIPE);
		if (writer)
			assert_int_equal(pclose(writer), 0);
	}
}

static ssize_t read_up_to(struct reader *r, struct buffer *to, size_t n, struct diag *d)
{
	char part[1000];

	while (to->n < n) {
		size_t left = n - to->n;
		ssize_t got = reader_read(r, part, left < sizeof part ? left : sizeof part, d);

		if (got <= 0)
			return got;
		buffer_append(to, part, (size_t)got);
	}
	return 0;
}

/* A pipe that is read in part, then again from its start, which is kept, and on from there. */
static void pipe_in_part(void **state)
{
	_cleanup_buffer_ struct buffer log = {0}, command = {0};
	char path[128], head[4000];

	make_log(&log);
	write_file(in_folder(state, "log", path), buffer_slice(&log));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_buffer_ struct buffer out = {0};
		_cleanup_reader_ struct reader *r = NULL;
		_cleanup_diag_ struct diag d = {0};
		FILE *writer = NULL;
		int old;

		shell(*state, kinds[i].make);
		buffer_clear(&command);
		buffer_printf(&command, "cat %s", kinds[i].name);
		old = replace_stdin(pipe_from(*state, buffer_text(&command), &writer));
		assert_int_equal(reader_open("-", &r, &d), 0);
		restore_stdin(old);
		assert_int_equal(reader_peek(r, head, 100, &d), 100);
		reader_keep(r, true);
		assert_int_equal(read_up_to(r, &out, log.n / 2, &d), 0);
		assert_int_equal(reader_rewind(r, &d), 0);
		buffer_clear(&out);
		assert_int_equal(read_up_to(r, &out, 5000, &d), 0);
		assert_int_equal(reader_rewind(r, &d), 0);
		reader_keep(r, false); /* too late: it is to be read again */
		buffer_clear(&out);
		assert_int_equal(read_up_to(r, &out, log.n / 2 - 1000, &d), 0);
		/* What is looked at lies on both sides. */
		assert_int_equal(reader_peek(r, head, sizeof head, &d), sizeof head);
		assert_memory_equal(head, log.p + log.n / 2 - 1000, sizeof head);
		check_info(
		    r, "standard input", kinds[i].compression, -1, (int64_t)(log.n / 2 - 1000));
		assert_int_equal(read_all(r, &out, &d), 0);
		assert_true(slice_equal(buffer_slice(&out), buffer_slice(&log)));
		assert_int_equal(reader_rewind(r, &d), -ESPIPE);
		assert_int_equal(pclose(writer), 0);
	}
}

/* Where nothing can be kept the pipe is read all the same, once. */
static void pipe_without_room(void **state)
{
	_cleanup_buffer_ struct buffer log = {0}, out = {0};
	_cleanup_reader_ struct reader *r = NULL;
	_cleanup_diag_ struct diag d = {0};
	char path[128];
	FILE *writer = NULL;
	int old;

	make_log(&log);
	write_file(in_folder(state, "log", path), buffer_slice(&log));
	setenv("TMPDIR", "/nonexistent", 1);
	old = replace_stdin(pipe_from(*state, "cat log", &writer));
	assert_int_equal(reader_open("-", &r, &d), 0);
	restore_stdin(old);
	reader_keep(r, true);
	unsetenv("TMPDIR");
	assert_int_equal(read_all(r, &out, &d), 0);
	assert_true(slice_equal(buffer_slice(&out), buffer_slice(&log)));
	assert_int_equal(reader_rewind(r, &d), -ESPIPE);
	assert_string_equal(d.text,
	    "'standard input' is a pipe of which no copy could be kept in '/nonexistent' (No such "
	    "file or directory), and cannot be read a second time; put it into a file first");
	assert_int_equal(pclose(writer), 0);
}

/* A reader of a pipe whose writer is silent can be dropped at once. */
static void silent_pipe(void **state)
{
	_cleanup_reader_ struct reader *r = NULL;
	_cleanup_diag_ struct diag d = {0};
	_cleanup_free_ char *bytes = memory_alloc(1 << 20);
	char path[128];
	int pipes[2], old;

	/* Incompressible, so that what is read so far unpacks to more than is peeked at. */
	shell(*state, "head -c 300000 /dev/urandom | base64 | gzip -c >silent.gz");
	assert_int_equal(pipe(pipes), 0);
	in_folder(state, "silent.gz", path);
	if (fork() == 0) {
		int fd = open(path, O_RDONLY);
		ssize_t n = read(fd, bytes, 250000);

		close(pipes[0]);
		_exit(n == 250000 && write(pipes[1], bytes, (size_t)n) == n ? 0 : 1);
	}
	old = replace_stdin(pipes[0]);
	assert_int_equal(reader_open("-", &r, &d), 0);
	restore_stdin(old);
	for (size_t n = 0; n < 200000;) {
		ssize_t got = reader_read(r, bytes, 50000, &d);

		assert_true(got > 0);
		n += (size_t)got;
	}
	alarm(20); /* ends a test that hangs */
	r = reader_free(r);
	alarm(0);
	close(pipes[1]);
	wait(NULL);
}

static int64_t time_of(const char *path)
{
	_cleanup_reader_ struct reader *r = NULL;
	_cleanup_diag_ struct diag d = {0};
	struct reader_info info;

	assert_int_equal(reader_open(path, &r, &d), 0);
	reader_info(r, &info);
	return info.time;
}

static void times(void **state)
{
	char path[128];
	FILE *writer;
	int64_t now;
	int old;

	shell(*state, "echo line >old && touch -d @1234567890 old && gzip -Nc old >named.gz && "
		      "gzip -nc old >unnamed.gz && touch -d @1300000000 named.gz unnamed.gz && "
		      "xz -c old >old.xz && touch -d @1400000000 old.xz");
	assert_int_equal(time_of(in_folder(state, "old", path)), 1234567890);
	assert_int_equal(time_of(in_folder(state, "named.gz", path)), 1234567890);
	assert_int_equal(time_of(in_folder(state, "unnamed.gz", path)), 1300000000);
	assert_int_equal(time_of(in_folder(state, "old.xz", path)), 1400000000);

	old = replace_stdin(open(in_folder(state, "old", path), O_RDONLY));
	assert_int_equal(time_of("-"), 1234567890);
	restore_stdin(old);
	now = time(NULL);
	old = replace_stdin(pipe_from(*state, "cat old.xz", &writer));
	assert_in_range(time_of("-"), now, now + 100);
	restore_stdin(old);
	pclose(writer);
	old = replace_stdin(pipe_from(*state, "cat named.gz", &writer));
	assert_int_equal(time_of("-"), 1234567890);
	restore_stdin(old);
	pclose(writer);
}

static void expect_refusal(const char *path, int error, const char *sentence)
{
	_cleanup_reader_ struct reader *r = NULL;
	_cleanup_buffer_ struct buffer whole = {0};
	_cleanup_diag_ struct diag d = {0};

	buffer_printf(&whole, "'%s' %s", path, sentence);
	assert_int_equal(reader_open(path, &r, &d), error);
	assert_null(r);
	assert_string_equal(d.text, buffer_text(&whole));
}

static void archives_in_archives(void **state)
{
	_cleanup_reader_ struct reader *r = NULL;
	_cleanup_diag_ struct diag d = {0};
	char path[128];
	FILE *writer;
	int old;

	shell(*state,
	    "echo line >l && tar cf l.tar l && gzip -c l.tar >l.tgz && gzip -c l >l.gz && "
	    "xz -c l.gz >l.gz.xz && zstd -qc l.tar >l.tzst");
	expect_refusal(
	    in_folder(state, "l.tar", path), -EMEDIUMTYPE, "is a tar archive; unpack it first");
	expect_refusal(
	    in_folder(state, "l.tgz", path), -EMEDIUMTYPE, "holds a tar archive; unpack it first");
	expect_refusal(
	    in_folder(state, "l.tzst", path), -EMEDIUMTYPE, "holds a tar archive; unpack it first");
	expect_refusal(in_folder(state, "l.gz.xz", path), -EMEDIUMTYPE,
	    "holds compressed data once more (gzip in xz); unpack it once first");

	old = replace_stdin(pipe_from(*state, "cat l.tgz", &writer));
	assert_int_equal(reader_open("-", &r, &d), -EMEDIUMTYPE);
	assert_string_equal(d.text, "'standard input' holds a tar archive; unpack it first");
	restore_stdin(old);
	pclose(writer);
}

/* The bytes first, whatever was peeked at, then the sentence, and again. */
static void broken_off(void **state)
{
	_cleanup_buffer_ struct buffer log = {0};
	char path[128], head[1000];

	make_log(&log);
	write_file(in_folder(state, "log", path), buffer_slice(&log));
	for (size_t i = 2; i < ARRAY_SIZE(kinds) * 2; i++) { /* the plain one left out */
		_cleanup_buffer_ struct buffer out = {0}, command = {0};
		_cleanup_reader_ struct reader *r = NULL;
		_cleanup_diag_ struct diag d = {0};
		const char *name = kinds[i / 2].name;

		shell(*state, kinds[i / 2].make);
		buffer_printf(&command, "head -c -30 %s >short", name);
		shell(*state, buffer_text(&command));
		assert_int_equal(reader_open(in_folder(state, "short", path), &r, &d), 0);
		if (i % 2)
			assert_int_equal(reader_peek(r, head, sizeof head, &d), sizeof head);
		assert_int_equal(read_all(r, &out, &d), -EBADMSG);
		assert_true(out.n > 0);
		assert_true(slice_starts(buffer_slice(&log), buffer_slice(&out)));
		assert_non_null(strstr(d.text, "short' ends in the middle of its compressed data; "
					       "what came before was read"));
		diag_free(&d);
		assert_int_equal(reader_read(r, head, 1, &d), -EBADMSG);
		assert_non_null(strstr(d.text, "ends in the middle"));
	}
}

static void what_cannot_be_opened(void **state)
{
	char path[128];

	shell(*state,
	    "mkfifo fifo && mkdir folder && cp /bin/true program && >empty && gzip -c empty >e.gz");
	assert_true(time_of(in_folder(state, "empty", path)) > 0);
	assert_true(time_of(in_folder(state, "e.gz", path)) > 0);
	expect_refusal(
	    in_folder(state, "program", path), -EMEDIUMTYPE, "is a program (ELF); name a log file");
	expect_refusal(in_folder(state, "none", path), -ENOENT, "does not exist");
	expect_refusal(
	    in_folder(state, "folder", path), -EISDIR, "is a directory; name the log files in it");
	expect_refusal(
	    in_folder(state, "fifo", path), -EMEDIUMTYPE, "is a named pipe, not a log file");
	expect_refusal("/dev/null", -EMEDIUMTYPE, "is a device, not a log file");
}

/* What somebody who is not root is told. */
static void as_nobody(const char *path, char *sentence, size_t size)
{
	int pipes[2];
	ssize_t n;

	assert_int_equal(pipe(pipes), 0);
	if (fork() == 0) {
		struct diag d = {0};
		struct reader *r = NULL;

		if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
			_exit(1);
		if (reader_open(path, &r, &d) == -EACCES)
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
	char path[128], sentence[300];

	if (geteuid() != 0) {
		print_message("# skipped: only root can become somebody else\n");
		skip();
	}
	shell(*state, "chmod 755 . && echo line >closed && chgrp adm closed && chmod 640 closed && "
		      "mkdir -m 700 inner && cp closed inner");
	as_nobody(in_folder(state, "closed", path), sentence, sizeof sentence);
	assert_non_null(strstr(sentence, "closed' may not be read by this user; it is readable by "
					 "group 'adm': join that group (adduser USER adm)"));
	shell(*state, "chmod 600 closed");
	as_nobody(path, sentence, sizeof sentence);
	assert_non_null(strstr(sentence, "closed' may not be read by this user; try as root"));
	as_nobody(in_folder(state, "inner/closed", path), sentence, sizeof sentence);
	assert_non_null(strstr(sentence, "a directory above it is closed to this user"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files),
	    cmocka_unit_test(standard_input),
	    cmocka_unit_test(pipe_in_part),
	    cmocka_unit_test(pipe_without_room),
	    cmocka_unit_test(silent_pipe),
	    cmocka_unit_test(times),
	    cmocka_unit_test(archives_in_archives),
	    cmocka_unit_test(broken_off),
	    cmocka_unit_test(what_cannot_be_opened),
	    cmocka_unit_test(no_permission),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
