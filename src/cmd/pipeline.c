/* SPDX-License-Identifier: ISC */
#include "cmd/pipeline.h"

#include "parse/match_ahead.h"
#include <errno.h>
#include <sched.h>

#define WORTH_A_THREAD (1024 * 1024) /* bytes of a log */

struct stage {
	const struct pipeline *pipeline;
	const char *name;	   /* of the log */
	struct match_ahead *ahead; /* NULL: blocks are matched here */
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

/* Until no more than `left` blocks are with the other thread. */
static int take_back(struct stage *s, size_t left, struct diag *d)
{
	int r = 0;

	while (r == 0 && s->ahead && match_ahead_count(s->ahead) > left) {
		parser_matches(s->pipeline->parser, match_ahead_take(s->ahead));
		r = taken(s, d);
	}
	return r;
}

static int parse(struct stage *s, struct slice text, struct diag *d)
{
	if (s->ahead) {
		match_ahead_give(s->ahead, text);
		return take_back(s, MATCH_AHEAD_MAX - 1, d);
	}
	parser_block(s->pipeline->parser, text);
	return taken(s, d);
}

static int tell(struct stage *s, const struct block *block, struct diag *d)
{
	const struct pipeline *p = s->pipeline;
	int r = p->block ? p->block(p->context, block, d) : 0;

	if (r <= 0)
		return r;
	r = take_back(s, 0, d);
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
	late = take_back(s, 0, &second);
	if (late < 0) {
		diag_free(d);
		return diag_set(d, -late, NULL, 0, 0, "%s", second.text);
	}
	return r;
}

static bool have_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;
}

/* Where there is no thread to be had, it goes without. */
static struct match_ahead *begin_ahead(const struct pipeline *p, const struct reader_info *info)
{
	struct match_ahead *ahead = NULL;

	if (p->ahead && (info->size < 0 || info->size >= WORTH_A_THREAD) && have_processors())
		match_ahead_new(parser_matcher(p->parser), &ahead);
	return ahead;
}

int pipeline_read(const struct pipeline *p, struct reader *reader, int64_t offset,
    struct pipeline_counts *ret, struct diag *d)
{
	_cleanup_framing_ struct framing *framing = NULL;
	_cleanup_match_ahead_ struct match_ahead *ahead = NULL;
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
	stage.ahead = ahead = begin_ahead(p, &info);
	if (ahead)
		framing_keep(framing, MATCH_AHEAD_MAX);
	r = read_blocks(&stage, framing, d);
	parser_counts(p->parser, &ret->parser);
	framing_counts(framing, &ret->framing);
	return r;
}
