/* SPDX-License-Identifier: ISC */
#include "report/dimension.h"

#include "base/address.h"
#include "base/macros.h"
#include "base/nearest.h"
#include <errno.h>
#include <string.h>

typedef struct dimension_value value_t;

static value_t word(const char *text, int64_t place)
{
	return (value_t){.text = text, .number = place};
}

static value_t told(int flag)
{
	return word(flag < 0 ? "" : flag ? "yes" : "no", flag);
}

static value_t of_protocol(const struct tuple *t, const struct civil *local _unused_, bool raw)
{
	const char *name = protocol_name(t->protocol);

	return word(raw && *t->protocol_raw ? t->protocol_raw : name, t->protocol);
}

static value_t of_cipher(const struct tuple *t, const struct civil *local _unused_, bool raw)
{
	return word(raw ? t->cipher_raw : t->cipher, 0);
}

static value_t of_group(const struct tuple *t, const struct civil *local _unused_, bool raw)
{
	return word(raw ? t->group_raw : t->group, 0);
}

static value_t of_signature(const struct tuple *t, const struct civil *local _unused_, bool raw)
{
	return word(raw ? t->signature_raw : t->signature, 0);
}

static value_t of_bits(const struct tuple *t, const struct civil *local _unused_, bool raw _unused_)
{
	return word("", t->bits);
}

static value_t of_verify(
    const struct tuple *t, const struct civil *local _unused_, bool raw _unused_)
{
	return word(verify_name(t->verify), t->verify);
}

static value_t of_resumed(
    const struct tuple *t, const struct civil *local _unused_, bool raw _unused_)
{
	return told(t->resumed);
}

static value_t of_mail(const struct tuple *t, const struct civil *local _unused_, bool raw _unused_)
{
	return told(t->mail);
}

static value_t of_auth(const struct tuple *t, const struct civil *local _unused_, bool raw _unused_)
{
	return told(t->auth);
}

static value_t of_internal(
    const struct tuple *t, const struct civil *local _unused_, bool raw _unused_)
{
	return told(t->internal);
}

static value_t of_reason(
    const struct tuple *t, const struct civil *local _unused_, bool raw _unused_)
{
	return word(t->reason, 0);
}

static value_t of_weekday(
    const struct tuple *t _unused_, const struct civil *local, bool raw _unused_)
{
	static const char *const days[] = {
	    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	int day = civil_weekday(local);

	return word(days[day], day);
}

static value_t of_hour_of_day(
    const struct tuple *t _unused_, const struct civil *local, bool raw _unused_)
{
	static const char *const hours[] = {"00", "01", "02", "03", "04", "05", "06", "07", "08",
	    "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
	    "23"};

	return word(hours[local->hour % 24], local->hour);
}

struct dimension_value dimension_of_address(const char *peer)
{
	struct address address;

	if (!address_parse(slice_first(slice_of(peer), strcspn(peer, "/")), &address))
		return word("", -1);
	return word(address.is_v6 ? "IPv6" : "IPv4", address.is_v6);
}

static const struct dimension dimensions[] = {
    {.name = "host", .host = true},
    {.name = "mta", .always = true},
    {.name = "service", .always = true},
    {.name = "internal", .of = of_internal},
    {.name = "direction", .always = true},
    {.name = "unit", .always = true},
    {.name = "protocol", .of = of_protocol},
    {.name = "cipher", .of = of_cipher},
    {.name = "bits", .type = COLUMN_COUNT, .of = of_bits},
    {.name = "group", .of = of_group},
    {.name = "signature", .of = of_signature},
    {.name = "verify", .of = of_verify},
    {.name = "resumed", .of = of_resumed},
    {.name = "mail", .of = of_mail},
    {.name = "auth", .of = of_auth},
    {.name = "reason", .of = of_reason},
    {.name = "family", .of_address = true},
    {.name = "domain", .of_peer = true},
    {.name = "hour", .bucket = BUCKET_HOUR},
    {.name = "day", .bucket = BUCKET_DAY},
    {.name = "week", .bucket = BUCKET_WEEK},
    {.name = "month", .bucket = BUCKET_MONTH},
    {.name = "weekday", .of_time = true, .of = of_weekday},
    {.name = "hour-of-day", .of_time = true, .of_hour = true, .of = of_hour_of_day},
};

const struct dimension *dimension_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(dimensions); i++)
		if (strcmp(dimensions[i].name, name) == 0)
			return &dimensions[i];
	return NULL;
}

const struct dimension *dimension_find(const char *name, struct diag *d)
{
	const struct dimension *found = dimension_of(name);
	const char *names[ARRAY_SIZE(dimensions)];
	_cleanup_buffer_ struct buffer advice = {0};

	if (found)
		return found;
	for (size_t i = 0; i < ARRAY_SIZE(dimensions); i++)
		names[i] = dimensions[i].name;
	nearest_advise(&advice, name, names, ARRAY_SIZE(dimensions));
	diag_set(d, EINVAL, NULL, 0, 0, "cannot group by \"%s\": %s", name, buffer_text(&advice));
	return NULL;
}
