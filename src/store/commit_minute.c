/* SPDX-License-Identifier: ISC */
#include "store/aggregate.h"
#include "store/commit_peer.h"
#include "store/handle.h"
#include "store/rows.h"

static int find_place(
    struct database *db, const struct minute_entry *e, int64_t *ret, struct diag *d)
{
	int r = database_integer(db, d, 0, ret,
	    "SELECT id FROM place WHERE host = ?1 AND direction = ?2 AND internal = ?3", "szi",
	    e->host, direction_name(e->direction), (int64_t)e->internal);

	if (r < 0 || *ret)
		return r;
	r = database_run(db, d, "INSERT INTO place (host, direction, internal) VALUES (?1, ?2, ?3)",
	    "szi", e->host, direction_name(e->direction), (int64_t)e->internal);
	if (r == 0)
		*ret = database_last_id(db);
	return r;
}

int commit_minutes(
    const struct commit_target *to, const struct minute_table *minutes, struct diag *d)
{
	static const struct rows_sql
	    into_minute =
		ROWS_SQL("INSERT INTO minute (minute, place, handshakes, failures)", "(?, ?, ?, ?)",
		    "ON CONFLICT (minute, place) DO UPDATE SET"
		    " handshakes = handshakes + excluded.handshakes,"
		    " failures = failures + excluded.failures"),
	    into_import =
		ROWS_SQL("INSERT INTO import_minute (log, minute, place, handshakes, failures)",
		    "(?, ?, ?, ?, ?)",
		    "ON CONFLICT (log, minute, place) DO UPDATE SET"
		    " handshakes = handshakes + excluded.handshakes,"
		    " failures = failures + excluded.failures");
	struct database *db = to->store->db;
	struct rows rows = {.db = db, .sql = &into_minute, .columns = 4};
	struct rows import = {.db = db, .sql = &into_import, .columns = 5};
	struct minute_entry e;
	void *cursor = NULL;
	int r = 0;

	while (r == 0 && minute_table_next(minutes, &cursor, &e)) {
		int64_t place;

		if (e.minute && e.minute < to->now - to->store->retention.minutes)
			continue;
		r = find_place(db, &e, &place, d);
		if (r == 0)
			r = rows_add(&rows, d, e.minute, place, e.handshakes, e.failures);
		if (r == 0 && to->log)
			r = rows_add(
			    &import, d, to->log, e.minute, place, e.handshakes, e.failures);
	}
	if (r == 0)
		r = rows_end(&rows, d);
	return r < 0 ? r : rows_end(&import, d);
}
