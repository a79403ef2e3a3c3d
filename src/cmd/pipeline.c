/* SPDX-License-Identifier: ISC */
#include "cmd/pipeline.h"

#include "parse/parse_ahead.h"
#include <errno.h>

#define WORTH_A_THREAD (1024 * 1024) /* bytes of a log */

/* The stages meet in nothing but the blocks: framing, reader and trace are the reading one's. */
struct run {
	const struct pipeline *pipeline;
	struct reader *reader;
	struct framing *framing;
	struct pipeline_block blocks[PARSE_AHEAD_SLOTS];
	struct pipeline_counts *counts;
	const char *name; /* of the log */
};

static void trace_bytes_of(void *context, struct slice bytes)
{
	trace_bytes(context, bytes);
}

static int read_block(void *context, unsigned slot, struct slice *ret_text, struct diag *d)
{
	struct run *run = context;
	struct pipeline_block *b = &run->blocks[slot];
	struct trace *trace = run->pipeline->trace;
	int r;

	b->rungs.count = 0;
	if (trace)
		trace->rungs = &b->rungs;
	r = framing_next(run->framing, &b->block, d);
	if (r <= 0)
		return r;
	*ret_text = b->block.text;
	if (b->block.unfinished && !run->pipeline->unfinished)
		*ret_text = SLICE_NONE;
	b->at.offset = b->block.offset;
	if (trace) {
		trace_position(trace, &b->at);
		b->begun = trace->begin_length;
	}
	reader_info(run->reader, &b->info);
	framing_counts(run->framing, &b->counts);
	return r;
}

static int block_parsed(void *context, unsigned slot, struct diag *d)
{
	struct run *run = context;
	const struct pipeline *p = run->pipeline;
	const struct pipeline_block *b = &run->blocks[slot];
	struct pipeline_counts *counts = run->counts;

	parser_counts(p->parser, &counts->parser);
	counts->framing = b->counts;
	counts->unfinished = b->block.unfinished;
	if (counts->parser.spans_too_long)
		return diag_set(d, ERANGE, run->name, 0, 0,
		    "its time stamps have no year and span more than twelve months; say the year "
		    "of its first line with --year");
	return p->block ? p->block(p->context, b, d) : 0;
}

static void end_waiting(void *context)
{
	struct run *run = context;

	reader_interrupt(run->reader);
}

static bool is_worth_a_thread(const struct pipeline *p, const struct reader_info *info)
{
	return p->ahead && (info->size < 0 || info->size >= WORTH_A_THREAD);
}

int pipeline_read(const struct pipeline *p, struct reader *reader, int64_t offset,
    struct pipeline_counts *ret, struct diag *d)
{
	_cleanup_framing_ struct framing *framing =
	    framing_new(reader, offset, p->trace ? trace_bytes_of : NULL, p->trace);
	struct run run = {.pipeline = p, .reader = reader, .framing = framing, .counts = ret};
	const struct parse_ahead stages = {
	    .read = read_block,
	    .parsed = block_parsed,
	    .interrupt = end_waiting,
	    .context = &run,
	};
	struct reader_info info;
	struct clock clock;
	int r;

	reader_info(reader, &info);
	run.name = info.name;
	clock_init(&clock, p->zone, info.time, p->year);
	parser_log(p->parser, slice_of(p->host), &clock);
	framing_keep(framing, PARSE_AHEAD_SLOTS - 1);
	*ret = (struct pipeline_counts){0};
	r = parse_ahead(p->parser, &stages, is_worth_a_thread(p, &info), d);
	/* What the last read found when it found no block: bytes of no line's. */
	framing_counts(framing, &ret->framing);
	for (size_t i = 0; i < PARSE_AHEAD_SLOTS; i++)
		rungs_free(&run.blocks[i].rungs);
	return r;
}
