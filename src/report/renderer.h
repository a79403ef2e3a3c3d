/* SPDX-License-Identifier: ISC */
#pragma once

/* A renderer writes the results of a report in one format: a row of one table.
 *
 * table is for people: the coverage block above aligned columns, thousands separators and percent
 * signs, times of the reader's zone.  csv (RFC 4180, LF, a header line), json (one object) and
 * ndjson (one object a row) are for programs: the names and the figures of base/result.h's columns,
 * times in UTC.  csv and ndjson have no place for the coverage block, so its problems are told to
 * the request's `warn`.  markdown is tables for a ticket, html a page with charts that needs
 * nothing else; both are for people.  prometheus is metrics of the period.  Text from logs is made
 * safe here and nowhere before.
 *
 * render() does not look at write errors: the caller asks the stream once, at the end. */

#include "report/view.h"
#include <stdio.h>

struct renderer {
	const char *name;
	bool for_people; /* shows what AUDIENCE_TABLE sees, else AUDIENCE_DATA */
	bool of_summary; /* has rows of its own, whatever the view: only that of a summary */
	bool draws;	 /* shows charts */
	bool warns;
	void (*render)(const struct report *report, FILE *out);
};

/* Ended by a row without a name. */
extern const struct renderer renderers[];

/* NULL and a diagnosis that names the formats. */
const struct renderer *renderer_find(const char *name, struct diag *d);

/* One for each format. */
void render_table(const struct report *report, FILE *out);
void render_csv(const struct report *report, FILE *out);
void render_json(const struct report *report, FILE *out);
void render_ndjson(const struct report *report, FILE *out);
void render_html(const struct report *report, FILE *out);
void render_markdown(const struct report *report, FILE *out);
void render_prometheus(const struct report *report, FILE *out);

/* The result that csv and ndjson write, and whose rows are json's: the first for programs. */
const struct result *renderer_first(const struct report *report);
