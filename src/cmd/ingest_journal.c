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
#define GAPS 64

/* A journal on its way into the store; what is counted here is since the last commit. */
struct reading {
	struct journal_trust *trust;
	struct line_counts committed;
	int64_t untrusted;
	struct gap gaps[GAPS];
	size_t gap_count;
	struct parse_ahead *ahead;
	struct buffer blocks[PARSE_AHEAD_MAX]; /* the entries of each as lines */
	size_t block;			       /* that is being filled */
};

/* What was counted since the last commit; committed is what the parser had told by then. */
static int commit(struct ingest *in, struct reading *reading, struct diag *d)
{
	struct line_counts now, *committed = &reading->committed;
	int64_t lines;
	int r;

	parse_ahead_settle(reading->ahead);
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
		.gaps = reading->gaps,
		.gap_count = reading->gap_count,
	    },
	    d);
	if (r < 0)
		return r;
	in->counts.lines += lines;
	in->untrusted += reading->untrusted;
	in->evicted = parser_evicted(in->parser);
	*committed = now;
	reading->untrusted = 0;
	reading->gap_count = 0;
	return 0;
}

/* Years of a journal are more hours than the counters have room for. */
static int take_block(struct ingest *in, struct reading *reading, struct diag *d)
{
	parse_ahead_block(reading->ahead, buffer_slice(&reading->blocks[reading->block]));
	reading->block = (reading->block + 1) % ARRAY_SIZE(reading->blocks);
	buffer_clear(&reading->blocks[reading->block]);
	return aggregate_nearly_full(in->aggregate) || reading->gap_count == GAPS
		   ? commit(in, reading, d)
		   : 0;
}

static void take_entry(struct reading *reading, const struct journal_record *entry)
{
	if (entry->dropped > 0 && reading->gap_count < GAPS)
		journal_line_dropped(entry, &reading->gaps[reading->gap_count++]);
	else if (entry->dropped < 0 && journal_trusts(reading->trust, entry))
		journal_line_add(&reading->blocks[reading->block], entry);
	else if (entry->dropped < 0)
		reading->untrusted++;
}

static int read_entries(
    struct ingest *in, struct journal *journal, struct reading *reading, struct diag *d)
{
	struct journal_record entry;
	int r = 0, stored = 0;

	while (stored == 0 && (r = journal_next(journal, &entry, d)) > 0) {
		take_entry(reading, &entry);
		if (reading->blocks[reading->block].n >= BLOCK_SIZE || reading->gap_count == GAPS)
			stored = take_block(in, reading, d);
	}
	if (stored == 0)
		stored = take_block(in, reading, d);
	if (stored == 0)
		stored = commit(in, reading, d);
	return stored < 0 ? stored : r;
}

int ingest_journal(struct ingest *in, const char *where, char *const *units,
    enum config_trust trusted, int64_t since, struct diag *d)
{
	_cleanup_(journal_free_p) struct journal *journal = NULL;
	_cleanup_zone_ struct zone *utc = NULL;
	_cleanup_journal_trust_ struct journal_trust *trust =
	    journal_trust_new(in->patterns, units, trusted);
	struct reading reading = {.trust = trust};
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
	reading.ahead = parse_ahead_new(in->parser, true);
	r = read_entries(in, journal, &reading, d);
	parse_ahead_free(reading.ahead);
	for (size_t i = 0; i < ARRAY_SIZE(reading.blocks); i++)
		buffer_free(&reading.blocks[i]);
	if (r == 0 && journal_unreadable(journal))
		r = diag_set(d, EBADMSG, buffer_text(&in->source), 0, 0,
		    "%lld entries could not be read: damaged, or deleted meanwhile",
		    (long long)journal_unreadable(journal));
	return r;
}
