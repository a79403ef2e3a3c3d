/* SPDX-License-Identifier: ISC */
#include "parse/session.h"

#include "base/memory.h"
#include "parse/session_fact.h"
#include "parse/session_row.h"
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#define REASON_WAIT 10 /* seconds that a failure and its reason may lie apart */
#define CLOCK_SKEW 86400
#define SEEN_MAX 4096
#define KEY_MAX 1024

void text_set(struct text *text, struct slice value)
{
	if (value.n > SESSION_TEXT_MAX)
		value.n = SESSION_TEXT_MAX;
	if (text->size < value.n) {
		text->size = (uint16_t)(value.n + 16);
		text->p = memory_grow(text->p, text->size, 1);
	}
	if (value.n)
		memcpy(text->p, value.p, value.n);
	text->n = (uint16_t)value.n;
}

void session_reset(struct session *s, bool keep_reason)
{
	int64_t reason_time = keep_reason ? s->reason_time : TIME_UNKNOWN;

	for (size_t i = 0; i < SESSION_TEXTS; i++)
		if (i != FIELD_REASON || reason_time == TIME_UNKNOWN)
			s->text[i].n = 0;
	s->mta = NULL;
	s->ident = NULL;
	s->service = SERVICE_UNKNOWN;
	s->direction = DIRECTION_UNKNOWN;
	s->tls = TLS_NOT_TOLD;
	s->mail = s->auth = -1;
	s->opened = s->had_fact = false;
	s->handshake.wait = s->failure.wait = WAIT_NOT;
	s->reason_time = reason_time;
}

void session_texts_free(struct session *s)
{
	for (size_t i = 0; i < SESSION_TEXTS; i++)
		free(s->text[i].p);
}

struct slice session_host(struct slice key)
{
	return slice_first(key, slice_find(key, '\0'));
}

struct session_table *session_table_new(
    const struct reason *reasons, size_t reason_count, session_emit_fn emit, void *context)
{
	struct session_table *t = memory_alloc(sizeof(*t));

	t->rows = table_new(sizeof(struct session), SESSIONS_MAX);
	t->seen = table_new(sizeof(int64_t), SEEN_MAX);
	t->reasons = reasons;
	t->reason_count = reason_count;
	t->emit = emit;
	t->context = context;
	session_reset(&t->alone, false);
	return t;
}

struct session_table *session_table_free(struct session_table *t)
{
	if (!t)
		return NULL;
	for (struct session *s = table_oldest(t->rows); s; s = table_newer(t->rows, s))
		session_texts_free(s);
	session_texts_free(&t->alone);
	table_free(t->rows);
	table_free(t->seen);
	free(t);
	return NULL;
}

void session_forget_seen(struct session_table *t)
{
	table_clear(t->seen);
}

int64_t session_evicted(const struct session_table *t)
{
	return t->evicted;
}

static void release_handshake(struct session_table *t, struct session *s, struct slice host)
{
	struct waiting fact = s->handshake;

	s->handshake.wait = WAIT_NOT;
	if (fact.wait != WAIT_NOT)
		session_emit_handshake(t, s, host, &fact);
}

/* A failure that waited for its peer may have had its reason from the first. */
static void release_failure(
    struct session_table *t, struct session *s, struct slice host, struct slice reason)
{
	struct waiting fact = s->failure;

	s->failure.wait = WAIT_NOT;
	if (fact.wait == WAIT_PEER && !reason.n)
		reason = text_slice(&s->text[FIELD_REASON]);
	if (fact.wait != WAIT_NOT)
		session_emit_failure(t, s, host, &fact, reason);
}

/* Lets waiting facts go with what is known by now. */
static void release(struct session_table *t, struct session *s, struct slice host)
{
	release_handshake(t, s, host);
	release_failure(t, s, host, SLICE_NONE);
}

/* The end of a session that no line of its own ended. */
static void expire(struct session_table *t, struct session *s, struct slice host)
{
	if (!s->mta)
		return;
	release(t, s, host);
	if (s->opened && (s->mail > 0 || s->auth > 0))
		session_emit_expired(t, s, host);
}

static void drop_row(struct session_table *t, struct session *s)
{
	expire(t, s, session_host(table_key(t->rows, s)));
	session_texts_free(s);
	table_remove(t->rows, s);
}

void session_end_all(struct session_table *t)
{
	for (struct session *s; (s = table_oldest(t->rows));)
		drop_row(t, s);
}

static bool too_old(const struct session *s, const struct mta *mta, int64_t now)
{
	return s->last_time != TIME_UNKNOWN && now != TIME_UNKNOWN &&
	       now - s->last_time > mta->expire;
}

/* Rows stand in the order of their last lines, so the old ones are at the front.  Another host's
 * clock may differ from this line's, but not by a day. */
static void sweep(struct session_table *t, const struct session_line *line)
{
	for (struct session *s; (s = table_oldest(t->rows));) {
		bool same_host = slice_equal(session_host(table_key(t->rows, s)), line->host);
		int64_t slack = same_host ? 0 : CLOCK_SKEW;
		const struct mta *mta = s->mta ? s->mta : line->mta;

		if (line->time == TIME_UNKNOWN || !too_old(s, mta, line->time - slack))
			return;
		drop_row(t, s);
	}
}

/* K of the design: the captured key without regard to case, else program and pid; 0 if neither. */
static size_t make_key(const struct session_line *line, char key[KEY_MAX])
{
	struct slice captured = line->captured->field[FIELD_KEY];
	struct slice parts[] = {line->host, slice_of(line->mta->name),
	    captured.p ? SLICE_NONE : line->program, captured.p ? captured : line->pid};
	size_t n = 0;

	if (!captured.p && !line->pid.p)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t take = parts[i].n < KEY_MAX / 4 - 1 ? parts[i].n : KEY_MAX / 4 - 1;

		for (size_t k = 0; k < take; k++)
			key[n++] =
			    i == 3 ? (char)tolower((unsigned char)parts[i].p[k]) : parts[i].p[k];
		key[n++] = '\0';
	}
	return n;
}

static struct session *find_session(struct session_table *t, const struct session_line *line)
{
	char key[KEY_MAX];
	size_t n = make_key(line, key);
	struct session *s;
	bool fresh;

	if (n == 0) {
		session_reset(&t->alone, false);
		t->alone.keyed = false;
		return &t->alone;
	}
	s = table_add(t->rows, (struct slice){key, n}, &fresh);
	if (!s) {
		struct session *oldest = table_oldest(t->rows);

		t->evicted += oldest->mta != NULL;
		drop_row(t, oldest);
		s = table_add(t->rows, (struct slice){key, n}, &fresh);
	}
	if (fresh) {
		session_reset(s, false);
		s->last_time = TIME_UNKNOWN;
	}
	s->keyed = true;
	return s;
}

static struct slice without_dot(struct slice name)
{
	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

static bool differ(struct slice a, struct slice b)
{
	return a.n != b.n || strncasecmp(a.p, b.p, a.n) != 0;
}

/* Does the line name another peer than the session's?  By address and port, else by name. */
static bool other_peer(const struct session *s, const struct captured *c)
{
	struct slice peer = text_slice(&s->text[FIELD_PEER]),
		     port = text_slice(&s->text[FIELD_PORT]);
	struct slice name = text_slice(&s->text[FIELD_PEER_NAME]);

	if (peer.n && c->field[FIELD_PEER].n) {
		if (differ(peer, c->field[FIELD_PEER]))
			return true;
		return port.n && c->field[FIELD_PORT].n && differ(port, c->field[FIELD_PORT]);
	}
	if (name.n && c->field[FIELD_PEER_NAME].n)
		return differ(without_dot(name), without_dot(c->field[FIELD_PEER_NAME]));
	return false;
}

static bool has_event(const struct pattern *p, enum event event)
{
	for (size_t i = 0; i < p->event_count; i++)
		if (p->events[i] == event)
			return true;
	return false;
}

static bool only_marks(const struct pattern *p)
{
	for (size_t i = 0; i < p->event_count; i++)
		if (p->events[i] != EVENT_MARK && p->events[i] != EVENT_REASON)
			return false;
	return true;
}

static bool waited_too_long(int64_t since, int64_t now)
{
	return since != TIME_UNKNOWN && now != TIME_UNKNOWN && now - since > REASON_WAIT;
}

/* What this line ends before it is looked at: the time between, another peer, a new opening, and
 * facts that wait no longer. */
static void settle(struct session_table *t, struct session *s, const struct session_line *line)
{
	const struct pattern *p = line->pattern;
	const struct captured *c = line->captured;

	if (!s->mta)
		return;
	if (too_old(s, s->mta, line->time)) {
		expire(t, s, line->host);
		session_reset(s, false);
		return;
	}
	if (p->events[0] == EVENT_OPEN || other_peer(s, c)) {
		expire(t, s, line->host);
		session_reset(s, p->events[0] != EVENT_OPEN);
		return;
	}
	if (s->failure.wait == WAIT_REASON &&
	    (!only_marks(p) || waited_too_long(s->failure.time, line->time)))
		release_failure(t, s, line->host, SLICE_NONE);
	if (slice_is(c->field[FIELD_TLS], "none") || has_event(p, EVENT_HANDSHAKE) ||
	    has_event(p, EVENT_FAILURE))
		release(t, s, line->host);
}

/* Who and where, before any event. */
static void introduce(struct session_table *t, struct session *s, const struct session_line *line)
{
	static const enum field kept[] = {
	    FIELD_PEER, FIELD_PEER_NAME, FIELD_PORT, FIELD_USER, FIELD_DOMAIN};
	const struct captured *c = line->captured;

	s->mta = line->mta;
	s->ident = line->ident;
	if (line->time != TIME_UNKNOWN)
		s->last_time = line->time;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (c->field[kept[i]].n)
			text_set(&s->text[kept[i]], c->field[kept[i]]);
	if (c->field[FIELD_SERVICE].p)
		s->service = (enum service)service_from(c->field[FIELD_SERVICE]);
	if (c->field[FIELD_DIRECTION].p)
		s->direction = (enum direction)direction_from(c->field[FIELD_DIRECTION]);
	if (c->field[FIELD_PEER].n || c->field[FIELD_PEER_NAME].n) {
		release_handshake(t, s, line->host);
		if (s->failure.wait == WAIT_PEER)
			release_failure(t, s, line->host, SLICE_NONE);
	}
}

static void take_tls(struct session *s, struct slice tls)
{
	if (slice_is(tls, "none"))
		s->tls = TLS_NONE;
	else if (slice_is(tls, "encrypted"))
		s->tls = TLS_ENCRYPTED;
	else if (slice_is(tls, "unknown"))
		s->tls = TLS_NOT_TOLD;
}

static void add_count(int *to, int told)
{
	if (told >= 0)
		*to = (*to < 0 ? 0 : *to) + told;
}

static void take_handshake(struct session *s, const struct captured *c)
{
	static const enum field kept[] = {FIELD_PROTOCOL, FIELD_CIPHER, FIELD_BITS, FIELD_GROUP,
	    FIELD_SIGNATURE, FIELD_VERIFY, FIELD_RESUMED};

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		text_set(&s->text[kept[i]], c->field[kept[i]]);
	text_set(&s->text[FIELD_ITEM], SLICE_NONE);
	s->tls = TLS_HANDSHAKE;
}

static struct waiting begin_fact(
    const struct session *s, const struct session_line *line, bool handshake)
{
	const struct pattern *p = line->pattern;
	int unit = p->set[FIELD_UNIT].p ? unit_from(p->set[FIELD_UNIT]) : UNIT_CONNECTION;

	if (handshake && p->once && s->keyed)
		unit = UNIT_CONNECTION;
	return (struct waiting){
	    .wait = p->wait, .unit = (enum unit)unit, .time = line->time, .pattern = p->name};
}

static void do_handshake(
    struct session_table *t, struct session *s, const struct session_line *line)
{
	struct waiting fact = begin_fact(s, line, true);

	if (line->pattern->once && s->had_fact)
		return;
	take_handshake(s, line->captured);
	s->had_fact = true;
	session_note_seen(t, line);
	if (fact.wait == WAIT_PEER && !s->text[FIELD_PEER].n && !s->text[FIELD_PEER_NAME].n)
		s->handshake = fact;
	else
		session_emit_handshake(t, s, line->host, &fact);
}

static bool reason_is_kept(const struct session *s, int64_t now)
{
	return s->reason_time != TIME_UNKNOWN && !waited_too_long(s->reason_time, now);
}

static void do_failure(struct session_table *t, struct session *s, const struct session_line *line)
{
	struct waiting fact = begin_fact(s, line, false);
	struct slice reason = line->captured->field[FIELD_REASON];
	bool kept = fact.wait != WAIT_REASON && reason_is_kept(s, line->time);

	if (line->pattern->once && s->had_fact)
		return;
	s->tls = TLS_NONE;
	s->had_fact = true;
	text_set(&s->text[FIELD_ITEM], SLICE_NONE);
	text_set(&s->text[FIELD_CLASS], line->captured->field[FIELD_CLASS]);
	if (reason.n || !kept)
		text_set(&s->text[FIELD_REASON], reason);
	s->reason_time = TIME_UNKNOWN;
	if (fact.wait == WAIT_PEER ? !s->text[FIELD_PEER].n && !s->text[FIELD_PEER_NAME].n
				   : fact.wait == WAIT_REASON && !reason.n)
		s->failure = fact;
	else
		session_emit_failure(t, s, line->host, &fact, text_slice(&s->text[FIELD_REASON]));
}

static void do_reason(struct session_table *t, struct session *s, const struct session_line *line)
{
	struct slice reason = line->captured->field[FIELD_REASON];

	if (s->failure.wait == WAIT_REASON) {
		release_failure(t, s, line->host, reason);
		return;
	}
	text_set(&s->text[FIELD_REASON], reason);
	s->reason_time = line->time == TIME_UNKNOWN ? 0 : line->time;
}

static void do_event(
    struct session_table *t, struct session *s, const struct session_line *line, enum event event)
{
	const struct captured *c = line->captured;

	switch (event) {
	case EVENT_OPEN:
		s->opened = true;
		take_tls(s, c->field[FIELD_TLS]);
		break;
	case EVENT_MARK:
		take_tls(s, c->field[FIELD_TLS]);
		add_count(&s->mail, session_told(line, FIELD_MAIL));
		add_count(&s->auth, session_told(line, FIELD_AUTH));
		break;
	case EVENT_HANDSHAKE:
		do_handshake(t, s, line);
		break;
	case EVENT_REUSE:
		take_handshake(s, c);
		break;
	case EVENT_FAILURE:
		do_failure(t, s, line);
		break;
	case EVENT_REASON:
		do_reason(t, s, line);
		break;
	case EVENT_CARRIED:
		/* What was negotiated for one item of the queue proves nothing for the next. */
		if (c->field[FIELD_ITEM].n) {
			struct slice before = text_slice(&s->text[FIELD_ITEM]);

			if (before.n && !slice_equal(before, c->field[FIELD_ITEM]))
				s->tls = TLS_NOT_TOLD;
			text_set(&s->text[FIELD_ITEM], c->field[FIELD_ITEM]);
		}
		session_emit_session(t, s, line, event);
		break;
	case EVENT_LOGIN:
	case EVENT_CLOSE:
		session_emit_session(t, s, line, event);
		release(t, s, line->host);
		session_reset(s, false);
		break;
	case EVENT_IGNORE:
	case EVENT_MAX:
		break;
	}
}

void session_line(struct session_table *t, const struct session_line *line)
{
	struct session *s;

	if (line->pattern->ignore)
		return;
	sweep(t, line);
	s = find_session(t, line);
	settle(t, s, line);
	introduce(t, s, line);
	for (size_t i = 0; i < line->pattern->event_count; i++)
		do_event(t, s, line, line->pattern->events[i]);
	if (!s->keyed && s->mta)
		release(t, s, line->host);
}
