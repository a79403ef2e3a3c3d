/* SPDX-License-Identifier: ISC */
#include "store/commit_tuple.h"

#include "store/derive.h"
#include "store/handle.h"

#define TUPLE_COLUMNS                                                                              \
	"host, mta, fact, direction, service, unit, internal, protocol, cipher, bits, group_name," \
	" signature, verify, resumed, mail, auth, reason"
#define TUPLE_TYPES "sszzzzississziiis"
#define TUPLE_VALUES(t)                                                                            \
	(t)->text[TEXT_HOST], (t)->text[TEXT_MTA], fact_kind_name((t)->fact),                      \
	    direction_name((t)->direction), service_name((t)->service), unit_name((t)->unit),      \
	    (int64_t)(t)->internal, (t)->text[TEXT_PROTOCOL], (t)->text[TEXT_CIPHER],              \
	    (int64_t)(t)->bits, (t)->text[TEXT_GROUP], (t)->text[TEXT_SIGNATURE],                  \
	    verify_name((t)->verify), (int64_t)(t)->resumed, (int64_t)(t)->mail,                   \
	    (int64_t)(t)->auth, (t)->text[TEXT_REASON]

static int save_derived(struct store *s, const struct aggregate_tuple *t, struct diag *d)
{
	struct tuple derived;
	int r;

	derive_aggregated(s->derived, t, &derived);
	derived.id = t->id;
	r = derive_save(s->db, &derived, d);
	derive_aggregated_free(&derived);
	return r;
}

int commit_tuple(struct store *s, struct aggregate_tuple *t, struct diag *d)
{
	struct database *db = s->db;
	int r;

	s->peers_left |= t->peers_left;
	if (t->id)
		return 0;
	r = database_integer(db, d, 0, &t->id,
	    "SELECT id FROM tuple WHERE (" TUPLE_COLUMNS
	    ") = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
	    TUPLE_TYPES, TUPLE_VALUES(t));
	if (r < 0 || t->id)
		return r;
	r = database_run(db, d,
	    "INSERT INTO tuple (" TUPLE_COLUMNS
	    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
	    TUPLE_TYPES, TUPLE_VALUES(t));
	if (r < 0)
		return r;
	t->id = database_last_id(db);
	/* Views are for who opens the file; a report works it out by itself. */
	return s->mode == STORE_MEMORY ? 0 : save_derived(s, t, d);
}
