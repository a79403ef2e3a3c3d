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
#include "input/framing.h"
#include "input/identity.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* What came out of one log. */
struct result {
	struct buffer text; /* finished blocks, then | and the unfinished one */
	int64_t end;	    /* of the last finished block */
	struct framing_counts counts;
	int blocks, error;
	struct buffer told;
};

static void result_free(struct result *r)
{
	buffer_free(&r->text);
	buffer_free(&r->told);
}

static void told(void *context, struct slice bytes)
{
	buffer_add(context, bytes);
}

/* An unlinked file with this content, by a name that opens it. */
static int file_of(struct slice content, char name[32])
{
	char path[] = "/tmp/framing.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, content.p, content.n), content.n);
	snprintf(name, 32, "/dev/fd/%d", fd);
	return fd;
}

static void read_blocks(struct framing *f, struct result *ret)
{
	_cleanup_diag_ struct diag d = {0};
	struct block block;
	int r;

	while ((r = framing_next(f, &block, &d)) > 0) {
		assert_true(block.text.n > 0);
		assert_int_equal(block.text.p[block.text.n - 1], '\n');
		if (block.unfinished) {
			buffer_char(&ret->text, '|');
		} else {
			/* Exactly what lies before the position was told. */
			assert_int_equal(block.offset, ret->end + (int64_t)ret->told.n);
			ret->blocks++;
		}
		buffer_add(&ret->text, block.text);
		if (!block.unfinished) {
			ret->end = block.offset;
			buffer_clear(&ret->told);
		}
	}
	ret->error = r;
	framing_counts(f, &ret->counts);
}

static void read_log(struct slice content, struct result *ret)
{
	_cleanup_reader_ struct reader *reader = NULL;
	_cleanup_framing_ struct framing *f = NULL;
	_cleanup_diag_ struct diag d = {0};
	char name[32];
	_cleanup_close_ int fd = file_of(content, name);

	*ret = (struct result){0};
	assert_int_equal(reader_open(name, &reader, &d), 0);
	f = framing_new(reader, 0, told, &ret->told);
	read_blocks(f, ret);
}

static const struct {
	const char *name;
	struct slice log;
	struct slice blocks;
	int64_t nul_bytes, end;
} small[] = {
    {"nothing", SLICE(""), SLICE(""), 0, 0},
    {"one line", SLICE("a\n"), SLICE("a\n"), 0, 2},
    {"a line begun", SLICE("a"), SLICE("|a\n"), 0, 0},
    {"a line and a half", SLICE("a\nb"), SLICE("a\n|b\n"), 0, 2},
    {"empty lines", SLICE("\n\n"), SLICE("\n\n"), 0, 2},
    {"CRLF stays", SLICE("a\r\nb\r\n"), SLICE("a\r\nb\r\n"), 0, 6},
    {"a hole first", SLICE("\0\0\0a\nb\n"), SLICE("a\nb\n"), 3, 7},
    {"a hole between", SLICE("a\n\0\0b\n"), SLICE("a\nb\n"), 2, 6},
    {"a hole in a line", SLICE("a\0\0b\n"), SLICE("a\nb\n"), 2, 5},
    {"NUL before LF", SLICE("a\0\nb\n"), SLICE("a\n\nb\n"), 1, 5},
    {"a line that only a hole ends", SLICE("a\0\0"), SLICE("a\n"), 2, 3},
    {"a hole last", SLICE("a\n\0\0"), SLICE("a\n"), 2, 4},
    {"only a hole", SLICE("\0\0"), SLICE(""), 2, 0},
    {"a hole, then half a line", SLICE("a\n\0b"), SLICE("a\n|b\n"), 1, 3},
    {"a mark",
	SLICE("\xef\xbb\xbf"
	      "a\n"),
	SLICE("a\n"), 0, 5},
    {"a mark before half a line",
	SLICE("\xef\xbb\xbf"
	      "a"),
	SLICE("|a\n"), 0, 0},
    {"a mark alone", SLICE("\xef\xbb\xbf"), SLICE(""), 0, 0},
    {"no mark later",
	SLICE("a\n\xef\xbb\xbf"
	      "b\n"),
	SLICE("a\n\xef\xbb\xbf"
	      "b\n"),
	0, 7},
    {"invalid UTF-8", SLICE("\xff\xc0 a\n"), SLICE("\xff\xc0 a\n"), 0, 5},
};

static void small_logs(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(small); i++) {
		struct result r;

		read_log(small[i].log, &r);
		if (!slice_equal(buffer_slice(&r.text), small[i].blocks) ||
		    r.counts.nul_bytes != small[i].nul_bytes || r.end != small[i].end)
			fail_msg("%s: %zu bytes '%s', %jd NULs, end %jd", small[i].name, r.text.n,
			    buffer_text(&r.text), (intmax_t)r.counts.nul_bytes, (intmax_t)r.end);
		assert_int_equal(r.error, 0);
		result_free(&r);
	}
}

static void append_line(struct buffer *b, size_t n, char c)
{
	for (size_t i = 0; i < n; i++)
		buffer_char(b, c);
	buffer_char(b, '\n');
}

/* A line of every length around the limit and around the read size, alone and among others. */
static void long_lines(void **state _unused_)
{
	static const size_t lengths[] = {1, LINE_LENGTH_MAX - 1, LINE_LENGTH_MAX,
	    LINE_LENGTH_MAX + 1, LINE_LENGTH_MAX + 2, 100000, 262143, 262144, 262145, 327681,
	    1000000};

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		size_t given = lengths[i] < LINE_LENGTH_MAX ? lengths[i] : LINE_LENGTH_MAX;
		struct buffer log = {0}, expected = {0};
		struct result r;

		for (int j = 0; j < 3; j++) {
			append_line(&log, 5, 'a');
			append_line(&log, lengths[i], 'b');
			append_line(&log, 7, 'c');
			append_line(&expected, 5, 'a');
			append_line(&expected, given, 'b');
			append_line(&expected, 7, 'c');
		}
		read_log(buffer_slice(&log), &r);
		assert_true(slice_equal(buffer_slice(&r.text), buffer_slice(&expected)));
		assert_int_equal(r.counts.overlong, lengths[i] > LINE_LENGTH_MAX ? 3 : 0);
		assert_int_equal(r.end, log.n);
		result_free(&r);

		/* The same without its end is unfinished, and the position stays before it. */
		log.n = 0;
		append_line(&log, 5, 'a');
		append_line(&log, lengths[i], 'b');
		log.n--;
		read_log(buffer_slice(&log), &r);
		assert_int_equal(r.end, 6);
		assert_int_equal(r.text.n, 6 + 1 + given + 1);
		assert_int_equal(r.counts.overlong, lengths[i] > LINE_LENGTH_MAX);
		result_free(&r);
		buffer_free(&log);
		buffer_free(&expected);
	}
}

static unsigned random_below(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

static void append_hole(unsigned *seed, struct buffer *log)
{
	size_t n = 1 + random_below(seed, random_below(seed, 10) == 0 ? 300000 : 300);

	while (n-- > 0)
		buffer_char(log, '\0');
}

/* A log of lines, broken lines, holes and overlong lines; what should come out of it. */
static void random_log(unsigned *seed, struct buffer *log, struct buffer *expected)
{
	unsigned pieces = 50 + random_below(seed, 400);

	while (pieces-- > 0) {
		unsigned kind = random_below(seed, 20);
		size_t n = kind == 0   ? 60000 + random_below(seed, 12000)
			   : kind == 1 ? 200000 + random_below(seed, 200000)
				       : random_below(seed, 3000);
		char c = (char)('a' + random_below(seed, 26));

		if (random_below(seed, 8) == 0)
			append_hole(seed, log);
		append_line(log, n, c);
		append_line(expected, n < LINE_LENGTH_MAX ? n : LINE_LENGTH_MAX, c);
		if (n > 0 && random_below(seed, 8) == 0) {
			log->n--; /* its LF was lost */
			append_hole(seed, log);
		}
	}
	append_line(log, 1, 'z');
	append_line(expected, 1, 'z');
}

static const unsigned char key[IDENTITY_KEY] = "a key of a test, not a secret";

static void hash(void *context, struct slice bytes)
{
	identity_update(context, bytes);
}

/* From every position on, the rest of the log comes out, and the position is what hashing the
 * bytes before it gives. */
static void go_on_from(struct buffer *log, int64_t offset, const struct position *p,
    struct slice rest, int64_t start_of_rest)
{
	_cleanup_reader_ struct reader *reader = NULL;
	_cleanup_framing_ struct framing *f = NULL;
	_cleanup_identity_ struct identity *identity = identity_new(key);
	_cleanup_diag_ struct diag d = {0};
	struct position here;
	struct result r = {.end = offset};
	char name[32], bytes[5000];
	_cleanup_close_ int fd = file_of(buffer_slice(log), name);

	assert_int_equal(reader_open(name, &reader, &d), 0);
	for (int64_t left = offset; left > 0;) {
		size_t want = left < 5000 ? (size_t)left : 5000;
		ssize_t got = reader_read(reader, bytes, want, &d);

		assert_true(got > 0);
		identity_update(identity, (struct slice){bytes, (size_t)got});
		left -= got;
	}
	identity_position(identity, &here);
	assert_true(position_equal(&here, p));
	f = framing_new(reader, offset, told, &r.told);
	read_blocks(f, &r);
	assert_int_equal(r.end, log->n);
	assert_true(slice_equal(buffer_slice(&r.text), slice_skip(rest, (size_t)start_of_rest)));
	result_free(&r);
}

static void random_logs(void **state _unused_)
{
	unsigned seed = 4711;

	for (int round = 0; round < 12; round++) {
		_cleanup_buffer_ struct buffer log = {0}, expected = {0};
		_cleanup_reader_ struct reader *reader = NULL;
		_cleanup_framing_ struct framing *f = NULL;
		_cleanup_identity_ struct identity *identity = identity_new(key);
		_cleanup_diag_ struct diag d = {0};
		char name[32];
		int64_t done = 0;
		struct block block;

		random_log(&seed, &log, &expected);
		_cleanup_close_ int fd = file_of(buffer_slice(&log), name);
		assert_int_equal(reader_open(name, &reader, &d), 0);
		f = framing_new(reader, 0, hash, identity);
		while (framing_next(f, &block, &d) > 0) {
			struct position p;

			assert_memory_equal(block.text.p, expected.p + done, block.text.n);
			done += (int64_t)block.text.n;
			identity_position(identity, &p);
			assert_int_equal(p.offset, block.offset);
			if (random_below(&seed, 3) == 0)
				go_on_from(&log, block.offset, &p, buffer_slice(&expected), done);
		}
		assert_int_equal(done, expected.n);
	}
}

/* A block is as it was given for so many calls as it was asked to stay. */
static void blocks_stay(void **state _unused_)
{
	unsigned seed = 815;

	for (size_t keep = 0; keep <= FRAMING_KEEP_MAX; keep++) {
		_cleanup_buffer_ struct buffer log = {0}, expected = {0};
		_cleanup_reader_ struct reader *reader = NULL;
		_cleanup_framing_ struct framing *f = NULL;
		_cleanup_diag_ struct diag d = {0};
		struct slice given[64], meant[64];
		struct block block;
		size_t count = 0;
		int64_t done = 0;
		char name[32];

		random_log(&seed, &log, &expected);
		_cleanup_close_ int fd = file_of(buffer_slice(&log), name);
		assert_int_equal(reader_open(name, &reader, &d), 0);
		f = framing_new(reader, 0, NULL, NULL);
		framing_keep(f, keep);
		while (framing_next(f, &block, &d) > 0) {
			assert_true(count < ARRAY_SIZE(given));
			given[count] = block.text;
			meant[count++] = (struct slice){expected.p + done, block.text.n};
			done += (int64_t)block.text.n;
			for (size_t i = count > keep ? count - 1 - keep : 0; i < count; i++)
				assert_true(slice_equal(given[i], meant[i]));
		}
		assert_int_equal(done, expected.n);
		assert_true(count > 2);
	}
}

/* Two lines, read in a process of its own to see what it takes. */
static void peak_of(int fd, long *ret_kib)
{
	_cleanup_reader_ struct reader *reader = NULL;
	_cleanup_framing_ struct framing *f = NULL;
	_cleanup_diag_ struct diag d = {0};
	struct rusage usage;
	struct block block;
	size_t lines = 0;
	char name[32];

	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	if (reader_open(name, &reader, &d) < 0)
		_exit(2);
	f = framing_new(reader, 0, NULL, NULL);
	while (framing_next(f, &block, &d) > 0)
		for (size_t i = 0; i < block.text.n; i++)
			lines += block.text.p[i] == '\n';
	if (lines != 2)
		_exit(3);
	getrusage(RUSAGE_SELF, &usage);
	*ret_kib = usage.ru_maxrss;
}

static void memory_is_constant(int fd)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct rusage before;
		long peak;

		getrusage(RUSAGE_SELF, &before);
		peak_of(fd, &peak);
		_exit(peak - before.ru_maxrss < 8 * 1024 ? 0 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void line_of_64_mib(void **state _unused_)
{
	char *line = memory_alloc(1 << 20), name[32];
	_cleanup_close_ int fd = file_of(SLICE("first\n"), name);

	memset(line, 'x', 1 << 20);
	for (int i = 0; i < 64; i++)
		assert_int_equal(write(fd, line, 1 << 20), 1 << 20);
	free(line);
	memory_is_constant(fd);
}

static void hole_of_1_gib(void **state _unused_)
{
	char name[32];
	_cleanup_close_ int fd = file_of(SLICE("broken off"), name);

	assert_int_equal(lseek(fd, 1 << 30, SEEK_SET), 1 << 30);
	assert_int_equal(write(fd, "last\n", 5), 5);
	memory_is_constant(fd);
}

/* A thousand times its size: the window and the ring are all that it gets. */
static void bomb(void **state _unused_)
{
	char name[32], command[128];
	_cleanup_close_ int fd = file_of(SLICE(""), name);

	snprintf(command, sizeof command,
	    "(echo first; head -c 128M /dev/zero; echo last) | gzip -1c >/proc/%d/fd/%d", getpid(),
	    fd);
	assert_int_equal(system(command), 0);
	memory_is_constant(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_of_64_mib), /* before others have made the process big */
	    cmocka_unit_test(hole_of_1_gib),
	    cmocka_unit_test(bomb),
	    cmocka_unit_test(small_logs),
	    cmocka_unit_test(long_lines),
	    cmocka_unit_test(random_logs),
	    cmocka_unit_test(blocks_stay),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
