/* SPDX-License-Identifier: ISC */
#include "base/hash.h"
#include "base/memory.h"
#include "parse/session_row.h"
#include <errno.h>

/* The saved form: a mark with the format's number, a checksum of the rest (8 bytes in the machine's
 * order: a store does not move between byte orders while it is written), then records.  Numbers are
 * seven bits a byte, the low ones first and the sign the lowest of all; a time is how far it lies
 * before the table's latest, and one more, or 0; texts are a number and that many bytes.  An
 * unknown mark is another format: the reader starts afresh. */
static const struct slice mark = {"mailtls sessions 4\n", 19};
static const struct hash_seed checksum_seed = SESSION_CHECKSUM_SEED;

#define TIME_MAX (INT64_C(1) << 40) /* seconds; a difference of two times cannot overflow */

#define NUMBER_MAX 10 /* bytes */

enum record { RECORD_END, RECORD_SESSION, RECORD_SEEN };

static void put_number(struct buffer *to, int64_t n)
{
	uint64_t rest = (uint64_t)n << 1 ^ (uint64_t)(n >> 63);

	for (; rest > 0x7f; rest >>= 7)
		buffer_char(to, (char)(rest | 0x80));
	buffer_char(to, (char)rest);
}

static void put_time(struct buffer *to, int64_t latest, int64_t time)
{
	int64_t before;

	if (time == TIME_UNKNOWN) {
		put_number(to, 0);
		return;
	}
	before = latest - time;
	put_number(to, before >= 0 ? before + 1 : before);
}

static void put_text(struct buffer *to, struct slice text)
{
	put_number(to, (int64_t)text.n);
	buffer_add(to, text);
}

static bool get_number(struct slice *from, int64_t *ret)
{
	uint64_t n = 0;

	for (size_t i = 0; i < NUMBER_MAX && i < from->n; i++) {
		unsigned char byte = (unsigned char)from->p[i];

		n |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte & 0x80)
			continue;
		*ret = (int64_t)(n >> 1 ^ -(n & 1));
		*from = slice_skip(*from, i + 1);
		return true;
	}
	return false;
}

static bool get_time(struct slice *from, int64_t latest, int64_t *ret)
{
	int64_t before;

	if (!get_number(from, &before) || before <= -TIME_MAX || before >= TIME_MAX)
		return false;
	*ret = before == 0 ? TIME_UNKNOWN : latest - (before > 0 ? before - 1 : before);
	return true;
}

static bool get_count(struct slice *from, int *ret)
{
	int64_t n;

	if (!get_number(from, &n) || n < -1 || n > SESSION_COUNT_MAX)
		return false;
	*ret = (int)n;
	return true;
}

static bool get_text(struct slice *from, struct slice *ret)
{
	int64_t n;

	if (!get_number(from, &n) || n < 0 || (uint64_t)n > from->n)
		return false;
	*ret = slice_first(*from, (size_t)n);
	*from = slice_skip(*from, (size_t)n);
	return true;
}

/* What times are told by. */
static int64_t base_time(const struct session_table *t)
{
	return t->latest == TIME_UNKNOWN ? 0 : t->latest;
}

static void put_waiting(struct buffer *to, int64_t latest, const struct waiting *w)
{
	put_number(to, w->wait);
	put_number(to, w->unit);
	put_time(to, latest, w->time);
	put_text(to, slice_of(w->wait == WAIT_NOT ? "" : w->pattern));
}

static void put_session(
    struct buffer *to, int64_t latest, struct slice key, const struct session *s)
{
	put_number(to, RECORD_SESSION);
	put_text(to, key);
	put_text(to, mta_name(s->mta));
	put_text(to, slice_of(s->mta->as_names[s->ident->as]));
	put_number(to, s->ident - s->mta->idents);
	for (size_t i = 0; i < KEPT_TEXTS; i++)
		put_text(to, kept_get(&s->kept, i));
	put_number(to, s->service);
	put_number(to, s->direction);
	put_number(to, s->tls);
	put_number(to, s->mail);
	put_number(to, s->auth);
	put_number(to, s->opened | s->had_fact << 1);
	put_waiting(to, latest, &s->handshake);
	put_waiting(to, latest, &s->failure);
	put_time(to, latest, s->reason_time);
	put_time(to, latest, s->last_time);
}

void session_save(const struct session_table *t, struct buffer *to)
{
	size_t start = to->n + mark.n + sizeof(uint64_t);
	int64_t latest = base_time(t);
	uint64_t checksum = 0;

	buffer_add(to, mark);
	buffer_append(to, &checksum, sizeof(checksum));
	put_time(to, 0, t->latest);
	for (const struct seen *seen = table_oldest(t->seen); seen;
	     seen = table_newer(t->seen, seen)) {
		put_number(to, RECORD_SEEN);
		put_text(to, table_key(t->seen, seen));
		put_time(to, latest, seen->from);
		put_time(to, latest, seen->to);
	}
	for (const struct session *s = table_oldest(t->rows); s; s = table_newer(t->rows, s))
		if (s->mta)
			put_session(to, latest, table_key(t->rows, s), s);
	put_number(to, RECORD_END);
	checksum = hash_bytes(&checksum_seed, slice_skip(buffer_slice(to), start));
	memcpy(to->p + start - sizeof(checksum), &checksum, sizeof(checksum));
}

/* The ident that was saved, if its file still has it: by place if that still has the same name,
 * else by name. */
static const struct ident *find_ident(const struct mta *mta, struct slice as, int64_t place)
{
	for (size_t i = 0; i < mta->ident_count; i++) {
		size_t at = place >= 0 && (size_t)place < mta->ident_count
				? ((size_t)place + i) % mta->ident_count
				: i;

		if (slice_is(as, mta->as_names[mta->idents[at].as]))
			return &mta->idents[at];
	}
	return NULL;
}

static bool get_waiting(
    struct slice *from, const struct mta *mta, int64_t latest, struct waiting *ret)
{
	int64_t wait, unit;
	struct slice name;

	if (!get_number(from, &wait) || !get_number(from, &unit) ||
	    !get_time(from, latest, &ret->time) || !get_text(from, &name) || wait < 0 ||
	    wait > WAIT_REASON || unit < 0 || unit >= UNIT_MAX)
		return false;
	ret->wait = (enum wait)wait;
	ret->unit = (enum unit)unit;
	ret->pattern = "";
	for (size_t i = 0; mta && i < mta->pattern_count; i++)
		if (slice_is(name, mta->patterns[i].name))
			ret->pattern = mta->patterns[i].name;
	return true;
}

static bool get_state(struct slice *from, const struct mta *mta, int64_t latest, struct session *s)
{
	int64_t service, direction, tls, flags;

	for (size_t i = 0; i < KEPT_TEXTS; i++) {
		struct slice text;

		if (!get_text(from, &text))
			return false;
		kept_set(&s->kept, i, text);
	}
	if (!get_number(from, &service) || !get_number(from, &direction) ||
	    !get_number(from, &tls) || !get_count(from, &s->mail) || !get_count(from, &s->auth) ||
	    !get_number(from, &flags) || !get_waiting(from, mta, latest, &s->handshake) ||
	    !get_waiting(from, mta, latest, &s->failure) ||
	    !get_time(from, latest, &s->reason_time) || !get_time(from, latest, &s->last_time))
		return false;
	if (service < 0 || service >= SERVICE_MAX || direction < 0 || direction >= DIRECTION_MAX ||
	    tls < 0 || tls > TLS_HANDSHAKE)
		return false;
	s->service = (enum service)service;
	s->direction = (enum direction)direction;
	s->tls = (enum tls_state)tls;
	s->opened = flags & 1;
	s->had_fact = flags >> 1 & 1;
	s->keyed = true;
	return true;
}

static bool get_session(
    struct session_table *t, const struct mta *const *mtas, size_t count, struct slice *from)
{
	struct slice key, name, as;
	const struct mta *mta = NULL;
	const struct ident *ident;
	struct session *s;
	int64_t place, latest = base_time(t);
	bool good;

	if (!get_text(from, &key) || !get_text(from, &name) || !get_text(from, &as) ||
	    !get_number(from, &place))
		return false;
	for (size_t i = 0; i < count; i++)
		if (slice_is(name, mtas[i]->name))
			mta = mtas[i];
	ident = mta ? find_ident(mta, as, place) : NULL;
	s = table_add(t->rows, key, NULL);
	if (!s)
		return false;
	session_reset(s, false);
	good = get_state(from, mta, latest, s);
	if (good && ident) {
		s->mta = mta;
		s->ident = ident;
		return true;
	}
	session_kept_free(s);
	table_remove(t->rows, s);
	return good;
}

static bool get_seen(struct session_table *t, struct slice *from)
{
	struct slice key;
	struct seen told, *seen;
	int64_t latest = base_time(t);

	if (!get_text(from, &key) || !get_time(from, latest, &told.from) ||
	    !get_time(from, latest, &told.to))
		return false;
	seen = table_add(t->seen, key, NULL);
	if (seen)
		*seen = told;
	return true;
}

static void forget_all(struct session_table *t)
{
	for (struct session *s; (s = table_oldest(t->rows));) {
		session_kept_free(s);
		table_remove(t->rows, s);
	}
	table_clear(t->seen);
	t->latest = TIME_UNKNOWN;
}

/* Cuts mark and checksum off if both are right. */
static bool open_saved(struct slice *from)
{
	uint64_t checksum;

	if (!slice_starts(*from, mark))
		return false;
	*from = slice_skip(*from, mark.n);
	if (from->n < sizeof(checksum))
		return false;
	memcpy(&checksum, from->p, sizeof(checksum));
	*from = slice_skip(*from, sizeof(checksum));
	return checksum == hash_bytes(&checksum_seed, *from);
}

int session_restore(
    struct session_table *t, const struct mta *const *mtas, size_t count, struct slice from)
{
	int64_t record = -1;
	bool good;

	forget_all(t);
	good = open_saved(&from) && get_time(&from, 0, &t->latest);
	while (good && record != RECORD_END) {
		good = get_number(&from, &record);
		if (good && record == RECORD_SESSION)
			good = get_session(t, mtas, count, &from);
		else if (good && record == RECORD_SEEN)
			good = get_seen(t, &from);
		else if (record != RECORD_END)
			good = false;
	}
	if (good && from.n == 0)
		return 0;
	forget_all(t);
	return -EBADMSG;
}
