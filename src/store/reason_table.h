/* SPDX-License-Identifier: ISC */
#pragma once

/* The words of failures in memory, between the lines of a log and a transaction of the store.
 *
 * A failure becomes (day, mta, direction, service, internal, class, words) + 1.  The words come
 * from strangers: they are cut at AGGREGATE_TEXT_MAX bytes, and beyond the bound they are "(other)"
 * of the day, and beyond that one's bound of day 0; totals are always exact. */

#include "base/macros.h"
#include "parse/fact.h"
#include <stdbool.h>
#include <stdint.h>

struct aggregate_tuple;
struct reason_table;

#define REASON_TABLE_NEARLY_FULL (8 * 1024)

/* Texts are valid UTF-8 and live until the table is cleared. */
struct reason_entry {
	int64_t day, n;
	struct slice mta, reason, raw;
	enum direction direction;
	enum service service;
	bool internal;
};

struct reason_table *reason_table_new(void);
struct reason_table *reason_table_free(struct reason_table *t);

/* Takes failures; hour is 0 if the time is not known. */
void reason_table_fact(struct reason_table *t, const struct fact *fact, int64_t hour,
    const struct aggregate_tuple *tuple);

size_t reason_table_rows(const struct reason_table *t);
void reason_table_clear(struct reason_table *t);

/* *cursor is NULL at the start; false at the end. */
bool reason_table_next(const struct reason_table *t, void **cursor, struct reason_entry *ret);

DEFINE_CLEANUP(struct reason_table, reason_table_free);
#define _cleanup_reason_table_ _cleanup_(reason_table_free_p)
