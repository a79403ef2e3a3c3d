/* SPDX-License-Identifier: ISC */
#pragma once

/* Counters fed by hand in the place of a store: the functions of store/query.h over an array. */

#include "base/macros.h"
#include "base/memory.h"
#include "report/report.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct counter {
	int64_t hour;
	struct tuple tuple;
	int64_t n;
};

struct store {
	struct counter *counters;
	size_t count;
	struct coverage *coverage;
	size_t coverage_count;
};

int query_begin(struct store *store _unused_, struct diag *d _unused_)
{
	return 0;
}

void query_end(struct store *store _unused_)
{
}

int query_counts(struct store *store, const struct query *query, query_count_fn row, void *context,
    struct diag *d _unused_)
{
	int failed = 0;

	for (size_t i = 0; !failed && i < store->count; i++) {
		const struct counter *c = &store->counters[i];

		if (c->hour >= query->since && c->hour < query->until)
			failed = row(context, query->hourly ? c->hour : 0, &c->tuple, c->n);
	}
	return failed;
}

int query_coverage(struct store *store, const struct query *query _unused_, query_coverage_fn row,
    void *context, struct diag *d _unused_)
{
	int failed = 0;

	for (size_t i = 0; !failed && i < store->coverage_count; i++)
		failed = row(context, &store->coverage[i]);
	return failed;
}

int query_span(
    struct store *store, int64_t *ret_first, int64_t *ret_last, struct diag *d _unused_)
{
	if (!store->count)
		return -ENODATA;
	*ret_first = INT64_MAX;
	*ret_last = 0;
	for (size_t i = 0; i < store->count; i++) {
		if (store->counters[i].hour < *ret_first)
			*ret_first = store->counters[i].hour;
		if (store->counters[i].hour > *ret_last)
			*ret_last = store->counters[i].hour;
	}
	return 0;
}

/* A tuple in which only what is named differs from "the log did not tell". */
static inline struct tuple tuple_of(enum fact_kind fact, const char *mta, enum direction direction,
    enum service service, enum unit unit, enum protocol protocol)
{
	return (struct tuple){
	    .host = "mx1",
	    .mta = mta,
	    .fact = fact,
	    .direction = direction,
	    .service = service,
	    .unit = unit,
	    .protocol = protocol,
	    .protocol_raw = protocol == PROTOCOL_UNKNOWN ? "" : protocol_name(protocol),
	    .cipher_raw = "",
	    .group_raw = "",
	    .signature_raw = "",
	    .cipher = "",
	    .group = "",
	    .signature = "",
	    .reason = "",
	    .bits = -1,
	    .resumed = -1,
	    .mail = -1,
	    .auth = -1,
	};
}

static inline void store_feed(struct store *s, int64_t hour, struct tuple tuple, int64_t n)
{
	s->counters = memory_grow(s->counters, s->count + 1, sizeof(*s->counters));
	tuple.id = (int64_t)s->count + 1;
	s->counters[s->count++] = (struct counter){hour, tuple, n};
}

static inline void store_read(struct store *s, struct coverage row)
{
	s->coverage = memory_grow(s->coverage, s->coverage_count + 1, sizeof(*s->coverage));
	s->coverage[s->coverage_count++] = row;
}

static inline void store_empty(struct store *s)
{
	free(s->counters);
	free(s->coverage);
	*s = (struct store){0};
}

/* The report as text, which the caller frees. */
static inline char *report_text(struct store *s, const struct report_request *request, int *ret)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	_cleanup_diag_ struct diag d = {0};

	*ret = report_write(s, request, out, &d);
	fclose(out);
	if (*ret) {
		free(text);
		text = memory_string(d.text);
	}
	return text;
}
