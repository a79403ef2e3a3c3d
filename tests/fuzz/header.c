/* SPDX-License-Identifier: ISC */

/* Every kind of header, and the clock behind it, on lines that are none.  A header that is taken
 * points into its line; a time that is given can be true. */

#include "parse/header.h"
#include <stdint.h>
#include <stdlib.h>

#define LOG_TIME INT64_C(1795500000) /* 2026-11-24 06:00:00 UTC */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(struct slice line, struct slice part)
{
	if (part.p >= line.p && part.p <= line.p + line.n &&
	    part.n > (size_t)(line.p + line.n - part.p))
		abort();
}

static void read_lines(enum header_kind kind, struct slice rest, int year)
{
	struct clock clock;

	clock_init(&clock, NULL, LOG_TIME, year);
	while (rest.n) {
		struct slice line = slice_first(rest, slice_find(rest, '\n'));
		struct header h;

		if (header_parse(kind, &clock, line, &h)) {
			check_inside(line, h.host);
			check_inside(line, h.ident);
			check_inside(line, h.pid);
			if (h.message.p < line.p || h.message.p + h.message.n != line.p + line.n)
				abort();
			if (h.time != TIME_UNKNOWN && year == 0 &&
			    (h.time < 0 || h.time > LOG_TIME + 2 * 86400))
				abort();
		}
		rest = slice_skip(rest, line.n < rest.n ? line.n + 1 : line.n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int kind = 0; kind < HEADER_KIND_MAX; kind++) {
		read_lines((enum header_kind)kind, (struct slice){(const char *)data, size}, 0);
		read_lines((enum header_kind)kind, (struct slice){(const char *)data, size}, 2024);
	}
	return 0;
}
