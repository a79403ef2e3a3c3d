/* SPDX-License-Identifier: ISC */
#include "store/commit_peer.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/table.h"
#include "store/aggregate.h"
#include "store/handle.h"

/* Days that one transaction can speak of before what comes is for "(other)". */
#define DAYS (64 * 1024)

/* How full a day of the store is.  That each row might be of a new peer is asked for only when it
 * matters: until a bound comes near, the numbers are what they are at most. */
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
	struct table *days, *others;
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

/* NULL if there are too many days. */
static int day_of(struct writing *w, int64_t number, struct day **ret, struct diag *d)
{
	bool is_new;

	*ret = table_add(w->days, (struct slice){(const char *)&number, sizeof(number)}, &is_new);
	return *ret && is_new ? count_day(w, number, *ret, d) : 0;
}

/* Whether the row is there, or there is room for it. */
static int fits_exactly(
    struct writing *w, struct day *day, const struct peer_entry *e, bool *ret, struct diag *d)
{
	struct database *db = w->store->db;
	int64_t row, peer;
	int r = database_integer(db, d, 0, &row,
	    "SELECT id FROM peer_day WHERE day = ?1 AND peer = ?2 AND user = ?3 AND domain = ?4"
	    " AND tuple = ?5",
	    "isssi", e->day, e->peer, e->user, e->domain, e->tuple->id);

	*ret = row != 0;
	if (r < 0 || row || day->rows >= w->bound * PEER_ROWS_PER_PEER)
		return r;
	r = database_integer(db, d, 0, &peer,
	    "SELECT 1 FROM peer_day WHERE day = ?1 AND peer = ?2 LIMIT 1", "is", e->day, e->peer);
	if (r < 0 || (!peer && day->peers >= w->bound))
		return r;
	day->peers += !peer;
	day->rows++;
	*ret = true;
	return 0;
}

static int fits(struct writing *w, const struct peer_entry *e, bool *ret, struct diag *d)
{
	struct day *day;
	int r = day_of(w, e->day, &day, d);

	*ret = slice_is(e->peer, AGGREGATE_OTHER);
	if (r < 0 || *ret || !day)
		return r;
	if (!day->exact && day->peers < w->bound && day->rows < w->bound * PEER_ROWS_PER_PEER) {
		day->peers++;
		day->rows++;
		*ret = true;
		return 0;
	}
	if (!day->exact) {
		day->exact = true;
		r = count_day(w, e->day, day, d);
	}
	return r < 0 ? r : fits_exactly(w, day, e, ret, d);
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

static int write_row(struct writing *w, const struct peer_entry *e, struct diag *d)
{
	int64_t id;
	int r;

	find_net(w, e->peer);
	r = database_integer(w->store->db, d, 0, &id,
	    "INSERT INTO peer_day (day, peer, user, domain, tuple, name, net, weak, first_seen,"
	    " last_seen, handshakes, sessions, sessions_mail, failures)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
	    " ON CONFLICT (day, peer, user, domain, tuple) DO UPDATE SET"
	    " name = iif(?6 = '', name, ?6), weak = weak OR ?8,"
	    " first_seen = min(first_seen, ?9), last_seen = max(last_seen, ?10),"
	    " handshakes = handshakes + ?11, sessions = sessions + ?12,"
	    " sessions_mail = sessions_mail + ?13, failures = failures + ?14 RETURNING id",
	    "isssissiiiiiii", e->day, e->peer, e->user, e->domain, e->tuple->id, e->name,
	    buffer_slice(&w->net), (int64_t)e->weak, e->first_seen, e->last_seen,
	    of_kind(e, FACT_HANDSHAKE), of_kind(e, FACT_SESSION), with_mail(e),
	    of_kind(e, FACT_FAILURE));
	if (r < 0 || !w->log)
		return r;
	return database_run(w->store->db, d,
	    "INSERT INTO import_peer VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
	    " ON CONFLICT (log, peer_day) DO UPDATE SET first_seen = min(first_seen, ?3),"
	    " last_seen = max(last_seen, ?4), handshakes = handshakes + ?5,"
	    " sessions = sessions + ?6, sessions_mail = sessions_mail + ?7,"
	    " failures = failures + ?8",
	    "iiiiiiii", w->log, id, e->first_seen, e->last_seen, of_kind(e, FACT_HANDSHAKE),
	    of_kind(e, FACT_SESSION), with_mail(e), of_kind(e, FACT_FAILURE));
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
	bool room;
	int r = fits(w, e, &room, d);

	if (r < 0 || room)
		return r < 0 ? r : write_row(w, e, d);
	fold(w, e);
	return 0;
}

static int write_others(struct writing *w, struct diag *d)
{
	struct peer_entry *e = w->others ? table_oldest(w->others) : NULL;
	int r = 0;

	for (; r == 0 && e; e = table_newer(w->others, e))
		r = write_row(w, e, d);
	return r;
}

int commit_peers(const struct commit_target *to, const struct peer_table *peers, struct diag *d)
{
	enum store_mode mode = to->store->mode;
	bool kept = mode == STORE_WRITE || mode == STORE_CREATE;
	struct writing w = {.store = to->store,
	    .log = to->log,
	    .bound = kept ? PEERS_A_DAY : PEERS_A_DAY_IN_MEMORY};
	struct peer_policy policy;
	struct peer_entry entry;
	void *cursor = NULL;
	int r = peer_policy_read(to->store, &policy, d);

	w.addresses = policy.addresses;
	w.days = table_new(sizeof(struct day), DAYS);
	while (r == 0 && peer_table_next(peers, &cursor, &entry))
		if (!entry.day || entry.day >= to->now - to->store->retention.peers)
			r = write_peer(&w, &entry, d);
	if (r == 0)
		r = write_others(&w, d);
	table_free(w.days);
	table_free(w.others);
	buffer_free(&w.net);
	return r;
}
