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
#include "input/archive.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* Archives are made by the tools that people make them with. */
static const struct format {
	const struct archive_decoder *decoder;
	const char *command;
	size_t checksum; /* a byte of it, counted from the end */
} formats[] = {
#ifdef HAVE_ISAL
    {&archive_isal, "gzip -nc", 8},
#endif
    {&archive_zlib, "gzip -nc", 8},
    {&archive_zstd, "zstd -qc", 1},
    {&archive_xz, "xz -0c", 30},
    {&archive_bzip2, "bzip2 -1c", 3},
};

/* Lines that compress, but not to nothing. */
static void make_log(struct buffer *to, unsigned lines)
{
	unsigned seed = 1;

	for (unsigned i = 0; i < lines; i++) {
		seed = seed * 1103515245 + 12345;
		buffer_printf(to,
		    "Nov 24 10:%02u:%02u mx postfix/smtpd[%u]: connect from [192.0.2.%u]\n",
		    i / 60 % 60, i % 60, seed >> 18, seed >> 8 & 255);
	}
}

static void write_file(const char *path, struct slice content)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(content.p, 1, content.n, f), content.n);
	assert_int_equal(fclose(f), 0);
}

static void read_file(const char *path, struct buffer *to)
{
	FILE *f = fopen(path, "r");
	char bytes[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		buffer_append(to, bytes, n);
	fclose(f);
}

/* The folder of this run; files in it are "log" and "archive". */
struct folder {
	char path[64], log[80], archive[80];
};

static int folder_make(void **state)
{
	struct folder *f = memory_alloc(sizeof *f);

	snprintf(f->path, sizeof f->path, "/tmp/archive.XXXXXX");
	assert_non_null(mkdtemp(f->path));
	snprintf(f->log, sizeof f->log, "%s/log", f->path);
	snprintf(f->archive, sizeof f->archive, "%s/archive", f->path);
	*state = f;
	return 0;
}

static int folder_remove(void **state)
{
	struct folder *f = *state;

	unlink(f->log);
	unlink(f->archive);
	rmdir(f->path);
	free(f);
	return 0;
}

static void compress(
    struct folder *folder, const char *command, struct slice log, struct buffer *to)
{
	_cleanup_buffer_ struct buffer line = {0};

	write_file(folder->log, log);
	/* From a pipe, so that zstd cannot make its window as small as the file. */
	buffer_printf(&line, "cat %s | %s >%s", folder->log, command, folder->archive);
	assert_int_equal(system(buffer_text(&line)), 0);
	read_file(folder->archive, to);
}

/* 0 or the error; what came out in any case.  size: of each read. */
static int unpack(struct folder *folder, const struct archive_decoder *decoder,
    struct slice archive, size_t size, struct buffer *to, struct diag *d)
{
	_cleanup_source_ struct source *source = NULL;
	struct archive *a;
	char *bytes = memory_alloc(size);
	ssize_t n;

	write_file(folder->archive, archive);
	assert_int_equal(source_open(folder->archive, &source, d), 0);
	a = archive_new(decoder, source);
	while ((n = archive_read(a, bytes, size, d)) > 0)
		buffer_append(to, bytes, (size_t)n);
	if (n == 0)
		assert_int_equal(source_taken(source), archive.n);
	archive_free(a);
	free(bytes);
	return (int)n;
}

static void expect(struct folder *folder, const struct format *format, struct slice archive,
    struct slice content, int error, const char *sentence)
{
	static const size_t sizes[] = {256 * 1024, 1000, 1};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_buffer_ struct buffer out = {0};
		_cleanup_diag_ struct diag d = {0};
		int r = unpack(folder, format->decoder, archive, sizes[i], &out, &d);

		if (r != error || !slice_equal(buffer_slice(&out), content))
			fail_msg("%s: %d (%s), %zu bytes of %zu", format->decoder->library, r,
			    d.text ? d.text : "", out.n, content.n);
		if (sentence)
			assert_non_null(strstr(d.text, sentence));
		else
			assert_null(d.text);
	}
}

static void members_and_padding(void **state)
{
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		_cleanup_buffer_ struct buffer log = {0}, one = {0}, none = {0}, two = {0},
					       twice = {0};

		make_log(&log, 2000);
		compress(folder, formats[i].command, buffer_slice(&log), &one);
		compress(folder, formats[i].command, SLICE(""), &none);
		expect(folder, &formats[i], buffer_slice(&one), buffer_slice(&log), 0, NULL);
		expect(folder, &formats[i], buffer_slice(&none), SLICE(""), 0, NULL);

		buffer_add(&twice, buffer_slice(&log));
		buffer_add(&twice, buffer_slice(&log));
		buffer_add(&two, buffer_slice(&one));
		buffer_add(&two, buffer_slice(&none));
		buffer_append(&two, "\0\0\0\0", 4);
		buffer_add(&two, buffer_slice(&one));
		expect(folder, &formats[i], buffer_slice(&two), buffer_slice(&twice), 0, NULL);
		for (int j = 0; j < 10000; j++)
			buffer_char(&two, '\0');
		expect(folder, &formats[i], buffer_slice(&two), buffer_slice(&twice), 0, NULL);

		buffer_text_add(&two, "rubbish");
		expect(folder, &formats[i], buffer_slice(&two), buffer_slice(&twice), -EBADMSG,
		    "after its end; what came before was read");
		/* The first two bytes of one more member. */
		two.n -= strlen("rubbish");
		buffer_append(&two, one.p, 3);
		expect(folder, &formats[i], buffer_slice(&two), buffer_slice(&twice), -EBADMSG,
		    "ends in the middle of its compressed data; what came before was read");
	}
}

/* Every 100th byte of an archive as its end, and its last twenty. */
static void truncated(void **state)
{
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		_cleanup_buffer_ struct buffer log = {0}, whole = {0};
		size_t longest = 0;

		make_log(&log, 3000);
		compress(folder, formats[i].command, buffer_slice(&log), &whole);
		for (size_t n = 3; n < whole.n; n = n + 120 < whole.n  ? n + 100
						    : n + 20 < whole.n ? whole.n - 20
								       : n + 1) {
			_cleanup_buffer_ struct buffer out = {0};
			_cleanup_diag_ struct diag d = {0};

			assert_int_equal(unpack(folder, formats[i].decoder,
					     (struct slice){whole.p, n}, 5000, &out, &d),
			    -EBADMSG);
			assert_true(slice_starts(buffer_slice(&log), buffer_slice(&out)));
			assert_non_null(
			    strstr(d.text, "ends in the middle of its compressed data"));
			assert_non_null(
			    strstr(d.text, out.n ? "what came before" : "nothing of it"));
			assert_true(out.n >= longest);
			longest = out.n;
		}
		/* All of it, though its checksum is not there. */
		if (longest != log.n)
			fail_msg("%s %zu", formats[i].decoder->library, longest);
	}
}

/* A byte changed anywhere is damage or harmless (in a header), but never other text passed off
 * as whole. */
static void flipped(void **state)
{
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		_cleanup_buffer_ struct buffer log = {0}, archive = {0};
		size_t damaged = 0, tried = 0;

		make_log(&log, 300);
		compress(folder, formats[i].command, buffer_slice(&log), &archive);
		for (size_t at = 0; at < archive.n; at += 7, tried++) {
			_cleanup_buffer_ struct buffer out = {0};
			_cleanup_diag_ struct diag d = {0};
			int r;

			archive.p[at] ^= (char)(1 << at % 8);
			r = unpack(
			    folder, formats[i].decoder, buffer_slice(&archive), 5000, &out, &d);
			archive.p[at] ^= (char)(1 << at % 8);
			damaged += r < 0;
			if (r == 0 && !slice_equal(buffer_slice(&out), buffer_slice(&log)))
				fail_msg("%s: byte %zu", formats[i].decoder->library, at);
		}
		assert_true(damaged > tried * 9 / 10);
	}
}

static void checksum_is_checked(void **state)
{
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		_cleanup_buffer_ struct buffer log = {0}, archive = {0}, out = {0};
		_cleanup_diag_ struct diag d = {0};

		make_log(&log, 300);
		compress(folder, formats[i].command, buffer_slice(&log), &archive);
		archive.p[archive.n - formats[i].checksum] ^= 1;
		assert_int_equal(
		    unpack(folder, formats[i].decoder, buffer_slice(&archive), 1 << 20, &out, &d),
		    -EBADMSG);
		assert_non_null(strstr(d.text, "damaged"));
	}
}

/* Every kind of deflate block, by both libraries: stored, fixed and dynamic, long matches. */
static void gzip_levels(void **state)
{
	static const char *const commands[] = {
	    "gzip -n1c", "gzip -n6c", "gzip -n9c", "igzip -0 -c", "head -c 3 | gzip -nc"};
	static const char *const contents[] = {"head -c 300000 /dev/urandom",
	    "head -c 3000000 /dev/zero", "seq 100000", "head -c 100000 /dev/urandom | base64"};
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_SIZE(commands) * ARRAY_SIZE(contents); i++) {
		_cleanup_buffer_ struct buffer line = {0}, archive = {0}, plain = {0};
		const char *command = commands[i / ARRAY_SIZE(contents)];

		if (strncmp(command, "igzip", 5) == 0 && system("igzip -V >/dev/null 2>&1") != 0)
			continue;
		buffer_printf(&line, "%s | %s >%s && gzip -dc <%s >%s",
		    contents[i % ARRAY_SIZE(contents)], command, folder->archive, folder->archive,
		    folder->log);
		assert_int_equal(system(buffer_text(&line)), 0);
		read_file(folder->archive, &archive);
		read_file(folder->log, &plain);
		for (size_t j = 0; j < ARRAY_SIZE(formats); j++) {
			_cleanup_buffer_ struct buffer out = {0};
			_cleanup_diag_ struct diag d = {0};

			if (strcmp(formats[j].decoder->format, "gzip") != 0)
				continue;
			assert_int_equal(unpack(folder, formats[j].decoder, buffer_slice(&archive),
					     70000, &out, &d),
			    0);
			assert_true(slice_equal(buffer_slice(&out), buffer_slice(&plain)));
		}
	}
}

static void windows(void **state)
{
	static const struct {
		const struct archive_decoder *decoder;
		const char *command;
		int error;
	} rows[] = {
	    {&archive_zstd, "zstd -qc --long=27", 0},
	    {&archive_zstd, "zstd -qc --long=28", -E2BIG},
	    {&archive_xz, "xz -c --lzma2=preset=0,mf=hc3,dict=128MiB", 0},
	    {&archive_xz, "xz -c --lzma2=preset=0,mf=hc3,dict=192MiB", -E2BIG},
	};
	_cleanup_buffer_ struct buffer log = {0};

	make_log(&log, 100);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buffer_ struct buffer archive = {0}, out = {0};
		_cleanup_diag_ struct diag d = {0};
		int r;

		compress(*state, rows[i].command, buffer_slice(&log), &archive);
		r = unpack(*state, rows[i].decoder, buffer_slice(&archive), 1 << 16, &out, &d);
		assert_int_equal(r, rows[i].error);
		assert_int_equal(out.n, r == 0 ? log.n : 0);
		if (r < 0)
			assert_non_null(strstr(d.text, "more than 128 MiB of memory"));
	}
}

/* zstd --seekable, pzstd and others write frames to be skipped, first or last. */
static void skippable_frames(void **state)
{
	static const char skip[] = {0x53, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
	_cleanup_buffer_ struct buffer log = {0}, frame = {0}, archive = {0};

	make_log(&log, 100);
	compress(*state, "zstd -qc", buffer_slice(&log), &frame);
	buffer_append(&archive, skip, sizeof skip);
	buffer_add(&archive, buffer_slice(&frame));
	buffer_append(&archive, skip, sizeof skip);
	assert_ptr_equal(archive_detect(buffer_slice(&archive)), &archive_zstd);
	expect(*state, &(struct format){.decoder = &archive_zstd}, buffer_slice(&archive),
	    buffer_slice(&log), 0, NULL);
}

static const struct {
	struct slice head;
	const char *format;
} heads[] = {
    {SLICE("\x1f\x8b\x08\0\0\0\0\0"), "gzip"},
    {SLICE("\x1f\x8b"), "gzip"},
    {SLICE("\x1f"), NULL},
    {SLICE("\x1f\x8b\x07"), NULL},
    {SLICE("\xfd"
	   "7zXZ\0"),
	"xz"},
    {SLICE("\xfd"
	   "7zXY\0"),
	NULL},
    {SLICE("\x28\xb5\x2f\xfd"), "zstd"},
    {SLICE("("), NULL},
    {SLICE("(x"), NULL},
    {SLICE("P"), NULL},
    {SLICE("Po"), NULL},
    {SLICE("P*M\x18"), "zstd"},
    {SLICE("BZh91AY&SY"), "bzip2"},
    {SLICE("BZh9\x17"), "bzip2"},
    {SLICE("BZh9 is not it"), NULL},
    {SLICE("BZh01AY&SY"), NULL},
    {SLICE("BZ"), NULL},
    {SLICE(""), NULL},
    {SLICE("Nov 24 10:00:00"), NULL},
};

static void detection(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		const struct archive_decoder *found = archive_detect(heads[i].head);

		if (found ? !heads[i].format || strcmp(found->format, heads[i].format) != 0
			  : heads[i].format != NULL)
			fail_msg("row %zu: %s", i, found ? found->format : "none");
	}
	assert_int_equal(archive_gzip_time(SLICE("\x1f\x8b\x08\0\x01\x02\x03\xff")), 0xff030201);
	assert_int_equal(archive_gzip_time(SLICE("\x1f\x8b\x08\0\x01\x02")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(detection),
	    cmocka_unit_test(members_and_padding),
	    cmocka_unit_test(truncated),
	    cmocka_unit_test(flipped),
	    cmocka_unit_test(checksum_is_checked),
	    cmocka_unit_test(gzip_levels),
	    cmocka_unit_test(windows),
	    cmocka_unit_test(skippable_frames),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
