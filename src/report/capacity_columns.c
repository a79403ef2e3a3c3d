/* SPDX-License-Identifier: ISC */
#include "base/escape.h"
#include "base/macros.h"
#include "report/capacity.h"
#include "report/figure.h"
#include <inttypes.h>
#include <string.h>

/* The columns of view capacity.
 *
 * keys and exchanges are each split whole: their columns, with the last of each for what the log
 * does not tell, add up to the handshakes.  Where of none of a row's handshakes is told which, all
 * but that last column are empty: 0 would say that there was none. */

struct capacity_cell {
	const struct capacity *capacity;
	const struct capacity_line *line;
	const struct capacity_row *row;
};

struct capacity_column {
	struct column column;
	struct cell (*fill)(const struct capacity_cell *c);
};

static struct cell known_if(bool known, int64_t count)
{
	return known ? cell_count(count) : (struct cell){0};
}

static struct cell unit_cell(int unit)
{
	return unit < 0 ? (struct cell){0} : cell_text(unit_name((enum unit)unit));
}

static struct cell handshakes(const struct capacity_cell *c)
{
	return known_if(c->line->handshakes, c->row->handshakes);
}

static struct cell handshake_unit(const struct capacity_cell *c)
{
	return unit_cell(c->line->handshake_unit);
}

static struct cell peak(const struct capacity_cell *c)
{
	return known_if(c->row->busy_known, c->row->busy.peak);
}

static struct cell p95(const struct capacity_cell *c)
{
	return known_if(c->row->busy_known, c->row->busy.p95);
}

static struct cell p99(const struct capacity_cell *c)
{
	return known_if(c->row->busy_known, c->row->busy.p99);
}

static struct cell failed(const struct capacity_cell *c)
{
	return known_if(c->line->failures, c->row->failures);
}

static struct cell resumed(const struct capacity_cell *c)
{
	return known_if(c->row->resumed_known, c->row->resumed);
}

static struct cell resumed_known(const struct capacity_cell *c)
{
	return known_if(c->line->handshakes, c->row->resumed_known);
}

static struct cell key(const struct capacity_cell *c, enum work_key kind)
{
	bool told = c->row->keys[WORK_KEY_UNKNOWN] < c->row->handshakes || !c->row->handshakes;

	return known_if(
	    c->line->handshakes && (told || kind == WORK_KEY_UNKNOWN), c->row->keys[kind]);
}

static struct cell rsa2048(const struct capacity_cell *c)
{
	return key(c, WORK_RSA2048);
}

static struct cell rsa3072(const struct capacity_cell *c)
{
	return key(c, WORK_RSA3072);
}

static struct cell rsa4096(const struct capacity_cell *c)
{
	return key(c, WORK_RSA4096);
}

static struct cell ecdsa(const struct capacity_cell *c)
{
	return key(c, WORK_ECDSA);
}

static struct cell other_sig(const struct capacity_cell *c)
{
	return key(c, WORK_KEY_OTHER);
}

static struct cell unknown_sig(const struct capacity_cell *c)
{
	return key(c, WORK_KEY_UNKNOWN);
}

static struct cell exchange(const struct capacity_cell *c, enum work_exchange kind)
{
	bool told =
	    c->row->exchanges[WORK_EXCHANGE_UNKNOWN] < c->row->handshakes || !c->row->handshakes;

	return known_if(c->line->handshakes && (told || kind == WORK_EXCHANGE_UNKNOWN),
	    c->row->exchanges[kind]);
}

static struct cell kx_x25519(const struct capacity_cell *c)
{
	return exchange(c, WORK_X25519);
}

static struct cell kx_p256(const struct capacity_cell *c)
{
	return exchange(c, WORK_P256);
}

static struct cell kx_pq(const struct capacity_cell *c)
{
	return exchange(c, WORK_PQ);
}

static struct cell kx_dhe(const struct capacity_cell *c)
{
	return exchange(c, WORK_DHE);
}

static struct cell kx_rsa(const struct capacity_cell *c)
{
	return exchange(c, WORK_RSA);
}

static struct cell kx_other(const struct capacity_cell *c)
{
	return exchange(c, WORK_EXCHANGE_OTHER);
}

static struct cell unknown_kx(const struct capacity_cell *c)
{
	return exchange(c, WORK_EXCHANGE_UNKNOWN);
}

static struct cell sessions(const struct capacity_cell *c)
{
	return known_if(c->line->unit >= 0, c->row->sessions);
}

/* Not rounded to 0. */
static struct cell cpu_ms_est(const struct capacity_cell *c)
{
	bool known = c->row->key_costs_known || c->row->exchange_costs_known;

	return known_if(c->capacity->report->request->cost && c->line->handshakes &&
			    (known || !c->row->handshakes),
	    (c->row->cost + 999999) / 1000000);
}

static struct cell cpu_basis(const struct capacity_cell *c)
{
	const struct cost *cost = c->capacity->report->request->cost;
	_cleanup_buffer_ struct buffer text = {0};

	if (!cost || !c->line->handshakes)
		return (struct cell){0};
	buffer_printf(&text,
	    "%s: keys of %" PRId64 ", key exchanges of %" PRId64 " of %" PRId64 " handshakes",
	    cost_name(cost), c->row->key_costs_known, c->row->exchange_costs_known,
	    c->row->handshakes);
	return cell_text(result_text(c->capacity->result, buffer_text(&text)));
}

static const struct capacity_column columns[] = {
    {{.name = "handshakes", .type = COLUMN_COUNT, .kept = true}, handshakes},
    {{.name = "handshake_unit", .title = "handshake is", .spare = 14}, handshake_unit},
    {{.name = "peak_1m",
	 .title = "peak",
	 .type = COLUMN_COUNT,
	 .kept = true,
	 .legend = "peak: handshakes of the busiest minute, failed ones too; p95, p99: what 95 "
		   "and 99 of a hundred minutes do not exceed."},
	peak},
    {{.name = "p95_1m", .title = "p95", .type = COLUMN_COUNT}, p95},
    {{.name = "p99_1m", .title = "p99", .type = COLUMN_COUNT}, p99},
    {{.name = "failed", .type = COLUMN_COUNT, .spare = 1}, failed},
    {{.name = "resumed", .type = COLUMN_COUNT, .spare = 5}, resumed},
    {{.name = "resumed_known", .title = "resumed known", .type = COLUMN_COUNT, .spare = 5},
	resumed_known},
    {{.name = "rsa2048", .title = "RSA 2048", .type = COLUMN_COUNT, .spare = 2}, rsa2048},
    {{.name = "rsa3072", .title = "3072", .type = COLUMN_COUNT, .spare = 6}, rsa3072},
    {{.name = "rsa4096", .title = "4096", .type = COLUMN_COUNT, .spare = 2}, rsa4096},
    {{.name = "ecdsa", .title = "ECDSA", .type = COLUMN_COUNT, .spare = 2}, ecdsa},
    {{.name = "other_sig", .title = "other", .type = COLUMN_COUNT, .spare = 6}, other_sig},
    {{.name = "unknown_sig", .title = "not told", .type = COLUMN_COUNT, .spare = 2}, unknown_sig},
    {{.name = "kx_x25519", .title = "x25519", .type = COLUMN_COUNT, .spare = 4}, kx_x25519},
    {{.name = "kx_p256", .title = "P-256", .type = COLUMN_COUNT, .spare = 7}, kx_p256},
    {{.name = "kx_pq", .title = "PQ", .type = COLUMN_COUNT, .spare = 4}, kx_pq},
    {{.name = "kx_dhe", .title = "DHE", .type = COLUMN_COUNT, .spare = 7}, kx_dhe},
    {{.name = "kx_rsa", .title = "static RSA", .type = COLUMN_COUNT, .spare = 7}, kx_rsa},
    {{.name = "kx_other", .title = "kx other", .type = COLUMN_COUNT, .spare = 8}, kx_other},
    {{.name = "unknown_kx", .title = "kx not told", .type = COLUMN_COUNT, .spare = 4}, unknown_kx},
    {{.name = "sessions", .type = COLUMN_COUNT, .spare = 3}, sessions},
    {{.name = "cpu_ms_est", .title = "CPU ms", .type = COLUMN_COUNT}, cpu_ms_est},
    {{.name = "cpu_basis", .audience = AUDIENCE_DATA}, cpu_basis}, /* people: in the legend */
};

static struct cell *fill_common(
    const struct capacity *c, const struct capacity_cell *of, struct cell *cell)
{
	const struct tally_row like = {
	    .bucket = of->row->bucket,
	    .tuple = {.host = of->line->host,
		.mta = of->line->mta,
		.direction = of->line->direction,
		.service =
		    of->line->service < 0 ? SERVICE_UNKNOWN : (enum service)of->line->service},
	    .unit = of->line->unit < 0 ? UNIT_NOT_ANY : of->line->unit,
	};
	const struct view_row row = {.report = c->report, .row = &like, .result = c->result};

	for (size_t i = 0; i < common_column_count; i++) {
		const char *name = common_columns[i].column.name;

		if (of->line->service != SEVERAL || strcmp(name, "service") != 0)
			*cell = common_columns[i].fill(&row);
		cell++;
	}
	return cell;
}

/* What the sum of CPU milliseconds rests on. */
static const char *cost_legend(const struct capacity *c)
{
	int64_t keys = 0, exchanges = 0, all = 0;
	_cleanup_buffer_ struct buffer text = {0};

	for (size_t i = 0; i < c->row_count; i++) {
		keys += c->rows[i].key_costs_known;
		exchanges += c->rows[i].exchange_costs_known;
		all += c->rows[i].handshakes;
	}
	buffer_text_add(&text, "CPU ms: at least, for the keys of ");
	figure_count(&text, keys);
	buffer_text_add(&text, " and the key exchanges of ");
	figure_count(&text, exchanges);
	buffer_text_add(&text, " of ");
	figure_of(&text, all, "handshake", "handshakes");
	buffer_text_add(&text, ", by ");
	escape_terminal(&text, slice_of(cost_name(c->report->request->cost)));
	buffer_char(&text, '.');
	return result_text(c->result, buffer_text(&text));
}

static void add_columns(const struct capacity *c)
{
	for (size_t i = 0; i < common_column_count; i++) {
		struct column column = common_columns[i].column;

		if (strcmp(column.name, "bucket_utc") == 0)
			column.title = bucket_name(c->report->bucket);
		if (strcmp(column.name, "mta") == 0 || strcmp(column.name, "service") == 0 ||
		    strcmp(column.name, "unit") == 0)
			column.spare = 9; /* the numbers are of all of them */
		result_column(c->result, &column);
	}
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		struct column column = columns[i].column;

		if (strcmp(column.name, "cpu_ms_est") == 0 && c->report->request->cost)
			column.legend = cost_legend(c);
		result_column(c->result, &column);
	}
}

static bool is_shown(const struct capacity *c, size_t row, size_t *taken)
{
	size_t top = c->report->request->top;

	if (row && c->rows[row - 1].bucket != c->rows[row].bucket)
		*taken = 0;
	return !top || (*taken)++ < top;
}

void capacity_write(struct capacity *c)
{
	size_t taken = 0;

	add_columns(c);
	for (size_t i = 0; i < c->row_count; i++) {
		const struct capacity_cell of = {c, &c->lines[c->rows[i].line], &c->rows[i]};
		struct cell *cell;

		if (!is_shown(c, i, &taken))
			continue;
		cell = fill_common(c, &of, result_row(c->result));
		for (size_t k = 0; k < ARRAY_SIZE(columns); k++)
			*cell++ = columns[k].fill(&of);
	}
}
