/* SPDX-License-Identifier: ISC */
#pragma once

/* Lines of one log after another, in; which pattern took which line, and what became of each line
 * that looked like TLS, out.
 *
 * A block is searched for the literals of all patterns at once; only a line that holds one is split
 * off, its header read, its ident looked up, and the patterns tried that belong to both.  Nothing
 * is allocated for a line, and a line is looked at for itself: of those before it only the clock
 * knows.  What lines mean together is the session machine's (parse/session.h). */

#include "base/macros.h"
#include "parse/clock.h"
#include "parse/pattern_set.h"
#include "parse/session.h"

enum outcome {
	OUTCOME_MATCHED,   /* a pattern took the line */
	OUTCOME_IGNORED,   /* an `ignore` pattern took it */
	OUTCOME_NEAR_MISS, /* of a claimed ident, speaks of TLS, and no pattern took it */
	OUTCOME_LIMIT_HIT, /* a pattern gave up on it at the match limit: not "no match" */
	OUTCOME_MAX,
};

struct line_report {
	enum outcome outcome;
	int64_t time; /* UTC seconds or TIME_UNKNOWN */
	struct slice host, mta, line;
	const struct pattern *pattern; /* of a matched or ignored line, else NULL */
};

/* Of the log that is being read, since matcher_log(). */
struct line_counts {
	int64_t lines;	     /* LFs, whatever they end */
	int64_t unparsed;    /* held a literal, and no header of a kind that its patterns know */
	int64_t headers;     /* of those that held a literal, lines with a header */
	int64_t bad_time;    /* reported lines whose stamp cannot be true */
	bool spans_too_long; /* clock_spans_too_long() */
};

/* What a block holds, in order; what they are given is valid only inside of them. */
struct matcher_sink {
	/* Of a line first what became of it, then each pattern that took it and is not `ignore`. */
	void (*line)(void *context, const struct line_report *report);
	void (*match)(void *context, const struct session_line *line);
	void *context;
};

struct matcher;

struct matcher *matcher_new(const struct pattern_set *patterns);
struct matcher *matcher_free(struct matcher *m);

/* A new log begins: host for lines that name none ("-" if not known), the clock for its stamps. */
void matcher_log(struct matcher *m, struct slice host, const struct clock *clock);
const struct clock *matcher_clock(const struct matcher *m);

/* Whole lines, each ended by LF. */
void matcher_block(struct matcher *m, struct slice text, const struct matcher_sink *sink);

/* The same for a block that was scanned before, for these literals. */
const struct literal_set *matcher_literals(const struct matcher *m);
void matcher_lines(
    struct matcher *m, const struct literal_lines *lines, const struct matcher_sink *sink);

void matcher_counts(const struct matcher *m, struct line_counts *ret);

DEFINE_CLEANUP(struct matcher, matcher_free);
