/* SPDX-License-Identifier: ISC */
#include "cmd/machine_parsers.h"

#include "base/memory.h"
#include "base/table.h"
#include "cmd/journal_line.h"
#include "parse/parser.h"
#include "parse/session.h"
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (64 * 1024)
#define ID_SIZE 32
#define MAGIC "mailtls machines 1\n"

struct machine {
	char id[ID_SIZE + 1];
	struct parser *parser;
	struct buffer block;
	int64_t latest;
};

struct machine_parsers {
	struct feed *feed;
	struct table *machines;
	int64_t evicted; /* by parsers that are gone */
};

/* What the sessions of a machine take among the saved ones. */
struct saved {
	char id[ID_SIZE];
	uint64_t length;
};

struct machine_parsers *machine_parsers_new(struct feed *feed)
{
	struct machine_parsers *p = memory_alloc(sizeof(*p));

	p->feed = feed;
	p->machines = table_new(sizeof(struct machine), MACHINES_MAX);
	return p;
}

static void release(struct machine *m)
{
	m->parser = parser_free(m->parser);
	buffer_free(&m->block);
}

struct machine_parsers *machine_parsers_free(struct machine_parsers *p)
{
	if (!p)
		return NULL;
	for (struct machine *m = table_oldest(p->machines); m; m = table_newer(p->machines, m))
		release(m);
	table_free(p->machines);
	free(p);
	return NULL;
}

static void read_block(struct machine_parsers *p, struct machine *m)
{
	if (m->block.n)
		feed_parse_block(p->feed, m->parser, &m->block);
}

/* Its sessions end, and what they prove is counted. */
static void end_machine(struct machine_parsers *p, struct machine *m)
{
	read_block(p, m);
	p->evicted += parser_evicted(m->parser) + (int64_t)parser_open(m->parser);
	parser_end(m->parser);
	release(m);
	table_remove(p->machines, m);
}

void machine_parsers_read(struct machine_parsers *p)
{
	size_t open = 0;

	for (struct machine *m = table_oldest(p->machines); m; m = table_newer(p->machines, m)) {
		read_block(p, m);
		open += parser_open(m->parser);
	}
	while (open > SESSIONS_MAX && table_count(p->machines) > 1) {
		struct machine *silent = table_oldest(p->machines);

		open -= parser_open(silent->parser);
		end_machine(p, silent);
	}
}

/* As a key; nobody's is a machine, too. */
static struct slice key_of(struct slice id)
{
	if (!id.p)
		return SLICE("");
	return id.n > ID_SIZE ? slice_first(id, ID_SIZE) : id;
}

static struct machine *find(struct machine_parsers *p, struct slice id)
{
	struct machine *m;
	bool fresh;

	id = key_of(id);
	m = table_add(p->machines, id, &fresh);
	if (!m) {
		end_machine(p, table_oldest(p->machines));
		m = table_add(p->machines, id, &fresh);
	}
	if (fresh) {
		memcpy(m->id, id.p, id.n);
		m->parser = feed_parser(p->feed);
	}
	return m;
}

int64_t machine_parsers_latest(const struct machine_parsers *p, struct slice machine)
{
	const struct machine *m = table_get(p->machines, key_of(machine));

	return m ? m->latest : 0;
}

void machine_parsers_take(struct machine_parsers *p, const struct journal_record *entry)
{
	struct machine *m = find(p, entry->machine);
	size_t before = m->block.n;

	journal_line_add(&m->block, entry);
	p->feed->bytes += (int64_t)(m->block.n - before);
	m->latest = entry->time;
	if (m->block.n >= BLOCK_SIZE)
		read_block(p, m);
}

int64_t machine_parsers_evicted(const struct machine_parsers *p)
{
	int64_t n = p->evicted;

	for (struct machine *m = table_oldest(p->machines); m; m = table_newer(p->machines, m))
		n += parser_evicted(m->parser);
	return n;
}

void machine_parsers_save(const struct machine_parsers *p, struct buffer *to)
{
	_cleanup_buffer_ struct buffer sessions = {0};

	buffer_text_add(to, MAGIC);
	for (struct machine *m = table_oldest(p->machines); m; m = table_newer(p->machines, m)) {
		struct saved saved = {0};

		buffer_clear(&sessions);
		parser_save(m->parser, &sessions);
		memcpy(saved.id, m->id, sizeof(saved.id));
		saved.length = sessions.n;
		buffer_append(to, &saved, sizeof(saved));
		buffer_add(to, buffer_slice(&sessions));
	}
}

void machine_parsers_restore(struct machine_parsers *p, struct slice from)
{
	struct saved saved;

	if (!slice_starts(from, SLICE(MAGIC)))
		return;
	from = slice_skip(from, strlen(MAGIC));
	while (from.n >= sizeof(saved)) {
		memcpy(&saved, from.p, sizeof(saved));
		from = slice_skip(from, sizeof(saved));
		if (saved.length > from.n)
			return;
		parser_restore(
		    find(p, (struct slice){saved.id, strnlen(saved.id, sizeof(saved.id))})->parser,
		    slice_first(from, saved.length));
		from = slice_skip(from, saved.length);
	}
}
