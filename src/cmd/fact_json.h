/* SPDX-License-Identifier: ISC */
#pragma once

/* A fact as one line of NDJSON: what mailtls-pattern match prints.  null: the log does not tell. */

#include "base/buffer.h"
#include "parse/fact.h"

/* line counts from 1; file is the log's name.  Appends the object and a LF. */
void fact_json(const struct fact *fact, int64_t line, struct slice file, struct buffer *to);
