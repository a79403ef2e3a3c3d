/* SPDX-License-Identifier: ISC */
#include "cmd/feed_file.h"

#include "base/log.h"
#include "base/memory.h"
#include "cmd/tail.h"
#include "input/family.h"
#include "input/watch.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SECOND INT64_C(1000000) /* in microseconds */
#define SETTLED (3600)		/* seconds without a change after which a file is as it will be */
#define LATE_LINES (60)		/* seconds that a removed file is held open for its writer */

static const struct feed_kind kind;

/* A file that nothing is to be read of as it is now. */
struct judged {
	uint64_t device, inode;
	int64_t size, mtime;
};

/* A log whose file was cut or gone before we looked: if no copy of it is found, what came after the
 * last line that was read is not known. */
struct missed {
	int64_t stream;
	enum gap_kind kind;
	char name[80];
};

#define MISSED_MAX 16

struct feed_file {
	struct feed feed;
	char *folder;
	struct watch *watch; /* NULL: nothing tells */
	bool polled;
	bool rescan;	      /* which files there are is to be found out */
	bool waiting;	      /* for a file that is not there or not as it should be */
	struct tail *tails;   /* the oldest first */
	struct family family; /* the files of the last scan, */
	size_t next;	      /* from here on to be looked at */
	struct judged *judged;
	size_t judged_count;
	struct missed missed[MISSED_MAX];
	size_t missed_count;
	bool rested;		    /* there was nothing more to read */
	struct stream_move **moves; /* of the commit that is being made */
};

static struct feed_file *of(struct feed *feed)
{
	return (struct feed_file *)feed;
}

static const struct feed_file *of_const(const struct feed *feed)
{
	return (const struct feed_file *)feed;
}

/* A folder that is not there will be made in the one above it. */
static void watch_place(void *context, const char *place)
{
	struct feed_file *f = context;
	_cleanup_free_ char *folder = memory_string(place);
	char *slash;
	int r;

	while ((r = watch_folder(f->watch, *folder ? folder : "/")) == -ENOENT || r == -ENOTDIR) {
		slash = strrchr(folder, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	f->waiting |= r < 0;
}

static void miss(struct feed_file *f, int64_t stream, enum gap_kind how, const char *name)
{
	struct missed *m = &f->missed[f->missed_count];

	if (!stream || f->missed_count == MISSED_MAX)
		return;
	*m = (struct missed){.stream = stream, .kind = how};
	snprintf(m->name, sizeof(m->name), "%s", name);
	f->missed_count++;
}

static void found_again(struct feed_file *f, int64_t stream)
{
	for (size_t i = 0; i < f->missed_count; i++)
		if (f->missed[i].stream == stream)
			f->missed[i--] = f->missed[--f->missed_count];
}

/* All files have been looked at. */
static void tell_missed(struct feed_file *f)
{
	for (size_t i = 0; i < f->missed_count; i++) {
		const struct missed *m = &f->missed[i];
		struct gap gap = {
		    .kind = m->kind, .from = f->feed.last_event, .to = time(NULL), .n = -1};

		snprintf(gap.note, sizeof(gap.note), "'%s': what came after its last counted line",
		    m->name);
		feed_gap(&f->feed, &gap);
		log_warning("'%s' was %s, and no copy of it is there: lines may be lost", m->name,
		    m->kind == GAP_TRUNCATED ? "cut" : "removed");
	}
	f->missed_count = 0;
}

static void drop(struct feed_file *f, struct tail *gone)
{
	for (struct tail **t = &f->tails; *t; t = &(*t)->next)
		if (*t == gone) {
			*t = gone->next;
			break;
		}
	tail_free(gone);
}

static struct tail *last_tail(const struct feed_file *f)
{
	struct tail *t = f->tails;

	while (t && t->next)
		t = t->next;
	return t;
}

static void add_tail(struct feed_file *f, struct tail *fresh)
{
	struct tail *last = last_tail(f);

	*(last ? &last->next : &f->tails) = fresh;
}

static struct tail *tail_of_file(const struct feed_file *f, const struct family_file *file)
{
	for (struct tail *t = f->tails; t; t = t->next)
		if (t->device == file->device && t->inode == file->inode && !t->archive)
			return t;
	return NULL;
}

static bool has_stream(const struct feed_file *f, int64_t stream)
{
	for (struct tail *t = f->tails; t; t = t->next)
		if (t->move.to.id == stream)
			return true;
	return false;
}

static bool is_judged(const struct feed_file *f, const struct family_file *file)
{
	for (size_t i = 0; i < f->judged_count; i++) {
		const struct judged *j = &f->judged[i];

		if (j->device == file->device && j->inode == file->inode)
			return j->size == file->size && j->mtime == file->mtime;
	}
	return false;
}

static void judge(struct feed_file *f, const struct family_file *file)
{
	struct judged *j = NULL;

	for (size_t i = 0; !j && i < f->judged_count; i++)
		if (f->judged[i].device == file->device && f->judged[i].inode == file->inode)
			j = &f->judged[i];
	if (!j) {
		f->judged = memory_grow(f->judged, f->judged_count + 1, sizeof(*f->judged));
		j = &f->judged[f->judged_count++];
	}
	*j = (struct judged){file->device, file->inode, file->size, file->mtime};
}

/* What is not there any more needs no judgement: its number may come again. */
static void forget_judged(struct feed_file *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->judged_count; i++)
		for (size_t k = 0; k < f->family.count; k++)
			if (f->judged[i].device == f->family.files[k].device &&
			    f->judged[i].inode == f->family.files[k].inode) {
				f->judged[kept++] = f->judged[i];
				break;
			}
	f->judged_count = kept;
}

static void scan(struct feed_file *f)
{
	_cleanup_buffer_ struct buffer text = {0};

	f->rescan = f->waiting = false;
	/* What comes after this is told; what came before it is found. */
	if (f->watch)
		family_folders(f->feed.name, watch_place, f);
	family_free(&f->family);
	family_find(f->feed.name, &f->family);
	f->next = 0;
	forget_judged(f);
	if (!f->family.missing)
		return;
	f->waiting = true;
	buffer_printf(&text, "'%s' does not exist", f->feed.name);
	feed_trouble(&f->feed, buffer_text(&text));
}

static bool is_settled(const struct family_file *file)
{
	return time(NULL) - file->mtime / (1000 * SECOND) > SETTLED;
}

/* A file whose content was looked at. */
struct look {
	struct feed_file *feed;
	const struct family_file *file;
	struct reader *reader;
	struct located located;
	int64_t newest; /* stream of the store, before it was looked for */
	bool archive;
};

static void begin_tail(struct look *look)
{
	struct feed_file *f = look->feed;
	struct tail *t = tail_new(look->file->path, look->reader, &look->located, f->feed.zone);

	look->reader = NULL;
	t->live = look->file->live;
	t->move.newest = look->newest;
	add_tail(f, t);
}

/* Whether an archive can be unpacked to its end: before that its content is not to be trusted. */
static int read_through(struct look *look, struct diag *d)
{
	char *buffer = memory_array(64 * 1024, 1);
	ssize_t n;

	while ((n = reader_read(look->reader, buffer, 64 * 1024, d)) > 0)
		;
	free(buffer);
	return n < 0 ? (int)n : 0;
}

/* One that is still being made is looked at again when it has changed; one that has been as it is
 * for long is damaged, and is read as far as it goes. */
static int judge_archive(struct look *look, struct diag *d)
{
	int r = read_through(look, d);

	if (r < 0 && !is_settled(look->file)) {
		judge(look->feed, look->file);
		look->feed->waiting = true;
		return 0;
	}
	diag_free(d);
	located_free(&look->located);
	r = reader_rewind(look->reader, d);
	if (r == 0)
		r = locate(look->feed->feed.environment->store, look->reader, &look->located, d);
	if (r == 0)
		begin_tail(look);
	return r;
}

static int judge_counted(struct look *look, struct diag *d)
{
	struct feed_file *f = look->feed;
	struct store *store = f->feed.environment->store;
	const struct stream *stream = &look->located.stream;
	struct position at;
	int r = 0;

	if (look->archive && !stream->closed)
		r = stream_close(store, stream->id, d);
	else if (!look->archive && (look->file->live || !is_settled(look->file)))
		r = locate_at(store, look->reader, stream->at.offset, &look->located, &at, d);
	if (r == 1 && position_equal(&at, &stream->at))
		begin_tail(look);
	else
		judge(f, look->file);
	return r < 0 ? r : 0;
}

/* The file that is written has less than was counted of it, or something else behind that: a crash
 * took it back.  It is read on from the last place that is known to be in it. */
static bool is_rewound(const struct look *look)
{
	const struct located *found = &look->located;

	return look->file->live && !look->archive && found->verdict != STREAM_CONTINUED &&
	       found->agreed >= IDENTITY_HEAD && !found->longer.closed;
}

/* The end of the last whole line, 0 if there is none near the end of the file. */
static int64_t last_line_end(const struct reader *reader)
{
	_cleanup_free_ char *last = memory_array(LINE_LENGTH_MAX, 1);
	struct stat st;
	ssize_t n;
	const char *end;
	int64_t from;

	if (fstat(reader_descriptor(reader), &st) < 0)
		return 0;
	from = st.st_size > LINE_LENGTH_MAX ? st.st_size - LINE_LENGTH_MAX : 0;
	n = pread(reader_descriptor(reader), last, LINE_LENGTH_MAX, from);
	end = n > 0 ? memrchr(last, '\n', (size_t)n) : NULL;
	return end ? from + (end + 1 - last) : 0;
}

/* One that only lost its end is taken for counted as far as it goes; of one that goes on with
 * something else, what comes after the last place that both have. */
static int rewind_stream(struct look *look, struct diag *d)
{
	struct feed_file *f = look->feed;
	struct located *found = &look->located;
	struct gap gap = {
	    .kind = GAP_REWOUND, .from = f->feed.last_event, .to = time(NULL), .n = -1};
	int64_t committed = found->longer.at.offset;
	int64_t end = found->verdict == STREAM_SHORTER ? last_line_end(look->reader) : 0;
	int r;

	if (found->agreed < end)
		found->agreed = end;
	r = locate_at(
	    f->feed.environment->store, look->reader, found->agreed, found, &found->longer.at, d);

	if (r <= 0)
		return r;
	found->stream = found->longer;
	begin_tail(look);
	last_tail(f)->move.committed = committed;
	snprintf(gap.note, sizeof(gap.note),
	    "%lld bytes that were counted are not in '%s' any more",
	    (long long)(committed - found->agreed), look->file->path);
	log_warning("%s", gap.note);
	feed_gap(&f->feed, &gap);
	return 0;
}

static int judge_verdict(struct look *look, struct diag *d)
{
	struct feed_file *f = look->feed;
	const struct located *found = &look->located;

	found_again(f, found->stream.id);
	if (found->stream.id && has_stream(f, found->stream.id)) {
		f->waiting = true; /* a copy of what is open: until that is done with */
		return 0;
	}
	if (is_rewound(look) && !has_stream(f, found->longer.id))
		return rewind_stream(look, d);
	if (found->verdict == STREAM_COUNTED)
		return judge_counted(look, d);
	if (found->verdict == STREAM_CONTINUED && found->stream.closed) {
		char more;

		judge(f, look->file);
		if (reader_peek(look->reader, &more, 1, d) <= 0)
			return 0;
		log_warning("'%s' begins with all of '%s', which was complete, and goes on: it may "
			    "be several logs put together; it is not counted",
		    look->file->path, found->name);
		return 0;
	}
	if (found->verdict == STREAM_SHORTER) {
		judge(f, look->file); /* a copy that is being made */
		f->waiting = true;
		return 0;
	}
	if (look->archive && found->verdict == STREAM_NEW)
		return judge_archive(look, d);
	begin_tail(look);
	return 0;
}

static bool has_whole_line(struct look *look, struct diag *d)
{
	char first[IDENTITY_HEAD];
	ssize_t n = reader_peek(look->reader, first, sizeof(first), d);

	return n > 0 && ((size_t)n == sizeof(first) || memchr(first, '\n', (size_t)n));
}

static int look_inside(struct look *look, struct diag *d)
{
	struct feed_file *f = look->feed;
	struct reader_info info;
	int r;

	reader_info(look->reader, &info);
	look->archive = strcmp(info.compression, "plain") != 0;
	if (!look->archive && f->watch)
		watch_file(f->watch, reader_descriptor(look->reader));
	if (!has_whole_line(look, d)) {
		judge(f, look->file);
		return 0;
	}
	r = stream_newest(f->feed.environment->store, &look->newest, d);
	if (r == 0)
		r = locate(f->feed.environment->store, look->reader, &look->located, d);
	return r < 0 ? r : judge_verdict(look, d);
}

/* Of what the store has not heard of yet, copies cannot be known. */
static bool has_unknown_stream(const struct feed_file *f)
{
	for (struct tail *t = f->tails; t; t = t->next)
		if (!t->move.to.id && tail_is_moved(t))
			return true;
	return false;
}

static void could_not_open(
    struct feed_file *f, const struct family_file *file, int error, const struct diag *why)
{
	if (error == -ENOENT) {
		f->rescan = true;
		return;
	}
	judge(f, file);
	if (error == -EACCES) {
		f->waiting = true;
		f->judged_count--; /* permission is regained without a change of the file */
	}
	if (file->live)
		feed_trouble(&f->feed, why->text);
	else
		log_warning("%s; it is not counted", why->text);
}

static int look_at(struct feed_file *f, const struct family_file *file, struct diag *d)
{
	struct tail *t = tail_of_file(f, file);
	struct look look = {.feed = f, .file = file};
	_cleanup_diag_ struct diag why = {0};
	int r;

	if (t) {
		t->live = file->live;
		return 0;
	}
	if (is_judged(f, file))
		return 0;
	r = reader_open(file->path, &look.reader, &why);
	if (r < 0) {
		could_not_open(f, file, r, &why);
		return 0;
	}
	if (file->live)
		feed_trouble(&f->feed, NULL);
	r = look_inside(&look, &why);
	located_free(&look.located);
	reader_free(look.reader);
	if (r == -EBADMSG || r == -EIO || r == -E2BIG) {
		judge(f, file); /* an archive that breaks off, or is still being made */
		f->waiting = true;
		return 0;
	}
	return r < 0 ? diag_set(d, -r, NULL, 0, 0, "%s", why.text ? why.text : strerror(-r)) : 0;
}

static void end_tail(struct feed_file *f, struct tail *t)
{
	t->ended = true;
	f->rescan = true;
	if (!tail_is_moved(t) || t->move.to.at.offset == 0)
		drop(f, t);
	else
		f->feed.dirty = true;
}

/* What an archive holds behind the place where it breaks off is lost. */
static void damaged(struct feed_file *f, struct tail *t, const struct diag *why)
{
	struct gap gap = {
	    .kind = GAP_DAMAGED, .from = f->feed.last_event, .to = time(NULL), .n = -1};

	snprintf(gap.note, sizeof(gap.note), "%s", why->text);
	feed_gap(&f->feed, &gap);
	log_warning("%s", why->text);
	t->ended = true;
}

/* At its end: is it one that nothing will come to any more? */
static void settle(struct feed_file *f, struct tail *t)
{
	int64_t unlinked = t->archive ? 0 : tail_unlinked(t);

	if (t->archive) {
		end_tail(f, t);
	} else if (unlinked && time(NULL) - unlinked < LATE_LINES) {
		f->waiting = true; /* for whoever has it open, too */
	} else if (unlinked) {
		f->feed.read.unfinished += framing_is_unfinished(t->framing);
		end_tail(f, t);
	}
}

/* 1: there is more of it. */
static int read_tail(struct feed_file *f, struct tail *t, int64_t budget, struct diag *d)
{
	_cleanup_diag_ struct diag why = {0};
	int64_t before = t->move.to.at.offset;
	int r;

	if (!tail_is_same(t)) {
		log_info("'%s' was cut and is written anew", t->path);
		miss(f, t->move.to.id, GAP_TRUNCATED, t->path);
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
	if (r < 0)
		return diag_set(
		    d, -r, NULL, 0, 0, "'%s': %s", t->path, why.text ? why.text : strerror(-r));
	if (r == 0)
		settle(f, t);
	return r;
}

static int file_read(struct feed *feed, int64_t budget, struct diag *d)
{
	struct feed_file *f = of(feed);
	int r;

	f->rescan |= f->rested && (f->polled || f->waiting);
	f->rested = false;
	if (f->rescan)
		scan(f);
	for (struct tail *t = f->tails, *next; t; t = next) {
		next = t->next;
		if (t->ended)
			continue;
		r = read_tail(f, t, budget, d);
		if (r != 0)
			return r;
	}
	if (f->next == f->family.count) {
		if (f->rescan)
			return !feed->dirty; /* after the commit */
		if (!f->waiting)
			tell_missed(f);
		f->rested = true;
		return 0;
	}
	if (has_unknown_stream(f)) {
		r = feed_commit(feed, d);
		if (r < 0)
			return r;
	}
	r = look_at(f, &f->family.files[f->next++], d);
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

	for (struct tail *t = f->tails, *next; t; t = next) {
		next = t->next;
		if (t->ended)
			drop(f, t);
	}
}

static void file_forget(struct feed *feed)
{
	struct feed_file *f = of(feed);

	while (f->tails)
		drop(f, f->tails);
	f->judged_count = 0;
	f->rescan = true;
}

static int file_open(struct feed *feed, struct diag *d)
{
	struct feed_file *f = of(feed);
	int64_t last;
	int r = stream_last(feed->environment->store, kind.class, slice_of(feed->name), &last, d);

	if (r < 0)
		return r;
	miss(f, last, GAP_VANISHED, feed->name);
	f->polled =
	    feed->environment->always_poll || !watch_is_told(f->folder) || watch_new(&f->watch) < 0;
	return 0;
}

static int file_descriptor(const struct feed *feed, uint32_t *ret_events)
{
	const struct feed_file *f = of_const(feed);

	*ret_events = POLLIN;
	return f->watch ? watch_descriptor(f->watch) : -1;
}

static void file_woken(struct feed *feed)
{
	struct feed_file *f = of(feed);

	if (watch_take(f->watch))
		f->rescan = true;
}

static uint64_t file_patience(const struct feed *feed)
{
	const struct feed_file *f = of_const(feed);

	return f->polled || f->waiting ? feed->environment->poll : UINT64_MAX;
}

static int64_t file_lag(const struct feed *feed)
{
	const struct feed_file *f = of_const(feed);
	int64_t lag = 0;

	for (struct tail *t = f->tails; t; t = t->next)
		lag += tail_lag(t);
	for (size_t i = f->next; i < f->family.count; i++)
		if (!is_judged(f, &f->family.files[i]))
			lag += f->family.files[i].size;
	return lag;
}

static void file_free(struct feed *feed)
{
	struct feed_file *f = of(feed);

	file_forget(feed);
	family_free(&f->family);
	watch_free(f->watch);
	free(f->judged);
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
	feed_init(&f->feed, &kind, e, path, host, zone);
	return &f->feed;
}
