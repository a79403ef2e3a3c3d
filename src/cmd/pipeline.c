/* SPDX-License-Identifier: ISC */
#include "cmd/pipeline.h"

#include <errno.h>

static int read_blocks(const struct pipeline *p, const struct reader_info *info,
    struct framing *framing, struct pipeline_counts *counts, struct diag *d)
{
	struct block block;
	int r;

	while ((r = framing_next(framing, &block, d)) > 0) {
		counts->unfinished = block.unfinished;
		if (!block.unfinished || p->unfinished)
			parser_block(p->parser, block.text);
		if (clock_spans_too_long(parser_clock(p->parser)))
			return diag_set(d, ERANGE, info->name, 0, 0,
			    "its time stamps have no year and span more than twelve months; say "
			    "the year of its "
			    "first line with --year");
		parser_counts(p->parser, &counts->parser);
		framing_counts(framing, &counts->framing);
		r = p->block ? p->block(p->context, &block, d) : 0;
		if (r < 0)
			return r;
	}
	return r;
}

int pipeline_read(const struct pipeline *p, struct reader *reader, int64_t offset,
    struct pipeline_counts *ret, struct diag *d)
{
	_cleanup_framing_ struct framing *framing = NULL;
	struct reader_info info;
	struct clock clock;
	int r;

	reader_info(reader, &info);
	clock_init(&clock, p->zone, info.time, p->year);
	parser_log(p->parser, slice_of(p->host), &clock);
	framing = framing_new(reader, offset, p->bytes, p->context);
	*ret = (struct pipeline_counts){0};
	r = read_blocks(p, &info, framing, ret, d);
	parser_counts(p->parser, &ret->parser);
	framing_counts(framing, &ret->framing);
	return r;
}
