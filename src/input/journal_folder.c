/* SPDX-License-Identifier: ISC */
#include "input/journal_folder.h"

#include "base/file_system.h"
#include "base/memory.h"
#include "base/open_files.h"
#include "input/journal_folder_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Seconds that a file without a name stays open: its writer may have it open, too. */
#define UNLINKED_PATIENCE 3600

struct journal_folder *journal_folder_new(const char *path, const char *const *units)
{
	struct journal_folder *f = memory_alloc(sizeof(*f));

	f->path = memory_string(path);
	f->units = units;
	f->open_max = open_files_allow(JOURNAL_OPEN_MAX);
	if (f->open_max == 0)
		f->open_max = 1;
	f->files = table_new(sizeof(struct file), JOURNAL_FILES_MAX);
	if (!file_system_is_shared(path))
		watch_new(&f->watch);
	return f;
}

struct journal_folder *journal_folder_free(struct journal_folder *f)
{
	if (!f)
		return NULL;
	for (size_t i = 0; i < f->open_count; i++)
		journal_free(f->open[i]->journal);
	table_free(f->files);
	watch_free(f->watch);
	diag_free(&f->trouble);
	free(f->moved);
	free(f->path);
	free(f);
	return NULL;
}

void journal_file_close(struct journal_folder *f, struct file *file)
{
	for (size_t i = 0; i < f->open_count; i++)
		if (f->open[i] == file) {
			f->open[i] = f->open[--f->open_count];
			break;
		}
	file->journal = journal_free(file->journal);
	file->has_entry = false;
	file->unreadable = 0;
}

void journal_file_failed(struct journal_folder *f, struct file *file)
{
	f->failures += !file->broken;
	file->broken = true;
	journal_file_close(f, file);
}

/* Where a file is damaged the library may find its end.  This is told once, as the file is not
 * opened again. */
static void look_for_damage(struct journal_folder *f, const struct file *file)
{
	struct journal_reach reach;

	journal_reach(file->journal, &reach);
	if (reach.all >= (int64_t)file->entries &&
	    (reach.indexed >= reach.mail || !journal_by_index(file->journal)))
		return;
	f->failures++;
	diag_set(&f->trouble, EBADMSG, NULL, 0, 0,
	    "damaged: not all of the %lld entries can be read in '%s'", (long long)file->entries,
	    file->file.path);
}

/* What it is known to have been read to its end. */
static void end_file(struct journal_folder *f, struct file *file)
{
	if (file->archived && !file->file.ended)
		look_for_damage(f, file);
	file->moved |= !file->file.ended;
	file->file.ended = true;
	if (file->archived || time(NULL) - file->gone > UNLINKED_PATIENCE) {
		journal_file_close(f, file);
		f->made_room = true;
	}
}

/* Whether there is an entry to give now. */
static void advance(struct journal_folder *f, struct file *file)
{
	int64_t unreadable;
	int r = journal_next(file->journal, &file->entry, &f->trouble);

	if (r > 0 && journal_place(file->journal, &file->place) < 0)
		r = diag_set(&f->trouble, EBADMSG, NULL, 0, 0,
		    "the journal file '%s' does not tell where it is", file->file.path);
	unreadable = journal_unreadable(file->journal);
	f->unreadable += unreadable - file->unreadable;
	file->unreadable = unreadable;
	file->has_entry = r > 0;
	if (r < 0)
		journal_file_failed(f, file);
	else if (r == 0 && (file->archived || file->gone))
		end_file(f, file);
}

static void see(struct file *file)
{
	int64_t end = journal_boot_end(file->journal, file->place.boot);

	memcpy(file->seen_boot, file->place.boot, sizeof(file->seen_boot));
	file->seen = end > file->place.monotonic ? end : file->place.monotonic;
}

static bool is_seen(const struct file *file)
{
	return strcmp(file->seen_boot, file->place.boot) == 0 &&
	       file->place.monotonic <= file->seen;
}

/* What was written before anything that is seen now is there when the others are asked for their
 * next entries.  (What comes again of a boot, below its latest time, lies behind what had come.) */
static void see_all(struct journal_folder *f)
{
	for (size_t i = 0; i < f->open_count; i++)
		if (f->open[i]->has_entry)
			see(f->open[i]);
	for (size_t i = f->open_count; i > 0; i--)
		if (!f->open[i - 1]->has_entry)
			advance(f, f->open[i - 1]);
}

/* The oldest, but of a boot the first by its own clock, which is never set back. */
static struct file *first_of(const struct journal_folder *f)
{
	struct file *first = NULL;

	for (size_t i = 0; i < f->open_count; i++) {
		struct file *file = f->open[i];

		if (file->has_entry && (!first || file->place.realtime < first->place.realtime))
			first = file;
	}
	for (size_t i = 0; first && i < f->open_count; i++) {
		struct file *file = f->open[i];

		if (file->has_entry && file->place.monotonic < first->place.monotonic &&
		    strcmp(file->place.boot, first->place.boot) == 0)
			first = file;
	}
	return first;
}

int journal_folder_next(
    struct journal_folder *f, struct journal_record *ret, const struct journal_place **ret_place)
{
	struct file *first;

	if (f->given && f->given->journal)
		advance(f, f->given);
	f->given = NULL;
	while (!(first = first_of(f)) || !is_seen(first)) {
		see_all(f);
		if (!first && !first_of(f))
			return 0;
	}
	f->given = first;
	memcpy(first->file.cursor, first->place.cursor, sizeof(first->file.cursor));
	first->file.realtime = first->place.realtime;
	first->moved = true;
	first->broken = false;
	*ret = first->entry;
	*ret_place = &first->place;
	return 1;
}

const struct journal_file *const *journal_folder_moved(struct journal_folder *f, size_t *ret_count)
{
	size_t n = 0;

	for (struct file *file = table_oldest(f->files); file; file = table_newer(f->files, file)) {
		if (!file->moved)
			continue;
		if (n == f->moved_room) {
			f->moved_room = f->moved_room ? f->moved_room * 2 : 16;
			f->moved =
			    memory_grow(f->moved, f->moved_room, sizeof(struct journal_file *));
		}
		f->moved[n++] = &file->file;
	}
	*ret_count = n;
	return f->moved;
}

void journal_folder_committed(struct journal_folder *f)
{
	for (struct file *file = table_oldest(f->files); file; file = table_newer(f->files, file)) {
		if (file->moved)
			memcpy(
			    file->file.committed, file->file.cursor, sizeof(file->file.committed));
		file->moved = false;
	}
}

const char *journal_folder_trouble(const struct journal_folder *f)
{
	return f->trouble.text;
}

bool journal_folder_has_room(const struct journal_folder *f)
{
	return f->left_out && f->made_room;
}

int64_t journal_folder_unreadable(const struct journal_folder *f)
{
	return f->unreadable;
}

int64_t journal_folder_failures(const struct journal_folder *f)
{
	return f->failures;
}

int64_t journal_folder_missing(struct journal_folder *f, int64_t *ret_since)
{
	int64_t missing = f->missing;

	*ret_since = f->missing_since;
	f->missing = 0;
	return missing;
}

int journal_folder_descriptor(const struct journal_folder *f)
{
	return f->watch ? watch_descriptor(f->watch) : -1;
}

bool journal_folder_woken(struct journal_folder *f)
{
	return f->watch && watch_take(f->watch);
}
