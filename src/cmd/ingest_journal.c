/* SPDX-License-Identifier: ISC */
#include "base/memory.h"
#include "base/zone.h"
#include "cmd/ingest.h"
#include "input/journal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK_SIZE (64 * 1024)

/* A journal's entry becomes the line that syslog would have written of it, with a stamp that leaves
 * nothing to guess: so there is one way through the parser.  What a sender put into a field cannot
 * end the field or the line. */
static void add_word(struct buffer *to, struct slice word, const char *ends)
{
	if (word.n == 0)
		word = SLICE("-");
	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = (unsigned char)word.p[i];

		buffer_char(to, c <= ' ' || c == 127 || strchr(ends, c) ? '?' : word.p[i]);
	}
}

static void add_entry(struct buffer *to, const struct journal_record *entry)
{
	struct civil c;

	civil_from_seconds(entry->time, &c);
	buffer_printf(to, "%04d-%02d-%02dT%02d:%02d:%02dZ ", c.year, c.month, c.day, c.hour,
	    c.minute, c.second);
	add_word(to, entry->host, "[]");
	buffer_char(to, ' ');
	add_word(to, entry->ident, "[]:");
	if (entry->pid.n) {
		buffer_char(to, '[');
		add_word(to, entry->pid, "[]:");
		buffer_char(to, ']');
	}
	buffer_text_add(to, ": ");
	for (size_t i = 0; i < entry->message.n; i++)
		buffer_char(to,
		    entry->message.p[i] && entry->message.p[i] != '\n' ? entry->message.p[i] : ' ');
	buffer_char(to, '\n');
}

/* The units of all MTAs; the list ends with NULL and borrows the names. */
static const char **collect_units(const struct pattern_set *set)
{
	const char **units = memory_array(1, sizeof(*units));
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++)
		for (char **unit = set->mtas[i]->units; unit && *unit; unit++) {
			units = memory_grow(units, n + 2, sizeof(*units));
			units[n++] = *unit;
		}
	units[n] = NULL;
	return units;
}

/* What was counted since the last commit; committed is what the parser had told by then. */
static int commit(struct ingest *in, struct parser_counts *committed, struct diag *d)
{
	struct parser_counts now;
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
		    },
	    },
	    d);
	if (r == 0) {
		in->counts.lines += lines;
		*committed = now;
	}
	return r;
}

/* Years of a journal are more hours than the counters have room for. */
static int take_block(
    struct ingest *in, struct buffer *block, struct parser_counts *committed, struct diag *d)
{
	parser_block(in->parser, buffer_slice(block));
	buffer_clear(block);
	return aggregate_nearly_full(in->aggregate) ? commit(in, committed, d) : 0;
}

static int read_entries(struct ingest *in, struct journal *journal, struct diag *d)
{
	_cleanup_buffer_ struct buffer block = {0};
	struct parser_counts committed = {0};
	struct journal_record entry;
	int r = 0, stored = 0;

	while (stored == 0 && (r = journal_next(journal, &entry, d)) > 0) {
		add_entry(&block, &entry);
		if (block.n >= BLOCK_SIZE)
			stored = take_block(in, &block, &committed, d);
	}
	if (stored == 0)
		stored = take_block(in, &block, &committed, d);
	if (stored == 0)
		stored = commit(in, &committed, d);
	return stored < 0 ? stored : r;
}

int ingest_journal(struct ingest *in, const char *where, int64_t since, struct diag *d)
{
	_cleanup_(journal_free_p) struct journal *journal = NULL;
	_cleanup_zone_ struct zone *utc = NULL;
	_cleanup_free_ const char **units = collect_units(in->patterns);
	struct clock clock;
	int r = zone_open("UTC", &utc, d);

	if (r == 0)
		r = journal_open(where, units, &journal, d);
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
	r = read_entries(in, journal, d);
	if (r == 0 && journal_unreadable(journal))
		r = diag_set(d, EBADMSG, buffer_text(&in->source), 0, 0,
		    "%lld entries could not be read: damaged, or deleted meanwhile",
		    (long long)journal_unreadable(journal));
	return r;
}
