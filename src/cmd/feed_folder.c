/* SPDX-License-Identifier: ISC */
#include "cmd/feed_folder.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/texts.h"
#include "cmd/journal_boots.h"
#include "cmd/journal_line.h"
#include "cmd/journal_trust.h"
#include "cmd/machine_parsers.h"
#include "input/journal_folder.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ENTRIES_AT_ONCE 4096

struct feed_folder {
	struct feed feed;
	char **units;
	struct journal_trust *trusted;
	struct journal_folder *folder;
	struct journal_boots *boots;
	struct machine_parsers *machines;
	bool look;				 /* which files there are is to be found out */
	int64_t unreadable, failures;		 /* told */
	struct journal_file_position *positions; /* of the commit that is being made */
};

static struct feed_folder *of(struct feed *feed)
{
	return (struct feed_folder *)feed;
}

static void gap(struct feed *feed, enum gap_kind kind, int64_t from, int64_t n, const char *note)
{
	struct gap gap = {.kind = kind, .from = from, .to = time(NULL), .n = n};

	snprintf(gap.note, sizeof(gap.note), "%s", note);
	feed_gap(feed, &gap);
	log_warning("the journal '%s': %s", feed->name, note);
}

static int know_boot(void *context, const struct journal_boot *boot)
{
	journal_boots_know(context, boot);
	return 0;
}

/* A file that another source read, from a copy say, is read on where that stands, but it is not
 * missed. */
static int know_file(void *context, const struct journal_file_position *position)
{
	struct journal_file file = {
	    .realtime = position->realtime, .ended = position->ended || !position->mine};

	if (strlen(position->file) >= sizeof(file.id) ||
	    strlen(position->cursor) >= sizeof(file.cursor))
		return 0;
	memcpy(file.id, position->file, strlen(position->file) + 1);
	memcpy(file.cursor, position->cursor, strlen(position->cursor) + 1);
	memcpy(file.committed, file.cursor, sizeof(file.committed));
	journal_folder_know(context, &file);
	return 0;
}

static int folder_locate(struct feed *feed, struct diag *d)
{
	struct feed_folder *f = of(feed);
	struct store *store = feed->environment->store;
	int r;

	f->folder = journal_folder_new(feed->name, journal_trust_units(f->trusted));
	f->look = true;
	r = store_journal_files(store, feed->name, know_file, f->folder, d);
	return r < 0 ? r : store_journal_boots(store, feed->name, know_boot, f->boots, d);
}

/* A folder that is not there, or a file that cannot be read, is waited for. */
static void look(struct feed_folder *f)
{
	_cleanup_diag_ struct diag why = {0};
	char note[80];
	int64_t since, missing;
	int r = journal_folder_look(f->folder, &why);

	if (r == 0)
		diag_set(
		    &why, 0, NULL, 0, 0, "the folder '%s' holds no journal files", f->feed.name);
	feed_trouble(&f->feed, r <= 0 ? why.text : journal_folder_trouble(f->folder));
	f->look = false;
	missing = journal_folder_missing(f->folder, &since);
	if (!missing)
		return;
	snprintf(note, sizeof(note), "%lld files are gone; entries in them may be, too",
	    (long long)missing);
	gap(&f->feed, GAP_VACUUMED, since / 1000000, -1, note);
}

static void take_entry(
    struct feed_folder *f, const struct journal_record *entry, const struct journal_place *place)
{
	struct feed *feed = &f->feed;
	struct gap dropped;

	if (!journal_boots_take(f->boots, entry->machine, place))
		return;
	if (entry->dropped > 0) {
		journal_line_dropped(entry, &dropped);
		dropped.from = machine_parsers_latest(f->machines, entry->machine);
		feed_gap(feed, &dropped);
	} else if (journal_trusts(f->trusted, entry)) {
		machine_parsers_take(f->machines, entry);
	} else {
		feed->read.untrusted++;
	}
	if (entry->time > feed->last_event && entry->time <= time(NULL) + 60)
		feed->last_event = entry->time;
}

/* What the library could not read is lost, and it goes on; a file that it cannot go on with is
 * opened again. */
static void tell_lost(struct feed_folder *f)
{
	int64_t unreadable = journal_folder_unreadable(f->folder);
	int64_t failures = journal_folder_failures(f->folder);

	if (unreadable != f->unreadable)
		gap(&f->feed, GAP_READ_ERROR, 0, unreadable - f->unreadable,
		    "entries that could not be read");
	if (failures != f->failures)
		gap(&f->feed, GAP_READ_ERROR, 0, -1, journal_folder_trouble(f->folder));
	f->unreadable = unreadable;
	f->failures = failures;
}

static bool is_polled(const struct feed_folder *f)
{
	return f->feed.trouble || f->feed.environment->always_poll ||
	       journal_folder_descriptor(f->folder) < 0;
}

static int folder_read(struct feed *feed, int64_t budget, struct diag *d)
{
	struct feed_folder *f = of(feed);
	const struct journal_place *place;
	struct journal_record entry;
	int64_t before = feed->bytes;
	size_t moved;
	int r = 0;

	(void)d;
	if (f->look || is_polled(f))
		look(f);
	for (int i = 0;
	     i < ENTRIES_AT_ONCE && feed->bytes - before < budget && !feed_is_full(feed) &&
	     (r = journal_folder_next(f->folder, &entry, &place)) > 0;
	     i++)
		take_entry(f, &entry, place);
	machine_parsers_read(f->machines);
	tell_lost(f);
	journal_folder_moved(f->folder, &moved);
	feed->dirty |= moved > 0;
	f->look |= r == 0 && journal_folder_has_room(f->folder);
	return r > 0 || f->look;
}

static int folder_position(struct feed *feed, struct batch *batch, struct diag *d)
{
	struct feed_folder *f = of(feed);
	const struct journal_file *const *moved;
	size_t n;

	(void)d;
	moved = journal_folder_moved(f->folder, &n);
	f->positions = memory_grow(f->positions, n + 1, sizeof(*f->positions));
	for (size_t i = 0; i < n; i++)
		f->positions[i] = (struct journal_file_position){
		    .file = moved[i]->id,
		    .cursor = moved[i]->cursor,
		    .before = moved[i]->committed,
		    .realtime = moved[i]->realtime,
		    .ended = moved[i]->ended,
		};
	batch->files = f->positions;
	batch->file_count = n;
	batch->boots = journal_boots_moved(f->boots, &batch->boot_count);
	return 0;
}

static void folder_committed(struct feed *feed)
{
	struct feed_folder *f = of(feed);

	journal_boots_committed(f->boots);
	journal_folder_committed(f->folder);
}

static void folder_forget(struct feed *feed)
{
	struct feed_folder *f = of(feed);

	f->folder = journal_folder_free(f->folder);
	f->unreadable = f->failures = 0;
	journal_boots_free(f->boots);
	f->boots = journal_boots_new();
	machine_parsers_free(f->machines);
	f->machines = machine_parsers_new(feed);
}

static void folder_save(const struct feed *feed, struct buffer *to)
{
	machine_parsers_save(((const struct feed_folder *)feed)->machines, to);
}

static void folder_restore(struct feed *feed, struct slice from)
{
	machine_parsers_restore(of(feed)->machines, from);
}

static int64_t folder_evicted(const struct feed *feed)
{
	return machine_parsers_evicted(((const struct feed_folder *)feed)->machines);
}

static int folder_descriptor(const struct feed *feed, uint32_t *ret_events)
{
	const struct feed_folder *f = (const struct feed_folder *)feed;

	*ret_events = POLLIN;
	return journal_folder_descriptor(f->folder);
}

static bool folder_woken(struct feed *feed)
{
	struct feed_folder *f = of(feed);

	f->look |= journal_folder_woken(f->folder);
	return false;
}

static uint64_t folder_patience(const struct feed *feed)
{
	const struct feed_folder *f = (const struct feed_folder *)feed;

	return f->look || is_polled(f) ? feed->environment->poll : UINT64_MAX;
}

static int64_t folder_lag(const struct feed *feed)
{
	(void)feed;
	return -1;
}

static void folder_free(struct feed *feed)
{
	struct feed_folder *f = of(feed);

	journal_folder_free(f->folder);
	journal_boots_free(f->boots);
	machine_parsers_free(f->machines);
	journal_trust_free(f->trusted);
	texts_free(f->units);
	free(f->positions);
	free(f);
}

static const struct feed_kind kind = {
    .class = "journal",
    .locate = folder_locate,
    .read = folder_read,
    .position = folder_position,
    .committed = folder_committed,
    .forget = folder_forget,
    .save = folder_save,
    .restore = folder_restore,
    .evicted = folder_evicted,
    .descriptor = folder_descriptor,
    .woken = folder_woken,
    .patience = folder_patience,
    .lag = folder_lag,
    .free = folder_free,
};

struct feed *feed_folder_new(
    struct feed_environment *e, const char *path, char *const *units, enum config_trust trust)
{
	struct feed_folder *f = memory_alloc(sizeof(*f));

	f->units = texts_copy(units);
	f->trusted = journal_trust_new(e->patterns, f->units, trust);
	feed_init(&f->feed, &kind, e, path, NULL, NULL);
	return &f->feed;
}
