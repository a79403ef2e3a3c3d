/* SPDX-License-Identifier: ISC */
#include "parse/prove_fact.h"

#include "base/escape.h"
#include "base/macros.h"
#include "base/zone.h"
#include "parse/clock.h"
#include <stdio.h>

#define VALUE_MAX CIVIL_TEXT_MAX

/* The value of one field as a sample writes it: SLICE_NONE for what the log does not tell. */
struct field_text {
	const char *name;
	struct slice (*text)(const struct fact *fact, char memory[VALUE_MAX]);
};

static struct slice number_text(int n, char memory[VALUE_MAX])
{
	if (n < 0)
		return SLICE_NONE;
	return (struct slice){memory, (size_t)snprintf(memory, VALUE_MAX, "%d", n)};
}

/* As `mailtls-pattern match` writes it. */
static struct slice time_text(int64_t time, char memory[VALUE_MAX])
{
	if (time == TIME_UNKNOWN)
		return SLICE_NONE;
	return (struct slice){memory, civil_utc_text(time, memory)};
}

static struct slice word_text(int value, const char *word)
{
	return value == 0 ? SLICE_NONE : slice_of(word);
}

static struct slice flag_text(int value)
{
	return value < 0 ? SLICE_NONE : value ? SLICE("yes") : SLICE("no");
}

static struct slice plain_text(struct slice s)
{
	return s.n ? s : SLICE_NONE;
}

#define FIELD_TEXT(field, expression)                                                              \
	static struct slice field##_of(const struct fact *f, char memory[VALUE_MAX] _unused_)      \
	{                                                                                          \
		return expression;                                                                 \
	}

FIELD_TEXT(fact, slice_of(fact_kind_name(f->kind)))
FIELD_TEXT(direction, word_text(f->direction, direction_name(f->direction)))
FIELD_TEXT(service, word_text(f->service, service_name(f->service)))
FIELD_TEXT(unit, word_text(f->unit, unit_name(f->unit)))
FIELD_TEXT(protocol, f->kind == FACT_FAILURE ? SLICE_NONE : slice_of(protocol_name(f->protocol)))
FIELD_TEXT(protocol_raw, plain_text(f->protocol_raw))
FIELD_TEXT(cipher, plain_text(f->cipher))
FIELD_TEXT(bits, number_text(f->bits, memory))
FIELD_TEXT(group, plain_text(f->group))
FIELD_TEXT(signature, plain_text(f->signature))
FIELD_TEXT(verify, word_text(f->verify, verify_name(f->verify)))
FIELD_TEXT(resumed, flag_text(f->resumed))
FIELD_TEXT(mail, number_text(f->mail, memory))
FIELD_TEXT(auth, number_text(f->auth, memory))
FIELD_TEXT(internal, f->internal ? SLICE("yes") : SLICE("no"))
FIELD_TEXT(reason, plain_text(f->reason))
FIELD_TEXT(reason_raw, plain_text(f->reason_raw))
FIELD_TEXT(peer, plain_text(f->peer))
FIELD_TEXT(peer_name, plain_text(f->peer_name))
FIELD_TEXT(port, number_text(f->port, memory))
FIELD_TEXT(user, plain_text(f->user))
FIELD_TEXT(domain, plain_text(f->domain))
FIELD_TEXT(host, plain_text(f->host))
FIELD_TEXT(time, time_text(f->time, memory))

static const struct field_text texts[] = {
    {"fact", fact_of},
    {"direction", direction_of},
    {"service", service_of},
    {"unit", unit_of},
    {"protocol", protocol_of},
    {"protocol_raw", protocol_raw_of},
    {"cipher", cipher_of},
    {"bits", bits_of},
    {"group", group_of},
    {"signature", signature_of},
    {"verify", verify_of},
    {"resumed", resumed_of},
    {"mail", mail_of},
    {"auth", auth_of},
    {"internal", internal_of},
    {"reason", reason_of},
    {"reason_raw", reason_raw_of},
    {"peer", peer_of},
    {"peer_name", peer_name_of},
    {"port", port_of},
    {"user", user_of},
    {"domain", domain_of},
    {"host", host_of},
    {"time", time_of},
};

static bool is_null(const struct yaml *value)
{
	return value->plain &&
	       (value->text.n == 0 || slice_is(value->text, "null") || slice_is(value->text, "~"));
}

static bool value_fits(
    const struct fact *fact, const char *name, struct slice got, struct slice want)
{
	if (strcmp(name, "protocol") == 0 && fact->kind != FACT_FAILURE) {
		if (slice_is(want, "unknown") || slice_is(want, "none"))
			return slice_equal(got, want);
		return slice_equal(got, want) || slice_equal(fact->protocol_raw, want) ||
		       (protocol_fold(want) != PROTOCOL_UNKNOWN &&
			   protocol_fold(want) == fact->protocol);
	}
	return slice_equal(got, want);
}

static void say(struct buffer *why, const char *name, struct slice want, struct slice got)
{
	buffer_printf(why, "%s should be ", name);
	escape_terminal(why, want.p ? want : SLICE("null"));
	buffer_text_add(why, " and is ");
	escape_terminal(why, got.p ? got : SLICE("null"));
}

bool fact_fits(const struct fact *fact, const struct yaml *expected, struct buffer *why)
{
	for (size_t i = 0; i < expected->count; i++) {
		struct slice key = expected->keys[i]->text, want = SLICE_NONE, got;
		const struct yaml *value = expected->items[i];
		const struct field_text *field = texts;
		char memory[VALUE_MAX];

		while (field < texts + ARRAY_SIZE(texts) && !slice_is(key, field->name))
			field++;
		if (field == texts + ARRAY_SIZE(texts)) {
			buffer_printf(why, "'%.*s' is not a field of a fact", SLICE_FMT(key));
			return false;
		}
		if (value->kind != YAML_SCALAR) {
			buffer_printf(why, "%s: a value is a word or text", field->name);
			return false;
		}
		if (!is_null(value))
			want = value->text;
		got = field->text(fact, memory);
		if (want.p ? !got.p || !value_fits(fact, field->name, got, want) : got.p != NULL) {
			say(why, field->name, want, got);
			return false;
		}
	}
	return true;
}

void fact_describe(const struct fact *fact, struct buffer *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char memory[VALUE_MAX];
		struct slice text = texts[i].text(fact, memory);

		/* A stamp without a year has none of its own here. */
		if (!text.p || texts[i].text == time_of)
			continue;
		buffer_printf(to, "%s%s: ", to->n ? ", " : "", texts[i].name);
		escape_terminal(to, text);
	}
}
