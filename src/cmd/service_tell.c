/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "cmd/service_slot.h"

void service_tell_status(const struct daemon *s)
{
	int64_t facts[FACT_KIND_MAX] = {0}, lag = 0;
	size_t waiting = 0;

	for (size_t i = 0; i < s->plan->feed_count; i++) {
		const struct feed *feed = s->plan->feeds[i];
		int64_t behind = feed->kind->lag(feed);

		lag += behind > 0 ? behind : 0;
		waiting += feed->trouble != NULL;
		for (int k = 0; k < FACT_KIND_MAX; k++)
			facts[k] += feed->facts[k];
	}
	loop_tell(
	    "STATUS=%s%zu sources, %zu of them waited for, %lld bytes behind; since the start "
	    "%lld handshakes, %lld sessions, %lld failures",
	    s->store ? "" : "the store cannot be used; ", s->plan->feed_count, waiting,
	    (long long)lag, (long long)facts[FACT_HANDSHAKE], (long long)facts[FACT_SESSION],
	    (long long)facts[FACT_FAILURE]);
}

void service_tell_ready(struct daemon *s)
{
	if (s->ready)
		return;
	for (size_t i = 0; !s->committed && i < s->plan->feed_count; i++)
		if (!s->slots[i].caught_up)
			return;
	s->ready = true;
	loop_tell("READY=1");
	log_info("following %zu sources into '%s'", s->plan->feed_count, s->plan->store);
	if (!regex_can_hurry())
		log_info("patterns are interpreted and not compiled (MemoryDenyWriteExecute=yes, "
			 "or no JIT here): they find the same, more slowly");
}
