/* SPDX-License-Identifier: ISC */
#include "store/overlap.h"

#include "base/escape.h"
#include "base/zone.h"
#include "store/handle.h"
#include <errno.h>
#include <stdio.h>

/* Sources that may tell the same as the one of class ?4 that is called ?5.  Each entry of a
 * machine's own journal is in just one of its namespaces. */
#define NAMESPACE(name) "(" name " = 'journal' OR " name " GLOB 'namespace=[^*]*')"
#define OTHERS                                                                                     \
	"(s.class <> ?4 OR (?4 = 'journal' AND s.name <> ?5"                                       \
	" AND NOT (" NAMESPACE("s.name") " AND " NAMESPACE("?5") ")))"

static void format_hour(int64_t time, char to[32])
{
	struct civil c;

	civil_from_seconds(time, &c);
	snprintf(to, 32, "%04d-%02d-%02dT%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute);
}

/* The first hours or day of the lines that another class covers, and how far that goes on. */
struct overlapping {
	int64_t first, last;
	struct coverage_entry lines;
	struct buffer other; /* class and name */
};

static int covered_by(struct store *s, const struct rollup *rollup, const struct coverage_entry *c,
    const char *class, struct slice source, struct buffer *ret_other, struct diag *d)
{
	static const char by_hour[] =
	    "SELECT s.class, s.name FROM origin o CROSS JOIN source s ON s.id = o.source"
	    " CROSS JOIN coverage v ON v.origin = o.id AND v.hour = ?3"
	    " WHERE o.host = ?1 AND o.mta = ?2 AND " OTHERS " AND v.matched > 0 LIMIT 1";
	static const char by_day[] =
	    "SELECT s.class, s.name FROM origin o CROSS JOIN source s ON s.id = o.source"
	    " CROSS JOIN coverage_day v ON v.origin = o.id AND v.day = ?3"
	    " WHERE o.host = ?1 AND o.mta = ?2 AND " OTHERS " AND v.matched > 0 LIMIT 1";
	int64_t key = rollup_key(rollup, c->hour);
	struct statement *st;
	int r = database_query(s->db, d, &st, rollup_is_day(rollup, key) ? by_day : by_hour,
	    "ssizs", c->host, c->mta, key, class, source);

	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	buffer_clear(ret_other);
	buffer_printf(ret_other, "the %.*s '%.*s'", SLICE_FMT(column_text(st, 0)),
	    SLICE_FMT(column_text(st, 1)));
	statement_reset(st);
	return 1;
}

/* Whether there is any other source that could; most stores have none. */
static int has_others(
    struct store *s, const char *class, struct slice source, int64_t *ret, struct diag *d)
{
	return database_integer(s->db, d, 0, ret,
	    "SELECT EXISTS (SELECT 1 FROM source WHERE class < ?1)"
	    " OR EXISTS (SELECT 1 FROM source WHERE class > ?1)"
	    " OR ?1 = 'journal' AND EXISTS"
	    "  (SELECT 1 FROM source WHERE class = 'journal' AND name <> ?2)",
	    "zs", class, source);
}

static int refuse(
    const struct overlapping *o, const char *class, struct slice source, struct diag *d)
{
	_cleanup_buffer_ struct buffer name = {0};
	char first[32], end[32];

	escape_utf8(&name, source);
	format_hour(o->first, first);
	format_hour(o->last + 3600, end);
	return diag_set(d, EEXIST, NULL, 0, 0,
	    "the %s '%s' tells of host '%.*s' and MTA '%.*s' from %s to %s, and so did %s: they "
	    "may be the same lines; --overlap=allow counts them, too",
	    class, buffer_text(&name), SLICE_FMT(o->lines.host), SLICE_FMT(o->lines.mta), first,
	    end, buffer_text(&o->other));
}

int overlap_check(struct store *s, const struct rollup *rollup, const struct coverage_table *lines,
    const char *class, struct slice source, struct diag *d)
{
	_cleanup_buffer_ struct buffer other = {0}, name = {0};
	struct overlapping o = {0};
	struct coverage_entry c;
	void *cursor = NULL;
	int64_t others;
	int r;

	escape_utf8(&name, source);
	r = has_others(s, class, buffer_slice(&name), &others, d);
	if (r < 0 || !others)
		return r;
	while (r >= 0 && coverage_table_next(lines, &cursor, &c)) {
		bool like = !o.first ||
			    (slice_equal(c.host, o.lines.host) && slice_equal(c.mta, o.lines.mta));

		if (c.hour <= 0 || !c.lines[OUTCOME_MATCHED] || !like)
			continue;
		r = covered_by(
		    s, rollup, &c, class, buffer_slice(&name), o.first ? &other : &o.other, d);
		if (r <= 0)
			continue;
		if (!o.first)
			o.lines = c;
		o.first = !o.first || c.hour < o.first ? c.hour : o.first;
		o.last = c.hour > o.last ? c.hour : o.last;
	}
	if (r >= 0 && o.first)
		r = refuse(&o, class, source, d);
	buffer_free(&o.other);
	return r < 0 ? r : 0;
}

int store_coverage_end(struct store *s, struct slice host, struct slice mta, const char *class,
    int64_t *ret, struct diag *d)
{
	static const char end[] =
	    "SELECT max(max(coalesce((SELECT max(hour) FROM coverage v WHERE v.origin = o.id"
	    "   AND v.matched > 0), 0),"
	    "  coalesce((SELECT max(day) FROM coverage_day v WHERE v.origin = o.id"
	    "   AND v.matched > 0), 0)))"
	    " FROM origin o JOIN source s ON s.id = o.source"
	    " WHERE o.host = ?1 AND o.mta = ?2 AND s.class <> ?3";
	struct rollup rollup;
	int64_t last;
	int r = rollup_read(s, &rollup, d);

	if (r == 0)
		r = database_integer(s->db, d, 0, &last, end, "ssz", host, mta, class);
	if (r < 0)
		return r;
	*ret = last <= 0		      ? 0
	       : rollup_is_day(&rollup, last) ? zone_day_next(rollup.zone, last)
					      : last + 3600;
	return 0;
}
