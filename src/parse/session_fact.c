/* SPDX-License-Identifier: ISC */
#include "parse/session_fact.h"

#include "base/address.h"
#include <ctype.h>
#include <strings.h>

#define SEEN_FOR (7 * 86400) /* seconds that one handshake proves that this ident logs them */
#define SEEN_SKEW 3600	     /* that a later line may stand before it: clocks are set back */
#define SEEN_KEY_MAX 512

/* A number of up to nine digits, -1 if the text is none. */
static int number(struct slice text)
{
	int n = 0;

	if (text.n == 0 || text.n > 9)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return -1;
		n = n * 10 + (text.p[i] - '0');
	}
	return n;
}

int session_told(const struct session_line *line, enum field field)
{
	struct slice text = captured_get(line->captured, field);

	if (!text.p)
		return pattern_tells(line->pattern, field) ? 0 : -1;
	return number(text);
}

struct peer_text {
	char address[ADDRESS_TEXT_MAX];
};

static void fill_peer(const struct session_table *t, const struct session *s,
    struct peer_text *memory, struct fact *ret)
{
	struct slice peer = kept_get(&s->kept, FIELD_PEER);
	struct address address;
	bool is_address = address_parse(peer, &address);

	ret->peer = peer;
	if (is_address && !address.is_written)
		ret->peer =
		    (struct slice){memory->address, address_write(&address, memory->address)};
	ret->peer_name = kept_get(&s->kept, FIELD_PEER_NAME);
	ret->port = number(kept_get(&s->kept, FIELD_PORT));
	ret->user = kept_get(&s->kept, FIELD_USER);
	ret->domain = kept_get(&s->kept, FIELD_DOMAIN);
	ret->internal = is_address ? address_is_loopback(&address) : address_is_local(peer);
	ret->internal = ret->internal || (t->internal && networks_match(t->internal, ret->peer));
}

static void fill(const struct session_table *t, const struct session *s, struct slice host,
    struct peer_text *memory, struct fact *ret)
{
	*ret = (struct fact){
	    .host = host,
	    .mta = mta_name(s->mta),
	    .direction = s->direction != DIRECTION_UNKNOWN ? s->direction : s->ident->direction,
	    .service = s->service != SERVICE_UNKNOWN ? s->service : s->ident->service,
	    .bits = -1,
	    .resumed = -1,
	    .mail = -1,
	    .auth = -1,
	};
	fill_peer(t, s, memory, ret);
}

/* As protocol_fold(), which takes longer than all else that a fact needs: a log has few spellings.
 */
static enum protocol fold_protocol(struct session_table *t, struct slice raw)
{
	struct folded_protocol *f;

	if (raw.n == 0 || raw.n > sizeof(f->raw))
		return protocol_fold(raw);
	f = &t->folded[(unsigned char)raw.p[raw.n - 1] % ARRAY_SIZE(t->folded)];
	if (!slice_equal(raw, (struct slice){f->raw, f->n})) {
		f->protocol = protocol_fold(raw);
		f->n = raw.n;
		memcpy(f->raw, raw.p, raw.n);
	}
	return f->protocol;
}

/* told: what is said of TLS, by field. */
static void fill_tls(struct session_table *t, const struct slice *told, struct fact *ret)
{
	int verify = verify_from(told[FIELD_VERIFY]), bits = number(told[FIELD_BITS]);

	ret->protocol_raw = kept_part(told[FIELD_PROTOCOL]);
	ret->protocol = fold_protocol(t, ret->protocol_raw);
	ret->cipher = kept_part(told[FIELD_CIPHER]);
	ret->bits = bits > 0 ? bits : -1;
	ret->group = kept_part(told[FIELD_GROUP]);
	ret->signature = kept_part(told[FIELD_SIGNATURE]);
	ret->verify = verify < 0 ? VERIFY_UNKNOWN : (enum verify)verify;
	ret->resumed = slice_is(told[FIELD_RESUMED], "yes")  ? 1
		       : slice_is(told[FIELD_RESUMED], "no") ? 0
							     : -1;
}

static void fill_handshake(struct session_table *t, const struct session *s, struct fact *ret)
{
	struct slice told[FIELD_RESUMED + 1];

	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		told[i] = kept_get(&s->kept, i);
	fill_tls(t, told, ret);
}

static void fill_told(struct session_table *t, const struct captured *c, struct fact *ret)
{
	struct slice told[FIELD_RESUMED + 1];

	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		told[i] = captured_get(c, i);
	fill_tls(t, told, ret);
}

void session_emit_handshake(
    struct session_table *t, const struct session *s, struct slice host, const struct waiting *fact)
{
	struct peer_text memory;
	struct fact f;

	fill(t, s, host, &memory, &f);
	f.kind = FACT_HANDSHAKE;
	f.unit = fact->unit;
	f.time = fact->time;
	f.pattern = fact->pattern;
	fill_handshake(t, s, &f);
	t->emit(t->context, &f);
}

static bool contains_folded(struct slice text, const char *word)
{
	size_t n = strlen(word);
	int first = tolower((unsigned char)*word);

	for (size_t i = 0; i + n <= text.n; i++)
		if (tolower((unsigned char)text.p[i]) == first &&
		    strncasecmp(text.p + i, word, n) == 0)
			return true;
	return false;
}

static struct slice reason_class(const struct session_table *t, struct slice reason)
{
	for (size_t i = 0; i < t->reason_count; i++)
		if (contains_folded(reason, t->reasons[i].text))
			return slice_of(t->reasons[i].class);
	return SLICE("other");
}

void session_emit_failure(struct session_table *t, const struct session *s, struct slice host,
    const struct waiting *fact, struct slice reason)
{
	struct slice class = kept_get(&s->kept, FIELD_CLASS);
	struct peer_text memory;
	struct fact f;

	fill(t, s, host, &memory, &f);
	f.kind = FACT_FAILURE;
	f.unit = fact->unit;
	f.time = fact->time;
	f.pattern = fact->pattern;
	f.reason_raw = reason;
	f.reason = class.n ? class : reason_class(t, reason);
	t->emit(t->context, &f);
}

static size_t seen_key(const struct session *s, struct slice host, char key[SEEN_KEY_MAX])
{
	struct slice parts[] = {host, mta_name(s->mta), slice_of(s->mta->as_names[s->ident->as])};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t take = parts[i].n < 160 ? parts[i].n : 160;

		memcpy(key + n, parts[i].p, take);
		n += take;
		key[n++] = '\0';
	}
	return n;
}

/* An older log may come after a newer one: its sessions are judged by its own handshakes. */
void session_note_seen(struct session_table *t, const struct session_line *line)
{
	struct session s = {.mta = line->mta, .ident = line->ident};
	char key[SEEN_KEY_MAX];
	struct slice k = {key, seen_key(&s, line->host, key)};
	struct seen *seen;
	bool fresh;

	if (line->time == TIME_UNKNOWN)
		return;
	seen = table_add(t->seen, k, &fresh);
	if (!seen) {
		table_remove(t->seen, table_oldest(t->seen));
		seen = table_add(t->seen, k, &fresh);
	}
	if (fresh || line->time < seen->from - SEEN_FOR || line->time > seen->to + SEEN_FOR)
		*seen = (struct seen){line->time, line->time};
	else if (line->time < seen->from)
		seen->from = line->time;
	else if (line->time > seen->to)
		seen->to = line->time;
}

static bool was_seen(
    const struct session_table *t, const struct session *s, struct slice host, int64_t now)
{
	char key[SEEN_KEY_MAX];
	struct slice k = {key, seen_key(s, host, key)};
	const struct seen *seen = table_get(t->seen, k);

	return seen && (now == TIME_UNKNOWN ||
			   (now >= seen->from - SEEN_SKEW && now <= seen->to + SEEN_FOR));
}

/* What a session that never spoke of TLS was. */
static enum protocol silence_protocol(const struct session_table *t, const struct session *s,
    struct slice host, int64_t now, enum silence silence, int starttls)
{
	if (silence == SILENCE_ENCRYPTED)
		return PROTOCOL_UNKNOWN;
	if (starttls == 0 || silence == SILENCE_NONE)
		return PROTOCOL_NONE;
	if (silence == SILENCE_SEEN && was_seen(t, s, host, now))
		return PROTOCOL_NONE;
	return PROTOCOL_UNKNOWN;
}

/* The first that holds: the line's own word, a handshake, the line's hint, the session, silence. */
static void fill_protocol(struct session_table *t, const struct session *s,
    const struct session_line *line, struct fact *ret)
{
	const struct captured *c = line->captured;
	int starttls = session_told(line, FIELD_STARTTLS);
	int silence = captured_has(c, FIELD_SILENCE) ? silence_from(captured_get(c, FIELD_SILENCE))
						     : (int)s->ident->silence;

	ret->protocol = PROTOCOL_UNKNOWN;
	if (slice_is(captured_get(c, FIELD_TLS), "none")) {
		ret->protocol = PROTOCOL_NONE;
	} else if (captured_has(c, FIELD_PROTOCOL)) {
		fill_told(t, c, ret);
	} else if (s->tls == TLS_HANDSHAKE) {
		fill_handshake(t, s, ret);
	} else if (captured_has(c, FIELD_TLS) || starttls > 0) {
		ret->protocol = PROTOCOL_UNKNOWN;
	} else if (s->tls == TLS_NONE) {
		ret->protocol = PROTOCOL_NONE;
	} else if (s->tls != TLS_UNKNOWN) {
		ret->protocol =
		    silence_protocol(t, s, ret->host, line->time, (enum silence)silence, starttls);
	}
}

static int flag(int count)
{
	return count < 0 ? -1 : count > 0;
}

/* AUTH makes a submission of what came in through the door for everybody. */
static void raise_service(struct fact *f)
{
	if (f->service == SERVICE_MX && f->auth == 1)
		f->service = SERVICE_SUBMISSION;
}

void session_emit_session(struct session_table *t, const struct session *s,
    const struct session_line *line, enum event event)
{
	int mail = session_told(line, FIELD_MAIL), auth = session_told(line, FIELD_AUTH);
	bool counts = mail >= 0 || auth >= 0 || session_told(line, FIELD_STARTTLS) >= 0;
	struct peer_text memory;
	struct fact f;

	if (event == EVENT_CLOSE && !s->opened && !counts)
		return;
	fill(t, s, line->host, &memory, &f);
	f.kind = FACT_SESSION;
	f.time = line->time;
	f.pattern = line->pattern->name;
	f.mail = flag(mail >= 0 ? mail : s->mail);
	f.auth = flag(auth >= 0 ? auth : s->auth);
	if (event == EVENT_CARRIED) {
		f.unit = f.direction == DIRECTION_OUT ? UNIT_DELIVERY : UNIT_MESSAGE;
		f.mail = mail >= 0 ? flag(mail) : 1;
	} else if (event == EVENT_LOGIN) {
		f.unit = UNIT_LOGIN;
		f.auth = auth >= 0 ? flag(auth) : 1;
	} else {
		f.unit = UNIT_CONNECTION;
		if (f.mail < 0 && s->opened)
			f.mail = 0;
	}
	fill_protocol(t, s, line, &f);
	f.internal = f.internal || slice_is(captured_get(line->captured, FIELD_INTERNAL), "yes");
	raise_service(&f);
	t->emit(t->context, &f);
}

void session_emit_expired(struct session_table *t, const struct session *s, struct slice host)
{
	static char no_name[] = "";
	struct captured nothing = {.told = 0};
	struct pattern none = {.name = no_name};
	struct session_line line = {.mta = s->mta,
	    .ident = s->ident,
	    .pattern = &none,
	    .captured = &nothing,
	    .host = host,
	    .time = s->last_time};
	struct peer_text memory;
	struct fact f;

	fill(t, s, host, &memory, &f);
	f.kind = FACT_SESSION;
	f.time = s->last_time;
	f.unit = UNIT_CONNECTION;
	f.mail = flag(s->mail);
	f.auth = flag(s->auth);
	fill_protocol(t, s, &line, &f);
	raise_service(&f);
	t->emit(t->context, &f);
}
