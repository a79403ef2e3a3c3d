/* SPDX-License-Identifier: ISC */
#pragma once

/* A corpus in the making: its clock, its live sessions, and the scripts that they follow.
 *
 * A script is a list of steps; a step writes the lines that its daemon writes without a pause and
 * counts what they prove.  A session takes one step when its turn comes, so the lines of 64
 * sessions are interleaved as on a server; reason lines that stand next to each other in a real log
 * belong to one step. */

#include "output.h"
#include "random.h"
#include "truth.h"
#include "world.h"

#define CORPUS_SESSIONS 64

struct corpus;
struct session;

typedef void (*step_fn)(struct corpus *c, struct session *s);

struct script {
	uint32_t weight;
	step_fn step[16]; /* the first that is NULL ends it */
};

struct mode {
	const char *name;
	const struct script *const *scripts; /* ended by NULL; each ended by a weight of 0 */
	/* What stands before a message.  pid 0: the daemon logs none. */
	void (*head)(struct corpus *c, const struct session *s, const char *ident, uint32_t pid);
	/* The same for a Dovecot process; user "" for one that serves none yet. */
	void (*dovecot_head)(struct corpus *c, const struct session *s, const char *process);
	uint32_t hosts;
	bool entries; /* not lines: an empty line ends each */
};

struct session {
	const struct script *script;
	uint32_t next; /* step */
	struct host *host;
	const struct peer *peer; /* who came */
	const struct peer *hop;	 /* whom mail is sent to */
	const char *user;
	const char *ident; /* the daemon that serves it, pid its process */
	uint32_t pid;
	enum place place;
	uint64_t id;	      /* queue id, message id or session id */
	const char *protocol; /* canonical; "none" until a line tells TLS */
	const char *hop_protocol;
	bool encrypted, failed, mail, auth;
};

struct stamp {
	int64_t microseconds;	   /* since 1970 UTC */
	int64_t second;		   /* that the texts below are of */
	char rfc3164[24];	   /* "Mar  3 00:00:01" */
	char zero_padded[24];	   /* "Mar 03 00:00:01" */
	char iso_day[16], hms[16]; /* "2025-03-03" "00:00:01" */
	int hour;
};

struct corpus {
	const struct mode *mode;
	struct random random;
	struct stamp stamp;
	struct session session[CORPUS_SESSIONS];
	uint32_t last_pid;
	uint32_t weights; /* sum over the mode's scripts */
	uint64_t lines;
	struct world world;
	struct truth truth;
	struct output output;
};

/* One line: the mode's head and then the message (output.h tells the format's letters). */
void corpus_line(struct corpus *c, const struct session *s, const char *ident, uint32_t pid,
    const char *format, ...);
void corpus_dovecot_line(
    struct corpus *c, const struct session *s, const char *process, const char *format, ...);

extern const struct script postfix_scripts[], exim_scripts[], dovecot_scripts[];
extern const struct script quiet_scripts[]; /* a Postfix without TLS */
extern const struct script hostile_scripts[];

void stamp_start(struct stamp *t);
void stamp_advance(struct stamp *t, struct random *r); /* to the next line */
