/* SPDX-License-Identifier: ISC */
#include "base/memory.h"
#include "base/zone.h"
#include "cmd/ingest.h"
#include "cmd/journal_line.h"
#include "cmd/journal_trust.h"
#include "input/journal.h"
#include "parse/parse_ahead.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK_SIZE (64 * 1024)
#define BLOCK_GAPS 16

/* Entries that were read: as lines, or as what became of them. */
struct entries {
	struct buffer lines;
	int64_t untrusted;
	struct gap gaps[BLOCK_GAPS];
	size_t gap_count;
};

/* A journal on its way into the store. */
struct reading {
	struct ingest *in;
	struct line_counts committed;
	int64_t untrusted; /* since the last commit */
	bool failed;	   /* to commit */
	struct entries blocks[PARSE_AHEAD_SLOTS];

	/* The reading stage's. */
	struct journal *journal;
	struct journal_trust *trust;
	int result;	 /* of journal_next(); 0 or negative when it has ended, */
	struct diag why; /* and why */
};

/* What was counted since the last commit, and the gaps of the block that was parsed last. */
static int commit(struct reading *reading, const struct entries *last, struct diag *d)
{
	struct ingest *in = reading->in;
	struct line_counts now, *committed = &reading->committed;
	int64_t lines;
	int r;

	parser_counts(in->parser, &now);
	lines = now.lines - committed->lines;
	r = store_commit(in->store,
	    &(struct batch){
		.aggregate = in->aggregate,
		.source = buffer_slice(&in->source),
		.class = in->class,
		.read =
		    {
			.lines = lines,
			.bad_time = now.bad_time - committed->bad_time,
			.unparsed = now.unparsed - committed->unparsed,
			.untrusted = reading->untrusted,
			.evicted = parser_evicted(in->parser) - in->evicted,
		    },
		.gaps = last ? last->gaps : NULL,
		.gap_count = last ? last->gap_count : 0,
	    },
	    d);
	if (r < 0)
		return r;
	in->counts.lines += lines;
	in->untrusted += reading->untrusted;
	in->evicted = parser_evicted(in->parser);
	*committed = now;
	reading->untrusted = 0;
	return 0;
}

/* Years of a journal are more hours than the counters have room for. */
static int block_parsed(void *context, unsigned slot, struct diag *d)
{
	struct reading *reading = context;
	const struct entries *e = &reading->blocks[slot];
	int r = 0;

	reading->untrusted += e->untrusted;
	if (aggregate_nearly_full(reading->in->aggregate) || e->gap_count)
		r = commit(reading, e, d);
	reading->failed = r < 0;
	return r;
}

static void take_entry(
    struct reading *reading, struct entries *to, const struct journal_record *entry)
{
	if (entry->dropped > 0)
		journal_line_dropped(entry, &to->gaps[to->gap_count++]);
	else if (entry->dropped < 0 && journal_trusts(reading->trust, entry))
		journal_line_add(&to->lines, entry);
	else if (entry->dropped < 0)
		to->untrusted++;
}

static int read_entries(void *context, unsigned slot, struct slice *ret_text, struct diag *d)
{
	struct reading *reading = context;
	struct entries *to = &reading->blocks[slot];
	struct journal_record entry;
	bool any = false;

	buffer_clear(&to->lines);
	to->untrusted = 0;
	to->gap_count = 0;
	while (reading->result > 0 && to->lines.n < BLOCK_SIZE && to->gap_count < BLOCK_GAPS) {
		reading->result = journal_next(reading->journal, &entry, &reading->why);
		if (reading->result > 0)
			take_entry(reading, to, &entry);
		any |= reading->result > 0;
	}
	*ret_text = buffer_slice(&to->lines);
	if (any)
		return 1;
	diag_move(d, &reading->why);
	return reading->result;
}

static int read_journal(struct reading *reading, struct diag *d)
{
	const struct parse_ahead stages = {
	    .read = read_entries,
	    .parsed = block_parsed,
	    .read_here = true, /* sd-journal(3): a journal is one thread's, locked or not */
	    .context = reading,
	};
	_cleanup_diag_ struct diag second = {0};
	int r = parse_ahead(reading->in->parser, &stages, true, d), stored = 0;

	/* Where the journal breaks off, what was read before counts. */
	if (!reading->failed)
		stored = commit(reading, NULL, r < 0 ? &second : d);
	return r < 0 ? r : stored;
}

int ingest_journal(struct ingest *in, const char *where, char *const *units,
    enum config_trust trusted, int64_t since, struct diag *d)
{
	_cleanup_(journal_free_p) struct journal *journal = NULL;
	_cleanup_zone_ struct zone *utc = NULL;
	_cleanup_journal_trust_ struct journal_trust *trust =
	    journal_trust_new(in->patterns, units, trusted);
	struct reading reading = {.in = in, .trust = trust, .result = 1};
	struct clock clock;
	int r = zone_open("UTC", &utc, d);

	if (r == 0)
		r = journal_open(where, journal_trust_units(trust), &journal, d);
	if (r == 0 && since != INT64_MIN)
		r = journal_seek_since(journal, since, d);
	if (r < 0)
		return r;
	buffer_clear(&in->source);
	buffer_text_add(&in->source, where ? where : "journal");
	in->class = "journal";
	progress_log(in->progress, buffer_text(&in->source), -1);
	clock_init(&clock, utc, time(NULL), 0);
	parser_log(in->parser, SLICE_NONE, &clock);
	reading.journal = journal;
	r = read_journal(&reading, d);
	for (size_t i = 0; i < PARSE_AHEAD_SLOTS; i++)
		buffer_free(&reading.blocks[i].lines);
	diag_free(&reading.why);
	if (r == 0 && journal_unreadable(journal))
		r = diag_set(d, EBADMSG, buffer_text(&in->source), 0, 0,
		    "%lld entries could not be read: damaged, or deleted meanwhile",
		    (long long)journal_unreadable(journal));
	return r;
}
