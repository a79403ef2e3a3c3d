/* SPDX-License-Identifier: ISC */
#include "cmd/progress.h"

#include "base/buffer.h"
#include "base/escape.h"
#include "base/memory.h"
#include <stdio.h>
#include <time.h>

#define EVERY 200000000 /* ns between two writings */
#define NAME_WIDTH 32

struct progress {
	bool shown;			     /* there is a terminal */
	bool drawn;			     /* a line stands on it */
	int64_t total, done, size, consumed; /* bytes on disk: of all, before this log, of it */
	int64_t before, bytes;		     /* decompressed: before this log, of it */
	int64_t started, written;	     /* ns */
	char *name;
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct progress *progress_new(int64_t total, bool quiet)
{
	struct progress *p = memory_alloc(sizeof(*p));

	p->shown = !quiet && isatty(STDERR_FILENO);
	p->total = total;
	p->started = now();
	return p;
}

struct progress *progress_free(struct progress *p)
{
	if (!p)
		return NULL;
	progress_clear(p);
	free(p->name);
	free(p);
	return NULL;
}

void progress_log(struct progress *p, const char *name, int64_t size)
{
	_cleanup_buffer_ struct buffer safe = {0};
	const char *base = strrchr(name, '/');

	p->done += p->size;
	p->before += p->bytes;
	p->consumed = p->bytes = 0;
	p->size = size < 0 ? 0 : size;
	escape_terminal(&safe, slice_of(base ? base + 1 : name));
	free(p->name);
	p->name = buffer_take(&safe);
}

static void human(struct buffer *to, double bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	size_t unit = 0;

	for (; bytes >= 999.5 && unit + 1 < ARRAY_SIZE(units); unit++)
		bytes /= 1000;
	buffer_printf(to, unit && bytes < 9.95 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static void draw(const struct progress *p, int64_t time)
{
	_cleanup_buffer_ struct buffer line = {0};
	double seconds = (double)(time - p->started) / 1e9;
	int64_t read = p->done + p->consumed, left;

	if (read > p->total)
		read = p->total; /* a pipe's size is not in the total */
	if (p->total > 0)
		buffer_printf(&line, "%3d %%  ", (int)(read * 100 / p->total));
	human(&line, (double)(p->before + p->bytes));
	buffer_text_add(&line, "  ");
	human(&line, seconds > 0 ? (double)(p->before + p->bytes) / seconds : 0);
	buffer_text_add(&line, "/s");
	if (p->total > 0 && read > 0) {
		left = (int64_t)(seconds * (double)(p->total - read) / (double)read + 0.5);
		buffer_printf(
		    &line, "  %lld:%02lld left", (long long)left / 60, (long long)left % 60);
	}
	fprintf(stderr, "\r%s  %.*s\033[K", buffer_text(&line), NAME_WIDTH, p->name);
	fflush(stderr);
}

void progress_at(struct progress *p, int64_t consumed, int64_t bytes)
{
	int64_t time;

	p->consumed = consumed;
	p->bytes = bytes;
	if (!p->shown || (time = now()) - p->written < EVERY)
		return;
	p->written = time;
	p->drawn = true;
	draw(p, time);
}

void progress_clear(struct progress *p)
{
	if (!p->drawn)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->drawn = false;
}
