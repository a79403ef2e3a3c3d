/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/gaps.h"
#include "report/silence.h"
#include "report/view.h"
#include <string.h>

/* View coverage: one row for each source, host and MTA.
 *
 * Lines and gaps belong to the whole source and stand in each of its rows.  Sessions belong to a
 * host and an MTA: where these have one source, they stand in its row; where several sources hold
 * them, in a row without a source, so that no number stands twice. */

struct kept {
	const char *host, *mta;
	int64_t sessions, known;
	size_t sources;
};

struct keeping {
	struct kept *kept;
	size_t count;
};

static const struct column own_columns[] = {
    {.name = "source"},
    {.name = "first_event", .title = "first event", .type = COLUMN_TIME, .spare = 5},
    {.name = "last_event", .title = "last event", .type = COLUMN_TIME, .spare = 1},
    {.name = "lines", .type = COLUMN_COUNT}, {.name = "matched", .type = COLUMN_COUNT},
    {.name = "near_miss", .title = "near miss", .type = COLUMN_COUNT},
    {.name = "ignored", .type = COLUMN_COUNT, .spare = 3},
    {.name = "gaps", .type = COLUMN_COUNT, .spare = 2},
    {.name = "gap_seconds", .title = "gaps (s)", .type = COLUMN_COUNT, .spare = 4},
    {.name = "sessions", .type = COLUMN_COUNT},
    {.name = "sessions_tls_known", .title = "TLS known", .type = COLUMN_COUNT},
    {.name = "hint", .audience = AUDIENCE_DATA}, /* people read it above the table */
};

static struct kept *need(struct keeping *k, const char *host, const char *mta)
{
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->kept[i].mta, mta) == 0 && strcmp(k->kept[i].host, host) == 0)
			return &k->kept[i];
	k->kept = memory_grow(k->kept, k->count + 1, sizeof(*k->kept));
	k->kept[k->count] = (struct kept){.host = host, .mta = mta};
	return &k->kept[k->count++];
}

static void add_sessions(struct keeping *k, const struct evidence *e)
{
	for (size_t i = 0; i < e->counted_count; i++) {
		const struct counted *c = &e->counted[i];
		struct kept *kept;

		if (c->tuple.fact != FACT_SESSION)
			continue;
		kept = need(k, c->tuple.host, c->tuple.mta);
		kept->sessions += c->n;
		kept->known += c->tuple.protocol != PROTOCOL_UNKNOWN ? c->n : 0;
	}
}

/* Of a row's MTA, NULL if it stands in another row, and of its source, NULL if it has none. */
static struct cell hint_of(
    const struct report *report, struct result *result, const char *mta, const char *source)
{
	const struct evidence *e = &report->evidence;
	_cleanup_buffer_ struct buffer text = {0};

	if (source && silence_of(e, source))
		buffer_text_add(&text, silence_of(e, source));
	for (size_t i = 0; i < e->hint_count; i++)
		if ((mta && *mta && strcmp(e->hint_names[i], mta) == 0) ||
		    (source && strcmp(e->hint_names[i], source) == 0)) {
			buffer_text_add(&text, text.n ? "; " : "");
			buffer_text_add(&text, e->hints[i]);
		}
	return text.n ? cell_text(result_text(result, buffer_text(&text))) : (struct cell){0};
}

/* The common columns, of which direction, service, unit and bucket say nothing here. */
static struct cell *begin_row(
    const struct report *report, struct result *result, const char *host, const char *mta)
{
	struct cell *row = result_row(result);

	for (size_t i = 0; i < common_column_count; i++) {
		const char *name = common_columns[i].column.name;
		struct cell cell = {0};

		if (strcmp(name, "schema") == 0)
			cell = cell_count(SCHEMA_VERSION);
		else if (strcmp(name, "view") == 0)
			cell = cell_text(result->name);
		else if (strcmp(name, "host") == 0)
			cell = cell_text(host);
		else if (strcmp(name, "mta") == 0)
			cell = cell_text(mta);
		else if (strcmp(name, "since_utc") == 0)
			cell = cell_count(report->evidence.since);
		else if (strcmp(name, "until_utc") == 0)
			cell = cell_count(report->evidence.until);
		row[i] = cell;
	}
	return row + common_column_count;
}

static void add_source(
    struct report *report, struct result *result, const struct coverage *c, const struct kept *kept)
{
	struct cell *cell = begin_row(report, result, c->host, c->mta);
	bool sole = kept->sources == 1 && kept->sessions > 0;

	*cell++ = cell_text(c->source);
	*cell++ = c->first_event > 0 ? cell_count(c->first_event) : (struct cell){0};
	*cell++ = c->last_event > 0 ? cell_count(c->last_event) : (struct cell){0};
	*cell++ = cell_count(c->lines);
	*cell++ = cell_count(c->matched);
	*cell++ = cell_count(c->near_miss);
	*cell++ = cell_count(c->ignored);
	*cell++ = cell_count(c->gaps);
	*cell++ = cell_count(c->gap_seconds);
	*cell++ = sole ? cell_count(kept->sessions) : (struct cell){0};
	*cell++ = sole ? cell_count(kept->known) : (struct cell){0};
	*cell = hint_of(report, result, kept->sources == 1 ? c->mta : NULL, c->source);
}

static void add_kept(struct report *report, struct result *result, const struct kept *kept)
{
	struct cell *cell = begin_row(report, result, kept->host, kept->mta);

	cell[ARRAY_SIZE(own_columns) - 3] = cell_count(kept->sessions);
	cell[ARRAY_SIZE(own_columns) - 2] = cell_count(kept->known);
	cell[ARRAY_SIZE(own_columns) - 1] = hint_of(report, result, kept->mta, NULL);
}

int coverage_build(struct report *report, const struct view *view, struct diag *d)
{
	const struct evidence *e = &report->evidence;
	struct keeping k = {0};
	struct result *result;
	int failed = gaps_hint(report, d);

	if (failed)
		return failed;
	result = result_new(view->name);
	view_add(report, result);
	for (size_t i = 0; i < common_column_count; i++)
		result_column(result, &common_columns[i].column);
	for (size_t i = 0; i < ARRAY_SIZE(own_columns); i++)
		result_column(result, &own_columns[i]);
	for (size_t i = 0; i < e->coverage_count; i++)
		need(&k, e->coverage[i].host, e->coverage[i].mta)->sources++;
	add_sessions(&k, e);
	for (size_t i = 0; i < e->coverage_count && view_has_room(report, result); i++)
		add_source(report, result, &e->coverage[i],
		    need(&k, e->coverage[i].host, e->coverage[i].mta));
	for (size_t i = 0; i < k.count && view_has_room(report, result); i++)
		if (k.kept[i].sources != 1)
			add_kept(report, result, &k.kept[i]);
	free(k.kept);
	return 0;
}
