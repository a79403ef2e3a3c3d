/* SPDX-License-Identifier: ISC */
#include "parse/fact.h"

#include "base/macros.h"
#include "base/word.h"

static const char *const fact_kinds[] = {"handshake", "session", "failure"};
static const char *const directions[] = {"unknown", "in", "out"};
static const char *const services[] = {"unknown", "mx", "submission", "submissions", "postscreen",
    "relay", "lmtp", "imap", "imaps", "pop3", "pop3s", "sieve", "other"};
static const char *const units[] = {
    "unknown", "connection", "session", "message", "delivery", "login"};
static const char *const verifies[] = {
    "unknown", "none", "anonymous", "untrusted", "trusted", "verified", "dane", "failed"};

_Static_assert(ARRAY_SIZE(fact_kinds) == FACT_KIND_MAX, "a word for each kind");
_Static_assert(ARRAY_SIZE(directions) == DIRECTION_MAX, "a word for each direction");
_Static_assert(ARRAY_SIZE(services) == SERVICE_MAX, "a word for each service");
_Static_assert(ARRAY_SIZE(units) == UNIT_MAX, "a word for each unit");
_Static_assert(ARRAY_SIZE(verifies) == VERIFY_MAX, "a word for each verification");

const char *fact_kind_name(enum fact_kind kind)
{
	return fact_kinds[kind];
}

const char *direction_name(enum direction direction)
{
	return directions[direction];
}

const char *service_name(enum service service)
{
	return services[service];
}

const char *unit_name(enum unit unit)
{
	return units[unit];
}

const char *verify_name(enum verify verify)
{
	return verifies[verify];
}

int fact_kind_from(struct slice word)
{
	return word_find(fact_kinds, FACT_KIND_MAX, word);
}

int direction_from(struct slice word)
{
	return word_find(directions, DIRECTION_MAX, word);
}

int service_from(struct slice word)
{
	return word_find(services, SERVICE_MAX, word);
}

int unit_from(struct slice word)
{
	return word_find(units, UNIT_MAX, word);
}

int verify_from(struct slice word)
{
	return word_find_anycase(verifies, VERIFY_MAX, word);
}
