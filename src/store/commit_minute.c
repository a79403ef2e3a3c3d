/* SPDX-License-Identifier: ISC */
#include "store/aggregate.h"
#include "store/commit_peer.h"
#include "store/handle.h"

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

static int write_minute(
    struct database *db, const struct minute_entry *e, int64_t log, struct diag *d)
{
	int64_t place;
	int r = find_place(db, e, &place, d);

	if (r == 0)
		r = database_run(db, d,
		    "INSERT INTO minute VALUES (?1, ?2, ?3, ?4) ON CONFLICT (minute, place)"
		    " DO UPDATE SET handshakes = handshakes + ?3, failures = failures + ?4",
		    "iiii", e->minute, place, e->handshakes, e->failures);
	if (r < 0 || !log)
		return r;
	return database_run(db, d,
	    "INSERT INTO import_minute VALUES (?1, ?2, ?3, ?4, ?5)"
	    " ON CONFLICT (log, minute, place)"
	    " DO UPDATE SET handshakes = handshakes + ?4, failures = failures + ?5",
	    "iiiii", log, e->minute, place, e->handshakes, e->failures);
}

int commit_minutes(
    const struct commit_target *to, const struct minute_table *minutes, struct diag *d)
{
	struct minute_entry entry;
	void *cursor = NULL;
	int r = 0;

	while (r == 0 && minute_table_next(minutes, &cursor, &entry))
		if (!entry.minute || entry.minute >= to->now - to->store->retention.minutes)
			r = write_minute(to->store->db, &entry, to->log, d);
	return r;
}
