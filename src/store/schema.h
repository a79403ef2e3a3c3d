/* SPDX-License-Identifier: ISC */
#pragma once

/* The shape of a store: its marks in the file, and the steps from one schema to the next.
 *
 * A store carries the application id SCHEMA_APPLICATION_ID ("MTLS") and its schema's number in
 * user_version.  sql/schema/NNN.sql takes the tables of a store from NNN-1 to NNN;
 * sql/view/NAME.sql makes the view of that name as it is now, so one that changes needs a new
 * number, too, and one that goes is dropped by a step. */

#include "base/diag.h"
#include "store/sql.h"
#include "store/sqlite.h"

#define SCHEMA_APPLICATION_ID 0x4d544c53

/* The number that the last of texts brings a store to. */
int schema_latest(const struct sql_text *texts);

/* What the file is: its schema's number, 0 for an empty database.  -EINVAL for a database of
 * another program, -EPROTO for a store of a newer mailtls, each with a sentence. */
int schema_number(
    struct database *db, const char *name, const struct sql_text *texts, struct diag *d);

/* Brings it to the latest schema, or leaves it as it was. */
int schema_migrate(
    struct database *db, const char *name, const struct sql_text *texts, struct diag *d);

/* The text of that name, e.g. "query/span": it must exist. */
const char *sql_named(const char *name);
