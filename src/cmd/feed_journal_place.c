/* SPDX-License-Identifier: ISC */
#include "cmd/feed_journal_place.h"

#include "base/log.h"
#include "base/texts.h"
#include "cmd/journal_past.h"
#include <string.h>
#include <time.h>

/* The entry is gone, and the next later one, if there is one, stands in its place: what lay between
 * is not known.  Later by the machine's own order: its clock may have been set back since. */
static void place_is_gone(struct feed_journal *f)
{
	int64_t from = f->last.realtime / 1000000, now = time(NULL);
	struct journal_place next;
	int64_t to = journal_next_place(f->journal, &next) ? next.realtime / 1000000 : now;

	if (to < from)
		feed_journal_gap(f, GAP_CLOCK_BACK, to, from,
		    "the entry that was read last is gone, and the clock was set back behind it; "
		    "entries may be lost");
	else
		feed_journal_gap(f, GAP_VACUUMED, from, to,
		    "the entry that was read last is gone; entries after it may be, too");
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
		feed_journal_gap(f, GAP_READ_ERROR, 0, f->last.realtime / 1000000,
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

int feed_journal_go_on(struct feed_journal *f, struct diag *d)
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

int feed_journal_next(struct feed_journal *f, struct journal_record *ret, struct diag *d)
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
