/* SPDX-License-Identifier: ISC */
#include "base/json.h"

#include "base/escape.h"
#include "base/memory.h"
#include <jansson.h>

/* A struct json is jansson's own value under another name, so a child needs no wrapper. */
static json_t *value_of(const struct json *json)
{
	return (json_t *)json;
}

/* jansson fails only when memory is short, or for text that was not made valid before. */
static json_t *need(json_t *value)
{
	if (!value)
		memory_grow(NULL, SIZE_MAX, 2);
	return value;
}

static void put(struct json *object, const char *key, json_t *value)
{
	if (json_object_set_new(value_of(object), key, need(value)) < 0)
		need(NULL);
}

static json_t *text_value(struct slice text)
{
	_cleanup_buffer_ struct buffer valid = {0};

	if (!text.p)
		return json_null();
	escape_utf8(&valid, text);
	return need(json_stringn(buffer_text(&valid), valid.n));
}

struct json *json_new(void)
{
	return (struct json *)need(json_object());
}

struct json *json_free(struct json *object)
{
	json_decref(value_of(object));
	return NULL;
}

void json_put_text(struct json *object, const char *key, struct slice text)
{
	put(object, key, text_value(text));
}

void json_put_count(struct json *object, const char *key, int64_t count)
{
	put(object, key, json_integer(count));
}

void json_put_fraction(struct json *object, const char *key, double fraction)
{
	put(object, key, json_real((double)(int64_t)(fraction * 1e6 + 0.5) / 1e6));
}

void json_put_number(struct json *object, const char *key, double number)
{
	put(object, key, json_real(number));
}

void json_put_flag(struct json *object, const char *key, bool flag)
{
	put(object, key, json_boolean(flag));
}

void json_put_null(struct json *object, const char *key)
{
	put(object, key, json_null());
}

struct json *json_put_object(struct json *object, const char *key)
{
	json_t *child = need(json_object());

	put(object, key, child);
	return (struct json *)child;
}

struct json *json_put_array(struct json *object, const char *key)
{
	json_t *child = need(json_array());

	put(object, key, child);
	return (struct json *)child;
}

struct json *json_add_object(struct json *array)
{
	json_t *child = need(json_object());

	if (json_array_append_new(value_of(array), child) < 0)
		need(NULL);
	return (struct json *)child;
}

void json_add_text(struct json *array, struct slice text)
{
	if (json_array_append_new(value_of(array), text_value(text)) < 0)
		need(NULL);
}

static int append(const char *p, size_t n, void *context)
{
	buffer_append(context, p, n);
	return 0;
}

/* Six decimals were settled when the value was put; nine digits write them back unchanged. */
static void dump(const struct json *object, struct buffer *to, size_t flags)
{
	flags |= JSON_COMPACT | JSON_REAL_PRECISION(9);
	if (json_dump_callback(value_of(object), append, to, flags) < 0)
		need(NULL);
}

void json_write(const struct json *object, struct buffer *to)
{
	dump(object, to, 0);
}

void json_write_members(const struct json *object, struct buffer *to)
{
	dump(object, to, JSON_EMBED);
}
