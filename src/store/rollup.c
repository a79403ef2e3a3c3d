/* SPDX-License-Identifier: ISC */
#include "store/rollup.h"

#include "base/memory.h"
#include "store/handle.h"
#include <errno.h>
#include <limits.h>
#include <string.h>

static int read_zone_name(struct store *s, struct buffer *to, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st, "SELECT value FROM meta WHERE key = 'zone'", "");

	if (r == 0)
		r = statement_step(st, d);
	if (r < 0)
		return r;
	buffer_text_add(to, "");
	if (r == 1) {
		buffer_add(to, column_text(st, 0));
		statement_reset(st);
	}
	return 0;
}

/* Tabulating a zone is worth doing once. */
static int open_zone(struct store *s, struct diag *d)
{
	_cleanup_buffer_ struct buffer name = {0};
	_cleanup_diag_ struct diag why = {0};
	int r = read_zone_name(s, &name, d);

	if (r < 0 || (s->zone && strcmp(zone_name(s->zone), buffer_text(&name)) == 0))
		return r;
	s->zone = zone_free(s->zone);
	r = zone_open(name.n ? buffer_text(&name) : "UTC", &s->zone, &why);
	if (r < 0)
		return diag_set(d, -r, NULL, 0, 0, "'%s' keeps days of a zone that is missing: %s",
		    s->name, why.text);
	return 0;
}

int rollup_read(struct store *s, struct rollup *ret, struct diag *d)
{
	int64_t until;
	int r = database_integer(
	    s->db, d, 0, &until, "SELECT value FROM meta WHERE key = 'rolled_until'", "");

	if (r == 0)
		r = open_zone(s, d);
	if (r == 0)
		*ret = (struct rollup){until, s->zone};
	return r;
}

int64_t rollup_key(const struct rollup *rollup, int64_t hour)
{
	return hour <= 0 || hour >= rollup->until ? hour : zone_day_start(rollup->zone, hour);
}

bool rollup_is_day(const struct rollup *rollup, int64_t key)
{
	return key > 0 && key < rollup->until;
}

/* Each of ?1 <= hour < ?2, a day that begins at ?1. */
static const char *const move_day[] = {
    "UPDATE meta SET value = value + 1 WHERE key = 'rev'",
    "INSERT INTO count_day (day, tuple, n, rev)"
    " SELECT ?1, tuple, sum(n), (SELECT value FROM meta WHERE key = 'rev')"
    " FROM count WHERE hour >= ?1 AND hour < ?2 GROUP BY tuple",
    "DELETE FROM count WHERE hour >= ?1 AND hour < ?2",
    "INSERT INTO coverage_day (origin, day, matched, ignored, near_miss, limit_hit)"
    " SELECT c.origin, ?1, sum(c.matched), sum(c.ignored), sum(c.near_miss), sum(c.limit_hit)"
    " FROM origin o CROSS JOIN coverage c ON c.origin = o.id AND c.hour >= ?1 AND c.hour < ?2"
    " GROUP BY c.origin",
    "DELETE FROM coverage WHERE origin IN (SELECT id FROM origin) AND hour >= ?1 AND hour < ?2",
    /* What is of the hour that the day begins with is under the day's key already. */
    "INSERT INTO import_count (log, hour, tuple, n) SELECT i.log, ?1, i.tuple, sum(i.n)"
    " FROM import_log l CROSS JOIN import_count i ON i.log = l.id"
    " WHERE i.hour > ?1 AND i.hour < ?2 GROUP BY i.log, i.tuple"
    " ON CONFLICT (log, hour, tuple) DO UPDATE SET n = n + excluded.n",
    "DELETE FROM import_count WHERE log IN (SELECT id FROM import_log)"
    " AND hour > ?1 AND hour < ?2",
    "INSERT INTO import_coverage (log, origin, hour, matched, ignored, near_miss, limit_hit)"
    " SELECT i.log, i.origin, ?1, sum(i.matched), sum(i.ignored), sum(i.near_miss),"
    "  sum(i.limit_hit)"
    " FROM import_log l CROSS JOIN origin o"
    " CROSS JOIN import_coverage i ON i.log = l.id AND i.origin = o.id"
    " WHERE i.hour > ?1 AND i.hour < ?2 GROUP BY i.log, i.origin"
    " ON CONFLICT (log, origin, hour) DO UPDATE SET matched = matched + excluded.matched,"
    "  ignored = ignored + excluded.ignored, near_miss = near_miss + excluded.near_miss,"
    "  limit_hit = limit_hit + excluded.limit_hit",
    "DELETE FROM import_coverage WHERE log IN (SELECT id FROM import_log)"
    " AND origin IN (SELECT id FROM origin) AND hour > ?1 AND hour < ?2",
    "UPDATE meta SET value = ?2 WHERE key = 'rolled_until'",
};

static int move(struct store *s, int64_t day, int64_t next, struct diag *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(move_day); i++)
		r = database_run(s->db, d, move_day[i],
		    strstr(move_day[i], "?2")	? "ii"
		    : strstr(move_day[i], "?1") ? "i"
						: "",
		    day, next);
	return r;
}

/* The oldest day with hours, and when it ends; a day without any is passed over.  0: none. */
static int next_day(struct store *s, const struct rollup *rollup, int64_t *ret_day,
    int64_t *ret_next, struct diag *d)
{
	int64_t count, coverage;
	int r = database_integer(s->db, d, INT64_MAX, &count,
	    "SELECT hour FROM count WHERE hour > 0 ORDER BY hour LIMIT 1", "");

	if (r == 0)
		r = database_integer(s->db, d, INT64_MAX, &coverage,
		    "SELECT min((SELECT min(hour) FROM coverage c WHERE c.origin = o.id"
		    " AND c.hour > 0)) FROM origin o",
		    "");
	if (r < 0)
		return r;
	*ret_day = count < coverage ? count : coverage;
	if (*ret_day == INT64_MAX)
		return 0;
	*ret_day = zone_day_start(rollup->zone, *ret_day);
	*ret_next = zone_day_next(rollup->zone, *ret_day);
	return 1;
}

/* Returns 1 if a day was rolled up, 0 if there is none to be. */
static int roll_one(struct store *s, int64_t before, int64_t *ret_next, struct diag *d)
{
	struct rollup rollup;
	int64_t day = 0;
	int r = database_begin(s->db, true, d), any = 0;

	if (r < 0)
		return r;
	r = rollup_read(s, &rollup, d);
	if (r == 0)
		r = any = next_day(s, &rollup, &day, ret_next, d);
	any = any > 0 && *ret_next <= before;
	if (r >= 0 && any)
		r = move(s, day, *ret_next, d);
	if (r >= 0 && any) {
		r = database_commit(s->db, d);
		return r < 0 ? r : 1;
	}
	database_rollback(s->db);
	return r < 0 ? r : 0;
}

int64_t rollup_days(struct store *s, int64_t before, int days, struct diag *d)
{
	int64_t next = 0;
	int r = store_writable(s, d);

	if (r == 0)
		r = 1;
	for (int i = 0; r == 1 && i < days; i++)
		r = roll_one(s, before, &next, d);
	if (r <= 0)
		return r;
	return before > next ? (before - next) / 86400 : 0;
}

int rollup_old(struct store *s, int64_t now, struct diag *d)
{
	int64_t left = rollup_days(s, now - s->retention.hours, INT_MAX, d);

	return left < 0 ? (int)left : 0;
}

int rollup_set_zone(struct store *s, const char *name, struct diag *d)
{
	_cleanup_zone_ struct zone *zone = NULL;
	_cleanup_buffer_ struct buffer now = {0};
	struct rollup rollup;
	int r = zone_open(name, &zone, d);

	if (r == 0)
		r = read_zone_name(s, &now, d);
	if (r < 0 || strcmp(buffer_text(&now), zone_name(zone)) == 0)
		return r;
	r = store_writable(s, d);
	if (r == 0)
		r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	r = rollup_read(s, &rollup, d);
	if (r == 0 && rollup.until)
		r = diag_set(d, EEXIST, NULL, 0, 0,
		    "'%s' keeps days of the zone %s, and has rolled hours up into them: its zone "
		    "cannot be %s any more",
		    s->name, zone_name(rollup.zone), zone_name(zone));
	if (r == 0)
		r = database_run(s->db, d, "UPDATE meta SET value = ?1 WHERE key = 'zone'", "z",
		    zone_name(zone));
	if (r == 0)
		return database_commit(s->db, d);
	database_rollback(s->db);
	return r;
}
