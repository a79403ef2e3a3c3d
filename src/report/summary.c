/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/sparkline.h"
#include "report/view.h"
#include <string.h>

/* View summary: for programs the results of protocols, ciphers and groups; for people one screen.
 *
 * The screen begins with one line for each flow: its shares by protocol, of the sessions that
 * carried mail where the log tells of sessions, else of the handshakes; the last column names what
 * the shares are of.  Where handshakes show an old version and what carried mail does not
 * (scanners, monitoring), a second line gives the shares of the handshakes: the 0 of the first is
 * no proof that nobody asks for it.  TLS versions below 1.0 are one column, and columns of things
 * that were never seen are left out, but for none and 1.0 to 1.3: an admin looks for their 0. */

#define TOP_CIPHERS 5
#define TOP_GROUPS 3
#define SPARK_WIDTH 30

enum share_column { NONE, OLDER, AMBIGUOUS, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, UNKNOWN, SHARES };

static const struct {
	const char *name, *title;
	bool always;
} share_columns[SHARES] = {
    [NONE] = {"none", "none", true},
    [OLDER] = {"older", "SSL", false},
    [AMBIGUOUS] = {"ambiguous", "1/SSL", false}, /* TLSv1/SSLv3 of old OpenSSL builds */
    [TLS_1_0] = {"tls10", "1.0", true},
    [TLS_1_1] = {"tls11", "1.1", true},
    [TLS_1_2] = {"tls12", "1.2", true},
    [TLS_1_3] = {"tls13", "1.3", true},
    [UNKNOWN] = {"unknown", "?", false},
};

static const enum share_column column_of_protocol[PROTOCOL_MAX] = {
    [PROTOCOL_UNKNOWN] = UNKNOWN,
    [PROTOCOL_NONE] = NONE,
    [PROTOCOL_SSLV2] = OLDER,
    [PROTOCOL_SSLV3] = OLDER,
    [PROTOCOL_AMBIGUOUS] = AMBIGUOUS,
    [PROTOCOL_TLSV1_0] = TLS_1_0,
    [PROTOCOL_TLSV1_1] = TLS_1_1,
    [PROTOCOL_TLSV1_2] = TLS_1_2,
    [PROTOCOL_TLSV1_3] = TLS_1_3,
};

/* What the shares of a line are of. */
enum basis { OF_MAIL, OF_SESSIONS, OF_HANDSHAKES };

struct line {
	const struct tally_row *first; /* the greatest row of its total, for its names */
	enum basis basis;
	const struct counts *total;
	int64_t parts[SHARES], whole;
	int64_t *series; /* of the basis, over time */
};

struct screen {
	struct report *report;
	struct line *lines; /* two for each total, by its number: the first, that of handshakes */
	size_t count;
	size_t *order; /* of the totals */
	size_t order_count;
	enum bucket bucket;
	int64_t *starts; /* of the buckets of the sparklines */
	size_t starts_count;
};

static int64_t basis_count(enum basis basis, const struct counts *c)
{
	return basis == OF_MAIL ? c->mail : basis == OF_SESSIONS ? c->sessions : c->handshakes;
}

static enum basis choose_basis(const struct tally_row *row, const struct counts *total)
{
	if (row->unit == UNIT_NOT_ANY)
		return OF_HANDSHAKES;
	return total->mail ? OF_MAIL : OF_SESSIONS;
}

static void begin_line(
    struct line *line, const struct tally_row *row, const struct counts *total, enum basis basis)
{
	*line = (struct line){
	    .first = row,
	    .total = total,
	    .basis = basis,
	    .whole = basis_count(basis, total),
	};
}

static void add_to_line(struct line *line, const struct tally_row *row)
{
	line->parts[column_of_protocol[row->tuple.protocol]] +=
	    basis_count(line->basis, &row->counts);
}

/* Rows are sorted, so lines come in the order of their greatest row. */
static void collect(struct screen *s, const struct tally *tally)
{
	s->count = 2 * tally->total_count;
	s->lines = memory_array(s->count, sizeof(*s->lines));
	s->order = memory_array(s->count, sizeof(*s->order));
	for (size_t i = 0; i < tally->row_count; i++) {
		const struct tally_row *row = &tally->rows[i];
		const struct counts *total = tally_total(tally, row);
		struct line *line = &s->lines[2 * row->total];

		if (!line->total) {
			begin_line(&line[0], row, total, choose_basis(row, total));
			begin_line(&line[1], row, total, OF_HANDSHAKES);
			s->order[s->order_count++] = row->total;
		}
		add_to_line(&line[0], row);
		add_to_line(&line[1], row);
	}
}

static bool second_line_needed(const struct line *line)
{
	static const enum share_column old[] = {OLDER, AMBIGUOUS, TLS_1_0, TLS_1_1};

	for (size_t i = 0; i < ARRAY_SIZE(old); i++)
		if (line[1].parts[old[i]] && !line[0].parts[old[i]])
			return true;
	return false;
}

static const char *things(const struct line *line)
{
	static const struct {
		const char *plain, *with_mail;
	} names[UNIT_MAX] = {
	    [UNIT_UNKNOWN] = {"sessions", "with mail"},
	    [UNIT_CONNECTION] = {"connections", "with mail"},
	    [UNIT_SESSION] = {"sessions", "with mail"},
	    [UNIT_MESSAGE] = {"messages", "messages"},
	    [UNIT_DELIVERY] = {"deliveries", "deliveries"},
	    [UNIT_LOGIN] = {"no login", "logins"},
	};

	if (line->basis == OF_HANDSHAKES)
		return "handshakes";
	return line->basis == OF_MAIL ? names[line->first->unit].with_mail
				      : names[line->first->unit].plain;
}

/* Handshakes alone say nothing of clear text.  Where the log told no version of anything that was
 * encrypted, it says nothing of any version: there is no 0 % without evidence. */
static bool share_is_known(const struct line *line, int column)
{
	if (column == NONE)
		return line->basis != OF_HANDSHAKES && line->parts[UNKNOWN] < line->whole;
	return column == UNKNOWN || !line->parts[UNKNOWN] ||
	       line->parts[UNKNOWN] + line->parts[NONE] < line->whole;
}

static struct cell share_cell(const struct line *line, int column)
{
	if (!share_is_known(line, column))
		return (struct cell){0};
	return cell_share(line->parts[column], line->whole);
}

static bool column_shown(const struct screen *s, int column)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->lines[i].parts[column])
			return true;
	return share_columns[column].always;
}

static void add_line(const struct screen *s, struct result *result, const struct line *line)
{
	const struct tuple *t = &line->first->tuple;
	_cleanup_buffer_ struct buffer text = {0};
	struct cell *cell = result_row(result);

	*cell++ = s->report->by_host ? cell_text(t->host) : (struct cell){0};
	*cell++ = cell_text(t->mta);
	*cell++ = cell_text(direction_name(t->direction));
	*cell++ = cell_text(service_name(t->service));
	for (int i = 0; i < SHARES; i++)
		if (column_shown(s, i))
			*cell++ = share_cell(line, i);
	*cell++ = line->total->group_known
		      ? cell_share(line->total->post_quantum, line->total->handshakes)
		      : (struct cell){0};
	*cell++ = cell_count(line->whole);
	*cell++ = cell_text(things(line));
	if (line->series) {
		buffer_clear(&text);
		sparkline(&text, line->series, s->starts_count, SPARK_WIDTH, locale_is_utf8());
		*cell = cell_text(result_text(result, buffer_text(&text)));
	}
}

static void add_columns(const struct screen *s, struct result *result)
{
	result_column(result, &(struct column){.name = "host"});
	result_column(result, &(struct column){.name = "mta"});
	result_column(result, &(struct column){.name = "direction", .title = "dir"});
	result_column(result, &(struct column){.name = "service"});
	for (int i = 0; i < SHARES; i++)
		if (column_shown(s, i))
			result_column(result, &(struct column){.name = share_columns[i].name,
						  .title = share_columns[i].title,
						  .type = COLUMN_FRACTION,
						  .kept = share_columns[i].always});
	result_column(result,
	    &(struct column){
		.name = "post_quantum", .title = "PQ", .type = COLUMN_FRACTION, .spare = 1});
	result_column(
	    result, &(struct column){.name = "count", .title = "of", .type = COLUMN_COUNT});
	result_column(result, &(struct column){.name = "things", .title = ""});
	result_column(
	    result, &(struct column){.name = "over_time", .title = "over time", .spare = 2});
}

static void find_buckets(struct screen *s)
{
	const struct evidence *e = &s->report->evidence;
	const struct zone *zone = s->report->request->zone;
	int64_t start;

	s->bucket = bucket_for_period(e->until - e->since);
	for (start = bucket_start(s->bucket, zone, e->since); start < e->until;
	     start = bucket_next(s->bucket, zone, start)) {
		s->starts = memory_grow(s->starts, s->starts_count + 1, sizeof(*s->starts));
		s->starts[s->starts_count++] = start;
	}
}

static int compare_start(const void *key, const void *start)
{
	int64_t a = *(const int64_t *)key, b = *(const int64_t *)start;

	return (a > b) - (a < b);
}

static bool same_line(const struct tally_row *a, const struct tally_row *b, bool by_host)
{
	return a->unit == b->unit && a->handshake_unit == b->handshake_unit &&
	       a->tuple.direction == b->tuple.direction && a->tuple.service == b->tuple.service &&
	       strcmp(a->tuple.mta, b->tuple.mta) == 0 &&
	       (!by_host || strcmp(a->tuple.host, b->tuple.host) == 0);
}

static void add_to_point(
    const struct screen *s, struct line *line, const struct tally_row *row, size_t place)
{
	if (!line->series)
		line->series = memory_array(s->starts_count, sizeof(*line->series));
	line->series[place] += basis_count(line->basis, &row->counts);
}

static void add_to_series(struct screen *s, const struct tally_row *row)
{
	const int64_t *start =
	    bsearch(&row->bucket, s->starts, s->starts_count, sizeof(*s->starts), compare_start);

	for (size_t i = 0; start && i < s->order_count; i++) {
		struct line *line = &s->lines[2 * s->order[i]];

		if (same_line(line->first, row, s->report->by_host))
			for (size_t k = 0; k < 2; k++)
				add_to_point(s, &line[k], row, (size_t)(start - s->starts));
	}
}

static int collect_series(struct screen *s, struct diag *d)
{
	_cleanup_tally_ struct tally tally = {0};
	struct tally_plan plan = {
	    .zone = s->report->request->zone,
	    .by_host = s->report->by_host,
	    .request = s->report->request,
	    .no_apart = true,
	};
	int failed;

	find_buckets(s);
	if (s->starts_count < 2)
		return 0;
	plan.bucket = s->bucket;
	failed = view_tally(s->report, &plan, &tally, d);
	for (size_t i = 0; !failed && i < tally.row_count; i++)
		add_to_series(s, &tally.rows[i]);
	return failed;
}

static int build_screen(struct report *report, struct diag *d)
{
	static const char title[] =
	    "Shares by protocol (? and -: the log does not tell; with mail: of connections)";
	_cleanup_tally_ struct tally tally = {0};
	struct screen s = {.report = report};
	struct tally_plan plan = {
	    .dimensions = {dimension_of("protocol")},
	    .dimension_count = 1,
	    .zone = report->request->zone,
	    .by_host = report->by_host,
	    .request = report->request,
	    .no_apart = true,
	};
	struct result *result = result_new("flows");
	int failed = view_tally(report, &plan, &tally, d);

	view_add(report, result);
	result->audience = AUDIENCE_TABLE;
	result->title = title;
	if (!failed) {
		tally_sort(&tally, BY_WEIGHT);
		collect(&s, &tally);
		failed = collect_series(&s, d);
	}
	add_columns(&s, result);
	for (size_t i = 0; !failed && i < s.order_count; i++) {
		const struct line *line = &s.lines[2 * s.order[i]];

		if (line[0].whole) /* not only failures */
			add_line(&s, result, &line[0]);
		if (second_line_needed(line))
			add_line(&s, result, &line[1]);
	}
	if (!failed && !result->row_count && report->evidence.apart) {
		result->title = "Shares by protocol";
		result->note = "all of it is internal; --internal=include takes it in";
	}
	for (size_t i = 0; i < s.count; i++)
		free(s.lines[i].series);
	free(s.lines);
	free(s.order);
	free(s.starts);
	return failed;
}

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

/* The results of another view, of which the screen shows the first rows. */
static int add_view(struct report *report, const char *name, const char *title, const char *column,
    size_t rows, struct diag *d)
{
	const struct view *view = view_find(name, d);
	int failed = view->build(report, view, d);
	struct result *result;

	if (failed)
		return failed;
	result = report->results[report->result_count - 1];
	result->title = title;
	result->table_rows = report->request->top ? 0 : rows;
	if (!rows)
		result->audience = AUDIENCE_DATA;
	else if (result->row_count && !anything_known(result, column))
		result->note = "the log does not tell";
	return 0;
}

int summary_build(struct report *report, const struct view *view _unused_, struct diag *d)
{
	int failed = add_view(report, "protocols", NULL, "protocol", 0, d);

	if (!failed && report->for_people)
		failed = build_screen(report, d);
	if (!failed)
		failed =
		    add_view(report, "ciphers", "Ciphers by handshakes", "cipher", TOP_CIPHERS, d);
	if (!failed)
		failed = add_view(
		    report, "groups", "Key-exchange groups by handshakes", "group", TOP_GROUPS, d);
	if (!failed)
		failed = matter_build(report, d);
	return failed;
}
