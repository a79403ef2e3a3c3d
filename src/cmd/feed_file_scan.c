/* SPDX-License-Identifier: ISC */
#include "base/memory.h"
#include "cmd/feed_file_look.h"
#include "input/source.h"
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A folder that is not there will be made in the one above it. */
static void watch_place(void *context, const char *place)
{
	struct feed_file *f = context;
	_cleanup_free_ char *folder = memory_string(place);
	char *slash;
	int r;

	while ((r = watch_folder(f->watch, *folder ? folder : "/")) == -ENOENT || r == -ENOTDIR) {
		slash = strrchr(folder, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	f->waiting |= r < 0;
}

/* Which of the open files still go by the name of one that is written. */
static void find_live(struct feed_file *f)
{
	struct tail *t;

	for (t = f->tails; t; t = t->next)
		t->live = false;
	for (size_t i = 0; i < f->family.count; i++) {
		t = feed_file_tail(f, &f->family.files[i]);
		if (t)
			t->live = f->family.files[i].live;
	}
}

/* What is no file is not opened to find that out: a pipe's writer would take us for its reader. */
static void wait_for_log(struct feed_file *f)
{
	_cleanup_diag_ struct diag why = {0};
	struct stat st;

	f->waiting = true;
	if (stat(f->feed.name, &st) < 0 || source_check_type(f->feed.name, st.st_mode, &why) == 0)
		diag_set(&why, ENOENT, NULL, 0, 0, "'%s' does not exist", f->feed.name);
	feed_trouble(&f->feed, why.text);
}

/* It has seen the file, or will, when it looks the next time. */
static bool leads_to(const struct feed_file *f, const struct family_file *file)
{
	struct family_file named;
	struct stat st;

	if (feed_file_tail(f, file) || family_member(&f->family, file) ||
	    fnmatch(f->feed.name, file->path, FNM_PATHNAME | FNM_PERIOD) == 0)
		return true;
	if (stat(f->feed.name, &st) < 0)
		return false;
	family_file_of(&st, &named);
	return family_file_is_same(&named, file);
}

static bool is_of_another(const struct feed_file *f, const struct family_file *file)
{
	for (const struct feed_file *b = f->before; b; b = b->before)
		if (leads_to(b, file))
			return true;
	return false;
}

/* Two sources may lead to one file; the first has it. */
static void leave_out_others(struct feed_file *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->family.count; i++)
		if (is_of_another(f, &f->family.files[i]))
			free(f->family.files[i].path);
		else
			f->family.files[kept++] = f->family.files[i];
	if (kept < f->family.count)
		f->missed.count = 0; /* the first looks for it, too */
	f->family.count = kept;
}

void feed_file_scan(struct feed_file *f)
{
	f->rescan = f->waiting = f->soon = false;
	/* What comes after this is told; what came before it is found. */
	if (f->watch)
		family_folders(f->feed.name, watch_place, f);
	family_free(&f->family);
	family_find(f->feed.name, &f->family);
	leave_out_others(f);
	f->next = 0;
	judged_keep(&f->judged, &f->family);
	judged_keep(&f->refused, &f->family);
	/* An archive that is being made may be what is missed. */
	f->waiting |= judged_have_making(&f->judged);
	find_live(f);
	if (f->family.missing)
		wait_for_log(f);
}
