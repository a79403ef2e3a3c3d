/* SPDX-License-Identifier: ISC */
#include "store/query.h"

#include "base/memory.h"
#include "store/derive.h"
#include "store/handle.h"
#include "store/query_time.h"
#include "store/rollup.h"
#include "store/schema.h"
#include <errno.h>
#include <stdlib.h>

/* Far above what bounds allow. */
#define TUPLE_IDS (16 * 1024 * 1024)

/* The store's tuples, in the order of a report's rows, with what they mean. */
struct dictionary {
	struct tuple *tuples;
	char **texts; /* of each tuple: the raw texts, one after another */
	size_t count, size;
	size_t *ranks; /* of the tuple with that id: its place; ids are dense */
	size_t ids;
	char **kept; /* texts of coverage rows */
	size_t kept_count;
	struct rollup rollup;
};

struct found {
	size_t rank;
	int64_t hour;
	int64_t n;
};

struct found_rows {
	struct found *rows;
	size_t count, size;
};

static void dictionary_free(struct dictionary *dictionary)
{
	for (size_t i = 0; i < dictionary->count; i++) {
		derive_free(&dictionary->tuples[i]);
		free(dictionary->texts[i]);
	}
	for (size_t i = 0; i < dictionary->kept_count; i++)
		free(dictionary->kept[i]);
	free(dictionary->kept);
	free(dictionary->tuples);
	free(dictionary->texts);
	free(dictionary->ranks);
	free(dictionary);
}

/* The columns of sql/query/dictionary.sql that are texts to keep. */
static const struct text_column {
	int column;
	size_t member;
} text_columns[] = {
    {1, offsetof(struct tuple, host)},
    {2, offsetof(struct tuple, mta)},
    {8, offsetof(struct tuple, protocol_raw)},
    {9, offsetof(struct tuple, cipher_raw)},
    {11, offsetof(struct tuple, group_raw)},
    {12, offsetof(struct tuple, signature_raw)},
    {17, offsetof(struct tuple, reason)},
};

static char *keep_texts(const struct statement *st, struct tuple *t)
{
	_cleanup_buffer_ struct buffer texts = {0};
	const char *next;

	for (size_t i = 0; i < ARRAY_SIZE(text_columns); i++) {
		buffer_add(&texts, column_text(st, text_columns[i].column));
		buffer_char(&texts, '\0');
	}
	next = texts.p;
	for (size_t i = 0; i < ARRAY_SIZE(text_columns); i++) {
		*(const char **)((char *)t + text_columns[i].member) = next;
		next += strlen(next) + 1;
	}
	return buffer_take(&texts);
}

static char *read_tuple(const struct statement *st, struct tuple *t)
{
	*t = (struct tuple){
	    .id = column_integer(st, 0),
	    .fact = (enum fact_kind)fact_kind_from(column_text(st, 3)),
	    .direction = direction_from(column_text(st, 4)),
	    .service = service_from(column_text(st, 5)),
	    .unit = unit_from(column_text(st, 6)),
	    .internal = column_integer(st, 7) != 0,
	    .bits = (int)column_integer(st, 10),
	    .verify = verify_from(column_text(st, 13)),
	    .resumed = (int)column_integer(st, 14),
	    .mail = (int)column_integer(st, 15),
	    .auth = (int)column_integer(st, 16),
	};
	return keep_texts(st, t);
}

static void add_tuple(struct store *store, const struct statement *st)
{
	struct dictionary *dictionary = store->dictionary;
	size_t rank = dictionary->count, id;

	if (rank == dictionary->size) {
		dictionary->size = rank ? rank * 2 : 256;
		dictionary->tuples =
		    memory_grow(dictionary->tuples, dictionary->size, sizeof(struct tuple));
		dictionary->texts =
		    memory_grow(dictionary->texts, dictionary->size, sizeof(char *));
	}
	dictionary->texts[rank] = read_tuple(st, &dictionary->tuples[rank]);
	derive(store->derived, &dictionary->tuples[rank]);
	dictionary->count++;
	id = (size_t)dictionary->tuples[rank].id;
	if (id < dictionary->ids)
		dictionary->ranks[id] = rank;
}

static int load_dictionary(struct store *store, struct diag *d)
{
	struct dictionary *dictionary = memory_alloc(sizeof(*dictionary));
	struct statement *st;
	int64_t last;
	int r;

	store->dictionary = dictionary;
	r = database_integer(store->db, d, 0, &last, "SELECT max(id) FROM tuple", "");
	if (r < 0)
		return r;
	if (last >= TUPLE_IDS)
		return diag_set(d, EBADMSG, NULL, 0, 0,
		    "'%s' is damaged: its dictionary holds impossible numbers", store->name);
	dictionary->ids = (size_t)last + 1;
	dictionary->ranks = memory_array(dictionary->ids, sizeof(*dictionary->ranks));
	r = database_query(store->db, d, &st, sql_named("query/dictionary"), "");
	while (r == 0 && (r = statement_step(st, d)) == 1) {
		add_tuple(store, st);
		r = 0;
	}
	return r;
}

int query_begin(struct store *store, struct diag *d)
{
	int r = database_begin(store->db, false, d);

	if (r == 0)
		r = load_dictionary(store, d);
	if (r == 0)
		r = rollup_read(store, &store->dictionary->rollup, d);
	if (r < 0)
		query_end(store);
	return r;
}

void query_end(struct store *store)
{
	if (store->dictionary)
		dictionary_free(store->dictionary);
	store->dictionary = NULL;
	database_rollback(store->db);
}

int64_t query_first_hour(const struct query *query)
{
	if (query->since == INT64_MIN)
		return INT64_MIN;
	return query->since < 3600 ? 1 : query->since - query->since % 3600;
}

int64_t query_end_hour(const struct query *query)
{
	if (query->until <= 0 || query->until == INT64_MAX)
		return query->until;
	return query->until - query->until % 3600;
}

/* The day of an end of a query; where all is in hours, no day. */
static int64_t day_of(const struct store *store, int64_t bound)
{
	const struct rollup *rollup = &store->dictionary->rollup;

	if (bound <= 0 || bound >= rollup->until)
		return bound <= 0 ? 0 : rollup->until;
	return zone_day_start(rollup->zone, bound);
}

int64_t query_first_day(const struct store *store, const struct query *query)
{
	return day_of(store, query->since);
}

int64_t query_end_day(const struct store *store, const struct query *query)
{
	return day_of(store, query->until);
}

int64_t query_floor(const struct store *store, int64_t bound)
{
	if (bound > 0 && bound < store->dictionary->rollup.until)
		return zone_day_start(store->dictionary->rollup.zone, bound);
	return bound <= 0 || bound == INT64_MAX ? bound : bound - bound % 3600;
}

void query_rolled(const struct store *store, int64_t *ret_until, const char **ret_zone)
{
	*ret_until = store->dictionary->rollup.until;
	*ret_zone = zone_name(store->dictionary->rollup.zone);
}

static int compare_found(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	return (a->rank > b->rank) - (a->rank < b->rank);
}

/* The rows of one hour, or of one day, in the order of the dictionary. */
static int give(struct store *store, struct found_rows *found, query_count_fn row, void *context)
{
	int r = 0;

	if (found->count)
		qsort(found->rows, found->count, sizeof(*found->rows), compare_found);
	for (size_t i = 0; r == 0 && i < found->count; i++)
		r = row(context, found->rows[i].hour,
		    &store->dictionary->tuples[found->rows[i].rank], found->rows[i].n);
	found->count = 0;
	return r;
}

const struct tuple *query_tuple(const struct store *store, int64_t id)
{
	const struct dictionary *dictionary = store->dictionary;
	const struct tuple *tuple;

	if (id <= 0 || (size_t)id >= dictionary->ids || !dictionary->count)
		return NULL;
	tuple = &dictionary->tuples[dictionary->ranks[id]];
	return tuple->id == id ? tuple : NULL;
}

static int find(struct store *store, struct found_rows *found, int64_t tuple, int64_t hour,
    int64_t n, struct diag *d)
{
	if (!query_tuple(store, tuple))
		return diag_set(d, EBADMSG, NULL, 0, 0,
		    "'%s' is damaged: a counter has lost its dimensions", store->name);
	if (found->count == found->size) {
		found->size = found->size ? found->size * 2 : 256;
		found->rows = memory_grow(found->rows, found->size, sizeof(*found->rows));
	}
	found->rows[found->count++] = (struct found){store->dictionary->ranks[tuple], hour, n};
	return 0;
}

static int open_counts(
    struct store *store, const struct query *query, struct statement **ret, struct diag *d)
{
	return database_query(store->db, d, ret, sql_named("query/counts"), "iiii",
	    query_first_hour(query), query_end_hour(query), query_first_day(store, query),
	    query_end_day(store, query));
}

/* Added up here, by the place in the dictionary: sqlite would sort all rows by tuple for that. */
static int totals(struct store *store, const struct query *query, struct found_rows *found,
    query_count_fn row, void *context, struct diag *d)
{
	const struct dictionary *dictionary = store->dictionary;
	struct found *sums = memory_array(dictionary->count + 1, sizeof(*sums));
	struct statement *st;
	int r = open_counts(store, query, &st, d);

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		found->count = 0;
		r = find(store, found, column_integer(st, 1), column_integer(st, 0),
		    column_integer(st, 2), d);
		if (r == 0) {
			sums[found->rows[0].rank].n += found->rows[0].n;
			sums[found->rows[0].rank].hour = found->rows[0].hour;
		}
	}
	if (r != 0)
		statement_reset(st);
	for (size_t i = 0; r == 0 && i < dictionary->count; i++)
		if (sums[i].n > 0)
			r = row(context, sums[i].hour, &dictionary->tuples[i], sums[i].n);
	free(sums);
	return r;
}

/* Where the rows end that are given together with those of this hour. */
static int64_t end_of(const struct store *store, const struct query *query, int64_t hour)
{
	if (!query->daily || hour <= 0 || hour < store->dictionary->rollup.until)
		return hour + 1;
	return zone_day_next(query->daily, zone_day_start(query->daily, hour));
}

/* Adds a row to that of the same tuple; places: one more than its place among the rows, by rank. */
static void add_up(struct found_rows *found, size_t *places)
{
	struct found *last = &found->rows[found->count - 1];
	size_t place = places[last->rank];

	if (!place || place >= found->count || found->rows[place - 1].rank != last->rank) {
		places[last->rank] = found->count;
		return;
	}
	found->rows[place - 1].n += last->n;
	found->rows[place - 1].hour = last->hour;
	found->count--;
}

static int hourly(struct store *store, const struct query *query, struct found_rows *found,
    query_count_fn row, void *context, struct diag *d)
{
	size_t *places = memory_array(store->dictionary->count + 1, sizeof(*places));
	int64_t end = INT64_MIN;
	struct statement *st;
	int r = open_counts(store, query, &st, d);

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		int64_t hour = column_integer(st, 0);

		r = 0;
		if (hour >= end) {
			r = give(store, found, row, context);
			end = end_of(store, query, hour);
		}
		if (r == 0)
			r = find(
			    store, found, column_integer(st, 1), hour, column_integer(st, 2), d);
		if (r == 0)
			add_up(found, places);
	}
	if (r != 0)
		statement_reset(st);
	free(places);
	return r != 0 ? r : give(store, found, row, context);
}

int query_counts(struct store *store, const struct query *query, query_count_fn row, void *context,
    struct diag *d)
{
	struct found_rows found = {0};
	int r = query->hourly ? hourly(store, query, &found, row, context, d)
			      : totals(store, query, &found, row, context, d);

	free(found.rows);
	return r;
}

/* Lives until query_end(). */
static const char *keep(struct dictionary *dictionary, struct slice text)
{
	char *copy = memory_copy(text.p, text.n);

	dictionary->kept =
	    memory_grow(dictionary->kept, dictionary->kept_count + 1, sizeof(*dictionary->kept));
	dictionary->kept[dictionary->kept_count++] = copy;
	return copy;
}

static struct coverage read_coverage(struct dictionary *dictionary, const struct statement *st)
{
	return (struct coverage){
	    .class = keep(dictionary, column_text(st, 0)),
	    .source = keep(dictionary, column_text(st, 1)),
	    .host = keep(dictionary, column_text(st, 2)),
	    .mta = keep(dictionary, column_text(st, 3)),
	    .first_event = column_integer(st, 4),
	    .last_event = column_integer(st, 5),
	    .matched = column_integer(st, 6),
	    .ignored = column_integer(st, 7),
	    .near_miss = column_integer(st, 8),
	    .limit_hit = column_integer(st, 9),
	    .lines = column_integer(st, 10),
	    .overlong = column_integer(st, 11),
	    .bad_time = column_integer(st, 12),
	    .unparsed = column_integer(st, 13),
	    .gap_seconds = column_integer(st, 14),
	    .latest = column_integer(st, 15),
	    .evicted = column_integer(st, 16),
	    .gaps = column_integer(st, 17),
	};
}

int query_coverage(struct store *store, const struct query *query, query_coverage_fn row,
    void *context, struct diag *d)
{
	struct coverage coverage;
	struct statement *st;
	int r = database_query(store->db, d, &st, sql_named("query/coverage"), "iiii",
	    query_first_hour(query), query_end_hour(query), query_first_day(store, query),
	    query_end_day(store, query));

	while (r == 0 && (r = statement_step(st, d)) == 1) {
		coverage = read_coverage(store->dictionary, st);
		r = row(context, &coverage);
		if (r != 0)
			statement_reset(st);
	}
	return r;
}

int query_span(struct store *store, int64_t *ret_first, int64_t *ret_last, struct diag *d)
{
	struct statement *st;
	int r = database_query(store->db, d, &st, sql_named("query/span"), "");

	if (r == 0)
		r = statement_step(st, d);
	if (r < 0)
		return r;
	if (r == 0 || column_is_null(st, 0)) {
		statement_reset(st);
		return -ENODATA;
	}
	*ret_first = column_integer(st, 0);
	*ret_last = column_integer(st, 1);
	statement_reset(st);
	return 0;
}
