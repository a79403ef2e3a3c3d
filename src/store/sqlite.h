/* SPDX-License-Identifier: ISC */
#pragma once

/* A thin coat over sqlite: what every caller would otherwise repeat.
 *
 * Statements are prepared once for each SQL text and kept (the text must live as long as the
 * database: a literal, or sql_texts).  Arguments are given by a string of types, one letter each:
 * `i` int64_t, `s` struct slice bound as text (SLICE_NONE: NULL), `b` struct slice bound as blob,
 * `z` const char * bound as text.  Cast integers: they are read as int64_t.
 *
 * Every failure is a negative errno and one sentence in the diagnosis: -ENOSPC the disk is full,
 * -EBUSY somebody else holds the lock, -EBADMSG not a database or a damaged one, -EACCES, -EROFS,
 * -EIO.  Nothing of the transaction is kept then. */

#include "base/diag.h"
#include "base/macros.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>

struct database;
struct statement;

enum database_access {
	DATABASE_READ,
	DATABASE_READ_IMMUTABLE, /* no locks and no files beside it: nobody may be writing */
	DATABASE_WRITE,		 /* the file must exist; may be empty */
	DATABASE_MEMORY,
};

int database_open(
    const char *path, enum database_access access, struct database **ret, struct diag *d);
struct database *database_close(struct database *db);

/* Several statements without arguments or rows: a schema. */
int database_script(struct database *db, const char *sql, struct diag *d);

/* One statement, to its end; rows are not wanted. */
int database_run(struct database *db, struct diag *d, const char *sql, const char *types, ...);

/* The rows of a statement: step gives 1 and a row, 0 at the end.  A statement that is left before
 * its end is to be given to statement_reset(). */
int database_query(struct database *db, struct diag *d, struct statement **ret, const char *sql,
    const char *types, ...);
/* Or piece by piece: without arguments, which are given next by their places, from 1. */
int database_statement(
    struct database *db, const char *sql, struct statement **ret, struct diag *d);
int statement_bind_integer(struct statement *st, int place, int64_t value, struct diag *d);
int statement_step(struct statement *st, struct diag *d);
void statement_reset(struct statement *st);

/* Columns of the row, from 0; texts and blobs live until the next step. */
int64_t column_integer(const struct statement *st, int column);
struct slice column_text(const struct statement *st, int column);
struct slice column_blob(const struct statement *st, int column);
bool column_is_null(const struct statement *st, int column);

/* The first column of the first row as a number; otherwise if there is no row or it is NULL. */
int database_integer(struct database *db, struct diag *d, int64_t otherwise, int64_t *ret,
    const char *sql, const char *types, ...);

/* The rowid that was given last; 0 if there was none since it was forgotten: an upsert that found
 * its row gives none. */
int64_t database_last_id(const struct database *db);
void database_forget_last_id(struct database *db);
int64_t database_changes(const struct database *db);

/* Reading: one snapshot until the end.  Writing: the write lock from the start, waited for. */
int database_begin(struct database *db, bool writing, struct diag *d);
int database_commit(struct database *db, struct diag *d);
void database_rollback(struct database *db);

/* Inside a transaction: a number that is another one after another has written, or something was
 * rolled back here. */
int database_version(struct database *db, int64_t *ret, struct diag *d);

/* Until it is released all transactions are parts of one, which is kept or not. */
int database_hold(struct database *db, struct diag *d);
int database_release(struct database *db, bool keep, struct diag *d); /* 0 if it is not held */

/* Copies all of `from` over `to`. */
int database_copy(struct database *to, struct database *from, struct diag *d);

/* How long a lock is waited for, in milliseconds; 5000 from the start. */
void database_patience(struct database *db, int milliseconds);

/* Writes the whole file anew and empties the write-ahead log, so that no byte of what was deleted
 * is left; -EBUSY if a reader is in the way of the latter. */
int database_rewrite(struct database *db, struct diag *d);

/* Gives at most so many pages that hold nothing back to the file system; where the file was made
 * without that, nothing happens before it is written anew. */
int database_shrink(struct database *db, int pages, struct diag *d);

/* Moves what lies in the write-ahead log into the file, if nobody is in the way. */
void database_checkpoint(struct database *db);

DEFINE_CLEANUP(struct database, database_close);
#define _cleanup_database_ _cleanup_(database_close_p)
