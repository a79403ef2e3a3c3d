/* SPDX-License-Identifier: ISC */
#pragma once

/* Reports from facts: a store in memory that is fed by hand, and a report of it as text. */

#include "base/macros.h"
#include "base/memory.h"
#include "report/report.h"
#include "store/commit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NOON INT64_C(1795521600) /* 2026-11-24 12:00 UTC, a Tuesday */

struct fixture {
	struct store *store;
	struct aggregate *aggregate;
	struct zone *zone;
	struct diag diag;
	char *text; /* of the latest report, or of its diagnosis */
	char warnings[1024];
};

static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_int_equal(store_open(NULL, STORE_MEMORY, &f->store, &f->diag), 0);
	assert_int_equal(zone_open("UTC", &f->zone, &f->diag), 0);
	f->aggregate = aggregate_new();
	assert_int_equal(store_prime(f->store, f->aggregate, 0, &f->diag), 0);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;

	store_free(f->store);
	aggregate_free(f->aggregate);
	zone_free(f->zone);
	diag_free(&f->diag);
	free(f->text);
	free(f);
	return 0;
}

/* In which only what is named differs from "the log does not tell". */
static inline struct fact fact_of(enum fact_kind kind, const char *mta, enum direction direction,
    enum service service, enum unit unit, enum protocol protocol)
{
	return (struct fact){
	    .kind = kind,
	    .time = NOON,
	    .host = SLICE("mx1"),
	    .mta = slice_of(mta),
	    .direction = direction,
	    .service = service,
	    .unit = unit,
	    .protocol = protocol,
	    .protocol_raw = slice_of(protocol == PROTOCOL_UNKNOWN ? NULL : protocol_name(protocol)),
	    .bits = -1,
	    .resumed = -1,
	    .mail = -1,
	    .auth = -1,
	};
}

static inline struct fact handshake_of(enum protocol protocol)
{
	return fact_of(
	    FACT_HANDSHAKE, "postfix", DIRECTION_IN, SERVICE_MX, UNIT_CONNECTION, protocol);
}

static inline struct fact session_of(enum protocol protocol, int mail)
{
	struct fact fact =
	    fact_of(FACT_SESSION, "postfix", DIRECTION_IN, SERVICE_MX, UNIT_CONNECTION, protocol);

	fact.mail = mail;
	return fact;
}

static inline void feed(struct fixture *f, struct fact fact, int n)
{
	while (n--)
		aggregate_fact(f->aggregate, &fact);
}

static inline void feed_line(struct fixture *f, const char *mta, enum outcome outcome)
{
	struct line_report line = {
	    .outcome = outcome,
	    .time = NOON,
	    .host = SLICE("mx1"),
	    .mta = slice_of(mta),
	    .line = SLICE("x"),
	};

	aggregate_line(f->aggregate, &line);
}

static inline void commit(struct fixture *f, const char *source, struct source_counts read)
{
	const struct batch batch = {
	    .aggregate = f->aggregate,
	    .source = slice_of(source),
	    .class = "file",
	    .read = read,
	};

	assert_int_equal(store_commit(f->store, &batch, &f->diag), 0);
}

static inline void add_warning(void *context, const char *sentence)
{
	struct fixture *f = context;
	size_t n = strlen(f->warnings);

	snprintf(f->warnings + n, sizeof(f->warnings) - n, "%s\n", sentence);
}

static inline int report_of(struct fixture *f, struct report_request request)
{
	size_t n = 0;
	FILE *out;
	int failed;

	free(f->text);
	f->text = NULL;
	f->warnings[0] = '\0';
	diag_free(&f->diag);
	request.warn = add_warning;
	request.warn_context = f;
	if (!request.zone)
		request.zone = f->zone;
	out = open_memstream(&f->text, &n);
	failed = report_write(f->store, &request, out, &f->diag);
	fclose(out);
	return failed;
}

/* The length of a field of CSV, quotes included. */
static inline size_t csv_length(const char *p)
{
	const char *end = p;

	while (*end && *end != ',' && *end != '\n')
		end += *end == '"' ? strcspn(end + 1, "\"") + 2 : 1;
	return (size_t)(end - p);
}

/* What a cell of CSV holds: the column by its name, the row from 1 on; "" past the end. */
static inline const char *csv_cell(const struct fixture *f, int row, const char *name)
{
	static char cell[256];
	const char *line = f->text;
	size_t n;
	int column = 0;

	for (const char *p = line;; p += csv_length(p) + 1, column++) {
		if (strncmp(p, name, strlen(name)) == 0 && strchr(",\n", p[strlen(name)]))
			break;
		if (p[csv_length(p)] == '\n')
			fail_msg("there is no column %s", name);
	}
	cell[0] = '\0';
	while (row-- && *line)
		line += strcspn(line, "\n") + 1;
	while (column-- && *line)
		line += csv_length(line) + 1;
	n = csv_length(line);
	if (*line == '"')
		snprintf(cell, sizeof(cell), "%.*s", (int)n - 2, line + 1);
	else
		snprintf(cell, sizeof(cell), "%.*s", (int)n, line);
	return cell;
}

static inline int csv_rows(const struct fixture *f)
{
	int lines = 0;

	for (const char *p = f->text; (p = strchr(p, '\n')); p++)
		lines++;
	return lines - 1;
}

#define expect_cell(f, row, name, value) assert_string_equal(csv_cell(f, row, name), value)
#define with_report(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define WORDS(...)                                                                                 \
	((struct words){                                                                           \
	    (const char *const[]){__VA_ARGS__}, ARRAY_SIZE(((const char *const[]){__VA_ARGS__}))})
