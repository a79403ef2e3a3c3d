/* SPDX-License-Identifier: ISC */
#include "store/copy.h"

#include "store/handle.h"
#include "store/rollup.h"
#include "store/schema.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int cannot_make(const char *path, int error, struct diag *d)
{
	return diag_set(d, error, NULL, 0, 0, "cannot make '%s': %s", path,
	    error == EEXIST ? "there is something of that name" : strerror(error));
}

/* sqlite fills an empty file that is there. */
int store_backup(struct store *s, const char *to, struct diag *d)
{
	_cleanup_close_ int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	int r;

	if (fd < 0)
		return cannot_make(to, errno, d);
	r = database_run(s->db, d, "VACUUM INTO ?1", "z", to);
	if (r == 0 && fsync(fd) < 0)
		r = cannot_make(to, errno, d);
	if (r < 0)
		unlink(to);
	return r;
}

int store_compact(struct store *s, int64_t now, struct diag *d)
{
	int r = store_writable(s, d);

	if (r == 0)
		r = rollup_old(s, now, d);
	if (r == 0)
		r = database_run(s->db, d, "PRAGMA auto_vacuum = INCREMENTAL", "");
	return r < 0 ? r : database_rewrite(s->db, d);
}

int store_export(struct store *s, store_line_fn line, void *context, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st, sql_named("query/export"), "");

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		r = line(context, column_text(st, 0));
		if (r != 0)
			statement_reset(st);
	}
	return r;
}
