/* SPDX-License-Identifier: ISC */
#pragma once

/* A fact: what one line, or several lines of one session together, prove.
 *
 * handshake: TLS was established.  session: something was carried, in clear text (protocol none),
 * encrypted (a protocol, or unknown).  failure: a handshake did not complete, or policy refused.
 * Each is given out exactly once.  Slices are valid only while the consumer's function runs; a
 * slice that is SLICE_NONE, a number that is -1 and an enum's _UNKNOWN say "the log does not tell",
 * which is never the same as no or 0. */

#include "base/slice.h"
#include "tls/protocol.h"
#include <stdint.h>

enum fact_kind { FACT_HANDSHAKE, FACT_SESSION, FACT_FAILURE, FACT_KIND_MAX };

enum direction { DIRECTION_UNKNOWN, DIRECTION_IN, DIRECTION_OUT, DIRECTION_MAX };

enum service {
	SERVICE_UNKNOWN,
	SERVICE_MX,
	SERVICE_SUBMISSION,
	SERVICE_SUBMISSIONS,
	SERVICE_POSTSCREEN,
	SERVICE_RELAY,
	SERVICE_LMTP,
	SERVICE_IMAP,
	SERVICE_IMAPS,
	SERVICE_POP3,
	SERVICE_POP3S,
	SERVICE_SIEVE,
	SERVICE_OTHER,
	SERVICE_MAX,
};

enum unit {
	UNIT_UNKNOWN,
	UNIT_CONNECTION,
	UNIT_SESSION,
	UNIT_MESSAGE,
	UNIT_DELIVERY,
	UNIT_LOGIN,
	UNIT_MAX
};

enum verify {
	VERIFY_UNKNOWN,
	VERIFY_NONE,
	VERIFY_ANONYMOUS,
	VERIFY_UNTRUSTED,
	VERIFY_TRUSTED,
	VERIFY_VERIFIED,
	VERIFY_DANE,
	VERIFY_FAILED,
	VERIFY_MAX,
};

struct fact {
	enum fact_kind kind;
	int64_t time; /* seconds since 1970 UTC of the line that proves it */
	struct slice host, mta;
	enum direction direction;
	enum service service;
	enum unit unit;
	bool internal; /* loopback, unix socket, configured networks */

	enum protocol protocol;
	struct slice protocol_raw;
	struct slice cipher;	       /* as logged */
	int bits;		       /* effective key bits as logged, -1 */
	struct slice group, signature; /* as logged */
	enum verify verify;
	int resumed;	/* 1, 0, -1 */
	int mail, auth; /* 1, 0, -1: the session carried mail, a login succeeded */

	struct slice reason;	 /* class, failures only */
	struct slice reason_raw; /* the words of the TLS library or the server */

	struct slice peer,
	    peer_name; /* address as RFC 5952 text (v4-mapped folded), or as logged */
	int port;      /* of the peer, -1 */
	struct slice user, domain;

	const char *pattern; /* the name of the pattern whose line completed it */
};

/* The words of counting.md, and back: -EINVAL for a word that is none. */
const char *fact_kind_name(enum fact_kind kind);
const char *direction_name(enum direction direction);
const char *service_name(enum service service);
const char *unit_name(enum unit unit);
const char *verify_name(enum verify verify);

int fact_kind_from(struct slice word);
int direction_from(struct slice word);
int service_from(struct slice word);
int unit_from(struct slice word);
int verify_from(struct slice word); /* whatever the case: Postfix writes Trusted */
