/* SPDX-License-Identifier: ISC */
#include "report/renderer.h"

#include "base/macros.h"
#include "base/nearest.h"
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
	const char *names[ARRAY_SIZE(renderers)];
	_cleanup_buffer_ struct buffer advice = {0};
	size_t n = 0;

	for (const struct renderer *r = renderers; r->name; r++) {
		if (strcmp(r->name, name) == 0)
			return r;
		names[n++] = r->name;
	}
	nearest_advise(&advice, name, names, n);
	diag_set(
	    d, EINVAL, NULL, 0, 0, "there is no format \"%s\": %s", name, buffer_text(&advice));
	return NULL;
}

const struct result *renderer_first(const struct report *report)
{
	for (size_t i = 0; i < report->result_count; i++)
		if (seen_by(report->results[i]->audience, AUDIENCE_DATA))
			return report->results[i];
	return NULL;
}
