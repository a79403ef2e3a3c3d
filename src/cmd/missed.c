/* SPDX-License-Identifier: ISC */
#include "cmd/missed.h"

#include "base/log.h"
#include "base/steady.h"
#include "cmd/judged.h"
#include <stdio.h>
#include <time.h>

void missed_add(
    struct missed *list, int64_t stream, enum gap_kind kind, int64_t from, const char *name)
{
	struct missed_log *log;

	if (!stream)
		return;
	/* The last one goes on, then, since it was missed, and is told whatever is found. */
	if (list->count == MISSED_MAX) {
		from = list->logs[--list->count].from;
		stream = -1;
	}
	log = &list->logs[list->count];
	*log = (struct missed_log){
	    .stream = stream, .kind = kind, .from = from, .since = steady_seconds()};
	snprintf(log->name, sizeof(log->name), "%s", name);
	list->count++;
}

void missed_found(struct missed *list, int64_t stream)
{
	for (size_t i = 0; i < list->count;) {
		if (list->logs[i].stream == stream && !list->logs[i].told)
			list->logs[i] = list->logs[--list->count];
		else
			i++;
	}
}

void missed_tell(struct missed *list, struct feed *feed, bool waiting)
{
	for (size_t i = 0; i < list->count; i++) {
		struct missed_log *log = &list->logs[i];
		/* One that does not come back is missed with each start. */
		struct gap gap = {.kind = log->kind,
		    .from = log->from,
		    .to = time(NULL),
		    .n = -1,
		    .once = log->kind == GAP_VANISHED};

		if (log->told || (waiting && list->count < MISSED_MAX &&
				     steady_seconds() - log->since <= FILE_SETTLED))
			continue;
		log->told = true;
		snprintf(gap.note, sizeof(gap.note), "'%s': what came after its last counted line",
		    log->name);
		feed_gap(feed, &gap);
		log_warning("'%s' was %s, and no copy of it is there: lines may be lost", log->name,
		    log->kind == GAP_TRUNCATED ? "cut" : "removed");
	}
}

void missed_committed(struct missed *list)
{
	for (size_t i = 0; i < list->count;) {
		if (list->logs[i].told)
			list->logs[i] = list->logs[--list->count];
		else
			i++;
	}
}

void missed_again(struct missed *list)
{
	for (size_t i = 0; i < list->count; i++)
		list->logs[i].told = false;
}
