/* SPDX-License-Identifier: ISC */
#include "cmd/feed_journal.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/texts.h"
#include "cmd/journal_boots.h"
#include "cmd/journal_line.h"
#include "cmd/journal_past.h"
#include "cmd/journal_trust.h"
#include "parse/parser.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK_SIZE (64 * 1024)
#define PROCESS_EVERY 1024	/* entries between looks at what happened to the files */
#define RETRY UINT64_C(5000000) /* microseconds before a journal that failed is opened again */

struct feed_journal {
	struct feed feed;
	char *where; /* NULL: this machine's */
	char **units;
	struct journal_trust *trusted;
	struct journal *journal;   /* NULL: it could not be opened yet */
	struct journal_place last; /* the entry that was read last */
	char committed[256];	   /* the same, when it was committed last: its cursor */
	bool has_last;
	struct journal_boots *boots; /* how far they were read */
	bool unnoted;		     /* it cannot be told how far that was before */
	char **apart;		     /* boots before the place, one by one; NULL: none */
	size_t apart_next;
	char resumed[33];	   /* the boot of the place; "": none */
	struct journal_place seen; /* when files were looked at last, all was read up to there, */
	int64_t seen_until;	   /* or this monotonic time, if mail's entries end before; or -1 */
	bool this_boot;		   /* the handle gives nothing else */
	bool placed;		   /* the handle stands behind what was read */
	bool failing;		   /* it could not be read, which was said */
	int64_t skip_before;	   /* UTC seconds: counted from files */
	int64_t unreadable;	   /* told */
	struct buffer block;
	struct journal_position position; /* of the commit that is being made */
};

static struct feed_journal *of(struct feed *feed)
{
	return (struct feed_journal *)feed;
}

static void gap(
    struct feed_journal *f, enum gap_kind kind, int64_t from, int64_t to, const char *note)
{
	struct gap gap = {.kind = kind, .from = from, .to = to, .n = -1};

	snprintf(gap.note, sizeof(gap.note), "%s", note);
	feed_gap(&f->feed, &gap);
	log_warning("the journal '%s': %s", f->feed.name, note);
}

/* The entry is gone, and the next later one, if there is one, stands in its place: what lay between
 * is not known.  Later by the machine's own order: its clock may have been set back since. */
static void place_is_gone(struct feed_journal *f)
{
	int64_t from = f->last.realtime / 1000000, now = time(NULL);
	struct journal_place next;
	int64_t to = journal_next_place(f->journal, &next) ? next.realtime / 1000000 : now;

	if (to < from)
		gap(f, GAP_CLOCK_BACK, to, from,
		    "the entry that was read last is gone, and the clock was set back behind it; "
		    "entries may be lost");
	else
		gap(f, GAP_VACUUMED, from, to,
		    "the entry that was read last is gone; entries after it may be, too");
}

static int know_boot(void *context, const struct journal_boot *boot)
{
	journal_boots_know(context, boot);
	return 0;
}

static int journal_feed_locate(struct feed *feed, struct diag *d)
{
	struct feed_journal *f = of(feed);
	struct journal_position saved;
	int r = store_journal_position(feed->environment->store, feed->name, &saved, d);

	if (r <= 0)
		return r;
	f->last = (struct journal_place){.realtime = saved.realtime, .monotonic = saved.monotonic};
	snprintf(f->last.cursor, sizeof(f->last.cursor), "%s", saved.cursor);
	snprintf(f->last.boot, sizeof(f->last.boot), "%s", saved.boot);
	memcpy(f->committed, f->last.cursor, sizeof(f->committed));
	f->has_last = true;
	return store_journal_boots(feed->environment->store, feed->name, know_boot, f->boots, d);
}

/* Behind what was read. */
static int go_to_last(struct feed_journal *f, struct diag *d)
{
	int r = journal_seek_place(f->journal, &f->last, d);

	if (r == 0)
		place_is_gone(f);
	return r;
}

/* What an earlier version read, or files told, is not read apart. */
static void know_past(struct feed_journal *f)
{
	const struct journal_place *place = f->has_last && !f->this_boot ? &f->last : NULL;

	if (journal_boots_any(f->boots) || (!f->has_last && !f->skip_before))
		return;
	f->unnoted = journal_past_know(f->boots, f->journal, place, f->skip_before) < 0;
}

/* The next boot that was passed over, and what follows the place after the last of them. */
static int go_on_apart(struct feed_journal *f, struct diag *d)
{
	const char *boot = f->apart[f->apart_next++];
	int r = journal_only_boot(f->journal, boot, d);

	if (boot) {
		log_info("the journal '%s': of the boot %s, whose clock was behind, not all was "
			 "read; it is read now",
		    f->feed.name, boot);
		return r;
	}
	f->apart = texts_free(f->apart);
	return r < 0 ? r : go_to_last(f, d);
}

static int find_apart(struct feed_journal *f, struct diag *d)
{
	int r = f->unnoted ? 0 : journal_past_find(f->boots, f->journal, &f->last, &f->apart);

	if (r < 0)
		gap(f, GAP_READ_ERROR, 0, f->last.realtime / 1000000,
		    "it cannot be told which boots there are; entries of one that set the clock "
		    "back may be passed over");
	if (r < 0 || !f->apart) {
		r = journal_only_boot(f->journal, NULL, d);
		return r < 0 ? r : go_to_last(f, d);
	}
	f->apart_next = 0;
	return go_on_apart(f, d);
}

/* At the first entry, or the first that no file told already. */
static int go_to_first(struct feed_journal *f, struct diag *d)
{
	int r = 0;

	if (!f->feed.environment->import)
		r = store_files_end(f->feed.environment->store, &f->skip_before, d);
	if (r < 0)
		return r;
	f->skip_before += f->skip_before > 0;
	know_past(f);
	r = journal_only_boot(f->journal, NULL, d);
	return r < 0 ? r : journal_seek_since(f->journal, f->skip_before, d);
}

static int go_to_position(struct feed_journal *f, struct diag *d)
{
	int r = 0;

	f->apart = texts_free(f->apart);
	memcpy(f->resumed, f->has_last ? f->last.boot : "", f->has_last ? sizeof(f->resumed) : 1);
	f->this_boot = f->has_last && journal_is_this_boot(f->journal, f->last.boot) &&
		       journal_boot_end(f->journal, f->last.boot) >= 0;
	if (f->has_last)
		know_past(f);
	if (f->this_boot)
		r = journal_only_this_boot(f->journal, d);
	if (r >= 0 && f->this_boot)
		r = go_to_last(f, d);
	else if (r >= 0)
		r = f->has_last ? find_apart(f, d) : go_to_first(f, d);
	f->placed = r >= 0;
	f->seen.cursor[0] = '\0';
	return r < 0 ? r : 0;
}

/* One that is not there, or may not be read, is waited for. */
static int open_journal(struct feed_journal *f)
{
	_cleanup_diag_ struct diag why = {0};
	int r = journal_open(f->where, journal_trust_units(f->trusted), &f->journal, &why);

	if (r < 0) {
		feed_trouble(&f->feed, why.text);
		return r;
	}
	feed_trouble(&f->feed, NULL);
	if (!f->where && journal_is_volatile(f->journal))
		log_warning(
		    "this machine's journal is kept in memory only: what is not read before "
		    "the next boot is lost (mkdir /var/log/journal)");
	return 0;
}

static int journal_feed_open(struct feed *feed, struct diag *d)
{
	struct feed_journal *f = of(feed);

	(void)d;
	open_journal(f);
	return 0;
}

static void take_entry(struct feed_journal *f, const struct journal_record *entry)
{
	struct gap dropped;

	if (entry->time < f->skip_before)
		return;
	if (entry->dropped > 0) {
		journal_line_dropped(entry, &dropped);
		dropped.from = f->last.realtime / 1000000;
		feed_gap(&f->feed, &dropped);
	} else if (journal_trusts(f->trusted, entry)) {
		journal_line_add(&f->block, entry);
	} else {
		f->feed.read.untrusted++;
	}
	if (entry->time > f->feed.last_event && entry->time <= time(NULL) + 60)
		f->feed.last_event = entry->time;
}

static void parse_block(struct feed_journal *f)
{
	f->feed.bytes += (int64_t)f->block.n;
	feed_parse_block(&f->feed, f->feed.parser, &f->block);
}

/* Entries that the library could not read are lost, and it goes on. */
static void tell_unreadable(struct feed_journal *f)
{
	int64_t n = journal_unreadable(f->journal);
	struct gap lost = {.kind = GAP_READ_ERROR,
	    .from = f->last.realtime / 1000000,
	    .to = time(NULL),
	    .n = n - f->unreadable,
	    .note = "entries that could not be read"};

	if (n == f->unreadable)
		return;
	f->unreadable = n;
	feed_gap(&f->feed, &lost);
}

/* The handle is not to be trusted: it is opened anew after a while, behind what was read. */
static int give_up(struct feed_journal *f, const struct diag *why)
{
	if (!f->failing)
		gap(f, GAP_READ_ERROR, f->last.realtime / 1000000, time(NULL), why->text);
	f->failing = true;
	f->placed = false;
	f->journal = journal_free(f->journal);
	f->unreadable = 0;
	return 0;
}

/* The position is committed with what was parsed, so there must be one.  1: nothing is known of the
 * entry; 0: it was read. */
static int keep_place(struct feed_journal *f, struct diag *d)
{
	struct journal_place place;
	int r = journal_place(f->journal, &place);
	bool fresh;

	if (r < 0)
		return diag_set(d, -r, NULL, 0, 0, "the journal '%s' does not tell where it is: %s",
		    f->feed.name, strerror(-r));
	fresh = journal_boots_take(f->boots, (struct slice){0}, &place) || f->this_boot ||
		strcmp(place.boot, f->resumed) == 0;
	/* Of a boot that was passed over it is noted how far it was read, and no more. */
	if (!f->apart) {
		f->last = place;
		f->has_last = true;
	}
	return fresh;
}

/* What is not of this boot, and then what is. */
static int next_entry(struct feed_journal *f, struct journal_record *ret, struct diag *d)
{
	int r;

	for (;;) {
		r = journal_next(f->journal, ret, d);
		if (f->this_boot || r < 0)
			return r;
		if (f->apart) {
			if (r > 0)
				return r;
			r = go_on_apart(f, d);
			if (r < 0)
				return r;
			continue;
		}
		if (r > 0 && !journal_is_this_boot(f->journal, NULL))
			return r;
		if (r == 0) {
			r = journal_only_this_boot(f->journal, d);
			if (r <= 0)
				return r;
			f->this_boot = true;
		}
	}
}

/* Some entries, and where the last of them stands. */
static int read_entries(
    struct feed_journal *f, int64_t budget, int *ret_count, struct diag *why, struct diag *d)
{
	struct feed *feed = &f->feed;
	struct journal_record entry;
	int64_t before = feed->bytes;
	int n = 0, r = 0, kept = 0;
	bool unkept = false;

	while (n < PROCESS_EVERY && feed->bytes - before < budget && !feed_is_full(feed) &&
	       kept >= 0 && (r = next_entry(f, &entry, why)) > 0) {
		/* In another boot the next one may be passed over, or was read apart. */
		unkept = f->this_boot;
		kept = unkept ? 1 : keep_place(f, d);
		if (kept > 0)
			take_entry(f, &entry);
		n++;
		if (f->block.n >= BLOCK_SIZE)
			parse_block(f);
	}
	if (f->block.n)
		parse_block(f);
	if (unkept)
		kept = keep_place(f, d);
	*ret_count = n;
	return kept < 0 ? kept : r;
}

/* What was read and is deleted is not lost.  journald deletes the oldest first: while the entry is
 * there up to which all was read, so is what came behind it. */
static void tell_deleted(struct feed_journal *f)
{
	if (f->seen.cursor[0] && journal_reaches_back(f->where, &f->seen, f->seen_until) <= 0)
		gap(f, GAP_VACUUMED, f->seen.realtime / 1000000, time(NULL),
		    "all that was read is gone; entries after it may be, too");
}

/* Files that are renamed or deleted are closed, so this is for when they were read.  `end`: of the
 * last entry's boot, when more was asked for and none came; -1: some came.  True: there may be more
 * to read. */
static bool look_at_files(struct feed_journal *f, int64_t end)
{
	enum journal_change change = journal_process(f->journal);

	if (change == JOURNAL_FILES)
		tell_deleted(f);
	if (f->has_last)
		f->seen = f->last;
	f->seen_until = end;
	return change != JOURNAL_SAME;
}

static int journal_feed_read(struct feed *feed, int64_t budget, struct diag *d)
{
	_cleanup_diag_ struct diag why = {0};
	struct feed_journal *f = of(feed);
	int64_t end;
	int entries, r;

	if (!f->journal && open_journal(f) < 0)
		return 0;
	if (!f->placed && go_to_position(f, &why) < 0)
		return give_up(f, &why);
	end = f->has_last ? journal_boot_end(f->journal, f->last.boot) : -1;
	r = read_entries(f, budget, &entries, &why, d);
	feed->dirty |= entries > 0;
	if (d->text)
		return r;
	if (r < 0)
		return give_up(f, &why);
	f->failing = false;
	tell_unreadable(f);
	return look_at_files(f, entries == 0 ? end : -1) || r > 0;
}

static int journal_feed_position(struct feed *feed, struct batch *batch, struct diag *d)
{
	struct feed_journal *f = of(feed);

	(void)d;
	if (!f->has_last)
		return 0;
	f->position = (struct journal_position){
	    .cursor = f->last.cursor,
	    .boot = f->last.boot,
	    .before = f->committed,
	    .realtime = f->last.realtime,
	    .monotonic = f->last.monotonic,
	};
	batch->journal = &f->position;
	if (!f->unnoted)
		batch->boots = journal_boots_moved(f->boots, &batch->boot_count);
	return 0;
}

static void journal_feed_committed(struct feed *feed)
{
	struct feed_journal *f = of(feed);

	if (!f->has_last)
		return;
	memcpy(f->committed, f->last.cursor, sizeof(f->committed));
	journal_boots_committed(f->boots);
}

static void journal_feed_forget(struct feed *feed)
{
	struct feed_journal *f = of(feed);

	f->placed = f->has_last = f->unnoted = false;
	f->committed[0] = '\0';
	journal_boots_free(f->boots);
	f->boots = journal_boots_new();
	buffer_clear(&f->block);
}

static int journal_feed_descriptor(const struct feed *feed, uint32_t *ret_events)
{
	const struct feed_journal *f = (const struct feed_journal *)feed;

	if (!f->journal)
		return -1;
	*ret_events = (uint32_t)journal_events(f->journal);
	return journal_descriptor(f->journal);
}

/* journald tells of what it writes four times a second at most; but a file that it renames may be
 * deleted in the next moment. */
static bool journal_feed_woken(struct feed *feed)
{
	(void)feed;
	return true;
}

static uint64_t journal_feed_patience(const struct feed *feed)
{
	const struct feed_journal *f = (const struct feed_journal *)feed;

	if (f->failing)
		return RETRY;
	return !f->journal || feed->environment->always_poll ? feed->environment->poll : UINT64_MAX;
}

static int64_t journal_feed_lag(const struct feed *feed)
{
	(void)feed;
	return -1;
}

static void journal_feed_free(struct feed *feed)
{
	struct feed_journal *f = of(feed);

	journal_free(f->journal);
	journal_boots_free(f->boots);
	texts_free(f->apart);
	journal_trust_free(f->trusted);
	buffer_free(&f->block);
	texts_free(f->units);
	free(f->where);
	free(f);
}

static const struct feed_kind kind = {
    .class = "journal",
    .locate = journal_feed_locate,
    .open = journal_feed_open,
    .read = journal_feed_read,
    .position = journal_feed_position,
    .committed = journal_feed_committed,
    .forget = journal_feed_forget,
    .descriptor = journal_feed_descriptor,
    .woken = journal_feed_woken,
    .patience = journal_feed_patience,
    .lag = journal_feed_lag,
    .free = journal_feed_free,
};

struct feed *feed_journal_new(
    struct feed_environment *e, const char *where, char *const *units, enum config_trust trust)
{
	struct feed_journal *f = memory_alloc(sizeof(*f));

	f->where = memory_string(where);
	f->units = texts_copy(units);
	f->trusted = journal_trust_new(e->patterns, f->units, trust);
	feed_init(&f->feed, &kind, e, where ? where : "journal", NULL, NULL);
	return &f->feed;
}
