/* SPDX-License-Identifier: ISC */
#include "parse/header.h"

#include "parse/header_kind.h"
#include <errno.h>

/* A line of Exchange's protocol logs: `date-time,connector-id,session-id,...`, in UTC. */
static bool header_exchange(struct header_front *f, struct header *ret)
{
	struct clock *clock = f->clock;
	struct slice line = f->line;
	struct header h = {.ident = SLICE("exchange")};
	struct stamp stamp;
	size_t n;

	if (slice_starts(line, SLICE("\xEF\xBB\xBF")))
		line = slice_skip(line, 3);
	n = clock_iso(clock, line, &stamp);
	if (n == 0 || n == line.n || line.p[n] != ',')
		return false;
	if (!stamp.has_zone) {
		struct clock utc = {.log_time = clock->log_time, .latest_local = TIME_UNKNOWN};

		clock_iso(&utc, line, &stamp);
	}
	header_time(&h, &stamp);
	h.message = slice_skip(line, n + 1);
	*ret = h;
	return true;
}

static bool header_plain(struct header_front *f, struct header *ret)
{
	struct slice line = f->line;

	*ret = (struct header){.time = TIME_UNKNOWN};
	if (header_tagged(f)) {
		*ret = f->syslog;
		ret->inner = ret->message;
	}
	header_container_skip(&line);
	ret->message = line;
	return true;
}

void header_take_plain(struct header *h, struct clock *clock, size_t length, struct slice stamp)
{
	struct stamp told = {.time = TIME_UNKNOWN};

	h->message = slice_skip(h->message, length);
	if (!stamp.p)
		return;
	if (clock_any(clock, stamp, &told) != stamp.n)
		told.time = TIME_UNKNOWN;
	header_time(h, &told);
}

static const struct {
	const char *name;
	bool (*read)(struct header_front *f, struct header *ret);
} kinds[HEADER_KIND_MAX] = {
    [HEADER_SYSLOG] = {"syslog", header_syslog},
    [HEADER_EXIM] = {"exim", header_exim},
    [HEADER_DOVECOT] = {"dovecot", header_dovecot},
    [HEADER_ESA] = {"esa", header_esa},
    [HEADER_EXCHANGE] = {"exchange", header_exchange},
    [HEADER_PLAIN] = {"plain", header_plain},
};

int header_kind_from(struct slice word)
{
	for (int kind = 0; kind < HEADER_KIND_MAX; kind++)
		if (slice_is(word, kinds[kind].name))
			return kind;
	return -EINVAL;
}

const char *header_kind_name(enum header_kind kind)
{
	return kinds[kind].name;
}

bool header_read(enum header_kind kind, struct header_front *front, struct header *ret)
{
	return kinds[kind].read(front, ret);
}

bool header_parse(enum header_kind kind, struct clock *clock, struct slice line, struct header *ret)
{
	struct header_front front;

	header_front_init(&front, clock, line);
	return header_read(kind, &front, ret);
}
