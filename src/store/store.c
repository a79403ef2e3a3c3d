/* SPDX-License-Identifier: ISC */
#include "store/handle.h"

#include "base/file_system.h"
#include "base/memory.h"
#include "base/table.h"
#include "store/derive.h"
#include "store/query.h"
#include "store/schema.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

static int folder_of(const char *path, struct stat *ret)
{
	_cleanup_free_ char *copy = memory_string(path);

	return stat(dirname(copy), ret) < 0 ? -errno : 0;
}

/* Names whom the thing belongs to, so that the reader knows which group to join. */
static int no_permission(const char *path, bool writing, struct diag *d)
{
	struct stat st;
	struct passwd *user;
	struct group *group;
	const char *what = "it";

	if (stat(path, &st) < 0) {
		what = "its folder";
		if (folder_of(path, &st) < 0)
			return diag_set(
			    d, EACCES, NULL, 0, 0, "cannot open '%s': permission denied", path);
	}
	user = getpwuid(st.st_uid);
	group = getgrgid(st.st_gid);
	return diag_set(d, EACCES, NULL, 0, 0,
	    "cannot %s '%s': permission denied; %s belongs to user %s and group %s (mode %04o)",
	    writing ? "write" : "read", path, what, user ? user->pw_name : "?",
	    group ? group->gr_name : "?", (unsigned)(st.st_mode & 07777));
}

static int cannot_open(const char *path, bool writing, int error, struct diag *d)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return no_permission(path, writing, d);
	case ENOENT:
		return diag_set(
		    d, error, NULL, 0, 0, "there is no store '%s'; mailtls-import makes one", path);
	case ELOOP:
		return diag_set(
		    d, error, NULL, 0, 0, "'%s' is a symbolic link; name the store itself", path);
	case ENOSPC:
		return diag_set(d, error, NULL, 0, 0, "the disk that holds '%s' is full", path);
	default:
		return diag_set(
		    d, error, NULL, 0, 0, "cannot open '%s': %s", path, strerror(error));
	}
}

/* A new file is 0640 and, made by root, belongs to whom its folder belongs. */
static int make_file(const char *path, struct diag *d)
{
	_cleanup_close_ int fd =
	    open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	struct stat folder;

	if (fd < 0)
		return errno == EEXIST	 ? 0
		       : errno == ENOENT ? diag_set(d, ENOENT, NULL, 0, 0,
					       "cannot make '%s': there is no such folder", path)
					 : cannot_open(path, true, errno, d);
	if (geteuid() == 0 && folder_of(path, &folder) == 0 &&
	    fchown(fd, folder.st_uid, folder.st_gid) < 0)
		return cannot_open(path, true, errno, d);
	return fchmod(fd, 0640) < 0 ? cannot_open(path, true, errno, d) : 0;
}

/* sqlite is only let at a regular file that this user may open.  The descriptor is closed before
 * sqlite opens the file: closing one later would drop sqlite's locks. */
static int check_file(const char *path, bool writing, struct diag *d)
{
	int flags = (writing ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	_cleanup_close_ int fd = open(path, flags);
	struct stat st;

	if (fd < 0 && errno == EISDIR)
		return diag_set(d, EISDIR, NULL, 0, 0, "'%s' is a folder, not a store", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return cannot_open(path, writing, errno, d);
	if (!S_ISREG(st.st_mode))
		return diag_set(d, EINVAL, NULL, 0, 0, "'%s' is %s, not a store", path,
		    S_ISDIR(st.st_mode) ? "a folder" : "no regular file");
	if (!writing && st.st_size == 0)
		return diag_set(d, ENODATA, NULL, 0, 0, "'%s' is empty, not a mailtls store", path);
	return 0;
}

static bool is_empty(const char *path, const char *end)
{
	_cleanup_buffer_ struct buffer name = {0};
	struct stat st;

	buffer_printf(&name, "%s%s", path, end);
	return stat(buffer_text(&name), &st) < 0 ? errno == ENOENT : st.st_size == 0;
}

/* Nothing is there that a writer left unfinished, or has not copied yet. */
static bool all_is_in_the_file(const char *path)
{
	return is_empty(path, "-wal") && is_empty(path, "-journal");
}

/* A reader cannot change the schema, so it must be the one that the queries are written for; a copy
 * in memory is brought there. */
static int check_schema_for_reading(struct store *s, struct diag *d)
{
	int number = schema_number(s->db, s->name, sql_texts, d);

	if (number < 0)
		return number;
	if (number == 0)
		return diag_set(
		    d, ENODATA, NULL, 0, 0, "'%s' is empty, not a mailtls store", s->name);
	if (number < schema_latest(sql_texts) && s->mode != STORE_COPY)
		return diag_set(d, EPROTO, NULL, 0, 0,
		    "'%s' was made by an older mailtls (schema %d); the next mailtls-import brings "
		    "it to schema %d",
		    s->name, number, schema_latest(sql_texts));
	return 0;
}

/* Without permission to make the files of a write-ahead log, a reader can still read a store that
 * nobody writes: all of it is in the file then. */
static int open_for_reading(struct store *s, struct diag *d)
{
	_cleanup_diag_ struct diag first = {0};
	int r = database_open(s->name, DATABASE_READ, &s->db, &first);

	if (r == 0)
		r = check_schema_for_reading(s, &first);
	if ((r == -EROFS || r == -EACCES) && all_is_in_the_file(s->name)) {
		s->db = database_close(s->db);
		r = database_open(s->name, DATABASE_READ_IMMUTABLE, &s->db, d);
		return r < 0 ? r : check_schema_for_reading(s, d);
	}
	if (r < 0 && !is_empty(s->name, "-journal"))
		return diag_set(d, -r, NULL, 0, 0,
		    "'%s' was being written when its writer was ended; the next start of mailtlsd "
		    "or mailtls-import puts that right",
		    s->name);
	if (r < 0)
		return diag_set(d, -r, NULL, 0, 0, "%s", first.text);
	return 0;
}

static void random_uuid(struct buffer *to)
{
	unsigned char b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		abort();
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	for (int i = 0; i < 16; i++)
		buffer_printf(to, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
}

/* The machine's, if it has a name that other machines know. */
static void machine_zone(struct buffer *to)
{
	_cleanup_zone_ struct zone *machine = NULL, *named = NULL;

	if (zone_open(NULL, &machine, NULL) == 0 &&
	    zone_open(zone_name(machine), &named, NULL) == 0)
		buffer_text_add(to, zone_name(named));
	else
		buffer_text_add(to, "UTC");
}

/* What every store has from its first day; a second writer finds it there. */
static int first_rows(struct database *db, struct diag *d)
{
	_cleanup_buffer_ struct buffer uuid = {0}, zone = {0};
	unsigned char secret[STORE_SECRET];
	int r;

	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return diag_set(
		    d, EIO, NULL, 0, 0, "no random bytes to be had: %s", strerror(errno));
	random_uuid(&uuid);
	machine_zone(&zone);
	r = database_run(db, d,
	    "INSERT OR IGNORE INTO meta VALUES"
	    " ('uuid', ?1), ('secret', ?2), ('created', ?3), ('rev', 0), ('zone', ?4)",
	    "zbiz", buffer_text(&uuid), ((struct slice){(char *)secret, sizeof(secret)}),
	    (int64_t)time(NULL), buffer_text(&zone));
	return r < 0 ? r : derive_refresh(db, d);
}

/* What a store in memory reads is forgotten with it. */
static int keep_all_peers(struct store *s, struct diag *d)
{
	return database_run(s->db, d, "UPDATE meta SET value = 'all' WHERE key = 'peers'", "");
}

/* Who shares a write-ahead log shares memory, too. */
static int prepare_for_writing(struct store *s, struct diag *d)
{
	int r = schema_number(s->db, s->name, sql_texts, d);

	if (r < 0)
		return r;
	if (r == 0 && s->mode == STORE_WRITE)
		return diag_set(
		    d, ENODATA, NULL, 0, 0, "'%s' is empty, not a mailtls store", s->name);
	if (r == 0) /* before anything is written, or it has no effect */
		r = database_run(s->db, d, "PRAGMA auto_vacuum = INCREMENTAL", "");
	if (r >= 0 && s->mode != STORE_MEMORY && s->mode != STORE_COPY)
		r = database_run(s->db, d,
		    file_system_is_shared(s->name) ? "PRAGMA journal_mode = DELETE"
						   : "PRAGMA journal_mode = WAL",
		    "");
	if (r >= 0)
		r = schema_migrate(s->db, s->name, sql_texts, d);
	if (r >= 0)
		r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	r = first_rows(s->db, d);
	if (r == 0 && s->mode == STORE_MEMORY)
		r = keep_all_peers(s, d);
	if (r == 0)
		return database_commit(s->db, d);
	database_rollback(s->db);
	return r;
}

/* What stands behind the scheme is not repeated: there may be a password in it. */
int store_check_name(const char *name, struct diag *d)
{
	struct slice text = slice_of(name);

	if (!slice_starts(text, SLICE("postgresql://")) &&
	    !slice_starts(text, SLICE("postgres://")))
		return 0;
	return diag_set(d, EOPNOTSUPP, NULL, 0, 0,
	    "'%.*s...' is a PostgreSQL database: this version keeps its store in a file only",
	    (int)slice_find(text, ':') + 3, name);
}

static int open_file(struct store *s, struct diag *d)
{
	bool writing = s->mode == STORE_WRITE || s->mode == STORE_CREATE;
	int r = store_check_name(s->name, d);

	if (r == 0 && s->mode == STORE_CREATE)
		r = make_file(s->name, d);
	if (r == 0)
		r = check_file(s->name, writing, d);
	if (r < 0)
		return r;
	if (!writing)
		return open_for_reading(s, d);
	r = database_open(s->name, DATABASE_WRITE, &s->db, d);
	return r < 0 ? r : prepare_for_writing(s, d);
}

static int copy_to_memory(struct store *s, struct diag *d)
{
	struct database *file = s->db;
	int r;

	s->db = NULL;
	r = database_open(NULL, DATABASE_MEMORY, &s->db, d);
	if (r == 0)
		r = database_copy(s->db, file, d);
	database_close(file);
	return r < 0 ? r : prepare_for_writing(s, d);
}

static int read_secret(struct store *s, struct diag *d)
{
	struct statement *st;
	struct slice secret;
	int r = database_query(s->db, d, &st, "SELECT value FROM meta WHERE key = 'secret'", "");

	if (r == 0)
		r = statement_step(st, d);
	if (r < 0)
		return r;
	secret = r == 1 ? column_blob(st, 0) : SLICE_NONE;
	if (secret.n != STORE_SECRET)
		return diag_set(d, EBADMSG, NULL, 0, 0,
		    "'%s' is damaged: it has lost its secret and cannot tell one log from another",
		    s->name);
	memcpy(s->secret, secret.p, STORE_SECRET);
	statement_reset(st);
	return 0;
}

int store_open(const char *path, enum store_mode mode, struct store **ret, struct diag *d)
{
	_cleanup_store_ struct store *s = memory_alloc(sizeof(*s));
	int r;

	s->name = memory_string(mode == STORE_MEMORY ? "memory" : path);
	s->mode = mode;
	s->derived = derive_memo_new();
	if (mode == STORE_MEMORY) {
		r = database_open(NULL, DATABASE_MEMORY, &s->db, d);
		if (r == 0)
			r = prepare_for_writing(s, d);
	} else {
		r = open_file(s, d);
	}
	if (r == 0 && mode == STORE_COPY)
		r = copy_to_memory(s, d);
	if (r == 0)
		r = read_secret(s, d);
	if (r == 0)
		r = retention_read(s, d);
	if (r < 0)
		return r;
	*ret = s;
	s = NULL;
	return 0;
}

struct store *store_free(struct store *s)
{
	if (!s)
		return NULL;
	if (s->dictionary)
		query_end(s);
	if (s->db && (s->mode == STORE_WRITE || s->mode == STORE_CREATE))
		database_checkpoint(s->db);
	database_close(s->db);
	buffer_free(&s->sessions);
	buffer_free(&s->cursor);
	table_free(s->peer_days);
	derive_memo_free(s->derived);
	zone_free(s->zone);
	free(s->name);
	free(s);
	return NULL;
}

const char *store_name(const struct store *s)
{
	return s->name;
}

const unsigned char *store_secret(const struct store *s)
{
	return s->secret;
}

int store_hold(struct store *s, struct diag *d)
{
	return database_hold(s->db, d);
}

int store_release(struct store *s, bool keep, struct diag *d)
{
	return database_release(s->db, keep, d);
}

int store_writable(const struct store *s, struct diag *d)
{
	if (s->mode != STORE_READ)
		return 0;
	return diag_set(d, EROFS, NULL, 0, 0, "'%s' was opened for reading only", s->name);
}

int store_open_sessions(struct store *s, const char *owner, struct slice *ret, struct diag *d)
{
	struct statement *st;
	int r = database_query(
	    s->db, d, &st, "SELECT data FROM open_sessions WHERE owner = ?1", "z", owner);

	if (r == 0)
		r = statement_step(st, d);
	if (r < 0)
		return r;
	*ret = SLICE_NONE;
	buffer_clear(&s->sessions);
	if (r == 1) {
		buffer_add(&s->sessions, column_blob(st, 0));
		statement_reset(st);
		*ret = buffer_slice(&s->sessions);
	}
	return 0;
}
