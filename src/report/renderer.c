/* SPDX-License-Identifier: ISC */
#include "report/renderer.h"

#include <errno.h>
#include <string.h>

const struct renderer renderers[] = {
    {.name = "table", .for_people = true, .render = render_table},
    {.name = "csv", .warns = true, .render = render_csv},
    {.name = "json", .render = render_json},
    {.name = "ndjson", .warns = true, .render = render_ndjson},
    {.name = "markdown", .for_people = true, .render = render_markdown},
    {.name = "prometheus", .for_people = true, .of_summary = true, .render = render_prometheus},
    {.name = "html", .for_people = true, .draws = true, .render = render_html},
    {0},
};

const struct renderer *renderer_find(const char *name, struct diag *d)
{
	_cleanup_buffer_ struct buffer names = {0};

	for (const struct renderer *r = renderers; r->name; r++) {
		if (strcmp(r->name, name) == 0)
			return r;
		buffer_printf(&names, "%s%s", r == renderers ? "" : ", ", r->name);
	}
	diag_set(d, EINVAL, NULL, 0, 0, "there is no format \"%s\": expected one of %s", name,
	    buffer_text(&names));
	return NULL;
}

const struct result *renderer_first(const struct report *report)
{
	for (size_t i = 0; i < report->result_count; i++)
		if (seen_by(report->results[i]->audience, AUDIENCE_DATA))
			return report->results[i];
	return NULL;
}
