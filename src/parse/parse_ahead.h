/* SPDX-License-Identifier: ISC */
#pragma once

/* The blocks of a log through a parser whose matcher runs in a thread of its own, ahead of the
 * sessions: while the caller's thread takes what was found in a block, those after it are matched.
 *
 * From parse_ahead_new() to parse_ahead_free() the parser is given blocks in no other way, and its
 * clock is not asked for: that is the matcher's, which runs ahead.  The consumer's functions are
 * called inside of parse_ahead_block() and parse_ahead_settle(), in the caller's thread and in the
 * order of the log, some blocks late.  The other thread takes no signals. */

#include "base/macros.h"
#include "parse/parser.h"

#define PARSE_AHEAD_MAX 3

struct parse_ahead;

/* threaded: where there is more than one processor, and a thread to be had; without, each block is
 * taken at once. */
struct parse_ahead *parse_ahead_new(struct parser *parser, bool threaded);
/* What was not settled is forgotten. */
struct parse_ahead *parse_ahead_free(struct parse_ahead *a);

/* As parser_block(); the text must stay as it is until PARSE_AHEAD_MAX - 1 calls more have
 * returned, or all is settled, or parse_ahead_free() has returned. */
void parse_ahead_block(struct parse_ahead *a, struct slice text);

/* All that was given is taken when it returns. */
void parse_ahead_settle(struct parse_ahead *a);

DEFINE_CLEANUP(struct parse_ahead, parse_ahead_free);
#define _cleanup_parse_ahead_ _cleanup_(parse_ahead_free_p)
