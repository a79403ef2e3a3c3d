/* SPDX-License-Identifier: ISC */
#include "input/journal_folder_file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* A file's header: systemd's "Journal File Format". */
#define SIGNATURE "LPKSHHRH"
#define STATE_AT 16
#define STATE_ARCHIVE 2
#define ID_AT 24
#define ID_SIZE 16
#define ENTRIES_AT 152
#define HEADER_SIZE 160

struct header {
	char id[2 * ID_SIZE + 1];
	bool archived;
	uint64_t entries, device, inode;
};

/* One that is known, or else there is room for it. */
static struct file *find_file(struct journal_folder *f, const char *id)
{
	struct file *file = table_add(f->files, slice_of(id), NULL);

	for (struct file *old = table_oldest(f->files); !file && old;) {
		struct file *next = table_newer(f->files, old);

		if (!old->journal && !old->listed) {
			table_remove(f->files, old);
			file = table_add(f->files, slice_of(id), NULL);
		}
		old = next;
	}
	if (file)
		snprintf(file->file.id, sizeof(file->file.id), "%s", id);
	return file;
}

void journal_folder_know(struct journal_folder *f, const struct journal_file *known)
{
	struct file *file = find_file(f, known->id);

	if (file)
		file->file = *known;
}

/* Where it was left, or at its beginning. */
static int go_to_place(struct file *file, struct diag *d)
{
	struct journal_place place = {0};
	int r;

	if (!file->file.cursor[0])
		return 0;
	memcpy(place.cursor, file->file.cursor, sizeof(place.cursor));
	r = journal_seek_place(file->journal, &place, d);
	/* A copy may end before it. */
	if (r == 0 && journal_next_place(file->journal, &place))
		file->unreadable = -1; /* counted with the next entry */
	return r < 0 ? r : 0;
}

static void open_file(struct journal_folder *f, struct file *file, int fd)
{
	if (f->open_count >= f->open_max) {
		close(fd);
		f->left_out = file->waits = true;
		diag_set(&f->trouble, EMFILE, NULL, 0, 0,
		    "'%s' holds more than %zu journal files that are not read to their end; '%s' "
		    "and others are read when there is room",
		    f->path, f->open_max, file->file.path);
		return;
	}
	if (f->watch && !file->archived)
		watch_file(f->watch, fd);
	file->has_entry = false;
	file->unreadable = 0;
	file->waits =
	    journal_open_file(fd, file->file.path, f->units, &file->journal, &f->trouble) < 0;
	if (file->waits)
		return;
	f->open[f->open_count++] = file;
	file->seen_boot[0] = '\0';
	if (go_to_place(file, &f->trouble) < 0)
		journal_file_failed(f, file);
}

static bool read_header(int fd, struct header *ret)
{
	unsigned char bytes[HEADER_SIZE];
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    pread(fd, bytes, HEADER_SIZE, 0) != HEADER_SIZE ||
	    memcmp(bytes, SIGNATURE, strlen(SIGNATURE)) != 0)
		return false;
	*ret = (struct header){
	    .archived = bytes[STATE_AT] == STATE_ARCHIVE,
	    .device = st.st_dev,
	    .inode = st.st_ino,
	};
	for (int i = 7; i >= 0; i--)
		ret->entries = ret->entries << 8 | bytes[ENTRIES_AT + i];
	for (size_t i = 0; i < ID_SIZE; i++)
		snprintf(ret->id + 2 * i, 3, "%02x", bytes[ID_AT + i]);
	return true;
}

/* The longer one of two copies has all that the other has. */
static bool is_shorter_copy(const struct file *file, const struct header *header)
{
	return file->journal && file->listed && file->entries >= header->entries &&
	       (file->inode != header->inode || file->device != header->device);
}

static void take_file(struct journal_folder *f, const char *path, int fd, const struct header *h)
{
	struct file *file = find_file(f, h->id);

	if (!file)
		diag_set(&f->trouble, EMFILE, NULL, 0, 0,
		    "'%s' holds more than %d journal files; '%s' and others are not read", f->path,
		    JOURNAL_FILES_MAX, path);
	if (!file || is_shorter_copy(file, h)) {
		close(fd);
		return;
	}
	if (file->journal && h->entries > file->entries && file->listed)
		journal_file_close(f, file); /* that was the shorter one */
	snprintf(file->file.path, sizeof(file->file.path), "%s", path);
	file->archived = h->archived || path[strlen(path) - 1] == '~';
	file->entries = h->entries;
	file->device = h->device;
	file->inode = h->inode;
	file->listed = true;
	file->gone = 0;
	file->file.ended &= file->archived;
	if (file->journal || file->file.ended)
		close(fd);
	else
		open_file(f, file, fd);
}

static void look_at_file(struct journal_folder *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct header header;

	if (fd < 0 && errno == ENOENT) /* renamed meanwhile, which is told */
		return;
	if (fd >= 0 && read_header(fd, &header)) {
		take_file(f, path, fd, &header);
		return;
	}
	diag_set(&f->trouble, fd < 0 ? errno : EBADMSG, NULL, 0, 0, "the journal file '%s' %s",
	    path, fd < 0 ? strerror(errno) : "is damaged or cut off");
	close_p(&fd);
}

static bool is_journal(const char *name)
{
	size_t n = strlen(name);

	n -= n > 0 && name[n - 1] == '~';
	return n > strlen(".journal") &&
	       strncmp(name + n - strlen(".journal"), ".journal", strlen(".journal")) == 0;
}

static int look_at_folder(
    struct journal_folder *f, const char *path, bool is_below, struct diag *d);

static void look_at(struct journal_folder *f, const char *path, bool rotated, bool is_below)
{
	const char *name = strrchr(path, '/') + 1;
	struct stat st;

	if (name[0] == '.' || stat(path, &st) < 0)
		return;
	if (S_ISREG(st.st_mode) && is_journal(name) && !strpbrk(name, "@~") == !rotated)
		look_at_file(f, path);
	if (S_ISDIR(st.st_mode) && !is_below && rotated)
		look_at_folder(f, path, true, &f->trouble);
}

/* Its files, those that rotation left first; and the folders in it, if it is not one of those. */
static int look_at_folder(struct journal_folder *f, const char *path, bool is_below, struct diag *d)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (!folder)
		return diag_set(d, errno, NULL, 0, 0, "the journal '%s' cannot be read: %s", path,
		    strerror(errno));
	if (f->watch)
		watch_folder(f->watch, path);
	for (int rotated = 1; rotated >= 0; rotated--, rewinddir(folder))
		while ((entry = readdir(folder))) {
			_cleanup_buffer_ struct buffer name = {0};

			buffer_printf(&name, "%s/%s", path, entry->d_name);
			look_at(f, buffer_text(&name), rotated, is_below);
		}
	closedir(folder);
	return 0;
}

/* Files that are there no more are read to their end, if they are open. */
static int settle(struct journal_folder *f)
{
	int listed = 0;

	for (struct file *file = table_oldest(f->files); file; file = table_newer(f->files, file)) {
		listed += file->listed;
		if (file->listed)
			continue;
		if (file->journal && !file->gone)
			file->gone = time(NULL);
		if ((f->looked && !file->waits) || file->journal || file->file.ended)
			continue;
		file->waits = false;
		if (!f->missing++ || file->file.realtime < f->missing_since)
			f->missing_since = file->file.realtime;
	}
	/* A folder that is empty may be one that is not mounted yet. */
	if (listed == 0)
		f->missing = 0;
	f->looked |= listed > 0;
	return listed;
}

int journal_folder_look(struct journal_folder *f, struct diag *d)
{
	struct stat st;
	int r = 0;

	diag_free(&f->trouble);
	f->left_out = f->made_room = false;
	for (struct file *file = table_oldest(f->files); file; file = table_newer(f->files, file))
		file->listed = false;
	if (stat(f->path, &st) < 0)
		return diag_set(d, errno, NULL, 0, 0, "the journal '%s' cannot be read: %s",
		    f->path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		r = look_at_folder(f, f->path, false, d);
	else
		look_at_file(f, f->path);
	return r < 0 ? r : settle(f);
}
