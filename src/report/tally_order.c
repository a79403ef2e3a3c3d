/* SPDX-License-Identifier: ISC */
#include "report/tally.h"

#include <stdlib.h>
#include <string.h>

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
