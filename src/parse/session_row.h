/* SPDX-License-Identifier: ISC */
#pragma once

/* A session's state, for the machine (session.c) and its saving (session_save.c). */

#include "base/network.h"
#include "base/table.h"
#include "parse/kept.h"
#include "parse/session.h"

#define SESSION_COUNT_MAX 999999999
#define SESSION_SPARES 256
#define SESSION_CHECKSUM_SEED                                                                      \
	{                                                                                          \
		0x6d61696c746c7320, 0x73657373696f6e73                                             \
	}

/* TLS_UNKNOWN: encrypted by the log's word, or said to be unknown; silence does not decide then. */
enum tls_state { TLS_NOT_TOLD, TLS_NONE, TLS_UNKNOWN, TLS_HANDSHAKE };

/* A fact that waits for a peer or a reason. */
struct waiting {
	enum wait wait; /* WAIT_NOT: nothing waits */
	enum unit unit;
	int64_t time;
	const char *pattern; /* owned by the pattern set */
};

struct session {
	const struct mta *mta; /* NULL: nothing happened since it began or ended */
	const struct ident *ident;
	struct kept kept; /* of the last handshake, and peer, user, domain, item, reason */
	enum service service;
	enum direction direction;
	enum tls_state tls;
	int mail, auth; /* -1: not told */
	bool opened, had_fact, keyed;
	struct waiting handshake, failure;
	int64_t
	    reason_time; /* of a reason that is kept for a failure; TIME_UNKNOWN: there is none */
	int64_t last_time;
};

/* Between the two a handshake was logged in each SEEN_FOR. */
struct seen {
	int64_t from, to;
};

/* A spelling that was met, and what it means. */
struct folded_protocol {
	enum protocol protocol;
	size_t n;
	char raw[16];
};

struct session_table {
	struct table *rows;			  /* struct session by host NUL mta NUL key */
	struct table *seen;			  /* struct seen, by host NUL mta NUL as */
	struct session alone;			  /* for lines without a key */
	struct kept_memory spare[SESSION_SPARES]; /* of ended sessions */
	size_t spare_count;
	struct folded_protocol folded[8];
	int64_t latest; /* time of the latest line that had one */
	const struct reason *reasons;
	size_t reason_count;
	const struct networks *internal; /* NULL: none but the machine itself */
	session_emit_fn emit;
	void *context;
	int64_t evicted;
};

/* Forgets everything but the memory of its texts and, if keep_reason, a kept reason and class. */
void session_reset(struct session *s, bool keep_reason);
void session_kept_free(struct session *s);

/* The host at the front of a row's key. */
struct slice session_host(struct slice key);
