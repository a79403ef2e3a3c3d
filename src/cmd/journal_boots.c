/* SPDX-License-Identifier: ISC */
#include "cmd/journal_boots.h"

#include "base/memory.h"
#include "base/table.h"
#include <stdlib.h>
#include <string.h>

#define BOOTS_MAX 4096
#define ID_LENGTH 32

struct mark {
	char machine[ID_LENGTH + 1], boot[ID_LENGTH + 1];
	int64_t monotonic;
	uint64_t hashes[JOURNAL_BOOT_HASHES];
	size_t hash_count;
	bool moved;
};

struct journal_boots {
	struct table *marks; /* by machine and boot */
	struct journal_boot *moved;
	size_t moved_room;
};

struct journal_boots *journal_boots_new(void)
{
	struct journal_boots *b = memory_alloc(sizeof(*b));

	b->marks = table_new(sizeof(struct mark), BOOTS_MAX);
	return b;
}

struct journal_boots *journal_boots_free(struct journal_boots *b)
{
	if (!b)
		return NULL;
	table_free(b->marks);
	free(b->moved);
	free(b);
	return NULL;
}

static void copy_id(char to[ID_LENGTH + 1], struct slice id)
{
	size_t n = id.n < ID_LENGTH ? id.n : ID_LENGTH;

	memset(to, 0, ID_LENGTH + 1);
	if (n)
		memcpy(to, id.p, n);
}

/* The boot that was heard of longest ago goes when there are too many. */
static struct mark *mark_of(struct journal_boots *b, struct slice machine, struct slice boot)
{
	char key[2][ID_LENGTH + 1];
	const struct slice bytes = {key[0], sizeof(key)};
	struct mark *mark;
	bool fresh;

	copy_id(key[0], machine);
	copy_id(key[1], boot);
	mark = table_add(b->marks, bytes, &fresh);
	if (!mark) {
		table_remove(b->marks, table_oldest(b->marks));
		mark = table_add(b->marks, bytes, &fresh);
	}
	if (fresh) {
		memcpy(mark->machine, key[0], sizeof(mark->machine));
		memcpy(mark->boot, key[1], sizeof(mark->boot));
		mark->monotonic = -1;
	}
	return mark;
}

void journal_boots_know(struct journal_boots *b, const struct journal_boot *boot)
{
	struct mark *mark = mark_of(b, slice_of(boot->machine), slice_of(boot->boot));

	mark->monotonic = boot->monotonic;
	mark->hash_count = boot->hash_count;
	memcpy(mark->hashes, boot->hashes, sizeof(mark->hashes));
}

/* x= in a cursor is a hash of the entry's data; receivers do not change it (journal-file.c). */
static uint64_t hash_of(const char *cursor)
{
	const char *x = strstr(cursor, ";x=");

	return x ? strtoull(x + 3, NULL, 16) : 0;
}

static bool has(const struct mark *mark, const struct journal_place *place)
{
	uint64_t hash = hash_of(place->cursor);

	if (place->monotonic < mark->monotonic)
		return true;
	for (size_t i = 0; place->monotonic == mark->monotonic && i < mark->hash_count; i++)
		if (mark->hashes[i] == hash)
			return true;
	return false;
}

bool journal_boots_has(
    struct journal_boots *b, struct slice machine, const struct journal_place *place)
{
	return has(mark_of(b, machine, slice_of(place->boot)), place);
}

bool journal_boots_any(const struct journal_boots *b)
{
	return table_oldest(b->marks);
}

bool journal_boots_take(
    struct journal_boots *b, struct slice machine, const struct journal_place *place)
{
	struct mark *mark = mark_of(b, machine, slice_of(place->boot));

	if (has(mark, place))
		return false;
	if (place->monotonic > mark->monotonic)
		mark->hash_count = 0;
	mark->monotonic = place->monotonic;
	if (mark->hash_count < JOURNAL_BOOT_HASHES)
		mark->hashes[mark->hash_count++] = hash_of(place->cursor);
	mark->moved = true;
	return true;
}

const struct journal_boot *journal_boots_moved(struct journal_boots *b, size_t *ret_count)
{
	size_t n = 0;

	for (struct mark *m = table_oldest(b->marks); m; m = table_newer(b->marks, m)) {
		struct journal_boot *boot;

		if (!m->moved)
			continue;
		if (n == b->moved_room) {
			b->moved_room = b->moved_room ? b->moved_room * 2 : 16;
			b->moved = memory_grow(b->moved, b->moved_room, sizeof(*b->moved));
		}
		boot = &b->moved[n++];
		*boot = (struct journal_boot){
		    .machine = m->machine,
		    .boot = m->boot,
		    .monotonic = m->monotonic,
		    .hash_count = m->hash_count,
		};
		memcpy(boot->hashes, m->hashes, sizeof(boot->hashes));
	}
	*ret_count = n;
	return b->moved;
}

void journal_boots_committed(struct journal_boots *b)
{
	for (struct mark *m = table_oldest(b->marks); m; m = table_newer(b->marks, m))
		m->moved = false;
}
