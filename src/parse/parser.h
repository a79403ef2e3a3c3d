/* SPDX-License-Identifier: ISC */
#pragma once

/* Lines of one log after another, in; facts and what became of each line that looked like TLS, out.
 *
 * A matcher finds the lines that patterns take (parse/matcher.h), and the session machine joins
 * them into facts.  Sessions live across logs (a rotation cuts them anywhere); they are keyed by
 * host, mta and what the pattern captured, and their table can be saved and restored with the
 * position in the log.  The consumer's functions run inside parser_block(); what they are given is
 * valid only there. */

#include "base/buffer.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/network.h"
#include "parse/fact.h"
#include "parse/matches.h"

struct parser_consumer {
	void (*fact)(void *context, const struct fact *fact);
	void (*line)(void *context, const struct line_report *report); /* may be NULL */
	void *context;
};

struct parser;

struct parser *parser_new(
    const struct pattern_set *patterns, const struct parser_consumer *consumer);
struct parser *parser_free(struct parser *p);

/* Facts with a peer in these networks are internal, as those of loopback always are; borrowed, NULL
 * for none. */
void parser_internal(struct parser *p, const struct networks *networks);

/* As matcher_log(). */
void parser_log(struct parser *p, struct slice host, const struct clock *clock);
const struct clock *parser_clock(const struct parser *p);

/* Whole lines, each ended by LF. */
void parser_block(struct parser *p, struct slice text);

/* The same in two steps: the parser's matcher finds (in another thread, and then only there), and
 * what it found in the log's next block is taken. */
struct matcher *parser_matcher(struct parser *p);
void parser_matches(struct parser *p, const struct matches *matches);

/* The end of everything: every open session ends and gives what it proves, and which idents were
 * seen to do TLS is forgotten. */
void parser_end(struct parser *p);

/* Inside a consumer's function: the number of the line that it is about, from 1; afterwards the
 * number of lines that were read.  Counted when it is asked for. */
int64_t parser_line_number(struct parser *p);

/* Up to the end of the last block that was taken. */
void parser_counts(const struct parser *p, struct line_counts *ret);

/* Sessions that were ended early because the table was full, since the parser was made. */
int64_t parser_evicted(const struct parser *p);

size_t parser_open(const struct parser *p); /* how many sessions are */

/* The session table as bytes, and back.  Bytes that were not made by parser_save() of this format
 * give -EBADMSG and leave the table empty. */
void parser_save(const struct parser *p, struct buffer *to);
int parser_restore(struct parser *p, struct slice from);

DEFINE_CLEANUP(struct parser, parser_free);
#define _cleanup_parser_ _cleanup_(parser_free_p)
