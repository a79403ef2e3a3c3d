/* SPDX-License-Identifier: ISC */
#include "parse/matcher.h"

#include "base/memory.h"
#include "base/table.h"
#include "parse/header.h"
#include "parse/route.h"
#include <stdlib.h>

#define PROGRAMS_MAX 4096 /* different program names whose claims are remembered */
#define PROGRAM_LENGTH_MAX 256
#define RECENT 64 /* a power of two */
#define RECENT_LENGTH 48
#define HOST_LENGTH_MAX 256

/* The claims of a program that was asked for lately: most lines are of a few. */
struct recent {
	const struct ident *const *claims; /* NULL: nobody's place */
	enum header_kind kind;
	size_t length;
	char program[RECENT_LENGTH];
};

struct matcher {
	const struct pattern_set *set;
	struct regex_memory *memory;
	struct route_map *routes;
	struct table *claims; /* `const struct ident *` of each mta, by header kind and program */
	struct recent recent[RECENT];
	char host[HOST_LENGTH_MAX];
	size_t host_length;
	struct clock clock;
	struct line_counts counts;
	const struct matcher_sink *sink; /* of the block that is being read */
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

struct matcher *matcher_new(const struct pattern_set *patterns)
{
	struct matcher *m = memory_alloc(sizeof(*m));

	m->set = patterns;
	m->memory = regex_memory_new();
	m->routes = route_map_new((const struct mta *const *)patterns->mtas, patterns->count);
	m->claims = table_new(patterns->count * sizeof(const struct ident *), PROGRAMS_MAX);
	return m;
}

struct matcher *matcher_free(struct matcher *m)
{
	if (!m)
		return NULL;
	regex_memory_free(m->memory);
	route_map_free(m->routes);
	table_free(m->claims);
	free(m);
	return NULL;
}

void matcher_log(struct matcher *m, struct slice host, const struct clock *clock)
{
	if (host.n == 0)
		host = SLICE("-");
	m->host_length = host.n < sizeof(m->host) ? host.n : sizeof(m->host);
	memcpy(m->host, host.p, m->host_length);
	m->clock = *clock;
	m->counts = (struct line_counts){0};
}

const struct clock *matcher_clock(const struct matcher *m)
{
	return &m->clock;
}

void matcher_counts(const struct matcher *m, struct line_counts *ret)
{
	*ret = m->counts;
	ret->spans_too_long = clock_spans_too_long(&m->clock);
}

/* The line's header as the mta writes it, NULL if it has none of that kind. */
static const struct header *header_of(struct matcher *m, struct candidate *c, enum header_kind kind)
{
	struct header *h = &c->headers[kind];

	if (c->state[kind] == NOT_TRIED) {
		c->state[kind] = header_read(kind, &c->front, h) ? PARSED : NOT_PARSED;
		if (c->state[kind] == PARSED && h->host.n == 0)
			h->host = (struct slice){m->host, m->host_length};
	}
	return c->state[kind] == PARSED ? h : NULL;
}

/* Which ident of each mta claims a program name; found once for each name, as it takes regexes. */
static const struct ident *const *find_claims(
    struct matcher *m, struct candidate *c, enum header_kind kind, struct slice program)
{
	char key[1 + PROGRAM_LENGTH_MAX];
	struct slice bytes = {key, 1 + program.n};
	const struct ident **claims;
	bool fresh;

	key[0] = (char)kind;
	if (program.n)
		memcpy(key + 1, program.p, program.n);
	claims = table_add(m->claims, bytes, &fresh);
	if (!claims) {
		table_remove(m->claims, table_oldest(m->claims));
		memset(m->recent, 0, sizeof(m->recent));
		memset(c->claims, 0, sizeof(c->claims));
		route_map_forget(m->routes);
		claims = table_add(m->claims, bytes, &fresh);
	}
	for (size_t i = 0; fresh && i < m->set->count; i++)
		if (m->set->mtas[i]->header == kind)
			claims[i] = ident_find(m->set->mtas[i], program, m->memory);
	return claims;
}

/* That strangers can make two programs meet costs a look into the table. */
static struct recent *recent_place(struct matcher *m, enum header_kind kind, struct slice program)
{
	uint64_t word = (slice_last(program) ^ (unsigned)kind) * UINT64_C(0x9e3779b97f4a7c15);

	return &m->recent[word >> 40 & (RECENT - 1)];
}

static const struct ident *const *claims_of(
    struct matcher *m, struct candidate *c, enum header_kind kind, struct slice program)
{
	const struct ident *const *claims;
	struct recent *r;

	if (program.n > PROGRAM_LENGTH_MAX)
		program.n = PROGRAM_LENGTH_MAX;
	r = recent_place(m, kind, program);
	if (r->claims && r->kind == kind &&
	    slice_equal(program, (struct slice){r->program, r->length}))
		return r->claims;
	claims = find_claims(m, c, kind, program);
	if (program.n > sizeof(r->program))
		return claims;
	*r = (struct recent){.claims = claims, .kind = kind, .length = program.n};
	if (program.n)
		memcpy(r->program, program.p, program.n);
	return claims;
}

/* The line's front is a header only to an ident that knows it, so it is read anew for each mta. */
static const struct ident *claim_plain(
    struct matcher *m, struct candidate *c, size_t mta, const struct header **ret_header)
{
	struct header *h = &c->headers[HEADER_PLAIN];
	const struct ident *ident;

	header_read(HEADER_PLAIN, &c->front, h);
	ident = ident_claim(m->set->mtas[mta], &m->clock, h, m->memory);
	if (h->host.n == 0)
		h->host = (struct slice){m->host, m->host_length};
	if (ident)
		c->state[HEADER_PLAIN] = PARSED;
	*ret_header = h;
	return ident;
}

/* The claims of the program that the line's header of that kind names, NULL if it has none. */
static const struct ident *const *claims_in(
    struct matcher *m, struct candidate *c, enum header_kind kind)
{
	const struct header *h = header_of(m, c, kind);

	if (h && !c->claims[kind])
		c->claims[kind] = claims_of(m, c, kind, h->ident);
	return h ? c->claims[kind] : NULL;
}

static const struct ident *claim(
    struct matcher *m, struct candidate *c, size_t mta, const struct header **ret_header)
{
	enum header_kind kind = m->set->mtas[mta]->header;
	const struct ident *const *claims;

	if (kind == HEADER_PLAIN)
		return claim_plain(m, c, mta, ret_header);
	claims = claims_in(m, c, kind);
	*ret_header = header_of(m, c, kind);
	return claims ? claims[mta] : NULL;
}

static void report(struct matcher *m, const struct candidate *c, const struct mta *mta,
    const struct header *h, enum outcome outcome, const struct pattern *pattern)
{
	struct line_report report = {
	    .outcome = outcome,
	    .time = h->time,
	    .host = h->host,
	    .mta = mta_name(mta),
	    .line = c->front.line,
	    .pattern = pattern,
	};

	m->counts.bad_time += h->bad_time;
	m->sink->line(m->sink->context, &report);
}

static void take(struct matcher *m, const struct header *h, const struct mta *mta,
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

	pattern_captures(pattern, h->message, m->memory, &captured);
	m->sink->match(m->sink->context, &line);
}

/* Hands the line to those patterns of the way's next mta that may take it, and goes on behind them;
 * true if one took it.  Once it is taken, only `also` patterns may. */
static bool try_mta(struct matcher *m, struct candidate *c, struct route *way)
{
	const struct route_step *step = way->steps;
	size_t index = step->mta;
	const struct mta *mta = m->set->mtas[index];
	const struct header *h = &c->headers[HEADER_SYSLOG];
	const struct ident *ident = step->ident ? step->ident : claim(m, c, index, &h);
	bool taken = false;

	for (; step < way->end && step->mta == index; step++) {
		const struct pattern *pattern = step->pattern;

		if (!ident || !pattern_is_from(pattern, ident) || (taken && !pattern->also))
			continue;
		switch (pattern_match(pattern, h->message, m->memory)) {
		case REGEX_MATCH:
			if (!taken)
				report(m, c, mta, h,
				    pattern->ignore ? OUTCOME_IGNORED : OUTCOME_MATCHED, pattern);
			taken = true;
			if (!pattern->ignore)
				take(m, h, mta, ident, pattern);
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
	way->steps = step;
	return taken;
}

/* Nobody took the line: is it of an ident that somebody claims, and does it speak of TLS? */
static void judge_untaken(struct matcher *m, struct candidate *c)
{
	const struct header *h;

	if (c->limit_hits) {
		claim(m, c, c->limited, &h);
		report(m, c, m->set->mtas[c->limited], h, OUTCOME_LIMIT_HIT, NULL);
		return;
	}
	for (size_t i = 0; i < m->set->count; i++) {
		if (!claim(m, c, i, &h))
			continue;
		if (speaks_of_tls(h->message))
			report(m, c, m->set->mtas[i], h, OUTCOME_NEAR_MISS, NULL);
		return;
	}
}

static bool has_header(struct matcher *m, struct candidate *c, size_t mta)
{
	enum header_kind kind = m->set->mtas[mta]->header;
	const struct header *h;

	return kind == HEADER_PLAIN ? claim_plain(m, c, mta, &h) != NULL
				    : header_of(m, c, kind) != NULL;
}

/* A line that holds another mta's literal has the header of its own. */
static void count_header(struct matcher *m, struct candidate *c)
{
	for (size_t i = 0; i < HEADER_KIND_MAX; i++)
		if (c->state[i] == PARSED) {
			m->counts.headers++;
			return;
		}
	for (size_t i = 0; i < m->set->count; i++)
		if (has_header(m, c, i)) {
			m->counts.headers++;
			return;
		}
	m->counts.unparsed++;
}

static void take_line(void *context, struct slice line, const struct literal_bits *found)
{
	struct matcher *m = context;
	struct candidate c; /* its headers are set as they are tried */
	struct route way;
	bool taken = false;

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	header_front_init(&c.front, &m->clock, line);
	c.limit_hits = 0;
	memset(c.state, 0, sizeof(c.state));
	memset(c.claims, 0, sizeof(c.claims));
	way = route_find(m->routes, found, claims_in(m, &c, HEADER_SYSLOG));
	while (!taken && way.steps < way.end)
		taken = try_mta(m, &c, &way);
	if (!taken && (c.limit_hits || literal_bits_meet(found, &m->set->near_miss)))
		judge_untaken(m, &c);
	count_header(m, &c);
}

void matcher_block(struct matcher *m, struct slice text, const struct matcher_sink *sink)
{
	m->sink = sink;
	m->counts.lines += (int64_t)literal_scan(m->set->literals, text, take_line, m);
}

const struct literal_set *matcher_literals(const struct matcher *m)
{
	return m->set->literals;
}

void matcher_lines(
    struct matcher *m, const struct literal_lines *lines, const struct matcher_sink *sink)
{
	m->sink = sink;
	m->counts.lines += (int64_t)lines->newlines;
	literal_lines_tell(lines, take_line, m);
}
