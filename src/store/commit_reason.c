/* SPDX-License-Identifier: ISC */
#include "store/aggregate.h"
#include "store/commit_peer.h"
#include "store/handle.h"

static int find_reason(
    struct database *db, const struct reason_entry *e, int64_t *ret, struct diag *d)
{
	return database_integer(db, d, 0, ret,
	    "SELECT id FROM reason_day WHERE day = ?1 AND mta = ?2 AND direction = ?3"
	    " AND service = ?4 AND internal = ?5 AND reason = ?6 AND raw = ?7",
	    "iszziss", e->day, e->mta, direction_name(e->direction), service_name(e->service),
	    (int64_t)e->internal, e->reason, e->raw);
}

/* Makes the row, or finds that of "(other)" when the day is full. */
static int make_reason(struct database *db, struct reason_entry *e, int64_t *ret, struct diag *d)
{
	int64_t rows = 0;
	int r = 0;

	if (!slice_is(e->raw, AGGREGATE_OTHER))
		r = database_integer(
		    db, d, 0, &rows, "SELECT count(*) FROM reason_day WHERE day = ?1", "i", e->day);
	if (r == 0 && rows >= REASONS_A_DAY) {
		e->raw = SLICE(AGGREGATE_OTHER);
		r = find_reason(db, e, ret, d);
	}
	if (r < 0 || *ret)
		return r;
	r = database_run(db, d,
	    "INSERT INTO reason_day (day, mta, direction, service, internal, reason, raw, n)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
	    "iszziss", e->day, e->mta, direction_name(e->direction), service_name(e->service),
	    (int64_t)e->internal, e->reason, e->raw);
	*ret = database_last_id(db);
	return r;
}

static int write_reason(struct database *db, struct reason_entry *e, int64_t log, struct diag *d)
{
	int64_t id;
	int r = find_reason(db, e, &id, d);

	if (r == 0 && !id)
		r = make_reason(db, e, &id, d);
	if (r == 0)
		r = database_run(
		    db, d, "UPDATE reason_day SET n = n + ?2 WHERE id = ?1", "ii", id, e->n);
	if (r < 0 || !log)
		return r;
	return database_run(db, d,
	    "INSERT INTO import_reason VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (log, reason_day) DO UPDATE SET n = n + ?3",
	    "iii", log, id, e->n);
}

int commit_reasons(
    const struct commit_target *to, const struct reason_table *reasons, struct diag *d)
{
	struct reason_entry entry;
	void *cursor = NULL;
	int r = 0;

	while (r == 0 && reason_table_next(reasons, &cursor, &entry))
		if (!entry.day || entry.day >= to->now - to->store->retention.reasons)
			r = write_reason(to->store->db, &entry, to->log, d);
	return r;
}
