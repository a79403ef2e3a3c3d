/* SPDX-License-Identifier: ISC */
#pragma once

/* JSON objects, built member by member and written in the order they were put in.
 *
 * json_new() gives an empty object that the caller frees; json_put_object(), json_put_array() and
 * json_add_object() give a child that belongs to its parent and dies with it.  A text may hold any
 * byte: what is not UTF-8 is escaped (base/escape.h), SLICE_NONE is null.  A fraction is written
 * with six decimals at most, a number with nine digits.  The written form is one line without a
 * line end; json_write_members() leaves the outer braces away, so that a large document can be
 * written piece by piece. */

#include "base/buffer.h"
#include "base/macros.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>

struct json;

struct json *json_new(void);
struct json *json_free(struct json *object);

void json_put_text(struct json *object, const char *key, struct slice text);
void json_put_count(struct json *object, const char *key, int64_t count);
void json_put_fraction(struct json *object, const char *key, double fraction);
void json_put_number(struct json *object, const char *key, double number);
void json_put_flag(struct json *object, const char *key, bool flag);
void json_put_null(struct json *object, const char *key);

struct json *json_put_object(struct json *object, const char *key);
struct json *json_put_array(struct json *object, const char *key);
struct json *json_add_object(struct json *array);
void json_add_text(struct json *array, struct slice text);

void json_write(const struct json *object, struct buffer *to);
void json_write_members(const struct json *object, struct buffer *to);

DEFINE_CLEANUP(struct json, json_free);
#define _cleanup_json_ _cleanup_(json_free_p)
