/* SPDX-License-Identifier: ISC */
#include "cmd/feed_file_look.h"

#include "base/log.h"
#include "base/memory.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SETTLED 3600 /* seconds without a change after which a file is as it will be */

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

static bool is_settled(const struct family_file *file)
{
	return time(NULL) - file->mtime / INT64_C(1000000000) > SETTLED;
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
		judged_add(&look->feed->judged, look->file);
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
		judged_add(&f->judged, look->file);
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

	missed_found(&f->missed, found->stream.id);
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

		judged_add(&f->judged, look->file);
		if (reader_peek(look->reader, &more, 1, d) <= 0)
			return 0;
		log_warning("'%s' begins with all of '%s', which was complete, and goes on: it may "
			    "be several logs put together; it is not counted",
		    look->file->path, found->name);
		return 0;
	}
	if (found->verdict == STREAM_SHORTER) {
		judged_add(&f->judged, look->file); /* a copy that is being made */
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
		judged_add(&f->judged, look->file);
		return 0;
	}
	r = stream_newest(f->feed.environment->store, &look->newest, d);
	if (r == 0)
		r = locate(f->feed.environment->store, look->reader, &look->located, d);
	return r < 0 ? r : judge_verdict(look, d);
}

static void could_not_open(
    struct feed_file *f, const struct family_file *file, int error, const struct diag *why)
{
	if (error == -ENOENT) {
		f->rescan = true;
		return;
	}
	if (file->live)
		feed_trouble(&f->feed, why->text);
	if (error == -EACCES) {
		f->waiting = true; /* permission is regained without a change of the file */
		if (judged_again(&f->judged, file))
			return;
	} else {
		judged_add(&f->judged, file);
	}
	if (!file->live)
		log_warning("%s; it is not counted", why->text);
}

int feed_file_look(struct feed_file *f, const struct family_file *file, struct diag *d)
{
	struct tail *t = tail_of_file(f, file);
	struct look look = {.feed = f, .file = file};
	_cleanup_diag_ struct diag why = {0};
	int r;

	if (t) {
		t->live = file->live;
		return 0;
	}
	if (judged_is(&f->judged, file))
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
		judged_add(
		    &f->judged, file); /* an archive that breaks off, or is still being made */
		f->waiting = true;
		return 0;
	}
	return r < 0 ? diag_set(d, -r, NULL, 0, 0, "%s", why.text ? why.text : strerror(-r)) : 0;
}
