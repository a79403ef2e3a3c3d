/* SPDX-License-Identifier: ISC */
#include "store/journal_file.h"

#include "base/buffer.h"
#include "store/handle.h"
#include <errno.h>

int store_journal_files(
    struct store *s, const char *source, journal_file_fn row, void *context, struct diag *d)
{
	_cleanup_buffer_ struct buffer file = {0}, cursor = {0};
	struct statement *st;
	int r = database_query(s->db, d, &st,
	    "SELECT f.file, f.cursor, f.realtime, f.ended, s.class = 'journal' AND s.name = ?1"
	    " FROM journal_file f JOIN source s ON s.id = f.source",
	    "z", source);

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		buffer_clear(&file);
		buffer_clear(&cursor);
		buffer_add(&file, column_text(st, 0));
		buffer_add(&cursor, column_text(st, 1));
		r = row(context, &(struct journal_file_position){
				     .file = buffer_text(&file),
				     .cursor = buffer_text(&cursor),
				     .realtime = column_integer(st, 2),
				     .ended = column_integer(st, 3) != 0,
				     .mine = column_integer(st, 4) != 0,
				 });
		if (r != 0)
			statement_reset(st);
	}
	return r;
}

int journal_files_write(struct store *s, int64_t source, const struct journal_file_position *files,
    size_t count, struct diag *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct journal_file_position *f = &files[i];

		r = database_run(s->db, d,
		    "INSERT INTO journal_file (file, source, cursor, realtime, ended)"
		    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (file) DO UPDATE SET source = ?2,"
		    " cursor = ?3, realtime = ?4, ended = ?5 WHERE cursor = ?6",
		    "ziziiz", f->file, source, f->cursor, f->realtime, (int64_t)f->ended,
		    f->before);
		if (r == 0 && database_changes(s->db) != 1)
			r = diag_set(d, ESTALE, NULL, 0, 0,
			    "somebody else has counted the same journal meanwhile");
	}
	return r;
}
