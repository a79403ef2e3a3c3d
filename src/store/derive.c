/* SPDX-License-Identifier: ISC */
#include "store/derive.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/table.h"
#include <stdlib.h>

#define MEMO 1024 /* spellings together; what comes after is worked out each time */

struct derive_memo {
	struct table *tuples; /* of spellings alone, which are the key, each ended by a NUL */
	struct buffer key;
};

/* A dictionary row: 0 protocol, 1 cipher, 2 group, 3 signature, 4 id. */
#define SPELLINGS                                                                                  \
	"SELECT protocol, cipher, group_name, signature, id FROM tuple WHERE id > ?1 LIMIT 1"

static enum protocol protocol_of(const char *raw)
{
	if (slice_is(slice_of(raw), protocol_name(PROTOCOL_NONE)))
		return PROTOCOL_NONE;
	return protocol_fold(slice_of(raw));
}

/* What was logged, else what the suite's name carries beside the suite. */
static struct slice logged(const char *raw, struct slice carried)
{
	return raw[0] ? slice_of(raw) : carried;
}

static void work_out(struct tuple *t)
{
	struct buffer cipher = {0}, group = {0}, signature = {0};
	struct slice raw_cipher = slice_of(t->cipher_raw), raw_group, raw_signature;

	t->protocol = protocol_of(t->protocol_raw);
	cipher_read(raw_cipher, t->protocol, &t->suite);
	if (raw_cipher.n && cipher_iana(&t->suite, t->protocol, &cipher) < 0)
		buffer_add(&cipher, raw_cipher);
	raw_group = logged(t->group_raw, t->suite.group);
	raw_signature = logged(t->signature_raw, t->suite.signature);
	t->post_quantum = POST_QUANTUM_UNKNOWN;
	if (raw_group.n) {
		group_fold(raw_group, &group);
		t->post_quantum = group_post_quantum(raw_group);
	}
	if (raw_signature.n)
		signature_fold(raw_signature, &signature);
	t->cipher = buffer_take(&cipher);
	t->group = buffer_take(&group);
	t->signature = buffer_take(&signature);
}

struct derive_memo *derive_memo_new(void)
{
	struct derive_memo *memo = memory_alloc(sizeof(*memo));

	memo->tuples = table_new(sizeof(struct tuple), MEMO);
	return memo;
}

struct derive_memo *derive_memo_free(struct derive_memo *memo)
{
	if (!memo)
		return NULL;
	for (struct tuple *t = table_oldest(memo->tuples); t; t = table_newer(memo->tuples, t))
		derive_free(t);
	table_free(memo->tuples);
	buffer_free(&memo->key);
	free(memo);
	return NULL;
}

static void add_spelling(struct buffer *key, const char *raw)
{
	buffer_append(key, raw, strlen(raw) + 1);
}

static const char *next_spelling_of(const char *raw)
{
	return raw + strlen(raw) + 1;
}

/* NULL if there is no room for it. */
static const struct tuple *remembered(struct derive_memo *memo, const struct tuple *t)
{
	struct tuple *known;
	bool is_new;

	buffer_clear(&memo->key);
	add_spelling(&memo->key, t->protocol_raw);
	add_spelling(&memo->key, t->cipher_raw);
	add_spelling(&memo->key, t->group_raw);
	add_spelling(&memo->key, t->signature_raw);
	known = table_add(memo->tuples, buffer_slice(&memo->key), &is_new);
	if (!known || !is_new)
		return known;
	known->protocol_raw = table_key(memo->tuples, known).p;
	known->cipher_raw = next_spelling_of(known->protocol_raw);
	known->group_raw = next_spelling_of(known->cipher_raw);
	known->signature_raw = next_spelling_of(known->group_raw);
	work_out(known);
	return known;
}

void derive(struct derive_memo *memo, struct tuple *t)
{
	const struct tuple *known = remembered(memo, t);

	if (!known) {
		work_out(t);
		return;
	}
	t->protocol = known->protocol;
	t->suite = known->suite;
	t->post_quantum = known->post_quantum;
	t->cipher = memory_string(known->cipher);
	t->group = memory_string(known->group);
	t->signature = memory_string(known->signature);
}

void derive_free(struct tuple *t)
{
	free((char *)t->cipher);
	free((char *)t->group);
	free((char *)t->signature);
	t->cipher = t->group = t->signature = NULL;
}

static const char **text_of(struct tuple *t, enum aggregate_text dimension)
{
	const char **const texts[TEXT_MAX] = {
	    [TEXT_HOST] = &t->host,
	    [TEXT_MTA] = &t->mta,
	    [TEXT_PROTOCOL] = &t->protocol_raw,
	    [TEXT_CIPHER] = &t->cipher_raw,
	    [TEXT_GROUP] = &t->group_raw,
	    [TEXT_SIGNATURE] = &t->signature_raw,
	    [TEXT_REASON] = &t->reason,
	};

	return texts[dimension];
}

void derive_aggregated(
    struct derive_memo *memo, const struct aggregate_tuple *from, struct tuple *ret)
{
	*ret = (struct tuple){
	    .fact = from->fact,
	    .direction = from->direction,
	    .service = from->service,
	    .unit = from->unit,
	    .internal = from->internal,
	    .verify = from->verify,
	    .bits = from->bits,
	    .resumed = from->resumed,
	    .mail = from->mail,
	    .auth = from->auth,
	};
	for (enum aggregate_text i = 0; i < TEXT_MAX; i++)
		*text_of(ret, i) = memory_copy(from->text[i].p, from->text[i].n);
	derive(memo, ret);
}

void derive_aggregated_free(struct tuple *t)
{
	derive_free(t);
	for (enum aggregate_text i = 0; i < TEXT_MAX; i++)
		free((char *)*text_of(t, i));
}

/* NULL where the log named no suite. */
static struct slice property(const struct tuple *t, const char *value)
{
	return t->cipher_raw[0] ? slice_of(value) : SLICE_NONE;
}

int derive_save(struct database *db, const struct tuple *t, struct diag *d)
{
	bool suite = t->cipher_raw[0] != '\0';

	return database_run(db, d,
	    "INSERT OR REPLACE INTO derived (tuple, protocol, cipher, kx, auth, enc, bits, mode, "
	    "mac,"
	    " pfs, aead, group_name, pq, signature)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, -1), ?8, ?9, nullif(?10, -1),"
	    " nullif(?11, -1), ?12, ?13, ?14)",
	    "izzsssissiizzz", t->id, protocol_name(t->protocol), t->cipher,
	    property(t, t->suite.kx), property(t, t->suite.auth), property(t, t->suite.enc),
	    (int64_t)(suite ? t->suite.bits : -1), property(t, t->suite.mode),
	    property(t, t->suite.mac), (int64_t)(suite ? cipher_forward_secret(&t->suite) : -1),
	    (int64_t)(suite ? cipher_aead(&t->suite) : -1), t->group,
	    post_quantum_name(t->post_quantum), t->signature);
}

/* The spellings of the first tuple after `after`; 1 if there is one. */
static int next_spelling(
    struct database *db, int64_t after, struct tuple *t, char *raw[4], struct diag *d)
{
	struct statement *st;
	int r = database_query(db, d, &st, SPELLINGS, "i", after);

	if (r == 0)
		r = statement_step(st, d);
	if (r <= 0)
		return r;
	for (int i = 0; i < 4; i++)
		raw[i] = memory_copy(column_text(st, i).p, column_text(st, i).n);
	*t = (struct tuple){.id = column_integer(st, 4),
	    .protocol_raw = raw[0],
	    .cipher_raw = raw[1],
	    .group_raw = raw[2],
	    .signature_raw = raw[3]};
	statement_reset(st);
	return 1;
}

int derive_refresh(struct database *db, struct diag *d)
{
	_cleanup_derive_memo_ struct derive_memo *memo = derive_memo_new();
	char *raw[4];
	struct tuple t = {0};
	int64_t version;
	int r = database_integer(
	    db, d, 0, &version, "SELECT value FROM meta WHERE key = 'derived'", "");

	if (r < 0 || version == DERIVE_VERSION)
		return r;
	while ((r = next_spelling(db, t.id, &t, raw, d)) == 1) {
		derive(memo, &t);
		r = derive_save(db, &t, d);
		derive_free(&t);
		for (int i = 0; i < 4; i++)
			free(raw[i]);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	return database_run(db, d, "INSERT OR REPLACE INTO meta VALUES ('derived', ?1)", "i",
	    (int64_t)DERIVE_VERSION);
}
