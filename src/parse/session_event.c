/* SPDX-License-Identifier: ISC */
#include "parse/session_event.h"

#include "parse/session_fact.h"
#include <strings.h>

#define REASON_WAIT 10 /* seconds that a failure and its reason may lie apart */

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
		reason = kept_get(&s->kept, FIELD_REASON);
	if (fact.wait != WAIT_NOT)
		session_emit_failure(t, s, host, &fact, reason);
}

/* Ends the waiting for a peer: it has come, or it will not. */
static void release_for_peer(struct session_table *t, struct session *s, struct slice host)
{
	release_handshake(t, s, host);
	if (s->failure.wait == WAIT_PEER)
		release_failure(t, s, host, SLICE_NONE);
}

void session_release(struct session_table *t, struct session *s, struct slice host)
{
	release_handshake(t, s, host);
	release_failure(t, s, host, SLICE_NONE);
}

void session_expire(struct session_table *t, struct session *s, struct slice host)
{
	if (!s->mta)
		return;
	session_release(t, s, host);
	if (s->opened && (s->mail > 0 || s->auth > 0))
		session_emit_expired(t, s, host);
}

bool session_too_old(const struct session *s, int64_t now)
{
	return s->last_time != TIME_UNKNOWN && now != TIME_UNKNOWN &&
	       now - s->last_time > s->mta->expire;
}

static struct slice without_dot(struct slice name)
{
	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

static bool differ(struct slice a, struct slice b)
{
	return !slice_equal(a, b) && (a.n != b.n || strncasecmp(a.p, b.p, a.n) != 0);
}

/* Does the line name another peer than the session's?  By address and port, else by name. */
static bool other_peer(const struct session *s, const struct captured *c)
{
	struct slice peer = kept_get(&s->kept, FIELD_PEER), port = kept_get(&s->kept, FIELD_PORT);
	struct slice name = kept_get(&s->kept, FIELD_PEER_NAME);

	if (peer.n && captured_get(c, FIELD_PEER).n) {
		if (differ(peer, captured_get(c, FIELD_PEER)))
			return true;
		return port.n && captured_get(c, FIELD_PORT).n &&
		       differ(port, captured_get(c, FIELD_PORT));
	}
	if (name.n && captured_get(c, FIELD_PEER_NAME).n)
		return differ(without_dot(name), without_dot(captured_get(c, FIELD_PEER_NAME)));
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

void session_settle(struct session_table *t, struct session *s, const struct session_line *line)
{
	const struct pattern *p = line->pattern;
	const struct captured *c = line->captured;

	if (!s->mta)
		return;
	if (session_too_old(s, line->time)) {
		session_expire(t, s, line->host);
		session_reset(s, false);
		return;
	}
	if (p->events[0] == EVENT_OPEN || other_peer(s, c)) {
		session_expire(t, s, line->host);
		session_reset(s, p->events[0] != EVENT_OPEN);
		return;
	}
	if (s->failure.wait == WAIT_REASON &&
	    (!only_marks(p) || waited_too_long(s->failure.time, line->time)))
		release_failure(t, s, line->host, SLICE_NONE);
	if (slice_is(captured_get(c, FIELD_TLS), "none") || has_event(p, EVENT_REUSE) ||
	    (!(p->once && s->had_fact) &&
		(has_event(p, EVENT_HANDSHAKE) || has_event(p, EVENT_FAILURE))))
		release_for_peer(t, s, line->host);
}

void session_introduce(struct session_table *t, struct session *s, const struct session_line *line)
{
	static const enum field kept[] = {FIELD_PEER, FIELD_PEER_NAME, FIELD_PORT, FIELD_USER};
	const struct captured *c = line->captured;

	s->mta = line->mta;
	s->ident = line->ident;
	if (line->time != TIME_UNKNOWN)
		s->last_time = line->time;
	else if (s->last_time == TIME_UNKNOWN)
		s->last_time = t->latest; /* so that it can expire */
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (captured_get(c, kept[i]).n)
			kept_put(&s->kept, kept[i], captured_get(c, kept[i]));
	if (pattern_tells(
		line->pattern, FIELD_DOMAIN)) /* a delivery without one is not the last one's */
		kept_set(&s->kept, FIELD_DOMAIN, captured_get(c, FIELD_DOMAIN));
	if (captured_has(c, FIELD_SERVICE))
		s->service = (enum service)service_from(captured_get(c, FIELD_SERVICE));
	if (captured_has(c, FIELD_DIRECTION))
		s->direction = (enum direction)direction_from(captured_get(c, FIELD_DIRECTION));
	if (captured_get(c, FIELD_PEER).n || captured_get(c, FIELD_PEER_NAME).n)
		release_for_peer(t, s, line->host);
}

/* A handshake that was seen says more than `encrypted` or `unknown`. */
static void take_tls(struct session *s, struct slice tls)
{
	if (slice_is(tls, "none"))
		s->tls = TLS_NONE;
	else if (tls.p && s->tls != TLS_HANDSHAKE)
		s->tls = TLS_UNKNOWN;
}

static void add_count(int *to, int told)
{
	if (told < 0)
		return;
	*to = (*to < 0 ? 0 : *to) + told;
	if (*to > SESSION_COUNT_MAX)
		*to = SESSION_COUNT_MAX;
}

/* Whom a delivery on this connection was for says nothing of what comes next. */
static void forget_delivery(struct session *s, const struct pattern *p)
{
	kept_set(&s->kept, FIELD_ITEM, SLICE_NONE);
	if (!pattern_tells(p, FIELD_DOMAIN))
		kept_set(&s->kept, FIELD_DOMAIN, SLICE_NONE);
}

static void take_handshake(struct session *s, const struct session_line *line)
{
	static const enum field kept[] = {FIELD_PROTOCOL, FIELD_CIPHER, FIELD_BITS, FIELD_GROUP,
	    FIELD_SIGNATURE, FIELD_VERIFY, FIELD_RESUMED};

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		kept_set(&s->kept, kept[i], captured_get(line->captured, kept[i]));
	s->tls = TLS_HANDSHAKE;
	forget_delivery(s, line->pattern);
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
	take_handshake(s, line);
	s->had_fact = true;
	session_note_seen(t, line);
	if (fact.wait == WAIT_PEER && !kept_get(&s->kept, FIELD_PEER).n &&
	    !kept_get(&s->kept, FIELD_PEER_NAME).n)
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
	struct slice reason = captured_get(line->captured, FIELD_REASON);
	struct slice class = captured_get(line->captured, FIELD_CLASS);
	bool kept = !reason.n && fact.wait != WAIT_REASON && reason_is_kept(s, line->time);

	if (line->pattern->once && s->had_fact)
		return;
	s->tls = TLS_NONE;
	s->had_fact = true;
	forget_delivery(s, line->pattern);
	if (!kept)
		kept_set(&s->kept, FIELD_REASON, reason);
	if (!kept || class.n)
		kept_set(&s->kept, FIELD_CLASS, class);
	s->reason_time = TIME_UNKNOWN;
	if (fact.wait == WAIT_PEER
		? !kept_get(&s->kept, FIELD_PEER).n && !kept_get(&s->kept, FIELD_PEER_NAME).n
		: fact.wait == WAIT_REASON && !reason.n)
		s->failure = fact;
	else
		session_emit_failure(t, s, line->host, &fact, kept_get(&s->kept, FIELD_REASON));
}

/* The first reason of a waiting failure counts; without one, the reason is kept for the next. */
static void do_reason(struct session_table *t, struct session *s, const struct session_line *line)
{
	struct slice class = captured_get(line->captured, FIELD_CLASS);

	if (s->failure.wait == WAIT_PEER && kept_get(&s->kept, FIELD_REASON).n)
		return;
	kept_set(&s->kept, FIELD_REASON, captured_get(line->captured, FIELD_REASON));
	if (class.n || s->failure.wait == WAIT_NOT)
		kept_set(&s->kept, FIELD_CLASS, class);
	if (s->failure.wait == WAIT_REASON)
		release_failure(t, s, line->host, kept_get(&s->kept, FIELD_REASON));
	else if (s->failure.wait == WAIT_NOT)
		s->reason_time = line->time == TIME_UNKNOWN ? 0 : line->time;
}

/* What was negotiated for one item of the queue proves nothing for the next. */
static void take_item(struct session *s, struct slice item)
{
	struct slice before = kept_get(&s->kept, FIELD_ITEM);

	if (!item.n)
		return;
	if (before.n && !slice_equal(before, kept_part(item)))
		s->tls = TLS_NOT_TOLD;
	kept_set(&s->kept, FIELD_ITEM, item);
}

void session_event(
    struct session_table *t, struct session *s, const struct session_line *line, enum event event)
{
	const struct captured *c = line->captured;

	switch (event) {
	case EVENT_OPEN:
		s->opened = true;
		take_tls(s, captured_get(c, FIELD_TLS));
		break;
	case EVENT_MARK:
		take_tls(s, captured_get(c, FIELD_TLS));
		add_count(&s->mail, session_told(line, FIELD_MAIL));
		add_count(&s->auth, session_told(line, FIELD_AUTH));
		break;
	case EVENT_HANDSHAKE:
		do_handshake(t, s, line);
		break;
	case EVENT_REUSE:
		take_handshake(s, line);
		break;
	case EVENT_FAILURE:
		do_failure(t, s, line);
		break;
	case EVENT_REASON:
		do_reason(t, s, line);
		break;
	case EVENT_CARRIED:
		take_item(s, captured_get(c, FIELD_ITEM));
		session_emit_session(t, s, line, event);
		break;
	case EVENT_LOGIN:
	case EVENT_CLOSE:
		session_release(t, s, line->host);
		session_emit_session(t, s, line, event);
		session_reset(s, false);
		break;
	case EVENT_IGNORE:
	case EVENT_MAX:
		break;
	}
}
