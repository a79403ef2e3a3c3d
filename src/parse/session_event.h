/* SPDX-License-Identifier: ISC */
#pragma once

/* What a line does to the session it belongs to: first it may end what was there (settle), then it
 * says who and where (introduce), then its pattern's events are done in order. */

#include "parse/session_row.h"

/* Ends what this line ends before it is looked at: a session that was silent for too long or is
 * another peer's, everything at an opening, and facts that wait no longer. */
void session_settle(struct session_table *t, struct session *s, const struct session_line *line);

/* Peer, user, domain, service and direction; a fact that waited for its peer goes out. */
void session_introduce(struct session_table *t, struct session *s, const struct session_line *line);

/* After `login` and `close` s->mta is NULL: the session is over. */
void session_event(
    struct session_table *t, struct session *s, const struct session_line *line, enum event event);

/* Lets waiting facts go with what is known by now. */
void session_release(struct session_table *t, struct session *s, struct slice host);

/* The end of a session that no line of its own ended. */
void session_expire(struct session_table *t, struct session *s, struct slice host);

bool session_too_old(const struct session *s, int64_t now);
