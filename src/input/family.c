/* SPDX-License-Identifier: ISC */
#include "input/family.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/slice.h"
#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DATE_DIGITS 6 /* of the shortest one, such as 2026-48 */

static bool has_wildcard(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

/* A name as a pattern that only it matches. */
static void add_literal(struct buffer *to, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strchr("*?[\\", text[i]))
			buffer_char(to, '\\');
		buffer_char(to, text[i]);
	}
}

void family_file_of(const struct stat *st, struct family_file *ret)
{
	*ret = (struct family_file){
	    .device = st->st_dev,
	    .inode = st->st_ino,
	    .size = st->st_size,
	    .mtime = st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec,
	};
}

bool family_file_is_same(const struct family_file *a, const struct family_file *b)
{
	return a->device == b->device && a->inode == b->inode;
}

static void add_file(struct family *family, const char *path, bool live)
{
	struct stat st;
	struct family_file file, *f;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	family_file_of(&st, &file);
	for (size_t i = 0; i < family->count; i++) {
		f = &family->files[i];
		if (family_file_is_same(f, &file)) {
			f->live |= live;
			return;
		}
	}
	if ((family->count & (family->count - 1)) == 0)
		family->files = memory_grow(
		    family->files, family->count ? family->count * 2 : 1, sizeof(*family->files));
	file.path = memory_string(path);
	file.live = live;
	family->files[family->count++] = file;
}

/* A number behind a dot, or a date (or seconds) behind any separator: .1 .01 .20261124-000000
 * -20261124 -2026-11-24 -1795500000 _20261124T0000.  Returns how long it is, 0 if it is none. */
static size_t stamp_length(const char *text)
{
	size_t n = 1, digits = 0;

	if (!*text || !strchr("-._", *text) || !isdigit((unsigned char)text[1]))
		return 0;
	for (; isdigit((unsigned char)text[n]) ||
	       (text[n] && strchr("-._:T", text[n]) && isdigit((unsigned char)text[n + 1]));
	     n++)
		digits += isdigit((unsigned char)text[n]) != 0;
	return *text == '.' || digits >= DATE_DIGITS ? n : 0;
}

/* Packed by what is read, or by what is at least to be named as not read. */
static bool is_packing(const char *text)
{
	static const char *const suffixes[] = {
	    ".gz", ".xz", ".zst", ".bz2", ".Z", ".z", ".lz4", ".lzma", ".lz", ".lzo"};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (strcmp(text, suffixes[i]) == 0)
			return true;
	return false;
}

bool family_is_rotation(const char *end, const char *extension)
{
	size_t n = slice_starts(slice_of(end), SLICE(".old")) ? strlen(".old") : stamp_length(end);

	end += n;
	if (!slice_starts(slice_of(end), slice_of(extension)))
		return false;
	end += strlen(extension);
	return *end ? is_packing(end) : n > 0;
}

/* Those of them whose names go on behind `stem` bytes as rotation makes it; stem 0: all. */
static void add_matches(
    struct family *family, const char *pattern, size_t stem, const char *extension)
{
	glob_t found;

	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc && family->count < FAMILY_MAX; i++)
		if (!stem || family_is_rotation(found.gl_pathv[i] + stem, extension))
			add_file(family, found.gl_pathv[i], !stem);
	globfree(&found);
}

/* PATH and more, and for a name with a dot what begins like it and goes on with its extension. */
static void add_rotated(struct family *family, const char *path)
{
	const char *name = strrchr(path, '/'), *dot;
	_cleanup_buffer_ struct buffer pattern = {0};
	size_t n = strlen(path);

	add_literal(&pattern, path, n);
	buffer_text_add(&pattern, "[-._]*");
	add_matches(family, buffer_text(&pattern), n, "");
	dot = strrchr(name ? name : path, '.');
	if (!dot || dot == (name ? name + 1 : path))
		return;
	n = (size_t)(dot - path);
	buffer_clear(&pattern);
	add_literal(&pattern, path, n);
	buffer_text_add(&pattern, "[-._][0-9]*");
	add_literal(&pattern, dot, strlen(dot));
	buffer_text_add(&pattern, "*");
	add_matches(family, buffer_text(&pattern), n, dot);
}

/* mail.log.10 is older than mail.log.9, and mail.log-20261109 than mail.log-20261110. */
static int by_name(const char *a, const char *b)
{
	size_t same = 0;

	while (a[same] && a[same] == b[same])
		same++;
	while (same > 0 && a[same - 1] >= '0' && a[same - 1] <= '9')
		same--;
	return same > 0 && a[same - 1] == '.' ? strverscmp(b, a) : strverscmp(a, b);
}

static int by_age(const void *left, const void *right)
{
	const struct family_file *a = left, *b = right;

	/* A copy that was just made is younger than the file that is written, and holds older
	 * lines. */
	if (a->live != b->live)
		return a->live - b->live;
	if (a->mtime != b->mtime)
		return a->mtime < b->mtime ? -1 : 1;
	return by_name(a->path, b->path);
}

void family_find(const char *path, struct family *ret)
{
	struct family family = {0};
	size_t live;

	add_matches(&family, path, 0, "");
	live = family.count;
	if (!has_wildcard(path)) {
		family.missing = live == 0;
		add_rotated(&family, path);
	}
	for (size_t i = 0; has_wildcard(path) && i < live; i++) {
		_cleanup_free_ char *name = memory_string(family.files[i].path);

		add_rotated(&family, name);
	}
	if (family.count)
		qsort(family.files, family.count, sizeof(*family.files), by_age);
	*ret = family;
}

void family_free(struct family *family)
{
	for (size_t i = 0; i < family->count; i++)
		free(family->files[i].path);
	free(family->files);
	*family = (struct family){0};
}

const struct family_file *family_member(const struct family *family, const struct family_file *of)
{
	for (size_t i = 0; i < family->count; i++)
		if (family_file_is_same(&family->files[i], of))
			return &family->files[i];
	return NULL;
}

char *family_folder(const char *path)
{
	const char *wild = strpbrk(path, "*?["), *slash;
	size_t n = wild ? (size_t)(wild - path) : strlen(path);

	slash = memrchr(path, '/', n);
	if (!slash)
		return memory_string(".");
	return slash == path ? memory_string("/") : memory_copy(path, (size_t)(slash - path));
}

void family_folders(
    const char *path, void (*folder)(void *context, const char *folder), void *context)
{
	_cleanup_free_ char *pattern = memory_string(path), *first = family_folder(path);
	glob_t found;

	folder(context, first);
	if (!has_wildcard(path))
		return;
	for (char *slash = pattern; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		if (has_wildcard(pattern) &&
		    glob(pattern, GLOB_NOSORT | GLOB_ONLYDIR, NULL, &found) == 0) {
			for (size_t i = 0; i < found.gl_pathc && i < FAMILY_MAX; i++)
				folder(context, found.gl_pathv[i]);
			globfree(&found);
		}
		*slash = '/';
	}
}
