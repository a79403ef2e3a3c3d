/* SPDX-License-Identifier: ISC */
#pragma once

/* What one pattern file says, compiled: an MTA's idents, patterns, samples and hints.
 *
 * Made by parse/pattern_file.h, read-only afterwards.  pattern_match() is the one place where a
 * line's message meets the regexes. */

#include "base/yaml.h"
#include "parse/fact.h"
#include "parse/field.h"
#include "parse/header.h"
#include "parse/literal.h"
#include "parse/regex.h"
#include "tls/advice.h"

#define IDENT_NAMES_MAX 64 /* different `as` names of a file */
#define EVENTS_MAX 4	   /* of one pattern */

/* Of a plain file the ident is all that the front of its lines proves: `match` is held against the
 * line, the message begins where it ends, and its group `time` is the stamp. */
struct ident {
	struct regex *match;
	unsigned time_group; /* 0: there is none */
	unsigned as;	     /* index into mta.as_names */
	enum service service;
	enum direction direction;
	enum silence silence;
};

enum wait { WAIT_NOT, WAIT_PEER, WAIT_REASON };

/* A group of the regex: the field it fills, with what it captured or with a fixed value. */
struct capture {
	unsigned number;
	enum field field;
	struct slice marker; /* SLICE_NONE: what was captured */
};

struct pattern {
	char *name;
	unsigned line; /* in its file */
	uint64_t from; /* bit for each `as` */
	struct slice *literals;
	size_t literal_count;
	struct literal_bits bits; /* what the search finds in a line that may hold its literal */
	bool confirm;		  /* ... and the literal itself is looked for in the message */
	struct regex *regex;
	struct capture *captures;
	size_t capture_count;
	uint32_t tells; /* the fields that it has a group or `set` for: it promises to tell them */
	enum event events[EVENTS_MAX];
	size_t event_count;
	uint32_t sets; /* the fields of `set`, */
	struct slice set[FIELD_MAX];
	enum wait wait;
	bool once, also, ignore;
	bool in_process; /* its key is one of several of the process, and not of the host */
};

struct mta_hint {
	char *mta, *when, *text;
};

struct mta {
	char *path; /* of its file */
	char *name, *about, *versions;
	size_t name_length;
	enum header_kind header;
	int64_t expire; /* seconds */
	char **as_names;
	size_t as_count;
	struct ident *idents;
	size_t ident_count;
	struct pattern *patterns; /* in the order in which they are tried: `ignore` last */
	size_t pattern_count;
	bool has_also;
	struct mta_hint *hints;
	size_t hint_count;
	struct advice_list advice;
	char **users, **units, **containers; /* NULL-terminated */
	struct yaml *document;		     /* owns samples and `not`; NULL once they are proved */
};

static inline bool pattern_tells(const struct pattern *p, enum field field)
{
	return p->tells & field_bit(field);
}

static inline bool pattern_is_from(const struct pattern *p, const struct ident *ident)
{
	return p->from >> ident->as & 1;
}

static inline struct slice mta_name(const struct mta *mta)
{
	return (struct slice){mta->name, mta->name_length};
}

/* What a message told: raw text for each field that took part. */
struct captured {
	uint32_t told;		       /* these fields; */
	struct slice texts[FIELD_MAX]; /* there is nothing at the others */
};

static inline bool captured_has(const struct captured *c, enum field field)
{
	return c->told & field_bit(field);
}

static inline struct slice captured_get(const struct captured *c, enum field field)
{
	return captured_has(c, field) ? c->texts[field] : SLICE_NONE;
}

static inline void captured_set(struct captured *c, enum field field, struct slice text)
{
	c->told |= field_bit(field);
	c->texts[field] = text;
}

/* Whether the pattern takes a message in which the search found its literal: as regex_match(). */
int pattern_match(const struct pattern *p, struct slice message, struct regex_memory *memory);

/* What the groups of a pattern hold after a match of its regex, and what its `set` adds. */
void pattern_captures(const struct pattern *p, struct slice message,
    const struct regex_memory *memory, struct captured *ret);

/* The first ident that claims the program name, NULL if none does. */
const struct ident *ident_find(
    const struct mta *mta, struct slice name, struct regex_memory *memory);

/* The same for a line whose header of the mta's kind was parsed.  A plain line's header is only now
 * complete; behind a header of syslog it is one of the mta's if that names it or its container. */
const struct ident *ident_claim(
    const struct mta *mta, struct clock *clock, struct header *h, struct regex_memory *memory);

/* True if one of the pattern's literals stands in the text. */
bool pattern_has_literal(const struct pattern *p, struct slice text);
