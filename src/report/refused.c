/* SPDX-License-Identifier: ISC */
#include "report/refused.h"

#include "report/figure.h"
#include "store/query.h"
#include <string.h>

static int add_hint(void *context, const char *source, int64_t refused, int64_t lines)
{
	_cleanup_buffer_ struct buffer text = {0};
	struct report *report = context;
	const struct evidence *e = &report->evidence;

	if (lines && report->view->build != coverage_build)
		return 0;
	for (size_t i = 0; i < e->coverage_count; i++) {
		if (strcmp(e->coverage[i].source, source) != 0)
			continue;
		figure_of(&text, refused, "entry", "entries");
		buffer_printf(&text,
		    " of '%s' were left out since the store was begun, as who sent them is no "
		    "mail server's user or unit: if they are mail's, name the units or whom to "
		    "trust in the configuration",
		    source);
		evidence_hint_on(&report->evidence, e->coverage[i].source, buffer_text(&text));
		return 0;
	}
	return 0;
}

int refused_hint(struct report *report, struct diag *d)
{
	if (report->request->no_hints)
		return 0;
	return query_refused(report->store, add_hint, report, d);
}
