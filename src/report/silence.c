/* SPDX-License-Identifier: ISC */
#include "report/silence.h"

#include "base/memory.h"
#include "report/figure.h"
#include <string.h>

struct listening {
	const struct report_request *request;
	struct evidence *e;
};

/* After the filters: a source that others hide tells nothing here. */
static const char *source_of(const struct evidence *e, struct slice name)
{
	for (size_t i = 0; i < e->source_count; i++)
		if (slice_is(name, e->sources[i]))
			return e->sources[i];
	return NULL;
}

static int add_silence(void *context, const struct silent_source *silence)
{
	const struct listening *l = context;
	struct evidence *e = l->e;
	const char *source = source_of(e, silence->source);
	_cleanup_buffer_ struct buffer text = {0};

	if (!source)
		return 0;
	buffer_printf(&text, "no event from '%s' for ", source);
	figure_seconds(&text, l->request->now - silence->latest);
	buffer_text_add(&text, ", where ");
	figure_seconds(&text, silence->longest);
	buffer_text_add(&text,
	    " was long in the four weeks before: is it still written, and does mailtlsd run "
	    "(mailtlsd --status)?");
	e->silent = memory_grow(e->silent, e->silent_count + 1, sizeof(*e->silent));
	e->silent[e->silent_count++] =
	    (struct silence_told){.source = source, .text = memory_string(buffer_text(&text))};
	if (!l->request->no_hints)
		evidence_hint(e, buffer_text(&text));
	return 0;
}

int silence_gather(
    struct store *store, const struct report_request *request, struct evidence *e, struct diag *d)
{
	struct listening l = {.request = request, .e = e};

	return e->until < request->now ? 0 : query_silence(store, request->now, add_silence, &l, d);
}

const char *silence_of(const struct evidence *e, const char *source)
{
	for (size_t i = 0; i < e->silent_count; i++)
		if (strcmp(e->silent[i].source, source) == 0)
			return e->silent[i].text;
	return NULL;
}
