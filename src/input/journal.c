/* SPDX-License-Identifier: ISC */
#include "input/journal.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/texts.h"
#include "input/journal_check.h"
#include "input/journal_fields.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#define RETRIES 3
#define LOOKED_AT 4 /* places of a journal, and so many entries there */
#define LOOKED_AT_ENTRIES 64
#define WALK_MAX 1000000 /* entries, in a second or two */

struct journal {
	sd_journal *handle;
	char *name;
	char **units;
	int64_t unreadable;
	bool by_index; /* the library is asked for what is wanted, and not for all */
	bool at_entry; /* the handle stands at one that is wanted and was not given out */
	bool changed;  /* files came or went, which was not told yet */
	char boot[JOURNAL_ID_MAX]; /* that it is read of; "": all */
	uint64_t time;		   /* of the entry that was read last, in microseconds */
	struct journal_fields fields;
};

int journal_machine(char ret[static JOURNAL_ID_MAX])
{
	sd_id128_t id;
	int r = sd_id128_get_machine(&id);

	if (r >= 0)
		sd_id128_to_string(id, ret);
	return r;
}

/* Each file by itself: opened together, those that fail are left out and nobody is told. */
int journal_check_file(const char *path, struct diag *d)
{
	const char *const paths[] = {path, NULL};
	sd_journal *handle;
	int r;

	if (access(path, R_OK) < 0)
		r = -errno;
	else
		r = sd_journal_open_files(&handle, (const char **)paths, 0);
	/* Rotation renames and vacuuming deletes files at any moment. */
	if (r == -ENOENT)
		return 0;
	if (r == -EACCES)
		return journal_no_permission(path, d);
	if (r < 0)
		return diag_set(d, EBADMSG, NULL, 0, 0,
		    "the journal file '%s' is damaged or cut off (%s) and would be left out; move "
		    "it "
		    "away, or name the files to read",
		    path, strerror(-r));
	sd_journal_close(handle);
	return 0;
}

static int open_namespace(const char *name, sd_journal **ret)
{
	return strcmp(name, "*") == 0 ? sd_journal_open_namespace(ret, NULL,
					    SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_ALL_NAMESPACES)
				      : sd_journal_open_namespace(ret, name, SD_JOURNAL_LOCAL_ONLY);
}

static int open_file(const char *path, sd_journal **ret)
{
	/* The library wants the folder in the name. */
	_cleanup_free_ char *absolute = realpath(path, NULL);
	const char *paths[] = {absolute, NULL};

	return absolute ? sd_journal_open_files(ret, paths, 0) : -errno;
}

static int open_handle(const char *where, sd_journal **ret)
{
	struct stat st;

	if (!where)
		return sd_journal_open(ret, SD_JOURNAL_LOCAL_ONLY);
	if (journal_namespace(where))
		return open_namespace(journal_namespace(where), ret);
	if (stat(where, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? sd_journal_open_directory(ret, where, 0)
				   : open_file(where, ret);
}

static int failed(const struct journal *j, int r, struct diag *d)
{
	return diag_set(
	    d, -r, NULL, 0, 0, "reading the journal '%s' failed: %s", j->name, strerror(-r));
}

static int read_fields(sd_journal *handle, struct journal_fields *f, uint64_t *ret_time)
{
	const void *data;
	size_t n;
	int r = sd_journal_get_realtime_usec(handle, ret_time);

	journal_fields_clear(f);
	if (r < 0)
		return r;
	/* All in one pass: cheaper than to ask for two by name. */
	sd_journal_restart_data(handle);
	while ((r = sd_journal_enumerate_data(handle, &data, &n)) > 0)
		journal_fields_add(f, (struct slice){data, n});
	return r;
}

/* By the library's index of fields an entry costs a look for every unit that is asked for, twice
 * what its fields cost (libsystemd 252, journal-file.c: for each entry and unit the name is hashed
 * and its table walked).  So the index pays where less than half of the entries are mail's.  Looked
 * at by the clock, as entries cannot be asked for by number. */
static bool index_pays(sd_journal *handle, struct journal_fields *f)
{
	unsigned seen = 0, wanted = 0;
	uint64_t from, to, time;

	if (sd_journal_get_cutoff_realtime_usec(handle, &from, &to) <= 0)
		return false;
	for (unsigned i = 0; i < LOOKED_AT; i++) {
		if (sd_journal_seek_realtime_usec(handle, from + (to - from) / LOOKED_AT * i) < 0)
			return true;
		for (unsigned k = 0; k < LOOKED_AT_ENTRIES && sd_journal_next(handle) > 0; k++) {
			wanted += read_fields(handle, f, &time) >= 0 && f->wanted;
			seen++;
		}
	}
	return wanted < seen / 2;
}

static int add_match(sd_journal *handle, const char *field, const char *value)
{
	_cleanup_buffer_ struct buffer match = {0};

	buffer_printf(&match, "%s=%s", field, value);
	return sd_journal_add_match(handle, buffer_text(&match), match.n);
}

/* Matches of one field are alternatives by themselves; another field needs the disjunction. */
static int match_wanted(sd_journal *handle, char *const *units)
{
	int r = sd_journal_add_match(handle, JOURNAL_MAIL, 0);

	if (r >= 0)
		r = sd_journal_add_disjunction(handle);
	if (r >= 0)
		r = sd_journal_add_match(handle, JOURNAL_DROPPED_MESSAGES, 0);
	if (r >= 0 && *units)
		r = sd_journal_add_disjunction(handle);
	for (; r >= 0 && *units; units++)
		r = add_match(handle, "_SYSTEMD_UNIT", *units);
	return r;
}

/* From now on no other entries but these, wherever the handle is sent to. */
static int match(struct journal *j, bool by_index)
{
	int r = 0;

	j->at_entry = false;
	sd_journal_flush_matches(j->handle);
	if (by_index)
		r = match_wanted(j->handle, j->units);
	if (r >= 0 && by_index && j->boot[0])
		r = sd_journal_add_conjunction(j->handle);
	return r < 0 || !j->boot[0] ? r : add_match(j->handle, "_BOOT_ID", j->boot);
}

/* NULL: of all. */
static int match_boot(struct journal *j, bool by_index, const char *boot)
{
	snprintf(j->boot, sizeof(j->boot), "%s", boot ? boot : "");
	return match(j, by_index);
}

static int begin(struct journal *j, const char *const *units, struct diag *d)
{
	int r;

	j->units = texts_copy((char *const *)units);
	j->fields.units = j->units;
	r = sd_journal_set_data_threshold(j->handle, strlen("MESSAGE=") + JOURNAL_MESSAGE_MAX);
	if (r < 0)
		return failed(j, r, d);
	j->by_index = index_pays(j->handle, &j->fields);
	r = match(j, j->by_index);
	if (r >= 0)
		r = sd_journal_seek_head(j->handle);
	return r < 0 ? failed(j, r, d) : 0;
}

int journal_open(const char *where, const char *const *units, struct journal **ret, struct diag *d)
{
	_cleanup_journal_ struct journal *j = memory_alloc(sizeof *j);
	int r;

	j->name = memory_string(where ? where : "of this machine");
	r = journal_check(where, d);
	if (r < 0)
		return r;
	r = open_handle(where, &j->handle);
	if (r < 0)
		return diag_set(d, -r, NULL, 0, 0, "the journal '%s' cannot be opened: %s", j->name,
		    strerror(-r));
	r = begin(j, units, d);
	if (r < 0)
		return r;
	*ret = j;
	j = NULL;
	return 0;
}

int journal_open_file(int descriptor, const char *name, const char *const *units,
    struct journal **ret, struct diag *d)
{
	_cleanup_journal_ struct journal *j = memory_alloc(sizeof *j);
	int r;

	j->name = memory_string(name);
	r = sd_journal_open_files_fd(&j->handle, &descriptor, 1, 0);
	if (r < 0) {
		close(descriptor);
		return diag_set(d, -r, NULL, 0, 0,
		    "the journal file '%s' is damaged or cut off, or not to be read (%s)", name,
		    strerror(-r));
	}
	r = begin(j, units, d);
	if (r < 0)
		return r;
	*ret = j;
	j = NULL;
	return 0;
}

bool journal_by_index(const struct journal *j)
{
	return j->by_index;
}

struct journal *journal_free(struct journal *j)
{
	if (!j)
		return NULL;
	sd_journal_close(j->handle);
	texts_free(j->units);
	free(j->name);
	free(j);
	return NULL;
}

int journal_seek_since(struct journal *j, int64_t utc, struct diag *d)
{
	uint64_t instant = utc > 0 ? (uint64_t)utc * 1000000 : 0;
	int r = sd_journal_seek_realtime_usec(j->handle, instant);

	j->at_entry = false;

	return r < 0 ? failed(j, r, d) : 0;
}

/* A file that is deleted under the reader gives the same error until the library is told to look
 * at its folders again. */
static int advance(struct journal *j)
{
	int r = sd_journal_next(j->handle);

	for (int i = 0; i < RETRIES && r < 0; i++) {
		j->changed |= sd_journal_process(j->handle) == SD_JOURNAL_INVALIDATE;
		r = sd_journal_next(j->handle);
	}
	return r;
}

/* Of the entry that the handle stands at. */
static bool take(struct journal *j)
{
	int r = read_fields(j->handle, &j->fields, &j->time);

	j->unreadable += r < 0;
	return r >= 0 && j->fields.wanted;
}

static int advance_to_wanted(struct journal *j)
{
	int r;

	do
		r = advance(j);
	while (r > 0 && !take(j));
	return r;
}

int journal_next(struct journal *j, struct journal_record *ret, struct diag *d)
{
	int r = j->at_entry ? 1 : advance_to_wanted(j);

	j->at_entry = false;
	if (r < 0)
		return failed(j, r, d);
	if (r == 0)
		return 0;
	journal_fields_record(&j->fields, ret);
	ret->time = (int64_t)(j->time / 1000000);
	return 1;
}

int64_t journal_unreadable(const struct journal *j)
{
	return j->unreadable;
}

int journal_place(struct journal *j, struct journal_place *ret)
{
	_cleanup_free_ char *cursor = NULL;
	uint64_t realtime, monotonic;
	sd_id128_t boot;
	int r = sd_journal_get_cursor(j->handle, &cursor);

	if (r >= 0)
		r = sd_journal_get_realtime_usec(j->handle, &realtime);
	if (r >= 0)
		r = sd_journal_get_monotonic_usec(j->handle, &monotonic, &boot);
	if (r < 0)
		return r;
	if (strlen(cursor) >= sizeof ret->cursor)
		return -E2BIG;
	memcpy(ret->cursor, cursor, strlen(cursor) + 1);
	sd_id128_to_string(boot, ret->boot);
	ret->realtime = (int64_t)realtime;
	ret->monotonic = (int64_t)monotonic;
	return 0;
}

/* What a cursor says of the entry itself, whichever file it lies in: a journal that is flushed from
 * memory to the disk is copied, with other numbers. */
static struct slice content_of(const char *cursor)
{
	const char *content = strstr(cursor, ";x=");

	return slice_of(content ? content : cursor);
}

/* The handle stands at the entry of that place, or at a copy of it. */
static int is_at(sd_journal *handle, const struct journal_place *place)
{
	_cleanup_free_ char *cursor = NULL;
	char boot[SD_ID128_STRING_MAX];
	uint64_t realtime, monotonic;
	sd_id128_t id;
	int r = sd_journal_test_cursor(handle, place->cursor);

	if (r != 0)
		return r;
	r = sd_journal_get_cursor(handle, &cursor);
	if (r >= 0)
		r = sd_journal_get_realtime_usec(handle, &realtime);
	if (r >= 0)
		r = sd_journal_get_monotonic_usec(handle, &monotonic, &id);
	if (r < 0)
		return r;
	return (int64_t)realtime == place->realtime && (int64_t)monotonic == place->monotonic &&
	       strcmp(sd_id128_to_string(id, boot), place->boot) == 0 &&
	       slice_equal(content_of(cursor), content_of(place->cursor));
}

static int seek_cursor(struct journal *j, const struct journal_place *place)
{
	int r = sd_journal_seek_cursor(j->handle, place->cursor);

	return r < 0 ? r : advance(j);
}

/* An entry that was read without the index may be one that the index does not find. */
static int seek_without_index(struct journal *j, const struct journal_place *place, bool *ret_known)
{
	int r = match(j, false);

	if (r >= 0)
		r = seek_cursor(j, place);
	*ret_known = r > 0 && is_at(j->handle, place) > 0;
	if (r >= 0)
		r = match(j, true);
	return r < 0 ? r : seek_cursor(j, place);
}

/* The cursor stands for the entry itself if it is still there, and for the next one if it is not:
 * that one has not been read. */
int journal_seek_place(struct journal *j, const struct journal_place *place, struct diag *d)
{
	bool known = false;
	int r = seek_cursor(j, place);

	j->at_entry = false;
	if (r > 0 && is_at(j->handle, place) > 0)
		return 1;
	if (r >= 0 && j->by_index)
		r = seek_without_index(j, place, &known);
	if (r > 0 && !take(j))
		r = advance_to_wanted(j);
	j->at_entry = r > 0;
	return r < 0 ? failed(j, r, d) : known;
}

bool journal_next_place(struct journal *j, struct journal_place *ret)
{
	return j->at_entry && journal_place(j, ret) == 0;
}

bool journal_this_boot(char ret[static JOURNAL_ID_MAX])
{
	sd_id128_t here;

	if (sd_id128_get_boot(&here) < 0)
		return false;
	sd_id128_to_string(here, ret);
	return true;
}

bool journal_is_this_boot(const struct journal *j, const char *boot)
{
	sd_id128_t here, id;
	uint64_t monotonic;
	int r = sd_id128_get_boot(&here);

	if (r >= 0)
		r = boot ? sd_id128_from_string(boot, &id)
			 : sd_journal_get_monotonic_usec(j->handle, &monotonic, &id);
	return r >= 0 && sd_id128_equal(here, id);
}

int journal_only_boot(struct journal *j, const char *boot, struct diag *d)
{
	int r = match_boot(j, j->by_index, boot);

	if (r >= 0)
		r = sd_journal_seek_head(j->handle);
	return r < 0 ? failed(j, r, d) : 0;
}

int journal_only_this_boot(struct journal *j, struct diag *d)
{
	char boot[JOURNAL_ID_MAX];
	int r;

	if (!journal_this_boot(boot) || journal_boot_end(j, boot) < 0)
		return 0;
	r = journal_only_boot(j, boot, d);
	return r < 0 ? r : 1;
}

int journal_boots_in(struct journal *j, char ***ret)
{
	static const struct slice name = SLICE("_BOOT_ID=");
	char **boots = NULL;
	const void *data;
	size_t count = 0, n;
	int r = sd_journal_query_unique(j->handle, "_BOOT_ID");

	while (r >= 0 && (r = sd_journal_enumerate_unique(j->handle, &data, &n)) > 0) {
		_cleanup_buffer_ struct buffer boot = {0};

		buffer_add(&boot, slice_skip((struct slice){data, n}, name.n));
		boots = memory_grow(boots, count + 2, sizeof(*boots));
		boots[count++] = memory_string(buffer_text(&boot));
		boots[count] = NULL;
	}
	if (r < 0) {
		texts_free(boots);
		return r;
	}
	*ret = boots ? boots : texts_copy(NULL);
	return 0;
}

int journal_boot_last(struct journal *j, const char *boot, const struct journal_place *before,
    int64_t utc, struct journal_place *ret)
{
	int r = match_boot(j, true, boot);

	if (r < 0)
		return r;
	if (before)
		r = sd_journal_seek_cursor(j->handle, before->cursor);
	else if (utc > 0)
		r = sd_journal_seek_realtime_usec(j->handle, (uint64_t)utc * 1000000);
	else
		r = sd_journal_seek_tail(j->handle);
	if (r >= 0)
		r = sd_journal_previous(j->handle);
	if (r > 0)
		r = journal_place(j, ret);
	else if (r == 0)
		return 0;
	return r < 0 ? r : 1;
}

int64_t journal_boot_end(const struct journal *j, const char *boot)
{
	uint64_t from, to;
	sd_id128_t id;

	if (sd_id128_from_string(boot, &id) < 0 ||
	    sd_journal_get_cutoff_monotonic_usec(j->handle, id, &from, &to) <= 0)
		return -1;
	return (int64_t)to;
}

/* From the end: to seek a monotonic time in several files fails in some versions of the library
 * (252: it gives the first entry of a file that ends before). */
static int has_instant(sd_journal *handle, const char *boot, uint64_t monotonic)
{
	uint64_t found = UINT64_MAX;
	sd_id128_t id; /* without it, only of this boot */
	int r = add_match(handle, "_BOOT_ID", boot);

	if (r >= 0)
		r = sd_journal_seek_tail(handle);
	for (int i = 0; r >= 0 && found > monotonic && i < WALK_MAX; i++) {
		r = sd_journal_previous(handle);
		if (r == 0)
			break;
		if (r > 0)
			r = sd_journal_get_monotonic_usec(handle, &found, &id);
	}
	sd_journal_flush_matches(handle); /* the handle may be asked again */
	return r < 0 ? r : found == monotonic;
}

static int reaches_back(sd_journal *handle, const struct journal_place *place, int64_t until)
{
	int r = sd_journal_seek_cursor(handle, place->cursor);

	if (r >= 0)
		r = sd_journal_next(handle);
	if (r > 0)
		r = is_at(handle, place);
	return r != 0 || until < 0 ? r : has_instant(handle, place->boot, (uint64_t)until);
}

/* A file that is renamed while its folder is listed may be found only by what is told of it. */
int journal_reaches_back(const char *where, const struct journal_place *place, int64_t until)
{
	sd_journal *handle = NULL;
	int r = open_handle(where, &handle);

	if (r >= 0)
		r = sd_journal_get_fd(handle);
	if (r >= 0)
		r = reaches_back(handle, place, until);
	if (r == 0 && sd_journal_process(handle) > 0)
		r = reaches_back(handle, place, until);
	sd_journal_close(handle);
	return r;
}

bool journal_is_volatile(const struct journal *j)
{
	return sd_journal_has_runtime_files(j->handle) > 0 &&
	       sd_journal_has_persistent_files(j->handle) == 0;
}

bool journal_has_disk(void)
{
	return access("/var/log/journal", F_OK) == 0;
}

int journal_descriptor(const struct journal *j)
{
	return sd_journal_get_fd(j->handle);
}

int journal_events(const struct journal *j)
{
	return sd_journal_get_events(j->handle);
}

/* Whatever it says, the answer is to read on: to open it anew and seek would lose or double
 * entries. */
enum journal_change journal_process(struct journal *j)
{
	int r = sd_journal_process(j->handle);
	bool files = r == SD_JOURNAL_INVALIDATE || j->changed;

	j->changed = false;
	return files ? JOURNAL_FILES : r == SD_JOURNAL_APPEND ? JOURNAL_MORE : JOURNAL_SAME;
}

static bool is_mail(struct journal *j)
{
	const void *data;
	size_t n;

	return sd_journal_get_data(j->handle, "SYSLOG_FACILITY", &data, &n) >= 0 &&
	       slice_is((struct slice){data, n}, JOURNAL_MAIL);
}

void journal_reach(struct journal *j, struct journal_reach *ret)
{
	*ret = (struct journal_reach){0};
	match(j, true);
	sd_journal_seek_head(j->handle);
	while (advance(j) > 0)
		ret->indexed++;
	match(j, false);
	sd_journal_seek_head(j->handle);
	for (; advance(j) > 0; ret->all++)
		ret->mail += is_mail(j);
}
