/* SPDX-License-Identifier: ISC */
#pragma once

/* What became of the lines that looked like TLS, by hour, host and MTA, in memory, between the
 * lines of a log and a transaction of the store.  Bounded: beyond it a line counts for hour 0 of
 * host and MTA "(other)". */

#include "base/macros.h"
#include "parse/parser.h"
#include "store/vocabulary.h"
#include <stdbool.h>
#include <stdint.h>

struct coverage_table;

#define COVERAGE_TABLE_NEARLY_FULL (64 * 1024)

struct coverage_entry {
	int64_t hour;
	struct slice host, mta;
	int64_t lines[OUTCOME_MAX];
};

/* The vocabulary is borrowed. */
struct coverage_table *coverage_table_new(struct vocabulary *vocabulary);
struct coverage_table *coverage_table_free(struct coverage_table *t);

/* hour is the line's, 0 if its time is not known. */
void coverage_table_line(struct coverage_table *t, const struct line_report *report, int64_t hour);

bool coverage_table_empty(const struct coverage_table *t);
size_t coverage_table_rows(const struct coverage_table *t);
void coverage_table_clear(struct coverage_table *t);

/* *cursor is NULL at the start; false at the end. */
bool coverage_table_next(const struct coverage_table *t, void **cursor, struct coverage_entry *ret);
