/* SPDX-License-Identifier: ISC */
#include "parse/session.h"

#include "base/memory.h"
#include "parse/session_event.h"
#include <stdlib.h>

#define CLOCK_SKEW 86400
#define LATER_ROWS 8   /* that one line moves out of the way */
#define SEEN_MAX 16384 /* a thousand hosts, with all services that one may have */
#define KEY_PART_MAX 256
#define KEY_MAX (5 * KEY_PART_MAX)

void session_reset(struct session *s, bool keep_reason)
{
	int64_t reason_time = keep_reason ? s->reason_time : TIME_UNKNOWN;

	if (reason_time == TIME_UNKNOWN)
		kept_clear(&s->kept);
	for (int i = 0; reason_time != TIME_UNKNOWN && i < KEPT_TEXTS; i++)
		if (i != FIELD_REASON && i != FIELD_CLASS)
			kept_set(&s->kept, (enum field)i, SLICE_NONE);
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

void session_kept_free(struct session *s)
{
	free(s->kept.memory.p);
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
	t->seen = table_new(sizeof(struct seen), SEEN_MAX);
	t->reasons = reasons;
	t->reason_count = reason_count;
	t->emit = emit;
	t->context = context;
	t->latest = TIME_UNKNOWN;
	session_reset(&t->alone, false);
	return t;
}

struct session_table *session_table_free(struct session_table *t)
{
	if (!t)
		return NULL;
	for (struct session *s = table_oldest(t->rows); s; s = table_newer(t->rows, s))
		session_kept_free(s);
	session_kept_free(&t->alone);
	for (size_t i = 0; i < t->spare_count; i++)
		free(t->spare[i].p);
	table_free(t->rows);
	table_free(t->seen);
	free(t);
	return NULL;
}

void session_internal(struct session_table *t, const struct networks *networks)
{
	t->internal = networks;
}

void session_forget_seen(struct session_table *t)
{
	table_clear(t->seen);
}

size_t session_open(const struct session_table *t)
{
	return table_count(t->rows);
}

int64_t session_evicted(const struct session_table *t)
{
	return t->evicted;
}

/* The memory of what a session kept goes to the next one, so that a steady stream of sessions
 * allocates nothing. */
static void remove_row(struct session_table *t, struct session *s)
{
	if (t->spare_count < ARRAY_SIZE(t->spare))
		t->spare[t->spare_count++] = s->kept.memory;
	else
		session_kept_free(s);
	table_remove(t->rows, s);
}

static void begin_row(struct session_table *t, struct session *s)
{
	if (t->spare_count)
		s->kept.memory = t->spare[--t->spare_count];
	session_reset(s, false);
	s->last_time = TIME_UNKNOWN;
	s->keyed = true;
}

static void drop_row(struct session_table *t, struct session *s)
{
	session_expire(t, s, session_host(table_key(t->rows, s)));
	remove_row(t, s);
}

void session_end_all(struct session_table *t)
{
	for (struct session *s; (s = table_oldest(t->rows));)
		drop_row(t, s);
}

/* Another host's clock may differ from this line's, but not by a day. */
static bool is_over(
    const struct session_table *t, const struct session *s, const struct session_line *line)
{
	return slice_equal(session_host(table_key(t->rows, s)), line->host) ||
	       session_too_old(s, line->time - CLOCK_SKEW);
}

/* Rows stand in the order of their last lines, so the old ones are at the front.  What a newer log
 * left open before this one was read goes to the back: it waits for its own time, and must not keep
 * others waiting. */
static void sweep(struct session_table *t, const struct session_line *line)
{
	int later = 0;

	if (line->time == TIME_UNKNOWN)
		return;
	for (struct session *s; (s = table_oldest(t->rows));) {
		if (session_too_old(s, line->time) && is_over(t, s, line))
			drop_row(t, s);
		else if (s->last_time > line->time + CLOCK_SKEW && later++ < LATER_ROWS)
			table_touch(t->rows, s);
		else
			return;
	}
}

static size_t add_part(char key[KEY_MAX], size_t n, struct slice part)
{
	size_t take = part.n < KEY_PART_MAX - 1 ? part.n : KEY_PART_MAX - 1;

	if (take)
		memcpy(key + n, part.p, take);
	key[n + take] = '\0';
	return n + take + 1;
}

static void lower(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] - 'A' + 'a');
}

/* K of the design: the captured key without regard to case, else program and pid, or all of them
 * where the pattern says so; 0 if there is none. */
static size_t make_key(const struct session_line *line, char key[KEY_MAX])
{
	struct slice captured = captured_get(line->captured, FIELD_KEY);
	bool of_host = captured.n && !line->pattern->in_process;
	size_t n, last;

	if (!captured.n && !line->pid.n)
		return 0;
	n = add_part(key, 0, line->host);
	n = add_part(key, n, mta_name(line->mta));
	n = add_part(key, n, of_host ? SLICE_NONE : line->program);
	last = of_host ? n : add_part(key, n, line->pid);
	n = captured.n ? add_part(key, last, captured) : last;
	lower(key + last, n - last);
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

		t->evicted++;
		drop_row(t, oldest);
		s = table_add(t->rows, (struct slice){key, n}, &fresh);
	}
	if (fresh)
		begin_row(t, s);
	return s;
}

void session_line(struct session_table *t, const struct session_line *line)
{
	struct session *s;

	if (line->pattern->ignore)
		return;
	if (line->time != TIME_UNKNOWN)
		t->latest = line->time;
	sweep(t, line);
	s = find_session(t, line);
	session_settle(t, s, line);
	session_introduce(t, s, line);
	for (size_t i = 0; i < line->pattern->event_count; i++)
		session_event(t, s, line, line->pattern->events[i]);
	if (!s->keyed)
		session_release(t, s, line->host);
	else if (!s->mta)
		remove_row(t, s);
}
