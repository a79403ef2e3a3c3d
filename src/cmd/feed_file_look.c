/* SPDX-License-Identifier: ISC */
#include "cmd/feed_file_look.h"

#include "base/log.h"
#include "base/memory.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define NANOSECONDS INT64_C(1000000000)

/* How long a log that has lost its end is looked at before that is believed, in seconds; the
 * longest is for one that still grows. */
#define SHORTER_SECONDS 3
#define SHORTER_LONGEST 60

/* A file whose content is looked at. */
struct look {
	struct feed_file *feed;
	const struct family_file *file;
	struct reader *reader;
	struct located located;
	int64_t newest; /* stream of the store, before it was looked for */
	bool archive;
};

static bool is_settled(const struct family_file *file)
{
	return time(NULL) - file->mtime / NANOSECONDS > FILE_SETTLED;
}

struct tail *feed_file_tail(const struct feed_file *f, const struct family_file *file)
{
	for (struct tail *t = f->tails; t; t = t->next)
		if (family_file_is_same(&t->file, file) && !t->archive)
			return t;
	return NULL;
}

static struct tail *tail_of_stream(const struct feed_file *f, int64_t stream)
{
	for (struct tail *t = f->tails; stream && t; t = t->next)
		if (t->move.to.id == stream)
			return t;
	return NULL;
}

static struct judged_file *judge(const struct look *look, enum judged_as as)
{
	const struct located *found = &look->located;
	int64_t stream = as == JUDGED_SHORTER ? found->longer.id : found->stream.id;

	return judged_note(&look->feed->judged, look->file, as, stream, located_is_whole(found));
}

static struct tail *begin_tail(struct look *look)
{
	struct feed_file *f = look->feed;
	struct tail *t = tail_new(look->file->path, look->reader, &look->located, f->feed.zone);
	struct tail **end = &f->tails;

	look->reader = NULL;
	t->live = look->file->live;
	t->move.newest = look->newest;
	while (*end)
		end = &(*end)->next;
	*end = t;
	return t;
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
		judge(look, JUDGED_MAKING);
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

/* The file that is written has less than was counted of it, or something else behind that: a crash
 * took it back. */
static bool may_be_rewound(const struct look *look)
{
	const struct located *found = &look->located;

	return look->file->live && !look->archive && found->verdict != STREAM_CONTINUED &&
	       found->agreed >= IDENTITY_HEAD && !found->longer.closed &&
	       !tail_of_stream(look->feed, found->longer.id) &&
	       !judged_have_whole(&look->feed->judged, found->longer.id);
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

/* One that only lost its end is taken for counted up to where it ended when it was seen first; of
 * one that went on with something else, what comes after the last place that both have. */
static int rewind_stream(struct look *look, int64_t end, struct diag *d)
{
	struct feed_file *f = look->feed;
	struct located *found = &look->located;
	struct gap gap = {
	    .kind = GAP_REWOUND, .from = f->feed.last_event, .to = time(NULL), .n = -1};
	int64_t committed = found->longer.at.offset;
	int r;

	if (found->agreed < end)
		found->agreed = end;
	r = locate_at(
	    f->feed.environment->store, look->reader, found->agreed, found, &found->longer.at, d);
	if (r <= 0)
		return r;
	missed_found(&f->missed, found->longer.id);
	found->stream = found->longer;
	begin_tail(look)->move.committed = committed;
	snprintf(gap.note, sizeof(gap.note),
	    "%lld bytes that were counted are not in '%s' any more",
	    (long long)(committed - found->agreed), look->file->path);
	log_warning("%s", gap.note);
	feed_gap(&f->feed, &gap);
	return 0;
}

/* It could also be a copy that is being made, which grows, or a part of a log whose own file was
 * not looked at yet.  */
static int judge_rewound(struct look *look, struct diag *d)
{
	struct feed_file *f = look->feed;
	const struct judged_file *before = judged_of(&f->judged, look->file);
	bool again = before && before->as == JUDGED_SHORTER;
	bool grows = again && before->size != look->file->size;
	struct judged_file *now = judge(look, JUDGED_SHORTER);
	int64_t age = judged_age(now);

	f->waiting = f->soon = true;
	if (!again && look->located.verdict != STREAM_NEW)
		now->end = last_line_end(look->reader);
	if (age < SHORTER_SECONDS ||
	    (grows && look->located.verdict != STREAM_NEW && age < SHORTER_LONGEST))
		return 0;
	return rewind_stream(look, now->end, d);
}

static int judge_counted(struct look *look, struct diag *d)
{
	struct feed_file *f = look->feed;
	struct store *store = f->feed.environment->store;
	const struct stream *stream = &look->located.stream;
	struct position at;
	int r = 0;

	if (look->archive && !stream->closed && located_is_whole(&look->located))
		r = stream_close(store, stream->id, d);
	else if (!look->archive && (look->file->live || !is_settled(look->file)))
		r = locate_at(store, look->reader, stream->at.offset, &look->located, &at, d);
	if (r == 1 && position_equal(&at, &stream->at))
		begin_tail(look); /* it may grow */
	else if (r >= 0)
		judge(look, JUDGED_DONE);
	return r < 0 ? r : 0;
}

/* 1: there is a whole line where the reader stands. */
static int is_more(struct look *look, struct diag *d)
{
	_cleanup_free_ char *rest = memory_array(LINE_LENGTH_MAX, 1);
	ssize_t n = reader_peek(look->reader, rest, LINE_LENGTH_MAX, d);

	if (n < 0)
		return (int)n;
	return n == LINE_LENGTH_MAX || (n > 0 && memchr(rest, '\n', (size_t)n));
}

/* What follows a complete log, if there is a line, is none of its. */
static int judge_closed(struct look *look, struct diag *d)
{
	int r = is_more(look, d);

	if (r < 0)
		return r;
	judge(look, JUDGED_DONE);
	if (r == 1)
		log_warning("'%s' begins with all of '%s', which was complete, and goes on: it may "
			    "be several logs put together; it is not counted",
		    look->file->path, look->located.name);
	return 0;
}

/* Of two files of one log, and the other is open and read to its end: is this the one to be read?
 * The other may be a copy of it, or have lost its name, and have been kept in case its writer goes
 * on: an archive says that nobody does. */
static int is_better(struct look *look, struct tail *open, struct diag *d)
{
	if (!located_is_whole(&look->located))
		return 0;
	if (tail_unlinked(open) >= 0 || (look->file->live && !open->live))
		return 1;
	return look->located.verdict == STREAM_CONTINUED ? is_more(look, d) : 0;
}

/* It is another log. */
static int begin_anew(struct look *look, struct diag *d)
{
	_cleanup_free_ char *like = memory_string(look->located.name);
	int r;

	located_free(&look->located);
	r = reader_rewind(look->reader, d);
	if (r == 0)
		r = locate(look->feed->feed.environment->store, look->reader, &look->located, d);
	if (r < 0)
		return r;
	if (look->located.verdict == STREAM_SHORTER) {
		look->located.verdict = STREAM_NEW;
		look->located.stream = (struct stream){0};
	}
	log_info("'%s' begins like '%s' and is another log", look->file->path, like);
	begin_tail(look);
	return 0;
}

static void tell_unclear(struct look *look)
{
	int64_t time = look->file->mtime / NANOSECONDS;
	struct gap gap = {.kind = GAP_UNCLEAR, .from = time, .to = time, .n = -1, .once = true};

	snprintf(gap.note, sizeof(gap.note), "'%s' may be a part of '%s'; not counted",
	    look->file->path, look->located.name);
	feed_gap(&look->feed->feed, &gap);
	log_warning("'%s' begins like '%s' and ends before that: whether it is a part of it cannot "
		    "be told; it is not counted",
	    look->file->path, look->located.name);
}

/* A copy that is being made gets longer.  One that stays as it is, or stays behind for long, is
 * compared with what it begins like. */
static int judge_shorter(struct look *look, struct diag *d)
{
	struct feed_file *f = look->feed;
	const struct judged_file *before = judged_of(&f->judged, look->file);
	bool told = before && before->as == JUDGED_TOLD;
	const struct judged_file *now;
	int r;

	now = judge(look, told ? JUDGED_TOLD : JUDGED_UNSURE);
	if (!is_settled(look->file) && judged_age(now) <= FILE_SETTLED) {
		f->waiting = true;
		return 0;
	}
	r = feed_file_is_copy(f, look->reader, look->located.stream.id, d);
	if (r == 0 || (r == -EAGAIN && is_settled(look->file)))
		return begin_anew(look, d);
	f->waiting |= r == -EAGAIN;
	if (r == -EAGAIN)
		return 0;
	if (r < 0 && r != -ENOENT)
		return r;
	if (r < 0 && !told)
		tell_unclear(look);
	judge(look, r > 0 ? JUDGED_DONE : JUDGED_TOLD);
	return 0;
}

static int judge_verdict(struct look *look, struct diag *d)
{
	struct feed_file *f = look->feed;
	const struct located *found = &look->located;
	struct tail *open = tail_of_stream(f, found->stream.id);
	int r = open ? is_better(look, open, d) : 1;

	if (r < 0)
		return r;
	if (located_is_whole(found))
		missed_found(&f->missed, found->stream.id);
	if (r == 0 && found->verdict == STREAM_SHORTER)
		return judge_shorter(look, d);
	if (r == 0) {
		judge(look, JUDGED_COPY);
		return 0;
	}
	if (open)
		feed_file_drop(f, open);
	if (may_be_rewound(look))
		return judge_rewound(look, d);
	switch (found->verdict) {
	case STREAM_COUNTED:
		return judge_counted(look, d);
	case STREAM_SHORTER:
		return judge_shorter(look, d);
	case STREAM_CONTINUED:
		if (found->stream.closed)
			return judge_closed(look, d);
		break;
	case STREAM_NEW:
		break;
	}
	if (look->archive)
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
		bool making = look->archive && !is_settled(look->file);

		judge(look, making ? JUDGED_MAKING : JUDGED_DONE);
		f->waiting |= making;
		return 0;
	}
	r = stream_newest(f->feed.environment->store, &look->newest, d);
	if (r == 0)
		r = locate(f->feed.environment->store, look->reader, &look->located, d);
	return r < 0 ? r : judge_verdict(look, d);
}

/* Said once for each file, until it can be opened. */
static void could_not_open(const struct look *look, int error, const struct diag *why)
{
	struct feed_file *f = look->feed;
	const struct judged_file *before = judged_of(&f->judged, look->file);
	bool said = before && before->as == JUDGED_DENIED;

	if (error == -ENOENT) {
		f->rescan = true;
		return;
	}
	judge(look, error == -EACCES ? JUDGED_DENIED : JUDGED_DONE);
	f->waiting |= error == -EACCES;
	if (look->file->live)
		feed_trouble(&f->feed, why->text);
	else if (!said)
		log_warning("%s; it is not counted", why->text);
}

/* After it a look is done with, however it ended. */
static int look_at(struct look *look, struct diag *d)
{
	_cleanup_diag_ struct diag why = {0};
	int r = look_inside(look, &why);

	if (r == -EBADMSG || r == -EIO || r == -E2BIG) {
		judge(look, JUDGED_DONE); /* an archive that breaks off, or is still being made */
		look->feed->waiting = true;
		r = 0;
	}
	located_free(&look->located);
	reader_free(look->reader);
	return r < 0 ? diag_set(d, -r, NULL, 0, 0, "%s", why.text ? why.text : strerror(-r)) : 0;
}

/* Since the files were listed they may have been rotated: what goes by that name now, or what is
 * written into it since it was truncated, may be newer than files that are not in the list. */
static bool is_another(const struct family_file *file, const struct reader *reader)
{
	struct family_file now;
	struct stat st;

	if (fstat(reader_descriptor(reader), &st) < 0)
		return false;
	family_file_of(&st, &now);
	return !family_file_is_same(&now, file) || now.size < file->size;
}

int feed_file_look(struct feed_file *f, const struct family_file *file, struct diag *d)
{
	struct look look = {.feed = f, .file = file};
	_cleanup_diag_ struct diag why = {0};
	int r;

	r = reader_open(file->path, &look.reader, &why);
	if (r < 0) {
		could_not_open(&look, r, &why);
		return 0;
	}
	if (is_another(file, look.reader)) {
		reader_free(look.reader);
		f->rescan = true;
		return 0;
	}
	if (file->live)
		feed_trouble(&f->feed, NULL);
	return look_at(&look, d);
}

int feed_file_look_nameless(struct feed_file *f, struct diag *d)
{
	_cleanup_nameless_ struct nameless *held = nameless_take(&f->nameless);
	struct family_file file = {0};
	struct look look = {.feed = f, .file = &file};
	struct stat st;
	int r = reader_rewind(held->reader, d);

	if (r < 0)
		return r;
	if (fstat(reader_descriptor(held->reader), &st) == 0)
		family_file_of(&st, &file);
	file.path = held->path;
	look.reader = held->reader;
	held->reader = NULL;
	return look_at(&look, d);
}
