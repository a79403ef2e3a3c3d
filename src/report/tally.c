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
		ret->bucket = bucket_start(plan->bucket, plan->zone, hour);
	find_units(t, tuple, ret);
	for (size_t i = 0; i < plan->dimension_count; i++) {
		const struct dimension *dimension = plan->dimensions[i];

		ret->values[i] = (struct dimension_value){.text = "", .number = -1};
		if (dimension->of_time && hour <= 0)
			continue;
		if (dimension->of_time)
			zone_to_civil(plan->zone, hour, &local);
		ret->values[i] = dimension->of(tuple, &local, plan->raw);
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

struct order {
	const struct tally *tally;
	unsigned by;
};

static int compare_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_time(const struct tally_row *a, const struct tally_row *b, const struct order *o)
{
	const struct tally_plan *plan = o->tally->plan;
	int order = compare_number(a->bucket, b->bucket);

	for (size_t i = 0; !order && i < plan->dimension_count; i++)
		if (plan->dimensions[i]->of_time)
			order = compare_number(a->values[i].number, b->values[i].number);
	return order;
}

static int64_t weight(const struct counts *c)
{
	return c->handshakes > c->sessions ? c->handshakes : c->sessions;
}

static int64_t flow_weight(const struct flow *flow)
{
	struct counts sum = {0};

	for (int unit = 0; unit < UNIT_MAX; unit++) {
		sum.handshakes += flow->handshakes[unit];
		sum.sessions += flow->sessions[unit];
	}
	return weight(&sum);
}

static int compare_service(
    const struct tally_row *a, const struct tally_row *b, const struct order *o)
{
	int order = strcmp(a->tuple.mta, b->tuple.mta);

	if (!order && o->tally->plan->by_host)
		order = strcmp(a->tuple.host, b->tuple.host);
	if (!order)
		order = compare_number(a->tuple.direction, b->tuple.direction);
	if (!order)
		order = compare_number(a->tuple.service, b->tuple.service);
	return order;
}

static int compare_units(const struct tally_row *a, const struct tally_row *b)
{
	int order = compare_number(a->unit, b->unit);

	return order ? order : compare_number(a->handshake_unit, b->handshake_unit);
}

/* Clear text, then the oldest version; what is not known stands last. */
static int age(enum protocol protocol)
{
	return protocol == PROTOCOL_UNKNOWN ? PROTOCOL_MAX : (int)protocol;
}

static int compare_flow(const struct tally_row *a, const struct tally_row *b, const struct order *o)
{
	const struct counts *a_total = tally_total(o->tally, a),
			    *b_total = tally_total(o->tally, b);
	int order =
	    a->flow == b->flow ? 0 : compare_number(flow_weight(b->flow), flow_weight(a->flow));

	if (!order)
		order = compare_service(a, b, o);
	if (!order)
		order = compare_number(weight(b_total), weight(a_total));
	if (!order)
		order = compare_units(a, b);
	if (!order)
		order = compare_number(age(a->tuple.protocol), age(b->tuple.protocol));
	return order;
}

static int compare_name(const struct tally_row *a, const struct tally_row *b, const struct order *o)
{
	const struct tally_plan *plan = o->tally->plan;
	int order = compare_service(a, b, o);

	if (!order)
		order = compare_units(a, b);
	for (size_t i = 0; !order && i < plan->dimension_count; i++) {
		order = compare_number(a->values[i].number, b->values[i].number);
		if (!order)
			order = strcmp(a->values[i].text, b->values[i].text);
	}
	return order;
}

static int compare_rows(const void *first, const void *second, void *context)
{
	const struct tally_row *a = first, *b = second;
	const struct order *o = context;
	int order = o->by & BY_TIME ? compare_time(a, b, o) : 0;

	if (!order)
		order = compare_number(a->apart, b->apart);
	if (!order && o->by & BY_FLOW)
		order = compare_flow(a, b, o);
	if (!order && o->by & BY_FAILURES)
		order = compare_number(b->counts.failures, a->counts.failures);
	if (!order)
		order = compare_number(weight(&b->counts), weight(&a->counts));
	if (!order)
		order = compare_name(a, b, o);
	return order ? order : compare_time(a, b, o);
}

static int compare_spelling(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void tally_sort(struct tally *t, unsigned by)
{
	struct order order = {.tally = t, .by = by};

	if (t->row_count)
		qsort_r(t->rows, t->row_count, sizeof(*t->rows), compare_rows, &order);
	for (size_t i = 0; i < t->row_count; i++)
		if (t->rows[i].spelling_count > 1)
			qsort(t->rows[i].spellings, t->rows[i].spelling_count,
			    sizeof(*t->rows[i].spellings), compare_spelling);
}
