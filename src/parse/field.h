/* SPDX-License-Identifier: ISC */
#pragma once

/* The words of the pattern files: what a group may capture, and what an event does.
 *
 * A capture is raw text.  FIELD_TLS, FIELD_SERVICE, FIELD_DIRECTION and FIELD_INTERNAL can only be
 * told by a marker (`service__mx`), a `set` or (service and direction) an ident; FIELD_UNIT and
 * FIELD_SILENCE only by `set`. */

#include "base/slice.h"

enum field {
	FIELD_PROTOCOL,
	FIELD_CIPHER,
	FIELD_BITS,
	FIELD_GROUP,
	FIELD_SIGNATURE,
	FIELD_VERIFY,
	FIELD_RESUMED,
	FIELD_PEER,
	FIELD_PEER_NAME,
	FIELD_PORT,
	FIELD_USER,
	FIELD_DOMAIN,
	FIELD_REASON,
	FIELD_CLASS,
	FIELD_KEY,
	FIELD_ITEM,
	FIELD_MAIL,
	FIELD_AUTH,
	FIELD_STARTTLS,
	FIELD_TLS,
	FIELD_SERVICE,
	FIELD_DIRECTION,
	FIELD_INTERNAL,
	FIELD_UNIT,
	FIELD_SILENCE,
	FIELD_MAX,
};

/* Of a set of fields. */
static inline uint32_t field_bit(enum field field)
{
	_Static_assert(FIELD_MAX <= 32, "a set of fields is one word");
	return UINT32_C(1) << field;
}

enum event {
	EVENT_OPEN,
	EVENT_MARK,
	EVENT_HANDSHAKE,
	EVENT_REUSE,
	EVENT_FAILURE,
	EVENT_REASON,
	EVENT_CARRIED,
	EVENT_LOGIN,
	EVENT_CLOSE,
	EVENT_IGNORE,
	EVENT_MAX,
};

/* What an ident (or a line) that says nothing of TLS may be taken for at the end of a session. */
enum silence { SILENCE_UNKNOWN, SILENCE_NONE, SILENCE_SEEN, SILENCE_ENCRYPTED, SILENCE_MAX };

const char *field_name(enum field field);
const char *event_name(enum event event);
const char *silence_name(enum silence silence);

/* -EINVAL for a word that is none. */
int field_from(struct slice word);
int event_from(struct slice word);
int silence_from(struct slice word);
