/* SPDX-License-Identifier: ISC */
#include "store/retention.h"

#include "base/macros.h"
#include "store/handle.h"
#include <stddef.h>

#define DAY 86400

static const struct {
	const char *key;
	size_t offset;
} kept[] = {
    {"hours_kept", offsetof(struct retention, hours)},
    {"minutes_kept", offsetof(struct retention, minutes)},
    {"peers_kept", offsetof(struct retention, peers)},
    {"reasons_kept", offsetof(struct retention, reasons)},
    {"imports_kept", offsetof(struct retention, imports)},
};

static int64_t *field(struct retention *r, size_t i)
{
	return (int64_t *)((char *)r + kept[i].offset);
}

int retention_read(struct store *s, struct diag *d)
{
	struct retention standard = RETENTION_DEFAULT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(kept); i++)
		r = database_integer(s->db, d, *field(&standard, i), field(&s->retention, i),
		    "SELECT value FROM meta WHERE key = ?1", "z", kept[i].key);
	return r;
}

int retention_change(struct store *s, const struct retention *to, struct diag *d)
{
	struct retention want = *to;
	bool same = true;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		if (*field(&want, i) == 0)
			*field(&want, i) = *field(&s->retention, i);
		same = same && *field(&want, i) == *field(&s->retention, i);
	}
	r = same ? 0 : store_writable(s, d);
	if (same || r < 0)
		return r;
	r = database_begin(s->db, true, d);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(kept); i++)
		r = database_run(s->db, d, "INSERT OR REPLACE INTO meta VALUES (?1, ?2)", "zi",
		    kept[i].key, *field(&want, i));
	if (r == 0)
		r = database_commit(s->db, d);
	if (r < 0) {
		database_rollback(s->db);
		return r;
	}
	s->retention = want;
	return 0;
}

int retention_note_gone(struct store *s, int64_t now, struct diag *d)
{
	int64_t before = now - s->retention.peers;

	if (before <= 0)
		return 0;
	/* A day goes as a whole, with its first second. */
	return database_run(s->db, d,
	    "INSERT INTO meta VALUES ('peers_gone', ?1)"
	    " ON CONFLICT DO UPDATE SET value = max(value, ?1)",
	    "i", (before + DAY - 1) / DAY * DAY);
}

int retention_gone(struct store *s, int64_t *ret, struct diag *d)
{
	return database_integer(
	    s->db, d, 0, ret, "SELECT value FROM meta WHERE key = 'peers_gone'", "");
}
