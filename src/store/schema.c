/* SPDX-License-Identifier: ISC */
#include "store/schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int step_number(const struct sql_text *text)
{
	return strncmp(text->name, "schema/", 7) == 0 ? atoi(text->name + 7) : 0;
}

int schema_latest(const struct sql_text *texts)
{
	int latest = 0;

	for (; texts->name; texts++)
		if (step_number(texts) > latest)
			latest = step_number(texts);
	return latest;
}

static int read_marks(struct database *db, int64_t *ret_application, int64_t *ret_version,
    int64_t *ret_objects, struct diag *d)
{
	int r = database_integer(db, d, 0, ret_application, "PRAGMA application_id", "");

	if (r == 0)
		r = database_integer(db, d, 0, ret_version, "PRAGMA user_version", "");
	if (r == 0)
		r = database_integer(
		    db, d, 0, ret_objects, "SELECT count(*) FROM sqlite_schema", "");
	return r;
}

int schema_number(
    struct database *db, const char *name, const struct sql_text *texts, struct diag *d)
{
	int64_t application, version, objects;
	int r = read_marks(db, &application, &version, &objects, d);

	if (r < 0)
		return r;
	if (application == 0 && version == 0 && objects == 0)
		return 0;
	if (application != SCHEMA_APPLICATION_ID || version < 1)
		return diag_set(d, EINVAL, NULL, 0, 0,
		    "'%s' is an SQLite database, but not a mailtls store; it was left as it is",
		    name);
	if (version > schema_latest(texts))
		return diag_set(d, EPROTO, NULL, 0, 0,
		    "'%s' was made by a newer mailtls (schema %d, this one knows %d)", name,
		    (int)version, schema_latest(texts));
	return (int)version;
}

static const char *view_name(const struct sql_text *text)
{
	return strncmp(text->name, "view/", 5) == 0 ? text->name + 5 : NULL;
}

/* Views hold nothing: they go before the tables under them change, and are made anew after. */
static int drop_views(struct database *db, const struct sql_text *texts, struct diag *d)
{
	_cleanup_buffer_ struct buffer script = {0};

	for (; texts->name; texts++)
		if (view_name(texts))
			buffer_printf(&script, "DROP VIEW IF EXISTS %s;\n", view_name(texts));
	return database_script(db, buffer_text(&script), d);
}

static int create_views(struct database *db, const struct sql_text *texts, struct diag *d)
{
	int r = 0;

	for (; r >= 0 && texts->name; texts++)
		if (view_name(texts))
			r = database_script(db, texts->text, d);
	return r;
}

static int run_step(struct database *db, const struct sql_text *texts, int number, struct diag *d)
{
	int r = 0;

	for (; r >= 0 && texts->name; texts++)
		if (step_number(texts) == number)
			r = database_script(db, texts->text, d);
	return r;
}

static int migrate_from(
    struct database *db, const struct sql_text *texts, int number, struct diag *d)
{
	_cleanup_buffer_ struct buffer marks = {0};
	int latest = schema_latest(texts), r = drop_views(db, texts, d);

	while (r >= 0 && number < latest)
		r = run_step(db, texts, ++number, d);
	if (r >= 0)
		r = create_views(db, texts, d);
	buffer_printf(&marks, "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    SCHEMA_APPLICATION_ID, latest);
	return r < 0 ? r : database_script(db, buffer_text(&marks), d);
}

int schema_migrate(
    struct database *db, const char *name, const struct sql_text *texts, struct diag *d)
{
	int r = schema_number(db, name, texts, d);

	if (r < 0 || r == schema_latest(texts))
		return r < 0 ? r : 0;
	r = database_begin(db, true, d);
	if (r < 0)
		return r;
	r = schema_number(db, name, texts, d); /* somebody may have been faster */
	if (r >= 0 && r < schema_latest(texts))
		r = migrate_from(db, texts, r, d);
	if (r >= 0)
		r = database_commit(db, d);
	if (r < 0)
		database_rollback(db);
	return r < 0 ? r : 0;
}

const char *sql_named(const char *name)
{
	for (const struct sql_text *text = sql_texts; text->name; text++)
		if (strcmp(text->name, name) == 0)
			return text->text;
	fprintf(stderr, "mailtls: sql/%s.sql was not built in\n", name);
	abort();
}
