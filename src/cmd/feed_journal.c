/* SPDX-License-Identifier: ISC */
#include "cmd/feed_journal.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/texts.h"
#include "cmd/feed_journal_place.h"
#include "cmd/journal_line.h"
#include "parse/parser.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK_SIZE (64 * 1024)
#define PROCESS_EVERY 1024	 /* entries between looks at what happened to the files */
#define RETRY UINT64_C(5000000)	 /* microseconds before a journal that failed is opened again */
#define REOPEN UINT64_C(1000000) /* and one that moved to the disk */

static struct feed_journal *of(struct feed *feed)
{
	return (struct feed_journal *)feed;
}

void feed_journal_gap(
    struct feed_journal *f, enum gap_kind kind, int64_t from, int64_t to, const char *note)
{
	struct gap gap = {.kind = kind, .from = from, .to = to, .n = -1};

	snprintf(gap.note, sizeof(gap.note), "%s", note);
	feed_gap(&f->feed, &gap);
	log_warning("the journal '%s': %s", f->feed.name, note);
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
	f->no_disk = !f->where && !journal_has_disk();
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

/* It is opened anew with the next read, behind what was read. */
static void close_journal(struct feed_journal *f)
{
	f->journal = journal_free(f->journal);
	f->placed = false;
	f->unreadable = 0;
}

/* The handle is not to be trusted: it is opened anew after a while, behind what was read. */
static int give_up(struct feed_journal *f, const struct diag *why)
{
	if (!f->failing)
		feed_journal_gap(
		    f, GAP_READ_ERROR, f->last.realtime / 1000000, time(NULL), why->text);
	f->failing = true;
	close_journal(f);
	return 0;
}

/* The file of the entry that was read last was deleted in between, so that where it stands cannot
 * be told: what was read since the last commit is read again, from what is there now. */
static int read_anew(struct feed_journal *f, struct diag *d)
{
	log_info("%s; it is read again from where the store stands", d->text);
	diag_free(d);
	close_journal(f);
	return -EAGAIN;
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
	       kept >= 0 && (r = feed_journal_next(f, &entry, why)) > 0) {
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
 * there up to which all was read, so is what came behind it.  False: it could not be found out, and
 * is asked again when files change again. */
static bool tell_deleted(struct feed_journal *f)
{
	int r = f->seen.cursor[0] ? journal_reaches_back(f->where, &f->seen, f->seen_until) : 1;

	if (r == 0)
		feed_journal_gap(f, GAP_VACUUMED, f->seen.realtime / 1000000, time(NULL),
		    "all that was read is gone; entries after it may be, too");
	return r >= 0;
}

/* Files that are renamed or deleted are closed, so this is for when they were read.  A handle that
 * was opened before there was a journal on the disk is never told of that one.  `end`: of the last
 * entry's boot, when more was asked for and none came; -1: some came.  True: there may be more to
 * read. */
static bool look_at_files(struct feed_journal *f, int64_t end, const char *boot)
{
	enum journal_change change = journal_process(f->journal);

	if (change == JOURNAL_FILES && f->no_disk && journal_has_disk()) {
		close_journal(f);
		return false; /* so that nobody waits on what is closed */
	}
	if (change == JOURNAL_FILES && !tell_deleted(f))
		return true;
	if (f->has_last)
		f->seen = f->last;
	f->seen_until = end;
	if (end >= 0)
		memcpy(f->seen.boot, boot, sizeof(f->seen.boot));
	return change != JOURNAL_SAME;
}

/* The monotonic time of the latest entry, and its boot: this one, or that of mail's last one. */
static int64_t newest(const struct feed_journal *f, char boot[static JOURNAL_ID_MAX])
{
	int64_t end = -1;

	if (journal_this_boot(boot))
		end = journal_boot_end(f->journal, boot);
	if (end >= 0)
		return end;
	memcpy(boot, f->last.boot, sizeof(f->last.boot));
	return journal_boot_end(f->journal, boot);
}

static int journal_feed_read(struct feed *feed, int64_t budget, struct diag *d)
{
	_cleanup_diag_ struct diag why = {0};
	struct feed_journal *f = of(feed);
	char boot[JOURNAL_ID_MAX];
	int64_t end;
	int entries, r;

	if (!f->journal && open_journal(f) < 0)
		return 0;
	if (!f->placed && feed_journal_go_on(f, &why) < 0)
		return give_up(f, &why);
	end = f->has_last ? newest(f, boot) : -1;
	r = read_entries(f, budget, &entries, &why, d);
	feed->dirty |= entries > 0;
	if (r == -EADDRNOTAVAIL && d->text && !feed->environment->import)
		return read_anew(f, d);
	if (d->text)
		return r;
	if (r < 0)
		return give_up(f, &why);
	f->failing = false;
	tell_unreadable(f);
	return look_at_files(f, entries == 0 ? end : -1, boot) || r > 0;
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
	if (!f->journal && f->no_disk)
		return REOPEN;
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
