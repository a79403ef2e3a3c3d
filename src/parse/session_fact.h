/* SPDX-License-Identifier: ISC */
#pragma once

/* From a session's state to a fact: which protocol, unit, service and peer it has. */

#include "parse/session_row.h"

/* fact says unit, time and pattern; all else is the session's. */
void session_emit_handshake(struct session_table *t, const struct session *s, struct slice host,
    const struct waiting *fact);
void session_emit_failure(struct session_table *t, const struct session *s, struct slice host,
    const struct waiting *fact, struct slice reason);

/* The session fact of carried, login or close; close gives none if it proves nothing. */
void session_emit_session(struct session_table *t, const struct session *s,
    const struct session_line *line, enum event event);

/* The session fact of one that ended without a line of its own. */
void session_emit_expired(struct session_table *t, const struct session *s, struct slice host);

/* What a line says of a counter: its number, 0 if its pattern promises to tell and it was not
 * there, -1 if it does not tell. */
int session_told(const struct session_line *line, enum field field);

/* Remembers that this ident of this host did TLS, for idents whose silence is `seen`. */
void session_note_seen(struct session_table *t, const struct session_line *line);
