/* SPDX-License-Identifier: ISC */
#include "cmd/fact_json.h"

#include "base/json.h"
#include "base/zone.h"
#include "parse/clock.h"
#include "tls/cipher.h"
#include "tls/group.h"

static void put_text(struct json *o, const char *key, struct slice text)
{
	json_put_text(o, key, text.n ? text : SLICE_NONE);
}

static void put_word(struct json *o, const char *key, int value, const char *word)
{
	json_put_text(o, key, value ? slice_of(word) : SLICE_NONE);
}

static void put_flag(struct json *o, const char *key, int value)
{
	if (value < 0)
		json_put_null(o, key);
	else
		json_put_flag(o, key, value > 0);
}

static void put_time(struct json *o, const char *key, int64_t time)
{
	char text[CIVIL_TEXT_MAX];

	if (time == TIME_UNKNOWN)
		json_put_null(o, key);
	else
		json_put_text(o, key, (struct slice){text, civil_utc_text(time, text)});
}

/* A failure has no protocol; what a handshake or a session does not tell is "unknown". */
static void put_tls(struct json *o, const struct fact *fact)
{
	_cleanup_buffer_ struct buffer cipher = {0}, group = {0};
	struct cipher suite;

	put_word(o, "protocol", fact->kind != FACT_FAILURE, protocol_name(fact->protocol));
	if (fact->cipher.n) {
		cipher_read(fact->cipher, fact->protocol, &suite);
		cipher_iana(&suite, fact->protocol, &cipher);
	}
	put_text(o, "cipher", buffer_slice(&cipher));
	put_text(o, "cipher_raw", fact->cipher);
	if (fact->bits < 0)
		json_put_null(o, "bits");
	else
		json_put_count(o, "bits", fact->bits);
	if (fact->group.n)
		group_fold(fact->group, &group);
	else if (fact->cipher.n && suite.group.n)
		group_fold(suite.group, &group);
	put_text(o, "group", buffer_slice(&group));
}

static void put_signature(struct json *o, const struct fact *fact)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct slice raw = fact->signature;
	struct cipher suite;

	if (!raw.n && fact->cipher.n) {
		cipher_read(fact->cipher, fact->protocol, &suite);
		raw = suite.signature;
	}
	if (raw.n)
		signature_fold(raw, &text);
	put_text(o, "signature", buffer_slice(&text));
}

void fact_json(const struct fact *fact, int64_t line, struct slice file, struct buffer *to)
{
	_cleanup_json_ struct json *o = json_new();

	json_put_count(o, "line", line);
	put_time(o, "time", fact->time);
	put_text(o, "host", slice_is(fact->host, "-") ? SLICE_NONE : fact->host);
	put_text(o, "mta", fact->mta);
	json_put_text(o, "fact", slice_of(fact_kind_name(fact->kind)));
	put_word(o, "direction", fact->direction, direction_name(fact->direction));
	json_put_text(o, "service", slice_of(service_name(fact->service)));
	put_word(o, "unit", fact->unit, unit_name(fact->unit));
	put_tls(o, fact);
	put_text(o, "peer", fact->peer);
	put_text(o, "peer_name", fact->peer_name);
	put_text(o, "user", fact->user);
	put_text(o, "domain", fact->domain);
	put_signature(o, fact);
	put_word(o, "verify", fact->verify, verify_name(fact->verify));
	put_flag(o, "resumed", fact->resumed);
	put_flag(o, "mail", fact->mail);
	put_flag(o, "auth", fact->auth);
	json_put_flag(o, "internal", fact->internal);
	put_text(o, "reason", fact->reason);
	put_text(o, "reason_raw", fact->reason_raw);
	put_text(o, "protocol_raw", fact->protocol_raw);
	put_text(o, "file", file);
	put_text(o, "pattern", slice_of(fact->pattern));
	json_write(o, to);
	buffer_char(to, '\n');
}
