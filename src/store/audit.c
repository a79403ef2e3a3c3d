/* SPDX-License-Identifier: ISC */
#include "store/audit.h"

#include "store/handle.h"
#include <stdio.h>
#include <string.h>

static int number(struct store *s, const char *sql, int64_t *ret, struct diag *d)
{
	return database_integer(s->db, d, 0, ret, sql, "");
}

static int read_text(struct store *s, const char *key, char *to, size_t size, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st, "SELECT value FROM meta WHERE key = ?1", "z", key);

	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	snprintf(to, size, "%.*s", SLICE_FMT(column_text(st, 0)));
	statement_reset(st);
	return 0;
}

static int read_facts(struct store *s, struct store_info *info, struct diag *d)
{
	struct statement *st;
	int r = database_query(s->db, d, &st,
	    "SELECT t.fact, sum(c.n) FROM counters c JOIN tuple t ON t.id = c.tuple GROUP BY "
	    "t.fact",
	    "");

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		int kind = fact_kind_from(column_text(st, 0));

		if (kind >= 0)
			info->facts[kind] = column_integer(st, 1);
		r = 0;
	}
	return r;
}

int store_info(struct store *s, struct store_info *ret, struct diag *d)
{
	struct store_info info = {0};
	int64_t schema = 0;
	const struct {
		const char *sql;
		int64_t *to;
	} numbers[] = {
	    {"PRAGMA user_version", &schema},
	    {"SELECT value FROM meta WHERE key = 'created'", &info.created},
	    {"SELECT value FROM meta WHERE key = 'rev'", &info.rev},
	    {"SELECT value FROM meta WHERE key = 'rolled_until'", &info.rolled_until},
	    {"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", &info.size},
	    {"SELECT min(time) FROM counters WHERE time > 0 AND n > 0", &info.first_hour},
	    {"SELECT max(time) FROM counters WHERE time > 0 AND n > 0", &info.last_hour},
	    {"SELECT sum(n) FROM count WHERE hour = 0", &info.untimed},
	    {"SELECT count(*) FROM tuple", &info.tuples},
	    {"SELECT count(*) FROM stream", &info.streams},
	    {"SELECT count(*) FROM source", &info.sources},
	    {"SELECT sum(lines) FROM source", &info.lines},
	    {"SELECT (SELECT coalesce(sum(near_miss), 0) FROM coverage)"
	     " + (SELECT coalesce(sum(near_miss), 0) FROM coverage_day)",
		&info.near_misses},
	    {"SELECT count(DISTINCT peer) FROM peer_day WHERE peer NOT IN ('', '(other)')",
		&info.peers},
	    {"SELECT count(DISTINCT peer) FROM peer_day WHERE weak AND peer NOT IN ('', '(other)')",
		&info.weak_peers},
	    {"SELECT min(day) FROM peer_day WHERE day > 0", &info.first_peer_day},
	    {"SELECT sum(handshakes + sessions + failures) FROM peer_day WHERE peer = '(other)'",
		&info.other_peers},
	};
	int r = database_begin(s->db, false, d);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(numbers); i++)
		r = number(s, numbers[i].sql, numbers[i].to, d);
	if (r == 0)
		r = read_text(s, "uuid", info.uuid, sizeof(info.uuid), d);
	if (r == 0)
		r = read_text(s, "zone", info.zone, sizeof(info.zone), d);
	if (r == 0)
		r = read_facts(s, &info, d);
	if (r == 0)
		r = peer_policy_read(s, &info.policy, d);
	database_rollback(s->db);
	info.schema = (int)schema;
	if (r == 0)
		*ret = info;
	return r;
}

int store_texts(
    struct store *s, enum store_texts which, store_text_fn row, void *context, struct diag *d)
{
	static const char *const sql[] = {
	    [STORE_HOSTS] = "SELECT t.host, sum(c.n) FROM counters c JOIN tuple t ON t.id = c.tuple"
			    " GROUP BY 1 HAVING sum(c.n) > 0 ORDER BY 1",
	    [STORE_MTAS] = "SELECT t.mta, sum(c.n) FROM counters c JOIN tuple t ON t.id = c.tuple"
			   " GROUP BY 1 HAVING sum(c.n) > 0 ORDER BY 1",
	    [STORE_FOLDED] =
		"SELECT dimension, sum(n) FROM folded GROUP BY 1 HAVING sum(n) > 0 ORDER BY 1",
	};
	_cleanup_buffer_ struct buffer text = {0};
	struct statement *st;
	int r = database_query(s->db, d, &st, sql[which], "");

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		buffer_clear(&text);
		buffer_add(&text, column_text(st, 0));
		r = row(context, buffer_text(&text), column_integer(st, 1));
		if (r != 0)
			statement_reset(st);
	}
	return r;
}

/* Each counts rows that should not be. */
static const struct rule {
	const char *sentence; /* after "N " */
	const char *sql;
} rules[] = {
    {"counters have lost their dimensions",
	"SELECT count(*) FROM counters WHERE tuple NOT IN (SELECT id FROM tuple)"},
    {"counters are of hours that were rolled up into days",
	"SELECT count(*) FROM count WHERE hour > 0"
	" AND hour < (SELECT value FROM meta WHERE key = 'rolled_until')"},
    {"counters are of days that were not rolled up yet",
	"SELECT count(*) FROM count_day WHERE day < 1"
	" OR day >= (SELECT value FROM meta WHERE key = 'rolled_until')"},
    {"counters are not at the start of an hour", "SELECT count(*) FROM count WHERE hour % 3600"},
    {"counters are below what imports added to them",
	"SELECT count(*) FROM (SELECT i.hour, i.tuple, sum(i.n) AS n FROM import_count i"
	" GROUP BY 1, 2) s LEFT JOIN counters c ON c.time = s.hour AND c.tuple = s.tuple"
	" WHERE s.n > coalesce(c.n, 0)"},
    {"rows of peers are below what imports added to them",
	"SELECT count(*) FROM peer_day p JOIN (SELECT peer_day, sum(handshakes) AS handshakes,"
	" sum(sessions) AS sessions, sum(failures) AS failures FROM import_peer GROUP BY 1) i"
	" ON i.peer_day = p.id WHERE i.handshakes > p.handshakes OR i.sessions > p.sessions"
	" OR i.failures > p.failures"},
    {"minutes are below what imports added to them",
	"SELECT count(*) FROM (SELECT minute, place, sum(handshakes) AS handshakes,"
	" sum(failures) AS failures FROM import_minute GROUP BY 1, 2) i"
	" LEFT JOIN minute m ON m.minute = i.minute AND m.place = i.place"
	" WHERE i.handshakes > coalesce(m.handshakes, 0) OR i.failures > coalesce(m.failures, 0)"},
    {"words of failures are below what imports added to them",
	"SELECT count(*) FROM reason_day r JOIN (SELECT reason_day, sum(n) AS n FROM import_reason"
	" GROUP BY 1) i ON i.reason_day = r.id WHERE i.n > r.n"},
    {"rows of peers have lost their dimensions",
	"SELECT count(*) FROM peer_day WHERE tuple NOT IN (SELECT id FROM tuple)"},
    {"imports do not add up to the facts that they say they counted",
	"SELECT count(*) FROM import_log l WHERE NOT pruned"
	" AND handshakes + sessions + failures <>"
	"  (SELECT coalesce(sum(n), 0) FROM import_count WHERE log = l.id)"},
    {"counters carry a revision that was never given",
	"SELECT (SELECT count(*) FROM count WHERE rev > m.value)"
	" + (SELECT count(*) FROM count_day WHERE rev > m.value) FROM meta m WHERE key = 'rev'"},
    {"hours of coverage are below nothing",
	"SELECT (SELECT count(*) FROM coverage"
	" WHERE min(matched, ignored, near_miss, limit_hit) < 0) + (SELECT count(*)"
	" FROM coverage_day WHERE min(matched, ignored, near_miss, limit_hit) < 0)"},
    {"hours of coverage have lost their source",
	"SELECT (SELECT count(*) FROM coverage WHERE origin NOT IN (SELECT id FROM origin))"
	" + (SELECT count(*) FROM coverage_day WHERE origin NOT IN (SELECT id FROM origin))"},
    {"logs have a position that cannot be",
	"SELECT count(*) FROM stream WHERE offset < 1 OR head_length <> min(offset, 4096)"
	" OR length(head) <> 16 OR length(chain) <> 16 OR length(partial) <> 16"},
    {"earlier positions lie behind the position of their log",
	"SELECT count(*) FROM ladder l LEFT JOIN stream s ON s.id = l.stream"
	" WHERE l.offset > coalesce(s.offset, -1)"},
    {"imports end behind the position of their log",
	"SELECT count(*) FROM import_log l LEFT JOIN stream s ON s.id = l.stream"
	" WHERE l.stream <> 0 AND l.offset > coalesce(s.offset, -1)"},
    {"combinations have no canonical names",
	"SELECT count(*) FROM tuple WHERE id NOT IN (SELECT tuple FROM derived)"},
};

static int check_file(
    struct store *s, store_problem_fn problem, void *context, int *count, struct diag *d)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct statement *st;
	int r = database_query(s->db, d, &st, "PRAGMA quick_check", "");

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		r = 0;
		if (slice_is(column_text(st, 0), "ok"))
			continue;
		buffer_clear(&text);
		buffer_text_add(&text, "the file is damaged: ");
		buffer_add(&text, column_text(st, 0));
		problem(context, buffer_text(&text));
		++*count;
	}
	return r;
}

int store_check(struct store *s, store_problem_fn problem, void *context, struct diag *d)
{
	char sentence[160];
	int64_t n;
	int count = 0, r = database_begin(s->db, false, d);

	if (r == 0)
		r = check_file(s, problem, context, &count, d);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(rules); i++) {
		r = number(s, rules[i].sql, &n, d);
		if (r < 0 || !n)
			continue;
		snprintf(sentence, sizeof(sentence), "%lld %s", (long long)n, rules[i].sentence);
		problem(context, sentence);
		count++;
	}
	database_rollback(s->db);
	return r < 0 ? r : count;
}
