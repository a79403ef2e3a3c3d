/* SPDX-License-Identifier: ISC */
#include "report/gaps.h"

#include "base/memory.h"
#include "report/figure.h"
#include "store/query.h"
#include <string.h>

struct telling {
	struct evidence *e;
	const char *source; /* the evidence's, NULL: none yet, or it is filtered out */
	struct buffer text; /* on it */
};

static void tell(struct telling *t)
{
	if (t->source && t->text.n)
		evidence_hint_on(t->e, t->source, buffer_text(&t->text));
	buffer_clear(&t->text);
}

static const char *source_of(const struct evidence *e, const char *name)
{
	for (size_t i = 0; i < e->source_count; i++)
		if (strcmp(e->sources[i], name) == 0)
			return e->sources[i];
	return NULL;
}

static int add_kind(void *context, const struct gap_sum *row)
{
	struct telling *t = context;

	if (!t->source || strcmp(t->source, row->source) != 0) {
		tell(t);
		t->source = source_of(t->e, row->source);
		buffer_printf(&t->text, "not all of '%s' was read: ", row->source);
	} else {
		buffer_text_add(&t->text, ", ");
	}
	figure_of(&t->text, row->count, "gap", "gaps");
	buffer_printf(&t->text, " of the kind %s", row->kind);
	if (row->lost > 0) {
		buffer_text_add(&t->text, " (");
		figure_of(&t->text, row->lost, "line", "lines");
		buffer_text_add(&t->text, ")");
	}
	return 0;
}

int gaps_hint(struct report *report, struct diag *d)
{
	const struct report_request *request = report->request;
	const struct query query = {
	    .since = request->since_given ? request->since : INT64_MIN,
	    .until = request->until_given ? request->until : INT64_MAX,
	};
	struct telling t = {.e = &report->evidence};
	int r;

	if (request->no_hints)
		return 0;
	r = query_gaps(report->store, &query, add_kind, &t, d);
	if (r == 0)
		tell(&t);
	buffer_free(&t.text);
	return r;
}
