/* SPDX-License-Identifier: ISC */
#include "store/merge.h"

#include "base/memory.h"
#include "store/audit.h"
#include "store/copy.h"
#include "store/handle.h"
#include "store/merge_add.h"
#include "store/rollup.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct part {
	const char *path;
	struct store_info info;
	bool superseded; /* by a newer copy */
};

struct merging {
	struct part *parts;
	size_t count;
	const char *to;
	bool overlap;
	const struct part *days; /* whose hours are rolled up furthest */
	struct buffer copy;	 /* the name of a part's copy */
};

static int read_part(struct part *part, const char *path, struct diag *d)
{
	_cleanup_store_ struct store *store = NULL;
	int r = store_open(path, STORE_READ, &store, d);

	part->path = path;
	return r < 0 ? r : store_info(store, &part->info, d);
}

/* Whether the newer copy knows everything that the older one does. */
static int grew_from(const struct part *newer, const struct part *older, struct diag *d)
{
	_cleanup_store_ struct store *store = NULL;
	bool same = false;
	int r = store_open(newer->path, STORE_READ, &store, d);

	if (r == 0)
		r = merge_grew_from(store, older->path, &same, d);
	if (r < 0 || same)
		return r;
	return diag_set(d, ENOTUNIQ, NULL, 0, 0,
	    "'%s' and '%s' are copies of one store that went different ways; merging them would "
	    "count twice what they have in common",
	    newer->path, older->path);
}

static int choose_copies(struct merging *m, struct diag *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++)
		for (size_t k = 0; r == 0 && k < i; k++) {
			struct part *a = &m->parts[i], *b = &m->parts[k];
			struct part *newer = a->info.rev > b->info.rev ? a : b;
			struct part *older = newer == a ? b : a;

			if (strcmp(a->info.uuid, b->info.uuid) != 0)
				continue;
			r = grew_from(newer, older, d);
			older->superseded = true;
		}
	return r;
}

static int check_settings(struct merging *m, struct diag *d)
{
	const struct part *first = &m->parts[0];

	m->days = first;
	for (size_t i = 1; i < m->count; i++)
		if (m->parts[i].info.rolled_until > m->days->info.rolled_until)
			m->days = &m->parts[i];
	for (size_t i = 0; i < m->count; i++) {
		const struct part *part = &m->parts[i];

		if (m->days->info.rolled_until && strcmp(part->info.zone, m->days->info.zone) != 0)
			return diag_set(d, EINVAL, NULL, 0, 0,
			    "'%s' keeps days of the zone %s, and '%s' of %s: they do not add up",
			    m->days->path, m->days->info.zone, part->path, part->info.zone);
		if (part->info.policy.addresses != first->info.policy.addresses)
			return diag_set(d, EINVAL, NULL, 0, 0,
			    "'%s' keeps addresses of peers as %s, and '%s' as %s: they cannot be "
			    "told to be the same",
			    first->path, peer_addresses_name(first->info.policy.addresses),
			    part->path, peer_addresses_name(part->info.policy.addresses));
	}
	return 0;
}

static void remove_store(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	_cleanup_buffer_ struct buffer name = {0};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		buffer_clear(&name);
		buffer_printf(&name, "%s%s", path, ends[i]);
		unlink(buffer_text(&name));
	}
}

/* A copy of the part whose hours are rolled up as far as those of all others. */
static int prepare_copy(struct merging *m, const struct part *part, struct diag *d)
{
	_cleanup_store_ struct store *from = NULL, *copy = NULL;
	int64_t left = 0;
	int r = store_open(part->path, STORE_READ, &from, d);

	if (r == 0)
		r = store_backup(from, buffer_text(&m->copy), d);
	if (r == 0)
		r = store_open(buffer_text(&m->copy), STORE_WRITE, &copy, d);
	if (r == 0)
		left = rollup_days(copy, m->days->info.rolled_until, INT_MAX, d);
	return left < 0 ? (int)left : r;
}

static int add_part(struct merging *m, struct store *to, const struct part *part, struct diag *d)
{
	int r = prepare_copy(m, part, d);

	if (r == 0)
		r = merge_add(to, buffer_text(&m->copy), part->path, m->overlap, d);
	remove_store(buffer_text(&m->copy));
	return r;
}

static int add_all(struct merging *m, struct diag *d)
{
	_cleanup_store_ struct store *to = NULL;
	int r = store_open(m->to, STORE_CREATE, &to, d);

	if (r == 0)
		r = merge_settle(to, m->days->info.zone, m->days->info.rolled_until,
		    m->parts[0].info.policy.addresses, d);
	for (size_t i = 0; r == 0 && i < m->count; i++)
		if (!m->parts[i].superseded)
			r = add_part(m, to, &m->parts[i], d);
	return r;
}

int store_merge(
    const char *const *paths, size_t count, const char *to, bool overlap, struct diag *d)
{
	struct merging m = {.count = count, .to = to, .overlap = overlap};
	struct stat st;
	int r = 0;

	if (lstat(to, &st) == 0)
		return diag_set(d, EEXIST, NULL, 0, 0, "there is a '%s' already", to);
	m.parts = memory_array(count, sizeof(*m.parts));
	buffer_printf(&m.copy, "%s.part", to);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = read_part(&m.parts[i], paths[i], d);
	if (r == 0)
		r = check_settings(&m, d);
	if (r == 0)
		r = choose_copies(&m, d);
	if (r == 0) {
		r = add_all(&m, d);
		if (r < 0)
			remove_store(to);
	}
	buffer_free(&m.copy);
	free(m.parts);
	return r;
}
