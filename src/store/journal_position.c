/* SPDX-License-Identifier: ISC */
#include "store/journal_position.h"

#include "base/buffer.h"
#include "store/handle.h"
#include <errno.h>
#include <string.h>

int store_journal_position(
    struct store *s, const char *source, struct journal_position *ret, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st,
	    "SELECT p.cursor, p.boot, p.realtime, p.monotonic FROM journal_position p"
	    " JOIN source s ON s.id = p.source WHERE s.class = 'journal' AND s.name = ?1",
	    "z", source);

	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	buffer_clear(&s->cursor);
	buffer_add(&s->cursor, column_text(st, 0));
	buffer_char(&s->cursor, '\0');
	*ret = (struct journal_position){
	    .realtime = column_integer(st, 2),
	    .monotonic = column_integer(st, 3),
	};
	buffer_add(&s->cursor, column_text(st, 1));
	ret->cursor = buffer_text(&s->cursor);
	ret->boot = ret->cursor + strlen(ret->cursor) + 1;
	statement_reset(st);
	return 1;
}

int store_journal_boots(
    struct store *s, const char *source, journal_boot_fn row, void *context, struct diag *d)
{
	_cleanup_buffer_ struct buffer machine = {0}, name = {0};
	struct statement *st;
	int r = database_query(s->db, d, &st,
	    "SELECT b.machine, b.boot, b.monotonic, b.hashes FROM journal_boot b"
	    " JOIN source s ON s.id = b.source WHERE s.class = 'journal' AND s.name = ?1",
	    "z", source);

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		struct slice hashes = column_blob(st, 3);
		struct journal_boot boot = {.monotonic = column_integer(st, 2)};

		buffer_clear(&machine);
		buffer_clear(&name);
		buffer_add(&machine, column_text(st, 0));
		buffer_add(&name, column_text(st, 1));
		boot.machine = buffer_text(&machine);
		boot.boot = buffer_text(&name);
		if (hashes.n > sizeof(boot.hashes))
			hashes.n = sizeof(boot.hashes);
		boot.hash_count = hashes.n / sizeof(*boot.hashes);
		if (hashes.n)
			memcpy(boot.hashes, hashes.p, hashes.n);
		r = row(context, &boot);
		if (r != 0)
			statement_reset(st);
	}
	return r;
}

int store_files_end(struct store *s, int64_t *ret, struct diag *d)
{
	return database_integer(
	    s->db, d, 0, ret, "SELECT max(last_event) FROM source WHERE class <> 'journal'", "");
}

int journal_position_write(
    struct store *s, int64_t source, const struct journal_position *at, struct diag *d)
{
	int r = database_run(s->db, d,
	    "INSERT INTO journal_position (source, cursor, boot, realtime, monotonic)"
	    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (source) DO UPDATE SET cursor = ?2,"
	    " boot = ?3, realtime = ?4, monotonic = ?5 WHERE cursor = ?6",
	    "izziiz", source, at->cursor, at->boot, at->realtime, at->monotonic, at->before);

	if (r == 0 && database_changes(s->db) != 1)
		r = diag_set(
		    d, ESTALE, NULL, 0, 0, "somebody else has counted the same journal meanwhile");
	return r;
}

int journal_boots_write(struct store *s, int64_t source, const struct journal_boot *boots,
    size_t boot_count, struct diag *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < boot_count; i++) {
		const struct journal_boot *b = &boots[i];
		struct slice hashes = {(const char *)b->hashes, b->hash_count * sizeof(*b->hashes)};

		r = database_run(s->db, d,
		    "INSERT OR REPLACE INTO journal_boot (source, machine, boot, monotonic, hashes)"
		    " VALUES (?1, ?2, ?3, ?4, ?5)",
		    "izzib", source, b->machine, b->boot, b->monotonic, hashes);
	}
	return r;
}
