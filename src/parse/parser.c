/* SPDX-License-Identifier: ISC */
#include "parse/parser.h"

#include "base/memory.h"
#include "base/table.h"
#include "parse/header.h"
#include "parse/route.h"
#include "parse/session.h"
#include <stdlib.h>

#define PROGRAMS_MAX 4096 /* different program names whose claims are remembered */
#define PROGRAM_LENGTH_MAX 256
#define RECENT 64
#define RECENT_LENGTH 48
#define HOST_LENGTH_MAX 256

/* The claims of a program that was asked for lately: most lines are of a few. */
struct recent {
	const struct ident *const *claims; /* NULL: nobody's place */
	unsigned char length;
	char key[RECENT_LENGTH]; /* as in the table of claims */
};

struct parser {
	const struct pattern_set *set;
	struct parser_consumer consumer;
	struct session_table *sessions;
	struct regex_memory *memory;
	struct route *route;
	struct table *claims; /* `const struct ident *` of each mta, by header kind and program */
	struct recent recent[RECENT];
	char host[HOST_LENGTH_MAX];
	size_t host_length;
	struct clock clock;
	struct parser_counts counts;
	const char *line;	/* that is being taken, NULL between blocks */
	const char *numbered;	/* up to here LFs of this block were counted, */
	int64_t numbered_lines; /* and this many there were */
};

/* A line on its way through the mtas. */
struct candidate {
	struct header_front front;
	struct header headers[HEADER_KIND_MAX];
	enum { NOT_TRIED, PARSED, NOT_PARSED } state[HEADER_KIND_MAX];
	const struct ident *const *claims[HEADER_KIND_MAX]; /* NULL: not looked up */
	unsigned limit_hits;
	size_t limited; /* index of the mta whose pattern hit it last */
};

static void emit(void *context, const struct fact *fact)
{
	struct parser *p = context;

	p->consumer.fact(p->consumer.context, fact);
}

struct parser *parser_new(
    const struct pattern_set *patterns, const struct parser_consumer *consumer)
{
	struct parser *p = memory_alloc(sizeof(*p));

	p->set = patterns;
	p->consumer = *consumer;
	p->sessions = session_table_new(patterns->reasons, patterns->reason_count, emit, p);
	p->memory = regex_memory_new();
	p->route = route_new((const struct mta *const *)patterns->mtas, patterns->count);
	p->claims = table_new(patterns->count * sizeof(const struct ident *), PROGRAMS_MAX);
	return p;
}

struct parser *parser_free(struct parser *p)
{
	if (!p)
		return NULL;
	session_table_free(p->sessions);
	regex_memory_free(p->memory);
	route_free(p->route);
	table_free(p->claims);
	free(p);
	return NULL;
}

void parser_internal(struct parser *p, const struct networks *networks)
{
	session_internal(p->sessions, networks);
}

void parser_log(struct parser *p, struct slice host, const struct clock *clock)
{
	if (host.n == 0)
		host = SLICE("-");
	p->host_length = host.n < sizeof(p->host) ? host.n : sizeof(p->host);
	memcpy(p->host, host.p, p->host_length);
	p->clock = *clock;
	p->counts = (struct parser_counts){0};
}

const struct clock *parser_clock(const struct parser *p)
{
	return &p->clock;
}

void parser_counts(const struct parser *p, struct parser_counts *ret)
{
	*ret = p->counts;
}

size_t parser_open(const struct parser *p)
{
	return session_open(p->sessions);
}

int64_t parser_evicted(const struct parser *p)
{
	return session_evicted(p->sessions);
}

/* The line's header as the mta writes it, NULL if it has none of that kind. */
static const struct header *header_of(struct parser *p, struct candidate *c, enum header_kind kind)
{
	struct header *h = &c->headers[kind];

	if (c->state[kind] == NOT_TRIED) {
		c->state[kind] = header_read(kind, &c->front, h) ? PARSED : NOT_PARSED;
		if (c->state[kind] == PARSED && h->host.n == 0)
			h->host = (struct slice){p->host, p->host_length};
	}
	return c->state[kind] == PARSED ? h : NULL;
}

/* Which ident of each mta claims a program name; found once for each name, as it takes regexes. */
static const struct ident *const *find_claims(
    struct parser *p, struct candidate *c, enum header_kind kind, struct slice key)
{
	const struct ident **claims;
	bool fresh;

	claims = table_add(p->claims, key, &fresh);
	if (!claims) {
		table_remove(p->claims, table_oldest(p->claims));
		memset(p->recent, 0, sizeof(p->recent));
		memset(c->claims, 0, sizeof(c->claims));
		claims = table_add(p->claims, key, &fresh);
	}
	for (size_t i = 0; fresh && i < p->set->count; i++)
		if (p->set->mtas[i]->header == kind)
			claims[i] = ident_find(p->set->mtas[i], slice_skip(key, 1), p->memory);
	return claims;
}

static const struct ident *const *claims_of(
    struct parser *p, struct candidate *c, enum header_kind kind, struct slice program)
{
	char text[PROGRAM_LENGTH_MAX + 1];
	size_t n = program.n < PROGRAM_LENGTH_MAX ? program.n : PROGRAM_LENGTH_MAX;
	struct slice key = {text, n + 1};
	struct recent *r;

	text[0] = (char)kind;
	if (n)
		memcpy(text + 1, program.p, n);
	r = &p->recent[((unsigned char)text[n] + (n << 2) + (unsigned)kind * 5) % RECENT];
	if (r->claims && slice_equal(key, (struct slice){r->key, r->length}))
		return r->claims;
	if (key.n > sizeof(r->key))
		return find_claims(p, c, kind, key);
	*r =
	    (struct recent){.claims = find_claims(p, c, kind, key), .length = (unsigned char)key.n};
	memcpy(r->key, key.p, key.n);
	return r->claims;
}

/* The line's front is a header only to an ident that knows it, so it is read anew for each mta. */
static const struct ident *claim_plain(
    struct parser *p, struct candidate *c, size_t mta, const struct header **ret_header)
{
	struct header *h = &c->headers[HEADER_PLAIN];
	const struct ident *ident;

	header_read(HEADER_PLAIN, &c->front, h);
	h->host = (struct slice){p->host, p->host_length};
	ident = ident_claim(p->set->mtas[mta], &p->clock, h, p->memory);
	if (ident)
		c->state[HEADER_PLAIN] = PARSED;
	*ret_header = h;
	return ident;
}

static const struct ident *claim(
    struct parser *p, struct candidate *c, size_t mta, const struct header **ret_header)
{
	enum header_kind kind = p->set->mtas[mta]->header;
	const struct header *h;

	if (kind == HEADER_PLAIN)
		return claim_plain(p, c, mta, ret_header);
	h = header_of(p, c, kind);
	*ret_header = h;
	if (!h)
		return NULL;
	if (!c->claims[kind])
		c->claims[kind] = claims_of(p, c, kind, h->ident);
	return c->claims[kind][mta];
}

static void report(struct parser *p, const struct candidate *c, const struct mta *mta,
    const struct header *h, enum outcome outcome, const struct pattern *pattern)
{
	struct line_report report = {
	    .outcome = outcome,
	    .time = h->time,
	    .host = h->host,
	    .mta = slice_of(mta->name),
	    .line = c->front.line,
	    .pattern = pattern,
	};

	p->counts.bad_time += h->bad_time;
	if (p->consumer.line)
		p->consumer.line(p->consumer.context, &report);
}

static void take(struct parser *p, const struct header *h, const struct mta *mta,
    const struct ident *ident, const struct pattern *pattern)
{
	struct captured captured;
	struct session_line line = {
	    .mta = mta,
	    .ident = ident,
	    .pattern = pattern,
	    .captured = &captured,
	    .host = h->host,
	    .program = h->ident,
	    .pid = h->pid,
	    .time = h->time,
	};

	pattern_captures(pattern, h->message, p->memory, &captured);
	session_line(p->sessions, &line);
}

/* Hands the line to those patterns of one mta, from a place on, that may take it; true if one took
 * it.  Once it is taken, only `also` patterns may. */
static bool try_mta(struct parser *p, struct candidate *c, size_t index, size_t place)
{
	const struct mta *mta = p->set->mtas[index];
	size_t first = route_first(p->route, index), end = route_first(p->route, index + 1);
	const struct header *h;
	const struct ident *ident = claim(p, c, index, &h);
	bool taken = false;

	for (; ident && place < end; place = route_next(p->route, place + 1)) {
		const struct pattern *pattern = &mta->patterns[place - first];

		if (!(pattern->from & UINT64_C(1) << ident->as) || (taken && !pattern->also))
			continue;
		switch (pattern_match(pattern, h->message, p->memory)) {
		case REGEX_MATCH:
			if (!taken)
				report(p, c, mta, h,
				    pattern->ignore ? OUTCOME_IGNORED : OUTCOME_MATCHED, pattern);
			taken = true;
			take(p, h, mta, ident, pattern);
			break;
		case REGEX_LIMIT:
			c->limit_hits++;
			c->limited = index;
			break;
		default:
			break;
		}
		if (taken && !mta->has_also)
			break;
	}
	return taken;
}

/* Nobody took the line: is it of an ident that somebody claims, and does it speak of TLS? */
static void judge_untaken(struct parser *p, struct candidate *c)
{
	const struct header *h;

	if (c->limit_hits) {
		claim(p, c, c->limited, &h);
		report(p, c, p->set->mtas[c->limited], h, OUTCOME_LIMIT_HIT, NULL);
		return;
	}
	for (size_t i = 0; i < p->set->count; i++) {
		if (!claim(p, c, i, &h))
			continue;
		if (speaks_of_tls(h->message))
			report(p, c, p->set->mtas[i], h, OUTCOME_NEAR_MISS, NULL);
		return;
	}
}

static bool has_header(struct parser *p, struct candidate *c, size_t mta)
{
	enum header_kind kind = p->set->mtas[mta]->header;
	const struct header *h;

	return kind == HEADER_PLAIN ? claim_plain(p, c, mta, &h) != NULL
				    : header_of(p, c, kind) != NULL;
}

/* A line that holds another mta's literal has the header of its own. */
static void count_header(struct parser *p, struct candidate *c)
{
	for (size_t i = 0; i < HEADER_KIND_MAX; i++)
		if (c->state[i] == PARSED) {
			p->counts.headers++;
			return;
		}
	for (size_t i = 0; i < p->set->count; i++)
		if (has_header(p, c, i)) {
			p->counts.headers++;
			return;
		}
	p->counts.unparsed++;
}

static void take_line(void *context, struct slice line, const struct literal_bits *found)
{
	struct parser *p = context;
	struct candidate c; /* its headers are set as they are tried */
	size_t place = 0;
	bool taken = false;

	p->line = line.p;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	header_front_init(&c.front, &p->clock, line);
	c.limit_hits = 0;
	memset(c.state, 0, sizeof(c.state));
	memset(c.claims, 0, sizeof(c.claims));
	route_line(p->route, found);
	while (!taken && (place = route_next(p->route, place)) != SIZE_MAX) {
		size_t mta = route_mta(p->route, place);

		taken = try_mta(p, &c, mta, place);
		place = route_first(p->route, mta + 1);
	}
	if (!taken && (c.limit_hits || literal_bits_meet(found, &p->set->near_miss)))
		judge_untaken(p, &c);
	count_header(p, &c);
}

void parser_block(struct parser *p, struct slice text)
{
	p->numbered = text.p;
	p->numbered_lines = 0;
	p->counts.lines += (int64_t)literal_scan(p->set->literals, text, take_line, p);
	p->line = NULL;
}

int64_t parser_line_number(struct parser *p)
{
	if (!p->line)
		return p->counts.lines;
	while (p->numbered < p->line) {
		p->numbered = memchr(p->numbered, '\n', (size_t)(p->line - p->numbered));
		if (!p->numbered) {
			p->numbered = p->line;
			break;
		}
		p->numbered++;
		p->numbered_lines++;
	}
	return p->counts.lines + p->numbered_lines + 1;
}

void parser_end(struct parser *p)
{
	session_end_all(p->sessions);
	session_forget_seen(p->sessions);
}

void parser_save(const struct parser *p, struct buffer *to)
{
	session_save(p->sessions, to);
}

int parser_restore(struct parser *p, struct slice from)
{
	return session_restore(
	    p->sessions, (const struct mta *const *)p->set->mtas, p->set->count, from);
}
