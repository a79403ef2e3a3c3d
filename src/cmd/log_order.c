/* SPDX-License-Identifier: ISC */
#include "cmd/log_order.h"

#include "base/diag.h"
#include "base/memory.h"
#include "input/reader.h"
#include "parse/header.h"
#include <stdlib.h>
#include <string.h>

#define PEEKED (64 * 1024)

/* The first line may be a rest of one, or speak of no time. */
static int64_t first_stamp(struct slice text, struct clock *clock)
{
	struct header header;

	while (text.n) {
		size_t n = slice_find(text, '\n');
		struct slice line = slice_first(text, n);

		for (int kind = 0; kind < HEADER_KIND_MAX; kind++)
			if (header_parse((enum header_kind)kind, clock, line, &header) &&
			    header.time != TIME_UNKNOWN)
				return header.time;
		text = slice_skip(text, n < text.n ? n + 1 : n);
	}
	return TIME_UNKNOWN;
}

static void look_at(struct log_operand *log, int year)
{
	_cleanup_free_ char *text = memory_array(PEEKED, 1);
	_cleanup_diag_ struct diag d = {0};
	struct reader *reader = NULL;
	struct reader_info info;
	struct clock clock;
	ssize_t n;

	log->time = INT64_MAX;
	if (reader_open(log->path, &reader, &d) < 0)
		return;
	reader_info(reader, &info);
	n = reader_peek(reader, text, PEEKED, &d);
	clock_init(&clock, log->zone, info.time, year);
	if (n > 0)
		log->time = first_stamp((struct slice){text, (size_t)n}, &clock);
	if (log->time == TIME_UNKNOWN || n == 0)
		log->time = info.time;
	log->size = info.size < 0 ? 0 : info.size;
	if (strcmp(log->path, "-") == 0 || info.size < 0)
		log->reader = reader;
	else
		reader_free(reader);
}

/* Of two that begin alike the shorter is read first: the longer is its growth. */
static int compare_logs(const void *left, const void *right)
{
	const struct log_operand *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return strcmp(a->path, b->path);
}

void log_order(struct log_operand *logs, size_t count, int year)
{
	for (size_t i = 0; i < count; i++)
		look_at(&logs[i], year);
	qsort(logs, count, sizeof(*logs), compare_logs);
}
