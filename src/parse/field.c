/* SPDX-License-Identifier: ISC */
#include "parse/field.h"

#include "base/macros.h"
#include "base/word.h"

static const char *const fields[] = {"protocol", "cipher", "bits", "group", "signature", "verify",
    "resumed", "peer", "peer_name", "port", "user", "domain", "reason", "class", "key", "item",
    "mail", "auth", "starttls", "tls", "service", "direction", "internal", "unit", "silence"};
static const char *const events[] = {"open", "mark", "handshake", "reuse", "failure", "reason",
    "carried", "login", "close", "ignore"};
static const char *const silences[] = {"unknown", "none", "seen", "encrypted"};

_Static_assert(ARRAY_SIZE(fields) == FIELD_MAX, "a word for each field");
_Static_assert(ARRAY_SIZE(events) == EVENT_MAX, "a word for each event");
_Static_assert(ARRAY_SIZE(silences) == SILENCE_MAX, "a word for each silence");

const char *field_name(enum field field)
{
	return fields[field];
}

const char *event_name(enum event event)
{
	return events[event];
}

const char *silence_name(enum silence silence)
{
	return silences[silence];
}

int field_from(struct slice word)
{
	return word_find(fields, FIELD_MAX, word);
}

int event_from(struct slice word)
{
	return word_find(events, EVENT_MAX, word);
}

int silence_from(struct slice word)
{
	return word_find(silences, SILENCE_MAX, word);
}
