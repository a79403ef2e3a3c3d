/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "report/sections.h"
#include "report/view.h"
#include <string.h>

/* View summary: one screen for people, and for programs the same sections under the names of the
 * views that they are taken from.  What a section shows no more of is in the view of its name. */

#define TOP_CIPHERS 5
#define TOP_GROUPS 5
#define TOP_FAILURES 5
#define TOP_PEERS 10
#define DETAIL 4
#define PAGE_TIMES 4 /* a page that is drawn has room for more rows */

struct section {
	const char *title;
	int (*build)(struct report *report, struct diag *d);
	const char *view;  /* where there is no function */
	const char *tells; /* the column without which it tells nothing */
	size_t rows;	   /* that people see */
	bool for_data, beside, drawn;
};

static const struct section sections[] = {
    {.view = "protocols", .for_data = true},
    {.build = flow_shares_build},
    {.title = "Ciphers by handshakes",
	.view = "ciphers",
	.tells = "cipher",
	.rows = TOP_CIPHERS,
	.for_data = true},
    {.title = "Key-exchange groups by handshakes",
	.view = "groups",
	.tells = "group",
	.rows = TOP_GROUPS,
	.for_data = true,
	.beside = true},
    {.title = "Failed handshakes",
	.build = failure_reasons_build,
	.rows = TOP_FAILURES,
	.for_data = true},
    {.title = "The peers that matter",
	.build = matter_build,
	.rows = TOP_PEERS,
	.for_data = true,
	.beside = true},
    {.build = peaks_build, .drawn = true},
};

static bool anything_known(const struct result *result, const char *name)
{
	size_t column = 0;

	while (strcmp(result->columns[column].name, name) != 0)
		column++;
	for (size_t row = 0; row < result->row_count; row++)
		if (result_cell(result, row, column)->known)
			return true;
	return false;
}

static bool wanted(const struct report *report, const struct section *section)
{
	if (section->drawn)
		return report->draws;
	return section->for_data || report->for_people;
}

/* For people: what is best left out of a narrow table is not for a summary. */
static void shorten(struct column *column)
{
	if (strcmp(column->name, "mta") == 0)
		column->once = true;
	if (strcmp(column->name, "unit") == 0 || strcmp(column->name, "handshake_unit") == 0 ||
	    (column->spare >= DETAIL && column->audience == AUDIENCE_ALL))
		column->audience = AUDIENCE_DATA;
}

static void present(
    const struct report *report, struct result *result, const struct section *section)
{
	if (section->title)
		result->title = section->title;
	result->table_rows = report->draws ? PAGE_TIMES * section->rows : section->rows;
	if (report->request->top)
		result->table_rows = 0;
	result->beside = section->beside;
	if (section->for_data && !section->rows)
		result->audience = AUDIENCE_DATA;
	for (size_t i = 0; section->for_data && i < result->column_count; i++)
		shorten(&result->columns[i]);
	if (section->tells && result->row_count && !anything_known(result, section->tells))
		result->note = "the log does not tell";
}

int summary_build(struct report *report, const struct view *view _unused_, struct diag *d)
{
	int failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sections) && !failed; i++) {
		const struct section *section = &sections[i];
		size_t before = report->result_count;

		if (!wanted(report, section))
			continue;
		if (section->build) {
			failed = section->build(report, d);
		} else {
			const struct view *of = view_find(section->view, d);

			failed = of->build(report, of, d);
		}
		if (!failed && report->result_count > before)
			present(report, report->results[before], section);
	}
	return failed;
}
