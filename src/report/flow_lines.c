/* SPDX-License-Identifier: ISC */
#include "report/flow_lines.h"

#include "base/memory.h"
#include "base/table.h"
#include <errno.h>
#include <string.h>

const struct share_kind share_kinds[SHARES] = {
    [SHARE_NONE] = {"none", "none", "clear text", true, true, PAINT_NONE},
    [SHARE_OLDER] = {"older", "SSL", "SSL", false, true, PAINT_OLDER},
    [SHARE_AMBIGUOUS] = {"ambiguous", "1/SSL", "TLS 1.0 or SSL", false, true, PAINT_AMBIGUOUS},
    [SHARE_TLS_1_0] = {"tls10", "1.0", "TLS 1.0", true, true, PAINT_TLS_1_0},
    [SHARE_TLS_1_1] = {"tls11", "1.1", "TLS 1.1", true, true, PAINT_TLS_1_1},
    [SHARE_TLS_1_2] = {"tls12", "1.2", "TLS 1.2", true, false, PAINT_TLS_1_2},
    [SHARE_TLS_1_3] = {"tls13", "1.3", "TLS 1.3", true, false, PAINT_TLS_1_3},
    [SHARE_UNKNOWN] = {"unknown", "?", "not told", false, false, PAINT_UNKNOWN},
};

static const enum share share_of_protocol[PROTOCOL_MAX] = {
    [PROTOCOL_UNKNOWN] = SHARE_UNKNOWN,
    [PROTOCOL_NONE] = SHARE_NONE,
    [PROTOCOL_SSLV2] = SHARE_OLDER,
    [PROTOCOL_SSLV3] = SHARE_OLDER,
    [PROTOCOL_AMBIGUOUS] = SHARE_AMBIGUOUS,
    [PROTOCOL_TLSV1_0] = SHARE_TLS_1_0,
    [PROTOCOL_TLSV1_1] = SHARE_TLS_1_1,
    [PROTOCOL_TLSV1_2] = SHARE_TLS_1_2,
    [PROTOCOL_TLSV1_3] = SHARE_TLS_1_3,
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

static void begin_line(struct flow_line *line, const struct tally_row *row,
    const struct counts *total, enum basis basis)
{
	*line = (struct flow_line){
	    .first = *row,
	    .total = *total,
	    .basis = basis,
	    .parts.whole = basis_count(basis, total),
	};
}

static void add_to_line(struct flow_line *line, const struct tally_row *row)
{
	line->parts.of[share_of_protocol[row->tuple.protocol]] +=
	    basis_count(line->basis, &row->counts);
}

/* What tells flows apart. */
static struct slice key_of(struct flow_lines *lines, const struct tally_row *row)
{
	const int parts[] = {
	    row->unit, row->handshake_unit, (int)row->tuple.direction, (int)row->tuple.service};

	buffer_clear(&lines->key);
	buffer_append(&lines->key, parts, sizeof(parts));
	buffer_append(&lines->key, row->tuple.mta, strlen(row->tuple.mta) + 1);
	buffer_text_add(&lines->key, lines->by_host ? row->tuple.host : "");
	return buffer_slice(&lines->key);
}

size_t flow_lines_place_of_row(struct flow_lines *lines, const struct tally_row *row)
{
	const size_t *place = lines->places ? table_get(lines->places, key_of(lines, row)) : NULL;

	return place ? *place : SIZE_MAX;
}

size_t flow_lines_place(
    struct flow_lines *lines, struct evidence *evidence, const struct tuple *tuple)
{
	const struct flow *flow = evidence_flow(evidence, tuple, lines->by_host);
	struct tally_row row = {.tuple = *tuple};

	if (!flow)
		return SIZE_MAX;
	flow_units(flow, tuple, &row.unit, &row.handshake_unit);
	return flow_lines_place_of_row(lines, &row);
}

static struct flow_line *lines_of(struct flow_lines *lines, const struct tally_row *row)
{
	size_t place = flow_lines_place_of_row(lines, row);

	return place == SIZE_MAX ? NULL : &lines->p[2 * place];
}

static struct tally_plan plan_of(const struct report *report)
{
	return (struct tally_plan){
	    .dimensions = {dimension_of("protocol")},
	    .dimension_count = 1,
	    .zone = report->request->zone,
	    .by_host = report->by_host,
	    .request = report->request,
	    .no_apart = true,
	    .failures = true,
	};
}

/* Rows are sorted, so flows come in the order of their greatest row. */
static int add_rows(struct flow_lines *lines, const struct tally *tally, struct diag *d)
{
	lines->p = memory_array(2 * tally->total_count, sizeof(*lines->p));
	lines->places = table_new(sizeof(size_t), TALLY_ROWS);
	for (size_t i = 0; i < tally->row_count; i++) {
		const struct tally_row *row = &tally->rows[i];
		struct flow_line *line = lines_of(lines, row);

		if (!line) {
			const struct counts *total = tally_total(tally, row);
			size_t *place = table_add(lines->places, key_of(lines, row), NULL);

			if (!place)
				return diag_set(d, E2BIG, NULL, 0, 0,
				    "the report has more than %d flows: choose a filter",
				    TALLY_ROWS);
			*place = lines->flow_count++;
			line = &lines->p[2 * *place];
			begin_line(&line[0], row, total, choose_basis(row, total));
			begin_line(&line[1], row, total, OF_HANDSHAKES);
		}
		add_to_line(&line[0], row);
		add_to_line(&line[1], row);
	}
	return 0;
}

int flow_lines_collect(struct report *report, struct flow_lines *ret, struct diag *d)
{
	_cleanup_tally_ struct tally tally = {0};
	struct tally_plan plan = plan_of(report);
	int failed = view_tally(report, &plan, &tally, d);

	if (failed)
		return failed;
	*ret = (struct flow_lines){.by_host = report->by_host};
	tally_sort(&tally, BY_WEIGHT);
	return add_rows(ret, &tally, d);
}

static void find_buckets(const struct report *report, struct flow_lines *lines, enum bucket bucket)
{
	const struct evidence *e = &report->evidence;

	lines->bucket = bucket == BUCKET_AUTO ? bucket_for_period(e->until - e->since) : bucket;
	if (lines->bucket == BUCKET_HOUR && e->since < e->rolled_until)
		lines->bucket = BUCKET_DAY;
	lines->start_count =
	    bucket_starts(lines->bucket, report->request->zone, e->since, e->until, &lines->starts);
	if (lines->start_count < 2)
		lines->start_count = 0;
}

static int compare_start(const void *key, const void *start)
{
	int64_t a = *(const int64_t *)key, b = *(const int64_t *)start;

	return (a > b) - (a < b);
}

static void counts_add(struct counts *sum, const struct counts *c)
{
	sum->handshakes += c->handshakes;
	sum->sessions += c->sessions;
	sum->failures += c->failures;
	sum->group_known += c->group_known;
	sum->post_quantum += c->post_quantum;
	sum->mail += c->mail;
	sum->mail_known += c->mail_known;
}

static void add_to_point(const struct flow_lines *lines, struct flow_line *line,
    const struct tally_row *row, size_t place)
{
	int64_t n = basis_count(line->basis, &row->counts);

	if (!line->points)
		line->points = memory_array(lines->start_count, sizeof(*line->points));
	line->points[place].parts.of[share_of_protocol[row->tuple.protocol]] += n;
	line->points[place].parts.whole += n;
	counts_add(&line->points[place].counts, &row->counts);
}

static void add_to_points(struct flow_lines *lines, const struct tally_row *row)
{
	const int64_t *start = bsearch(
	    &row->bucket, lines->starts, lines->start_count, sizeof(*lines->starts), compare_start);
	struct flow_line *line = start ? lines_of(lines, row) : NULL;

	for (size_t i = 0; line && i < 2; i++)
		add_to_point(lines, &line[i], row, (size_t)(start - lines->starts));
}

int flow_lines_over_time(
    struct report *report, struct flow_lines *lines, enum bucket bucket, struct diag *d)
{
	_cleanup_tally_ struct tally tally = {0};
	struct tally_plan plan = plan_of(report);
	int failed;

	find_buckets(report, lines, bucket);
	if (!lines->start_count)
		return 0;
	plan.bucket = lines->bucket;
	failed = view_tally(report, &plan, &tally, d);
	for (size_t i = 0; !failed && i < tally.row_count; i++)
		add_to_points(lines, &tally.rows[i]);
	return failed;
}

void flow_lines_free(struct flow_lines *lines)
{
	for (size_t i = 0; i < 2 * lines->flow_count; i++)
		free(lines->p[i].points);
	free(lines->p);
	free(lines->starts);
	table_free(lines->places);
	buffer_free(&lines->key);
	*lines = (struct flow_lines){0};
}

const struct flow_line *flow_lines_find(struct flow_lines *lines, const struct flow_line *like)
{
	const struct flow_line *line = lines_of(lines, &like->first);

	for (size_t i = 0; line && i < 2; i++)
		if (line[i].basis == like->basis)
			return &line[i];
	return NULL;
}

/* Handshakes alone say nothing of clear text.  Where the log told no version of anything that was
 * encrypted, it says nothing of any version. */
static bool share_is_known(const struct flow_line *line, enum share share)
{
	const struct parts *p = &line->parts;

	if (share == SHARE_NONE)
		return line->basis != OF_HANDSHAKES && p->of[SHARE_UNKNOWN] < p->whole;
	return share == SHARE_UNKNOWN || !p->of[SHARE_UNKNOWN] ||
	       p->of[SHARE_UNKNOWN] + p->of[SHARE_NONE] < p->whole;
}

struct cell flow_line_share(const struct flow_line *line, enum share share)
{
	if (!share_is_known(line, share))
		return (struct cell){0};
	return cell_share(line->parts.of[share], line->parts.whole);
}

struct cell flow_line_weak(const struct flow_line *line)
{
	int64_t weak = 0;

	for (int i = 0; i < SHARES; i++)
		weak += share_kinds[i].weak ? line->parts.of[i] : 0;
	if (!share_is_known(line, SHARE_TLS_1_0))
		return (struct cell){0};
	return cell_share(weak, line->parts.whole);
}

bool flow_lines_differ(const struct flow_line *line)
{
	for (int i = 0; i < SHARES; i++)
		if (share_kinds[i].weak && i != SHARE_NONE && line[1].parts.of[i] &&
		    !line[0].parts.of[i])
			return true;
	return false;
}

const char *flow_line_things(const struct flow_line *line)
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
	return line->basis == OF_MAIL ? names[line->first.unit].with_mail
				      : names[line->first.unit].plain;
}
