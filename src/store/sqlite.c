/* SPDX-License-Identifier: ISC */
#include "store/sqlite.h"

#include "base/memory.h"
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STATEMENTS 192
#define PATIENCE 5000 /* ms, sqlite's own waiting; a write lock is asked for BUSY_TRIES times */
#define BUSY_TRIES 4

struct statement {
	struct database *db;
	const char *sql;
	sqlite3_stmt *handle;
};

struct database {
	sqlite3 *handle;
	char *name;
	struct statement statements[STATEMENTS];
	size_t count;
	bool held;
	int64_t rollbacks;
};

static const struct failure {
	int code, error;
	const char *sentence; /* with one %s, the database's name */
} failures[] = {
    {SQLITE_FULL, ENOSPC, "the disk that holds '%s' is full; nothing of this batch was counted"},
    {SQLITE_BUSY, EBUSY,
	"'%s' is locked by another program; waited in vain, nothing of this batch was counted"},
    {SQLITE_LOCKED, EBUSY, "'%s' is in use by this program itself"},
    {SQLITE_NOTADB, EBADMSG, "'%s' is not a mailtls store: it is no SQLite database"},
    {SQLITE_CORRUPT, EBADMSG,
	"'%s' is damaged; restore it from a backup, or recover it with sqlite3's .recover"},
    {SQLITE_READONLY, EROFS, "'%s' cannot be written: it, its folder or its disk is read-only"},
    {SQLITE_PERM, EACCES, "'%s' cannot be opened: permission denied"},
    {SQLITE_CANTOPEN, EACCES, "'%s' cannot be opened, or not the files beside it"},
    {SQLITE_IOERR, EIO, "'%s': reading or writing failed; nothing of this batch was counted"},
};

/* sqlite names some failures to get space for its shared memory an I/O error. */
static int failure_code(const struct database *db, int code)
{
	int primary = code & 0xff;

	if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) &&
	    sqlite3_system_errno(db->handle) == ENOSPC)
		return SQLITE_FULL;
	return primary;
}

static int failed(const struct database *db, int code, struct diag *d)
{
	int primary = failure_code(db, code);

	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		const struct failure *f = &failures[i];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		if (f->code == primary)
			return diag_set(d, f->error, NULL, 0, 0, f->sentence, db->name);
#pragma GCC diagnostic pop
	}
	return diag_set(d, EIO, NULL, 0, 0, "'%s': %s", db->name, sqlite3_errmsg(db->handle));
}

/* A path as a URI: only what has a meaning there is escaped. */
static void uri(struct buffer *to, const char *path, const char *query)
{
	buffer_text_add(to, path[0] == '/' ? "file://" : "file:");
	for (; *path; path++) {
		if (strchr("%?#", *path))
			buffer_printf(to, "%%%02X", (unsigned char)*path);
		else
			buffer_char(to, *path);
	}
	buffer_text_add(to, query);
}

static void harden(struct database *db, enum database_access access)
{
	int on = 1;

	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, access != DATABASE_READ, NULL);
	sqlite3_busy_timeout(db->handle, PATIENCE);
	/* Readers without write permission can use a write-ahead log that is there, not make one.
	 */
	if (access == DATABASE_WRITE)
		sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

/* Nobody asks how much memory the library has, and to count it takes a lock for each piece. */
static void configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int database_open(
    const char *path, enum database_access access, struct database **ret, struct diag *d)
{
	_cleanup_database_ struct database *db = memory_alloc(sizeof(*db));
	_cleanup_buffer_ struct buffer name = {0};
	int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, code;
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, configure);
	db->name = memory_string(access == DATABASE_MEMORY ? "memory" : path);
	if (access == DATABASE_MEMORY)
		buffer_text_add(&name, ":memory:");
	else
		uri(&name, path, access == DATABASE_READ_IMMUTABLE ? "?immutable=1" : "");
	flags |= access == DATABASE_MEMORY  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
		 : access == DATABASE_WRITE ? SQLITE_OPEN_READWRITE
					    : SQLITE_OPEN_READONLY;
	code = sqlite3_open_v2(buffer_text(&name), &db->handle, flags, NULL);
	if (code != SQLITE_OK)
		return failed(db, code, d);
	harden(db, access);
	code = sqlite3_exec(db->handle,
	    "PRAGMA cell_size_check=ON; PRAGMA synchronous=NORMAL;"
	    "PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY;"
	    "PRAGMA secure_delete=ON", /* what was pruned is gone */
	    NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return failed(db, code, d);
	*ret = db;
	db = NULL;
	return 0;
}

struct database *database_close(struct database *db)
{
	if (!db)
		return NULL;
	for (size_t i = 0; i < db->count; i++)
		sqlite3_finalize(db->statements[i].handle);
	sqlite3_close(db->handle);
	free(db->name);
	free(db);
	return NULL;
}

int database_script(struct database *db, const char *sql, struct diag *d)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : failed(db, code, d);
}

int database_statement(struct database *db, const char *sql, struct statement **ret, struct diag *d)
{
	struct statement *st;
	int code;

	for (size_t i = 0; i < db->count; i++)
		if (db->statements[i].sql == sql) {
			*ret = &db->statements[i];
			statement_reset(*ret);
			return 0;
		}
	if (db->count == STATEMENTS)
		return diag_set(d, ENFILE, NULL, 0, 0, "'%s': too many statements", db->name);
	st = &db->statements[db->count];
	code =
	    sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->handle, NULL);
	if (code != SQLITE_OK)
		return failed(db, code, d);
	st->db = db;
	st->sql = sql;
	db->count++;
	*ret = st;
	return 0;
}

int statement_bind_integer(struct statement *st, int place, int64_t value, struct diag *d)
{
	int code = sqlite3_bind_int64(st->handle, place, value);

	return code == SQLITE_OK ? 0 : failed(st->db, code, d);
}

/* SQLITE_STATIC where the caller's text outlives the statement's run, else SQLITE_TRANSIENT. */
static int bind_one(
    sqlite3_stmt *handle, int place, char type, sqlite3_destructor_type keep, va_list *arguments)
{
	struct slice s;
	const char *text;

	switch (type) {
	case 'i':
		return sqlite3_bind_int64(handle, place, va_arg(*arguments, int64_t));
	case 's':
		s = va_arg(*arguments, struct slice);
		return sqlite3_bind_text(handle, place, s.p, (int)s.n, keep);
	case 'b':
		s = va_arg(*arguments, struct slice);
		return sqlite3_bind_blob(handle, place, s.p, (int)s.n, keep);
	case 'z':
		text = va_arg(*arguments, const char *);
		return sqlite3_bind_text(handle, place, text, -1, keep);
	default:
		return SQLITE_MISUSE;
	}
}

static int query(struct database *db, struct diag *d, struct statement **ret, const char *sql,
    const char *types, sqlite3_destructor_type keep, va_list *arguments)
{
	int r = database_statement(db, sql, ret, d), code;

	if (r < 0)
		return r;
	for (int i = 0; types[i]; i++) {
		code = bind_one((*ret)->handle, i + 1, types[i], keep, arguments);
		if (code != SQLITE_OK)
			return failed(db, code, d);
	}
	return 0;
}

int database_query(struct database *db, struct diag *d, struct statement **ret, const char *sql,
    const char *types, ...)
{
	va_list arguments;
	int r;

	va_start(arguments, types);
	r = query(db, d, ret, sql, types, SQLITE_TRANSIENT, &arguments);
	va_end(arguments);
	return r;
}

int database_run(struct database *db, struct diag *d, const char *sql, const char *types, ...)
{
	struct statement *st;
	va_list arguments;
	int r;

	va_start(arguments, types);
	r = query(db, d, &st, sql, types, SQLITE_STATIC, &arguments);
	va_end(arguments);
	while (r == 0 && (r = statement_step(st, d)) == 1)
		r = 0;
	return r;
}

int database_integer(struct database *db, struct diag *d, int64_t otherwise, int64_t *ret,
    const char *sql, const char *types, ...)
{
	struct statement *st;
	va_list arguments;
	int r;

	va_start(arguments, types);
	r = query(db, d, &st, sql, types, SQLITE_STATIC, &arguments);
	va_end(arguments);
	if (r == 0)
		r = statement_step(st, d);
	if (r < 0)
		return r;
	*ret = r == 0 || column_is_null(st, 0) ? otherwise : column_integer(st, 0);
	if (r == 1)
		statement_reset(st);
	return 0;
}

int statement_step(struct statement *st, struct diag *d)
{
	int code = sqlite3_step(st->handle), r;

	if (code == SQLITE_ROW)
		return 1;
	r = code == SQLITE_DONE ? 0 : failed(st->db, code, d);
	statement_reset(st);
	return r;
}

void statement_reset(struct statement *st)
{
	sqlite3_reset(st->handle);
	sqlite3_clear_bindings(st->handle);
}

int64_t column_integer(const struct statement *st, int column)
{
	return sqlite3_column_int64(st->handle, column);
}

struct slice column_text(const struct statement *st, int column)
{
	const char *p = (const char *)sqlite3_column_text(st->handle, column);

	return (struct slice){p ? p : "", (size_t)sqlite3_column_bytes(st->handle, column)};
}

struct slice column_blob(const struct statement *st, int column)
{
	const char *p = sqlite3_column_blob(st->handle, column);

	return (struct slice){p, (size_t)sqlite3_column_bytes(st->handle, column)};
}

bool column_is_null(const struct statement *st, int column)
{
	return sqlite3_column_type(st->handle, column) == SQLITE_NULL;
}

int64_t database_last_id(const struct database *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

void database_forget_last_id(struct database *db)
{
	sqlite3_set_last_insert_rowid(db->handle, 0);
}

int64_t database_changes(const struct database *db)
{
	return sqlite3_changes64(db->handle);
}

static int begin(struct database *db, const char *sql, struct diag *d)
{
	int code = SQLITE_BUSY;

	for (int i = 0; i < BUSY_TRIES && (code & 0xff) == SQLITE_BUSY; i++)
		code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : failed(db, code, d);
}

int database_begin(struct database *db, bool writing, struct diag *d)
{
	return begin(db, db->held ? "SAVEPOINT part" : writing ? "BEGIN IMMEDIATE" : "BEGIN", d);
}

int database_commit(struct database *db, struct diag *d)
{
	const char *sql = db->held ? "RELEASE part" : "COMMIT";
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	if (code == SQLITE_OK)
		return 0;
	code = failed(db, code, d);
	database_rollback(db);
	return code;
}

void database_rollback(struct database *db)
{
	db->rollbacks++;
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, db->held ? "ROLLBACK TO part; RELEASE part" : "ROLLBACK",
		    NULL, NULL, NULL);
}

int database_version(struct database *db, int64_t *ret, struct diag *d)
{
	int r = database_integer(db, d, 0, ret, "PRAGMA data_version", "");

	if (r == 0)
		*ret += db->rollbacks;
	return r;
}

int database_hold(struct database *db, struct diag *d)
{
	int r = begin(db, "BEGIN IMMEDIATE", d);

	db->held = r == 0;
	return r;
}

int database_release(struct database *db, bool keep, struct diag *d)
{
	if (!db->held)
		return 0;
	db->held = false;
	if (keep)
		return database_commit(db, d);
	database_rollback(db);
	return 0;
}

int database_copy(struct database *to, struct database *from, struct diag *d)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
	int code = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;

	if (backup)
		sqlite3_backup_finish(backup);
	return code == SQLITE_DONE ? 0 : failed(code == SQLITE_ERROR ? to : from, code, d);
}

void database_patience(struct database *db, int milliseconds)
{
	sqlite3_busy_timeout(db->handle, milliseconds);
}

int database_rewrite(struct database *db, struct diag *d)
{
	int code = sqlite3_exec(db->handle, "VACUUM", NULL, NULL, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_wal_checkpoint_v2(
		    db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return code == SQLITE_OK ? 0 : failed(db, code, d);
}

int database_shrink(struct database *db, int pages, struct diag *d)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA incremental_vacuum(%d)", pages);
	return database_script(db, sql, d);
}

void database_checkpoint(struct database *db)
{
	sqlite3_busy_timeout(db->handle, 0);
	sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(db->handle, PATIENCE);
}
