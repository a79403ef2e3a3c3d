/* SPDX-License-Identifier: ISC */
#include "cmd/pipeline.h"

#include "parse/parse_ahead.h"
#include <errno.h>

#define WORTH_A_THREAD (1024 * 1024) /* bytes of a log */

struct stage {
	const struct pipeline *pipeline;
	const char *name; /* of the log */
	struct parse_ahead *ahead;
	struct pipeline_counts *counts;
};

static int taken(struct stage *s, struct diag *d)
{
	parser_counts(s->pipeline->parser, &s->counts->parser);
	if (s->counts->parser.spans_too_long)
		return diag_set(d, ERANGE, s->name, 0, 0,
		    "its time stamps have no year and span more than twelve months; say the year "
		    "of its first line with --year");
	return 0;
}

static int parse(struct stage *s, struct slice text, struct diag *d)
{
	parse_ahead_block(s->ahead, text);
	return taken(s, d);
}

static int settle(struct stage *s, struct diag *d)
{
	parse_ahead_settle(s->ahead);
	return taken(s, d);
}

static int tell(struct stage *s, const struct block *block, struct diag *d)
{
	const struct pipeline *p = s->pipeline;
	int r = p->block ? p->block(p->context, block, d) : 0;

	if (r <= 0)
		return r;
	r = settle(s, d);
	return r == 0 && p->settled ? p->settled(p->context, d) : r;
}

static int read_blocks(struct stage *s, struct framing *framing, struct diag *d)
{
	_cleanup_diag_ struct diag second = {0};
	struct block block;
	int r, late;

	while ((r = framing_next(framing, &block, d)) > 0) {
		s->counts->unfinished = block.unfinished;
		framing_counts(framing, &s->counts->framing);
		r = block.unfinished && !s->pipeline->unfinished ? 0 : parse(s, block.text, d);
		if (r == 0)
			r = tell(s, &block, d);
		if (r < 0)
			return r;
	}
	/* Where a log breaks off, what was read before counts. */
	late = settle(s, &second);
	if (late < 0) {
		diag_free(d);
		return diag_set(d, -late, NULL, 0, 0, "%s", second.text);
	}
	return r;
}

static bool is_worth_a_thread(const struct pipeline *p, const struct reader_info *info)
{
	return p->ahead && (info->size < 0 || info->size >= WORTH_A_THREAD);
}

int pipeline_read(const struct pipeline *p, struct reader *reader, int64_t offset,
    struct pipeline_counts *ret, struct diag *d)
{
	_cleanup_framing_ struct framing *framing = NULL;
	_cleanup_parse_ahead_ struct parse_ahead *ahead = NULL;
	struct stage stage = {.pipeline = p, .counts = ret};
	struct reader_info info;
	struct clock clock;
	int r;

	reader_info(reader, &info);
	clock_init(&clock, p->zone, info.time, p->year);
	parser_log(p->parser, slice_of(p->host), &clock);
	framing = framing_new(reader, offset, p->bytes, p->context);
	*ret = (struct pipeline_counts){0};
	stage.name = info.name;
	stage.ahead = ahead = parse_ahead_new(p->parser, is_worth_a_thread(p, &info));
	/* One more than may be ahead: an unfinished line is a block that is not always parsed. */
	framing_keep(framing, PARSE_AHEAD_MAX);
	r = read_blocks(&stage, framing, d);
	parser_counts(p->parser, &ret->parser);
	framing_counts(framing, &ret->framing);
	return r;
}
