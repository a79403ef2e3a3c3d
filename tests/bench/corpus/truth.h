/* SPDX-License-Identifier: ISC */
#pragma once

/* The true counts of a corpus, kept while it is written and printed as tab-separated values with
 * the columns mta, fact, direction, service, protocol (canonical), cipher (as logged), n.
 *
 * handshake: each is counted at the line that proves it.  session: what a session machine may know
 * from the log alone, so TLS without a handshake line is "unknown"; a session has no cipher here.
 * Deliveries to the machine itself stand in no row.  failure: neither protocol nor cipher. */

#include "suite.h"
#include <stdint.h>
#include <stdio.h>

enum truth_fact { TRUTH_HANDSHAKE, TRUTH_SESSION, TRUTH_FAILURE };

/* A service of one MTA.  The order is that of the table in truth.c. */
enum place {
	PLACE_MX,
	PLACE_SUBMISSION,
	PLACE_SUBMISSIONS,
	PLACE_POSTSCREEN,
	PLACE_RELAY,
	PLACE_EXIM_IN,
	PLACE_EXIM_SUBMISSION, /* sessions: the line tells AUTH */
	PLACE_EXIM_OUT,
	PLACE_IMAP,
	PLACE_POP3,
	PLACE_DOVECOT_SUBMISSION,
	PLACE_MAX,
};

#define TRUTH_ROWS 512

struct truth_row {
	enum place place;
	enum truth_fact fact;
	const char *protocol, *cipher; /* compared as text */
	uint64_t n;
};

struct truth {
	struct truth_row row[TRUTH_ROWS];
	uint32_t count;
};

void truth_handshake(struct truth *t, enum place place, const struct suite *suite);
void truth_session(struct truth *t, enum place place, const char *protocol);
void truth_failure(struct truth *t, enum place place);
void truth_print(struct truth *t, FILE *to); /* sorts the rows */
