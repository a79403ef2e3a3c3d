/* SPDX-License-Identifier: ISC */
#pragma once

/* Handshakes and failures by minute, host and direction in memory, between the lines of a log and a
 * transaction of the store.  Bounded; beyond it a fact counts for minute 0, which no report shows,
 * but which is kept.  Facts without a true time are not taken. */

#include "base/macros.h"
#include "parse/fact.h"
#include <stdbool.h>
#include <stdint.h>

struct aggregate_tuple;
struct minute_table;

#define MINUTE_TABLE_NEARLY_FULL (64 * 1024)

struct minute_entry {
	int64_t minute; /* its first second */
	struct slice host;
	enum direction direction;
	bool internal;
	int64_t handshakes, failures;
};

struct minute_table *minute_table_new(void);
struct minute_table *minute_table_free(struct minute_table *t);

void minute_table_fact(
    struct minute_table *t, const struct fact *fact, const struct aggregate_tuple *tuple);

size_t minute_table_rows(const struct minute_table *t);
void minute_table_clear(struct minute_table *t);

/* *cursor is NULL at the start; false at the end. */
bool minute_table_next(const struct minute_table *t, void **cursor, struct minute_entry *ret);

DEFINE_CLEANUP(struct minute_table, minute_table_free);
#define _cleanup_minute_table_ _cleanup_(minute_table_free_p)
