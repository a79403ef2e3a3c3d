/* SPDX-License-Identifier: ISC */
#pragma once

/* The session machine: lines of one (host, mta, key) joined into facts.
 *
 * It knows keys, fields and events, and no MTA: what a line means is said by its pattern
 * (mailtls-patterns(5), "Sessions").  The table is bounded; the session that was longest without a
 * line is ended early when it is full, and counted.  Facts go to the emit function, each once, at
 * the line that completes them or when their session ends. */

#include "base/buffer.h"
#include "base/network.h"
#include "parse/clock.h"
#include "parse/pattern.h"
#include "parse/pattern_file.h"

#ifndef SESSIONS_MAX /* the fuzzers are built with few */
#define SESSIONS_MAX 65536
#endif

struct session_table;

/* A line that a pattern took. */
struct session_line {
	const struct mta *mta;
	const struct ident *ident;
	const struct pattern *pattern;
	const struct captured *captured;
	struct slice host, program, pid; /* program: the whole ident as logged */
	int64_t time;			 /* TIME_UNKNOWN: nothing expires by it */
};

typedef void (*session_emit_fn)(void *context, const struct fact *fact);

struct session_table *session_table_new(
    const struct reason *reasons, size_t reason_count, session_emit_fn emit, void *context);
struct session_table *session_table_free(struct session_table *t);

/* Whose peers are internal besides the machine itself; borrowed, NULL for none. */
void session_internal(struct session_table *t, const struct networks *networks);

void session_line(struct session_table *t, const struct session_line *line);

/* Ends all sessions, as if they had expired. */
void session_end_all(struct session_table *t);

/* Forgets which idents were seen to do TLS. */
void session_forget_seen(struct session_table *t);

size_t session_open(const struct session_table *t); /* how many are */

/* How many sessions were ended early because the table was full. */
int64_t session_evicted(const struct session_table *t);

/* Open sessions, kept reasons and which idents were seen to do TLS, as bytes and back.  Sessions of
 * an mta or ident that `mtas` no longer has are dropped.  -EBADMSG for bytes of another make. */
void session_save(const struct session_table *t, struct buffer *to);
int session_restore(
    struct session_table *t, const struct mta *const *mtas, size_t count, struct slice from);
