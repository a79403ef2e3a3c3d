/* SPDX-License-Identifier: ISC */
#include "store/commit_peer.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/table.h"
#include "store/aggregate.h"
#include "store/handle.h"
#include "store/rows.h"

#define DAYS 1024 /* that are remembered */

/* How full a day of the store is.  Whether each new row is of a new peer is asked for only when it
 * matters: unless they are exact, the numbers are what there is at most. */
struct day {
	int64_t peers, rows;
	bool exact;
};

/* Facts of a day and tuple that are folded, gathered so that each row is written once. */
struct other_key {
	int64_t day;
	struct aggregate_tuple *tuple;
};

struct writing {
	struct store *store;
	enum peer_addresses addresses;
	int64_t log, bound;
	struct table *others;
	struct rows imported;
	struct buffer net;
};

static int count_day(struct writing *w, int64_t number, struct day *day, struct diag *d)
{
	int r = database_integer(w->store->db, d, 0, &day->peers,
	    "SELECT count(DISTINCT peer) FROM peer_day WHERE day = ?1", "i", number);

	if (r < 0)
		return r;
	return database_integer(w->store->db, d, 0, &day->rows,
	    "SELECT count(*) FROM peer_day WHERE day = ?1", "i", number);
}

/* Until the next one is asked for. */
static int day_of(struct writing *w, int64_t number, struct day **ret, struct diag *d)
{
	struct table *days = w->store->peer_days;
	struct slice key = {(const char *)&number, sizeof(number)};
	bool is_new;

	*ret = table_add(days, key, &is_new);
	if (!*ret) { /* of stamps that strangers chose */
		table_clear(days);
		*ret = table_add(days, key, &is_new);
	}
	return is_new ? count_day(w, number, *ret, d) : 0;
}

static bool is_full(const struct day *day, int64_t bound)
{
	return day->peers >= bound || day->rows >= bound * PEER_ROWS_PER_PEER;
}

static int find_row(struct writing *w, const struct peer_entry *e, int64_t *ret, struct diag *d)
{
	return database_integer(w->store->db, d, 0, ret,
	    "SELECT id FROM peer_day WHERE day = ?1 AND peer = ?2 AND user = ?3 AND domain = ?4"
	    " AND tuple = ?5",
	    "isssi", e->day, e->peer, e->user, e->domain, e->tuple->id);
}

/* Whether the row is there, or there is room for it. */
static int fits_exactly(
    struct writing *w, struct day *day, const struct peer_entry *e, bool *ret, struct diag *d)
{
	int64_t row, peer;
	int r = find_row(w, e, &row, d);

	*ret = row != 0;
	if (r < 0 || row || day->rows >= w->bound * PEER_ROWS_PER_PEER)
		return r;
	r = database_integer(w->store->db, d, 0, &peer,
	    "SELECT 1 FROM peer_day WHERE day = ?1 AND peer = ?2 LIMIT 1", "is", e->day, e->peer);
	if (r < 0 || (!peer && day->peers >= w->bound))
		return r;
	day->peers += !peer;
	*ret = true;
	return 0;
}

static int fits(
    struct writing *w, struct day *day, const struct peer_entry *e, bool *ret, struct diag *d)
{
	int r = 0;

	*ret = true;
	if (!day->exact && !is_full(day, w->bound))
		return 0;
	if (!day->exact) {
		r = count_day(w, e->day, day, d);
		day->exact = is_full(day, w->bound - w->bound / 4);
	}
	return r < 0 || !day->exact ? r : fits_exactly(w, day, e, ret, d);
}

static int64_t of_kind(const struct peer_entry *e, enum fact_kind kind)
{
	return e->tuple->fact == kind ? e->n : 0;
}

static int64_t with_mail(const struct peer_entry *e)
{
	return e->tuple->mail == 1 ? of_kind(e, FACT_SESSION) : 0;
}

static void find_net(struct writing *w, struct slice peer)
{
	buffer_clear(&w->net);
	if (w->addresses == PEER_ADDRESSES_FULL)
		peer_net(peer, &w->net);
	else if (w->addresses == PEER_ADDRESSES_NET && !slice_is(peer, AGGREGATE_OTHER))
		buffer_add(&w->net, peer);
}

static const struct rows_sql into_import =
    ROWS_SQL("INSERT INTO import_peer (log, peer_day, first_seen, last_seen,"
	     " handshakes, sessions, sessions_mail, failures)",
	"(?, ?, ?, ?, ?, ?, ?, ?)",
	"ON CONFLICT (log, peer_day) DO UPDATE SET"
	" first_seen = min(first_seen, excluded.first_seen),"
	" last_seen = max(last_seen, excluded.last_seen),"
	" handshakes = handshakes + excluded.handshakes,"
	" sessions = sessions + excluded.sessions,"
	" sessions_mail = sessions_mail + excluded.sessions_mail,"
	" failures = failures + excluded.failures");

/* *ret_new: no row was there. */
static int write_row(struct writing *w, const struct peer_entry *e, bool *ret_new, struct diag *d)
{
	struct database *db = w->store->db;
	int64_t id;
	int r;

	find_net(w, e->peer);
	database_forget_last_id(db);
	r = database_run(db, d,
	    "INSERT INTO peer_day (day, peer, user, domain, tuple, name, net, weak, first_seen,"
	    " last_seen, handshakes, sessions, sessions_mail, failures)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
	    " ON CONFLICT (day, peer, user, domain, tuple) DO UPDATE SET"
	    " name = iif(?6 = '', name, ?6), weak = weak OR ?8,"
	    " first_seen = min(first_seen, ?9), last_seen = max(last_seen, ?10),"
	    " handshakes = handshakes + ?11, sessions = sessions + ?12,"
	    " sessions_mail = sessions_mail + ?13, failures = failures + ?14",
	    "isssissiiiiiii", e->day, e->peer, e->user, e->domain, e->tuple->id, e->name,
	    buffer_slice(&w->net), (int64_t)e->weak, e->first_seen, e->last_seen,
	    of_kind(e, FACT_HANDSHAKE), of_kind(e, FACT_SESSION), with_mail(e),
	    of_kind(e, FACT_FAILURE));
	id = database_last_id(db);
	*ret_new = id != 0;
	if (r == 0 && w->log && !id)
		r = find_row(w, e, &id, d);
	if (r < 0 || !w->log)
		return r;
	return rows_add(&w->imported, d, w->log, id, e->first_seen, e->last_seen,
	    of_kind(e, FACT_HANDSHAKE), of_kind(e, FACT_SESSION), with_mail(e),
	    of_kind(e, FACT_FAILURE));
}

/* There is always room: a row of others has its own place for each row of peers there can be. */
static void fold(struct writing *w, const struct peer_entry *e)
{
	struct other_key key = {e->day, e->tuple};
	struct peer_entry *other;
	bool is_new;

	if (!w->others)
		w->others = table_new(sizeof(*other), PEER_TABLE_ROWS);
	other = table_add(w->others, (struct slice){(const char *)&key, sizeof(key)}, &is_new);
	if (is_new) {
		*other = *e;
		other->peer = SLICE(AGGREGATE_OTHER);
		other->user = other->domain = other->name = SLICE("");
		return;
	}
	other->n += e->n;
	other->weak |= e->weak;
	if (e->first_seen < other->first_seen)
		other->first_seen = e->first_seen;
	if (e->last_seen > other->last_seen)
		other->last_seen = e->last_seen;
}

static int write_peer(struct writing *w, const struct peer_entry *e, struct diag *d)
{
	bool room = slice_is(e->peer, AGGREGATE_OTHER), is_new;
	struct day *day;
	int r;

	if (room)
		return write_row(w, e, &is_new, d);
	r = day_of(w, e->day, &day, d);
	if (r == 0)
		r = fits(w, day, e, &room, d);
	if (r == 0 && room)
		r = write_row(w, e, &is_new, d);
	else if (r == 0)
		fold(w, e);
	if (r < 0 || !room)
		return r;
	day->rows += is_new;
	day->peers += is_new && !day->exact;
	return 0;
}

static int write_others(struct writing *w, struct diag *d)
{
	struct peer_entry *e = w->others ? table_oldest(w->others) : NULL;
	bool is_new;
	int r = 0;

	for (; r == 0 && e; e = table_newer(w->others, e))
		r = write_row(w, e, &is_new, d);
	return r;
}

/* Of no use once another has written, or what was counted was rolled back. */
static int know_days(struct store *s, struct diag *d)
{
	int64_t version;
	int r = database_version(s->db, &version, d);

	if (r < 0)
		return r;
	if (s->peer_days && s->peer_days_version != version)
		s->peer_days = table_free(s->peer_days);
	if (!s->peer_days)
		s->peer_days = table_new(sizeof(struct day), DAYS);
	s->peer_days_version = version;
	return 0;
}

static int write_peers(
    struct writing *w, const struct peer_table *peers, int64_t since, struct diag *d)
{
	struct peer_entry entry;
	void *cursor = NULL;
	int r = 0;

	while (r == 0 && peer_table_next(peers, &cursor, &entry))
		if (!entry.day || entry.day >= since)
			r = write_peer(w, &entry, d);
	if (r == 0)
		r = write_others(w, d);
	return r < 0 ? r : rows_end(&w->imported, d);
}

int commit_peers(const struct commit_target *to, const struct peer_table *peers, struct diag *d)
{
	struct store *s = to->store;
	bool kept = s->mode == STORE_WRITE || s->mode == STORE_CREATE;
	struct writing w = {
	    .store = s,
	    .log = to->log,
	    .bound = kept ? PEERS_A_DAY : PEERS_A_DAY_IN_MEMORY,
	    .imported = {.db = s->db, .sql = &into_import, .columns = 8},
	};
	struct peer_policy policy;
	int r = peer_policy_read(s, &policy, d);

	w.addresses = policy.addresses;
	if (r == 0)
		r = know_days(s, d);
	if (r == 0)
		r = write_peers(&w, peers, to->now - s->retention.peers, d);
	table_free(w.others);
	buffer_free(&w.net);
	return r;
}
