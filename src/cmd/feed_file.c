/* SPDX-License-Identifier: ISC */
#include "cmd/feed_file.h"

#include "base/file_system.h"
#include "base/log.h"
#include "base/memory.h"
#include "cmd/feed_file_look.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LATE_LINES 60 /* seconds that a removed file is held open for its writer */
#define SOON 3000000  /* microseconds */

static const struct feed_kind kind;

static struct feed_file *of(struct feed *feed)
{
	return (struct feed_file *)feed;
}

static const struct feed_file *of_const(const struct feed *feed)
{
	return (const struct feed_file *)feed;
}

void feed_file_drop(struct feed_file *f, struct tail *gone)
{
	for (struct tail **t = &f->tails; *t; t = &(*t)->next)
		if (*t == gone) {
			*t = gone->next;
			break;
		}
	judged_release(&f->judged, gone->move.to.id);
	f->rescan = true;
	tail_free(gone);
}

static void end_tail(struct feed_file *f, struct tail *t)
{
	t->ended = true;
	f->rescan = true;
	if (!tail_is_moved(t) || t->move.to.at.offset == 0)
		feed_file_drop(f, t);
	else
		f->feed.dirty = true;
}

/* What an archive holds behind the place where it breaks off is lost: that is a gap when the lines
 * before it are counted, and not once more whenever it is looked at again. */
static void damaged(struct feed_file *f, struct tail *t, const struct diag *why)
{
	struct gap gap = {
	    .kind = GAP_DAMAGED, .from = f->feed.last_event, .to = time(NULL), .n = -1};

	log_warning("%s", why->text);
	judged_note(&f->judged, &t->file, JUDGED_DONE, t->move.to.id, false);
	if (!tail_is_moved(t)) {
		feed_file_drop(f, t);
		return;
	}
	snprintf(gap.note, sizeof(gap.note), "%s", why->text);
	feed_gap(&f->feed, &gap);
	t->ended = true;
}

/* Nothing more will come.  Of what has no whole line the store keeps no place by which it would be
 * known when it is looked at the next time. */
static void be_done_with(struct feed_file *f, struct tail *t)
{
	if (t->move.to.at.offset == 0)
		judged_note(&f->judged, &t->file, JUDGED_DONE, 0, false);
	end_tail(f, t);
}

/* At its end: is it one that nothing will come to any more?  A writer may hold a file that was
 * renamed for long after; one that has not changed for an hour nobody holds. */
static void settle(struct feed_file *f, struct tail *t)
{
	int64_t unlinked = t->archive ? -1 : tail_unlinked(t);

	if (t->archive) {
		be_done_with(f, t);
	} else if (unlinked >= 0 && unlinked < LATE_LINES) {
		f->waiting = true;
	} else if (unlinked >= 0) {
		f->feed.read.unfinished += framing_is_unfinished(t->framing);
		be_done_with(f, t);
	} else if (!t->live && tail_age(t) > FILE_SETTLED) {
		be_done_with(f, t);
	}
}

/* Lines of it were counted that should not have been: all since the last commit begins again,
 * without the file. */
static int refuse(struct feed_file *f, const struct tail *t, const struct diag *why)
{
	log_warning("'%s': %s; it is not counted", t->path, why->text);
	judged_note(&f->refused, &t->file, JUDGED_DONE, 0, false);
	return -EAGAIN;
}

/* It cannot be read any more, and is tried again when the files are looked at the next time. */
static void set_aside(struct feed_file *f, struct tail *t, const struct diag *why)
{
	feed_trouble(&f->feed, why->text);
	end_tail(f, t);
	f->rescan = false;
	f->waiting = true;
}

/* 1: there is more of it. */
static int read_tail(struct feed_file *f, struct tail *t, int64_t budget)
{
	_cleanup_diag_ struct diag why = {0};
	int64_t before = t->move.to.at.offset;
	int r;

	if (!tail_is_same(t)) {
		log_info("'%s' was cut and is written anew", t->path);
		missed_add(&f->missed, t->move.to.id, GAP_TRUNCATED, f->feed.last_event, t->path);
		end_tail(f, t);
		return 0;
	}
	r = tail_read(t, f->feed.parser, f->feed.host, budget, &f->feed.read, &why);
	f->feed.bytes += t->move.to.at.offset - before;
	f->feed.dirty |= tail_is_moved(t);
	if (r == -EBADMSG) {
		damaged(f, t, &why);
		return 0;
	}
	if (r == -ESTALE) {
		log_info("'%s' was changed while it was read; reading again what is not committed",
		    t->path);
		return -EAGAIN;
	}
	if (r == -ERANGE)
		return refuse(f, t, &why);
	if (r < 0) {
		set_aside(f, t, &why);
		return 0;
	}
	if (r == 0)
		settle(f, t);
	return r;
}

/* 1: something was read of one of them. */
static int read_tails(struct feed_file *f, int64_t budget)
{
	int r = 0;

	for (struct tail *t = f->tails, *next; r == 0 && t; t = next) {
		next = t->next;
		if (!t->ended)
			r = read_tail(f, t, budget);
	}
	return r;
}

/* The next file that has to be looked at, NULL at the end. */
static const struct family_file *next_file(struct feed_file *f)
{
	for (; f->next < f->family.count; f->next++) {
		const struct family_file *file = &f->family.files[f->next];

		if (!feed_file_tail(f, file) && !judged_holds(&f->judged, file) &&
		    !judged_of(&f->refused, file))
			return file;
	}
	return NULL;
}

/* 1: it is to be gone on with. */
static int rest(struct feed_file *f)
{
	/* Who woke us was a file that is not open. */
	if (f->woken) {
		f->woken = false;
		f->rescan = true;
		return 1;
	}
	missed_tell(&f->missed, &f->feed, f->waiting);
	f->rested = true;
	return 0;
}

/* Of what is not committed, copies cannot be known: that comes before files are looked for, and
 * before one is looked at. */
static int file_read(struct feed *feed, int64_t budget, struct diag *d)
{
	struct feed_file *f = of(feed);
	int64_t before = feed->bytes;
	const struct family_file *file;
	int r;

	f->rescan |= f->rested && (f->polled || f->waiting);
	f->rested = false;
	if (f->rescan)
		feed_file_scan(f);
	r = read_tails(f, budget);
	f->woken &= feed->bytes == before;
	if (r != 0)
		return r;
	file = f->nameless ? NULL : next_file(f);
	if (!file && !f->nameless && !f->rescan)
		return rest(f);
	if (feed->dirty) {
		r = feed_commit(feed, d);
		if (r < 0)
			return r;
	}
	if (file) {
		r = feed_file_look(f, file, d);
		f->next++;
	} else if (f->nameless) {
		r = feed_file_look_nameless(f, d);
	}
	return r < 0 ? r : 1;
}

static int file_position(struct feed *feed, struct batch *batch, struct diag *d)
{
	struct feed_file *f = of(feed);
	size_t count = 0;
	int r;

	for (struct tail *t = f->tails; t; t = t->next) {
		if (!tail_is_moved(t) || t->move.to.at.offset == 0)
			continue;
		r = tail_sync(t);
		if (r < 0)
			return diag_set(d, -r, NULL, 0, 0, "'%s' cannot be written to its disk: %s",
			    t->path, strerror(-r));
		f->moves = memory_grow(f->moves, count + 1, sizeof(*f->moves));
		f->moves[count++] = &t->move;
	}
	batch->moves = f->moves;
	batch->move_count = count;
	return 0;
}

static void file_committed(struct feed *feed)
{
	struct feed_file *f = of(feed);

	missed_committed(&f->missed);
	for (struct tail *t = f->tails, *next; t; t = next) {
		next = t->next;
		if (t->ended)
			feed_file_drop(f, t);
	}
}

static void file_forget(struct feed *feed)
{
	struct feed_file *f = of(feed);
	_cleanup_family_ struct family family = {0};

	if (f->tails)
		family_find(feed->name, &family);
	while (f->tails) {
		nameless_keep(&f->nameless, f->tails, &family);
		feed_file_drop(f, f->tails);
	}
	judged_free(&f->judged);
	missed_again(&f->missed);
	f->rescan = true;
}

static void file_inherit(struct feed *feed, struct feed *from)
{
	file_forget(from);
	of(feed)->nameless = of(from)->nameless;
	of(from)->nameless = NULL;
}

static int file_open(struct feed *feed, struct diag *d)
{
	struct feed_file *f = of(feed);
	int64_t last;
	int r = stream_last(feed->environment->store, kind.class, slice_of(feed->name), &last, d);

	if (r < 0)
		return r;
	missed_add(&f->missed, last, GAP_VANISHED, feed->last_event, feed->name);
	f->polled = feed->environment->always_poll || file_system_is_shared(f->folder) ||
		    watch_new(&f->watch) < 0;
	return 0;
}

static int file_descriptor(const struct feed *feed, uint32_t *ret_events)
{
	const struct feed_file *f = of_const(feed);

	*ret_events = POLLIN;
	return f->watch ? watch_descriptor(f->watch) : -1;
}

/* One that is written and is not open, as it was empty, or a copy, when it was looked at. */
static bool is_live_closed(const struct feed_file *f)
{
	for (size_t i = 0; i < f->family.count; i++)
		if (f->family.files[i].live && !feed_file_tail(f, &f->family.files[i]))
			return true;
	return false;
}

static bool file_woken(struct feed *feed)
{
	struct feed_file *f = of(feed);

	f->rescan |= watch_take(f->watch) || is_live_closed(f);
	f->woken = true;
	return false;
}

static uint64_t file_patience(const struct feed *feed)
{
	const struct feed_file *f = of_const(feed);

	if (f->soon && feed->environment->poll > SOON)
		return SOON;
	return f->polled || f->waiting ? feed->environment->poll : UINT64_MAX;
}

static int64_t file_lag(const struct feed *feed)
{
	const struct feed_file *f = of_const(feed);
	int64_t lag = 0;

	for (struct tail *t = f->tails; t; t = t->next)
		lag += tail_lag(t);
	for (size_t i = f->next; i < f->family.count; i++)
		if (!judged_holds(&f->judged, &f->family.files[i]))
			lag += f->family.files[i].size;
	return lag;
}

static void file_free(struct feed *feed)
{
	struct feed_file *f = of(feed);

	while (f->tails)
		feed_file_drop(f, f->tails);
	while (f->nameless)
		nameless_free(nameless_take(&f->nameless));
	judged_free(&f->judged);
	judged_free(&f->refused);
	family_free(&f->family);
	watch_free(f->watch);
	free(f->moves);
	free(f->folder);
	free(f);
}

static const struct feed_kind kind = {
    .class = "file",
    .open = file_open,
    .read = file_read,
    .position = file_position,
    .committed = file_committed,
    .forget = file_forget,
    .inherit = file_inherit,
    .descriptor = file_descriptor,
    .woken = file_woken,
    .patience = file_patience,
    .lag = file_lag,
    .free = file_free,
};

struct feed *feed_file_new(
    struct feed_environment *e, const char *path, const char *host, const struct zone *zone)
{
	struct feed_file *f = memory_alloc(sizeof(*f));

	f->folder = family_folder(path);
	f->rescan = true;
	f->before = e->files;
	e->files = f;
	feed_init(&f->feed, &kind, e, path, host, zone);
	return &f->feed;
}
