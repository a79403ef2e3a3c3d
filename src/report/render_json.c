/* SPDX-License-Identifier: ISC */
#include "base/json.h"
#include "base/macros.h"
#include "report/block.h"
#include "report/figure.h"
#include "report/renderer.h"
#include <string.h>

/* Rows are written one by one; only what stands around them is held as a whole. */

static void put_time(struct json *object, const char *key, int64_t t)
{
	_cleanup_buffer_ struct buffer text = {0};

	figure_iso(&text, t);
	json_put_text(object, key, buffer_slice(&text));
}

static void put_cell(struct json *object, const struct column *column, const struct cell *cell)
{
	if (!cell->known) {
		json_put_null(object, column->name);
		return;
	}
	switch (cell_type(column, cell)) {
	case COLUMN_TEXT:
		json_put_text(object, column->name, slice_of(cell->text));
		break;
	case COLUMN_COUNT:
		json_put_count(object, column->name, cell->count);
		break;
	case COLUMN_FRACTION:
		json_put_fraction(object, column->name, figure_fraction(cell->fraction));
		break;
	case COLUMN_TIME:
		put_time(object, column->name, cell->count);
		break;
	case COLUMN_FLAG:
		json_put_flag(object, column->name, cell->flag);
		break;
	case COLUMN_CHANGE:
		json_put_number(object, column->name, figure_signed_fraction(cell->fraction));
		break;
	case COLUMN_NUMBER:
		json_put_number(object, column->name, figure_nine(cell->number));
		break;
	case COLUMN_SERIES:
	case COLUMN_MIXED:
		break;
	}
}

static void write_rows(const struct result *r, const char *separator, FILE *out)
{
	_cleanup_buffer_ struct buffer line = {0};

	for (size_t row = 0; row < r->row_count; row++) {
		_cleanup_json_ struct json *object = json_new();

		for (size_t column = 0; column < r->column_count; column++)
			if (seen_by(r->columns[column].audience, AUDIENCE_DATA))
				put_cell(object, &r->columns[column], result_cell(r, row, column));
		buffer_clear(&line);
		buffer_text_add(&line, row ? separator : "");
		json_write(object, &line);
		fwrite(line.p, 1, line.n, out);
	}
}

void render_ndjson(const struct report *report, FILE *out)
{
	const struct result *r = renderer_first(report);

	write_rows(r, "\n", out);
	if (r->row_count)
		fputc('\n', out);
}

static void put_period(struct json *head, const struct evidence *e, const struct zone *zone)
{
	struct json *period = json_put_object(head, "period");

	put_time(period, "since_utc", e->since);
	if (e->until > e->since)
		put_time(period, "until_utc", e->until);
	else
		json_put_null(period, "until_utc");
	json_put_text(period, "zone", slice_of(zone_name(zone)));
	if (!e->compared_until)
		return;
	period = json_put_object(head, "compared");
	put_time(period, "since_utc", e->compared_since);
	put_time(period, "until_utc", e->compared_until);
}

static void add_sentence(
    void *context, enum block_weight weight _unused_, const char *label _unused_, const char *text)
{
	json_add_text(context, slice_of(text));
}

static void put_coverage(
    struct json *head, const struct evidence *e, const struct report_request *request)
{
	struct json *coverage = json_put_object(head, "coverage"), *list;
	const struct coverage *total = &e->total;

	list = json_put_array(coverage, "sources");
	for (size_t i = 0; i < e->source_count; i++)
		json_add_text(list, slice_of(e->sources[i]));
	if (total->first_event) {
		put_time(coverage, "first_event", total->first_event);
		put_time(coverage, "last_event", total->last_event);
	} else {
		json_put_null(coverage, "first_event");
		json_put_null(coverage, "last_event");
	}
	json_put_count(coverage, "lines", total->lines);
	json_put_count(coverage, "matched", total->matched);
	json_put_count(coverage, "near_miss", total->near_miss);
	json_put_count(coverage, "ignored", total->ignored);
	json_put_count(coverage, "limit_hit", total->limit_hit);
	json_put_count(coverage, "unparsed", total->unparsed);
	json_put_count(coverage, "bad_time", total->bad_time);
	json_put_count(coverage, "overlong", total->overlong);
	json_put_count(coverage, "gaps", total->gaps);
	json_put_count(coverage, "gap_seconds", total->gap_seconds);
	json_put_count(coverage, "handshakes", e->handshakes);
	json_put_count(coverage, "sessions", e->sessions);
	json_put_count(coverage, "sessions_tls_known", e->sessions_known);
	json_put_count(coverage, "failures", e->failures);
	json_put_count(coverage, "internal_apart", e->apart);
	json_put_count(coverage, "folded", e->folded);
	block_problems(e, request, add_sentence, json_put_array(coverage, "problems"));
	list = json_put_array(coverage, "hints");
	for (size_t i = 0; i < e->hint_count; i++)
		json_add_text(list, slice_of(e->hints[i]));
}

static void write_result(const struct result *r, const char *key, FILE *out)
{
	fprintf(out, ",\n\"%s\":[%s", key, r->row_count ? "\n" : "");
	write_rows(r, ",\n", out);
	fputs(r->row_count ? "\n]" : "]", out);
}

void render_json(const struct report *report, FILE *out)
{
	const struct result *first = renderer_first(report);
	_cleanup_json_ struct json *head = json_new();
	_cleanup_buffer_ struct buffer text = {0};

	json_put_count(head, "schema", SCHEMA_VERSION);
	json_put_text(head, "view", slice_of(report->view->name));
	put_period(head, &report->evidence, report->request->zone);
	if (report->evidence.judged) {
		struct json *policies = json_put_array(head, "policies");

		for (size_t i = 0; i < report->judge.count; i++)
			json_add_text(policies, slice_of(report->judge.policies[i]->name));
	}
	put_coverage(head, &report->evidence, report->request);
	json_write_members(head, &text);
	fprintf(out, "{%s", buffer_text(&text));
	write_result(first, "rows", out);
	for (size_t i = 0; i < report->result_count; i++)
		if (report->results[i] != first &&
		    seen_by(report->results[i]->audience, AUDIENCE_DATA))
			write_result(report->results[i], report->results[i]->name, out);
	fputs("}\n", out);
}
