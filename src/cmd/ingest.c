/* SPDX-License-Identifier: ISC */
#include "cmd/ingest.h"

#include "base/memory.h"
#include "cmd/locate.h"
#include "cmd/pipeline.h"
#include "cmd/trace.h"
#include <errno.h>
#include <string.h>

#define ONE_SHOT_ROWS (32 * 1024) /* of a commit: a peer comes often, and is written once */

/* One log on its way into the store. */
struct reading {
	struct ingest *in;
	struct reader *reader;
	struct reader_info info;
	struct located known;
	struct import_log log;
	int64_t import; /* its number before the log */
	struct stream_move move;
	struct rungs rungs;
	struct trace trace;
	char begin[IDENTITY_HEAD]; /* the first bytes that are not known */
	bool checked;		   /* that they may follow what is known */
	bool failed; /* to ask the store: what was read since the last commit is not counted */
	struct pipeline_counts counts, committed;
	struct ingest_counts counted; /* of `in`, at the last commit */
	struct ingest_result *result;
};

static void count_fact(void *context, const struct fact *fact)
{
	struct ingest *in = context;

	in->counts.facts[fact->kind]++;
	aggregate_fact(in->aggregate, fact);
}

static void count_line(void *context, const struct line_report *report)
{
	struct ingest *in = context;

	in->counts.outcomes[report->outcome]++;
	if (report->time > in->last_event)
		in->last_event = report->time;
	aggregate_line(in->aggregate, report);
}

int ingest_begin(struct ingest *in, struct diag *d)
{
	const struct parser_consumer consumer = {
	    .fact = count_fact, .line = count_line, .context = in};
	struct slice saved;
	int r;

	in->aggregate = aggregate_new();
	in->parser = parser_new(in->patterns, &consumer);
	parser_internal(in->parser, in->internal);
	r = store_prime(in->store, in->aggregate, in->import.time, d);
	if (r == 0)
		r = store_open_sessions(in->store, OWNER_IMPORT, &saved, d);
	/* What another version saved is no loss but of the sessions that were open then. */
	if (r == 0 && saved.n)
		parser_restore(in->parser, saved);
	return r;
}

void ingest_end(struct ingest *in)
{
	in->parser = parser_free(in->parser);
	in->aggregate = aggregate_free(in->aggregate);
	buffer_free(&in->sessions);
	buffer_free(&in->source);
}

int ingest_finish(struct ingest *in, struct diag *d)
{
	parser_end(in->parser);
	if (aggregate_empty(in->aggregate))
		return 0;
	return store_commit(in->store,
	    &(struct batch){
		.aggregate = in->aggregate,
		.source = buffer_slice(&in->source),
		.class = in->class,
	    },
	    d);
}

bool ingest_is_fatal(int error)
{
	return error == -ENOSPC || error == -EBUSY || error == -ESTALE || error == -EROFS;
}

/* What comes after the end of a known log must be its growth, and not another log put behind it. */
static int check_growth(struct reading *reading, struct slice begin, struct diag *d)
{
	_cleanup_buffer_ struct buffer other = {0};
	const struct stream *stream = &reading->known.stream;
	int r;

	if (!stream->id || reading->in->overlap_allowed)
		return 0;
	/* One that still goes by its first name did grow, whatever was made of a copy of it. */
	if (stream->closed && strcmp(reading->info.name, reading->known.source) != 0)
		return diag_set(d, EEXIST, reading->info.name, 0, 0,
		    "begins with all of '%s', which is counted and was complete, and goes on: it "
		    "may be several logs put together; nothing of it was counted (give the logs "
		    "one "
		    "by one, or --overlap=allow to count what follows)",
		    reading->known.name);
	r = stream_begins(reading->in->store, begin, stream->id, &other, d);
	if (r < 0 || !other.n)
		return r;
	return diag_set(d, EEXIST, reading->info.name, 0, 0,
	    "is '%s' with '%s' behind it, and both are counted: nothing of it was counted (give "
	    "the "
	    "logs one by one, or --overlap=allow to count what follows '%s')",
	    reading->known.name, buffer_text(&other), reading->known.name);
}

static struct source_counts counts_since_commit(const struct reading *reading)
{
	const struct pipeline_counts *now = &reading->counts, *then = &reading->committed;

	return (struct source_counts){
	    .lines = now->parser.lines - then->parser.lines,
	    .bytes = reading->move.to.at.offset - reading->move.committed,
	    .overlong = now->framing.overlong - then->framing.overlong,
	    .nul_bytes = now->framing.nul_bytes - then->framing.nul_bytes,
	    .bad_time = now->parser.bad_time - then->parser.bad_time,
	    .unparsed = now->parser.unparsed - then->parser.unparsed,
	    .evicted = parser_evicted(reading->in->parser) - reading->in->evicted,
	};
}

static void add_counted(struct reading *reading)
{
	struct ingest_counts *sum = &reading->result->counted, *then = &reading->counted;
	const struct ingest_counts *now = &reading->in->counts;

	sum->lines += reading->counts.parser.lines - reading->committed.parser.lines;
	for (int i = 0; i < FACT_KIND_MAX; i++)
		sum->facts[i] += now->facts[i] - then->facts[i];
	for (int i = 0; i < OUTCOME_MAX; i++)
		sum->outcomes[i] += now->outcomes[i] - then->outcomes[i];
	*then = *now;
	reading->committed = reading->counts;
	reading->in->evicted = parser_evicted(reading->in->parser);
}

static int commit(struct reading *reading, struct diag *d)
{
	struct ingest *in = reading->in;
	int r;

	buffer_clear(&in->sessions);
	if (!in->one_shot)
		parser_save(in->parser, &in->sessions);
	r = store_commit(in->store,
	    &(struct batch){
		.aggregate = in->aggregate,
		.source =
		    slice_of(reading->known.stream.id ? reading->known.source : reading->info.name),
		.class = "file",
		.last_event = in->last_event,
		.read = counts_since_commit(reading),
		.moves = (struct stream_move *[]){&reading->move},
		.move_count = 1,
		.log = &reading->log,
		.owner = OWNER_IMPORT,
		.sessions = buffer_slice(&in->sessions),
		.overlap_allowed = in->overlap_allowed,
	    },
	    d);
	if (r == 0)
		add_counted(reading);
	return r;
}

static bool is_due(const struct reading *reading)
{
	const struct ingest *in = reading->in;

	return reading->move.to.at.offset - reading->move.committed >= in->commit_bytes ||
	       aggregate_nearly_full(in->aggregate) ||
	       (in->one_shot && aggregate_rows(in->aggregate) >= ONE_SHOT_ROWS);
}

static int after_block(void *context, const struct pipeline_block *block, struct diag *d)
{
	struct reading *reading = context;
	struct stream_move *move = &reading->move;
	struct slice begin = {reading->begin, block->begun};
	int r;

	/* A line that was counted as it is belongs to what is known of the log, or it would count
	 * again with the log's copy. */
	if (block->block.unfinished && !reading->in->one_shot)
		return 0;
	if (!reading->checked) {
		r = check_growth(reading, begin, d);
		reading->failed = r < 0;
		if (r < 0)
			return r;
		reading->checked = begin.n == sizeof(reading->begin);
	}
	move->to.at = block->at;
	for (size_t i = 0; i < block->rungs.count; i++)
		rungs_add(&reading->rungs, &block->rungs.at[i]);
	progress_at(reading->in->progress, block->info.consumed, block->info.bytes);
	return is_due(reading) ? commit(reading, d) : 0;
}

static int refuse_shorter(const struct reading *reading, struct diag *d)
{
	return diag_set(d, EEXIST, reading->info.name, 0, 0,
	    "begins like '%s', which is counted, and ends before it: it cannot be told whether its "
	    "last lines are counted, so none were (--overlap=allow to count all of it)",
	    reading->known.name);
}

/* What of it is new goes into the store. */
static int read_rest(struct reading *reading, struct diag *d)
{
	struct ingest *in = reading->in;
	const struct pipeline pipeline = {
	    .parser = in->parser,
	    .zone = in->zone,
	    .year = in->year,
	    .host = in->host,
	    .unfinished = in->one_shot,
	    .ahead = true,
	    .trace = in->single ? NULL : &reading->trace,
	    .block = after_block,
	    .context = reading,
	};
	struct stream *to = &reading->move.to;
	int r = stream_newest(in->store, &reading->move.newest, d);

	if (r < 0)
		return r;
	reading->trace = trace_begin(reading->known.identity, to->at.offset, NULL);
	reading->trace.begin = reading->begin;
	r = pipeline_read(&pipeline, reading->reader, to->at.offset, &reading->counts, d);
	reading->result->unfinished = reading->counts.unfinished;
	return r;
}

/* Nothing of the log is counted. */
static int take_back(struct reading *reading, int r, struct diag *d)
{
	_cleanup_diag_ struct diag second = {0};
	struct ingest *in = reading->in;
	int stored = 0;

	aggregate_clear(in->aggregate);
	if (in->one_shot) {
		stored = store_release(in->store, false, &second);
		aggregate_forget_ids(in->aggregate);
		in->import.id = reading->import;
	} else if (reading->log.id) {
		stored = import_take_back(in->store, reading->log.id, &second);
	}
	reading->result->counted = (struct ingest_counts){0};
	return stored < 0 ? diag_set(d, -stored, NULL, 0, 0, "%s", second.text) : r;
}

/* How the reading ended decides what stays of it. */
static int finish(struct reading *reading, int r, struct diag *d)
{
	_cleanup_diag_ struct diag second = {0};
	struct ingest *in = reading->in;
	bool archive = strcmp(reading->info.compression, "plain") != 0;
	int stored = 0;

	if (r == -ERANGE || r == -EEXIST)
		return take_back(reading, r, d);
	if (ingest_is_fatal(r) || reading->failed) {
		aggregate_clear(in->aggregate);
		return r;
	}
	/* Read to its end, or up to where it breaks off: the lines before count. */
	if (r == 0 && archive)
		reading->move.to.closed = true;
	if (reading->move.to.at.offset > reading->move.committed ||
	    (reading->log.id && reading->move.to.closed))
		stored = commit(reading, &second);
	else if (r == 0 && reading->known.stream.id && archive && !reading->known.stream.closed)
		stored = stream_close(in->store, reading->known.stream.id, &second);
	if (stored == -EEXIST) { /* the last lines are of hours that another source speaks for */
		diag_set(d, EEXIST, NULL, 0, 0, "%s", second.text);
		return take_back(reading, stored, d);
	}
	if (stored < 0) {
		aggregate_clear(in->aggregate);
		diag_free(d);
		return diag_set(d, -stored, NULL, 0, 0, "%s", second.text);
	}
	return r;
}

static int read_log(struct reading *reading, struct diag *d)
{
	struct ingest *in = reading->in;
	_cleanup_buffer_ struct buffer sessions = {0};
	_cleanup_diag_ struct diag second = {0};
	int stored, r = locate(in->store, reading->reader, &reading->known, d);

	if (r < 0)
		return r;
	reading->result->verdict = reading->known.verdict;
	if (reading->known.verdict == STREAM_SHORTER) {
		if (!in->overlap_allowed)
			return refuse_shorter(reading, d);
		reading->known.stream = (struct stream){0};
	}
	if (reading->known.verdict == STREAM_COUNTED)
		return finish(reading, 0, d);
	reading->move = (struct stream_move){
	    .name = slice_of(reading->info.name),
	    .to = reading->known.stream,
	    .committed = reading->known.stream.at.offset,
	    .rungs = &reading->rungs,
	};
	reading->log = (struct import_log){
	    .import = &in->import,
	    .from = reading->known.stream,
	    .move = &reading->move,
	    .unnoted = in->one_shot,
	};
	reading->import = in->import.id;
	if (in->one_shot)
		r = store_hold(in->store, d);
	if (r < 0)
		return r;
	parser_save(in->parser, &sessions);
	r = finish(reading, read_rest(reading, d), d);
	if (r == -ERANGE || r == -EEXIST)
		parser_restore(in->parser, buffer_slice(&sessions));
	reading->result->new_bytes = reading->move.committed - reading->known.stream.at.offset;
	stored = store_release(in->store, true, r < 0 ? &second : d);
	return r < 0 ? r : stored;
}

int ingest_log(struct ingest *in, struct reader *reader, struct ingest_result *ret, struct diag *d)
{
	struct reading *reading = memory_alloc(sizeof(*reading));
	int r;

	*ret = (struct ingest_result){0};
	reading->in = in;
	reading->reader = reader;
	reading->result = ret;
	reading->counted = in->counts;
	in->last_event = 0;
	reader_info(reader, &reading->info);
	buffer_clear(&in->source);
	buffer_text_add(&in->source, reading->info.name);
	in->class = "file";
	progress_log(in->progress, reading->info.name, reading->info.size);
	r = read_log(reading, d);
	located_free(&reading->known);
	rungs_free(&reading->rungs);
	free(reading);
	return r;
}
