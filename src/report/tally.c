/* SPDX-License-Identifier: ISC */
#include "report/tally.h"

#include "base/macros.h"
#include "base/memory.h"
#include "base/table.h"
#include "report/filter.h"
#include <errno.h>
#include <string.h>

void tally_init(struct tally *t, const struct tally_plan *plan, struct evidence *evidence)
{
	*t = (struct tally){
	    .plan = plan,
	    .evidence = evidence,
	    .peer = "",
	    .row_numbers = table_new(sizeof(size_t), TALLY_ROWS),
	    .total_numbers = table_new(sizeof(size_t), TALLY_ROWS),
	};
}

void tally_free(struct tally *t)
{
	for (size_t i = 0; i < t->row_count; i++)
		free(t->rows[i].spellings);
	free(t->rows);
	free(t->totals);
	table_free(t->row_numbers);
	table_free(t->total_numbers);
	buffer_free(&t->key);
	*t = (struct tally){0};
}

/* The unit columns of the row that a tuple is counted in. */
static void find_units(struct tally *t, const struct tuple *tuple, struct tally_row *row)
{
	const struct flow *flow = evidence_flow(t->evidence, tuple, t->plan->by_host);

	row->flow = flow;
	flow_units(flow, tuple, &row->unit, &row->handshake_unit);
	if (t->plan->handshakes_only)
		row->unit = UNIT_NOT_ANY;
	if (row->handshake_unit != UNIT_NOT_ANY) {
		row->handshakes_known = flow->handshakes[row->handshake_unit] > 0;
		row->failures_known = flow->failures[row->handshake_unit] > 0;
	}
}

static void key_text(struct buffer *key, const char *text)
{
	buffer_append(key, text, strlen(text) + 1);
}

/* First what a total is made of, then the rest; returns the length of the first part. */
static size_t make_key(struct tally *t, const struct tally_row *row)
{
	const struct tally_plan *plan = t->plan;
	struct buffer *key = &t->key;
	int parts[] = {
	    row->tuple.direction, row->tuple.service, row->unit, row->handshake_unit, row->apart};
	size_t common;

	buffer_clear(key);
	buffer_append(key, &row->bucket, sizeof(row->bucket));
	buffer_append(key, parts, sizeof(parts));
	key_text(key, plan->by_host ? row->tuple.host : "");
	key_text(key, row->tuple.mta);
	for (size_t i = 0; i < plan->dimension_count; i++)
		if (plan->dimensions[i]->of_time)
			key_text(key, row->values[i].text);
	common = key->n;
	for (size_t i = 0; i < plan->dimension_count; i++) {
		if (plan->dimensions[i]->type == COLUMN_COUNT)
			buffer_append(key, &row->values[i].number, sizeof(row->values[i].number));
		else if (!plan->dimensions[i]->of_time)
			key_text(key, row->values[i].text);
	}
	return common;
}

/* The number of key, `next` for a new one; -E2BIG. */
static int number_of(struct table *numbers, struct slice key, size_t next, size_t *ret)
{
	bool fresh;
	size_t *number = table_add(numbers, key, &fresh);

	if (!number)
		return -E2BIG;
	if (fresh)
		*number = next;
	*ret = *number;
	return 0;
}

static int need_total(struct tally *t, struct slice key, size_t *ret)
{
	int failed = number_of(t->total_numbers, key, t->total_count, ret);

	if (failed || *ret < t->total_count)
		return failed;
	if (t->total_count == t->total_room) {
		t->total_room = t->total_room ? 2 * t->total_room : 16;
		t->totals = memory_grow(t->totals, t->total_room, sizeof(*t->totals));
	}
	t->totals[t->total_count++] = (struct counts){0};
	return 0;
}

static int need_row(struct tally *t, const struct tally_row *like, size_t *ret)
{
	int failed = number_of(t->row_numbers, buffer_slice(&t->key), t->row_count, ret);

	if (failed || *ret < t->row_count)
		return failed;
	if (t->row_count == t->row_room) {
		t->row_room = t->row_room ? 2 * t->row_room : 64;
		t->rows = memory_grow(t->rows, t->row_room, sizeof(*t->rows));
	}
	t->rows[t->row_count++] = *like;
	return 0;
}

static void count(struct counts *c, const struct tuple *t, int64_t n)
{
	if (t->fact == FACT_HANDSHAKE) {
		c->handshakes += n;
		c->group_known += t->post_quantum != POST_QUANTUM_UNKNOWN ? n : 0;
		c->post_quantum +=
		    t->post_quantum == POST_QUANTUM_YES || t->post_quantum == POST_QUANTUM_DRAFT
			? n
			: 0;
	} else if (t->fact == FACT_SESSION) {
		int carried = t->unit == UNIT_LOGIN ? t->auth : t->mail;

		c->sessions += n;
		c->mail += carried == 1 ? n : 0;
		c->mail_known += carried != -1 ? n : 0;
	} else {
		c->failures += n;
	}
}

static void add_spelling(struct tally_row *row, const char *cipher_raw)
{
	if (!*cipher_raw)
		return;
	for (size_t i = 0; i < row->spelling_count; i++)
		if (strcmp(row->spellings[i], cipher_raw) == 0)
			return;
	row->spellings =
	    memory_grow(row->spellings, row->spelling_count + 1, sizeof(*row->spellings));
	row->spellings[row->spelling_count++] = cipher_raw;
}

static bool looked_at(const struct tally_plan *plan, const struct tuple *tuple)
{
	if (tuple->fact == FACT_FAILURE && !plan->failures)
		return false;
	if (tuple->fact == FACT_SESSION && plan->handshakes_only)
		return false;
	return !(plan->no_apart && filter_apart(plan->request, tuple));
}

/* The row that a tuple belongs to, as a new one would be; the key is made.  Returns the length of
 * the total's part of it. */
static size_t make_row(
    struct tally *t, int64_t hour, const struct tuple *tuple, struct tally_row *ret)
{
	const struct tally_plan *plan = t->plan;
	struct civil local = {0};

	*ret = (struct tally_row){.tuple = *tuple, .peers = -1, .new_peers = -1};
	ret->apart = filter_apart(plan->request, tuple);
	if (hour > 0)
		ret->bucket = bucket_start(plan->bucket, plan->zone, hour + plan->shift);
	find_units(t, tuple, ret);
	for (size_t i = 0; i < plan->dimension_count; i++) {
		const struct dimension *dimension = plan->dimensions[i];

		ret->values[i] = (struct dimension_value){.text = "", .number = -1};
		if (dimension->of_time && hour <= 0)
			continue;
		if (dimension->of_time)
			zone_to_civil(plan->zone, hour, &local);
		ret->values[i] = dimension->of_address ? dimension_of_address(t->peer)
						       : dimension->of(tuple, &local, plan->raw);
	}
	return make_key(t, ret);
}

int tally_add(struct tally *t, int64_t hour, const struct tuple *tuple, int64_t n)
{
	struct tally_row like, *row;
	size_t common, number;
	int failed;

	if (!looked_at(t->plan, tuple))
		return 0;
	common = make_row(t, hour, tuple, &like);
	failed = need_total(t, (struct slice){t->key.p, common}, &like.total);
	if (!failed)
		failed = need_row(t, &like, &number);
	if (failed)
		return failed;
	row = &t->rows[number];
	count(&t->totals[row->total], tuple, n);
	count(&row->counts, tuple, n);
	if (hour > row->last_seen)
		row->last_seen = hour;
	add_spelling(row, tuple->cipher_raw);
	return 0;
}

static void copy_spellings(struct tally_row *row)
{
	const char **from = row->spellings;

	row->spellings = memory_array(row->spelling_count, sizeof(*row->spellings));
	for (size_t i = 0; i < row->spelling_count; i++)
		row->spellings[i] = from[i];
}

static bool is_of_version(const struct tally *t, const struct tally_row *row)
{
	for (size_t i = 0; i < t->plan->dimension_count; i++)
		if (t->plan->dimensions[i] == dimension_of("protocol"))
			return row->tuple.protocol > PROTOCOL_NONE;
	return false;
}

static bool sessions_are_unknown(
    const struct tally *t, const struct tally_row *row, const struct flow *flow)
{
	if (!flow || row->unit == UNIT_NOT_ANY)
		return !flow;
	return !flow->sessions[row->unit] ||
	       (is_of_version(t, row) && flow_hides_versions(flow, row->unit));
}

/* What is 0 and what is not known here is for this tally's flow to say. */
static struct tally_row empty_row(struct tally *t, const struct tally_row *other)
{
	const struct flow *flow = evidence_flow(t->evidence, &other->tuple, t->plan->by_host);
	struct tally_row row = *other;
	bool handshakes = flow && row.handshake_unit != UNIT_NOT_ANY;

	row.counts = (struct counts){0};
	row.last_seen = 0;
	row.peers = row.new_peers = -1;
	row.flow = flow ? flow : other->flow;
	row.absent = sessions_are_unknown(t, &row, flow);
	row.handshakes_known = handshakes && flow->handshakes[row.handshake_unit] > 0;
	row.failures_known = handshakes && flow->failures[row.handshake_unit] > 0;
	return row;
}

int tally_add_absent(struct tally *t, const struct tally_row *other)
{
	struct tally_row row = empty_row(t, other);
	size_t common = make_key(t, &row), number, count = t->row_count;
	int failed;

	if (table_get(t->row_numbers, buffer_slice(&t->key)))
		return 0;
	failed = need_total(t, (struct slice){t->key.p, common}, &row.total);
	if (!failed)
		failed = need_row(t, &row, &number);
	if (!failed && t->row_count > count)
		copy_spellings(&t->rows[number]);
	return failed;
}

const struct tally_row *tally_find_like(struct tally *t, const struct tally_row *other)
{
	const size_t *number;

	make_key(t, other);
	number = table_get(t->row_numbers, buffer_slice(&t->key));
	return number ? &t->rows[*number] : NULL;
}

bool tally_plan_is_by_hour(const struct tally_plan *plan)
{
	bool by_hour = plan->bucket == BUCKET_HOUR;

	for (size_t i = 0; i < plan->dimension_count; i++)
		by_hour = by_hour || plan->dimensions[i]->of_hour;
	return by_hour;
}

bool tally_is_over_time(const struct tally *t)
{
	bool over_time = t->plan->bucket != BUCKET_NONE;

	for (size_t i = 0; i < t->plan->dimension_count; i++)
		over_time = over_time || t->plan->dimensions[i]->of_time;
	return over_time;
}

size_t tally_find(struct tally *t, const struct tuple *tuple)
{
	struct tally_row like;
	const size_t *number;

	if (!looked_at(t->plan, tuple) || !evidence_flow(t->evidence, tuple, t->plan->by_host))
		return SIZE_MAX;
	make_row(t, 0, tuple, &like);
	number = table_get(t->row_numbers, buffer_slice(&t->key));
	return number ? *number : SIZE_MAX;
}
