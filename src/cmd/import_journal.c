/* SPDX-License-Identifier: ISC */
#include "cmd/import_journal.h"

#include "cmd/journal_operand.h"
#include "store/journal_position.h"
#include <errno.h>
#include <string.h>

#define READ_BUDGET (4 * 1024 * 1024)
#define TRIES 5

static int see_boot(void *context, const struct journal_boot *boot)
{
	bool *seen = context;

	(void)boot;
	*seen = true;
	return 0;
}

/* Whether the store stands somewhere in it. */
static int is_known(const struct feed *feed, bool *ret, struct diag *d)
{
	struct store *store = feed->environment->store;
	struct journal_position position;
	int r = store_journal_position(store, feed->name, &position, d);

	*ret = r > 0;
	return r != 0 ? r : store_journal_boots(store, feed->name, see_boot, ret, d);
}

static bool has_lost(const struct feed *feed)
{
	for (size_t i = 0; i < feed->gap_count; i++)
		if (feed->gaps[i].kind == GAP_READ_ERROR)
			return true;
	return false;
}

/* What the feed has counted, and was committed before. */
struct counting {
	struct ingest_result *result;
	int64_t facts[FACT_KIND_MAX], near_misses;
	bool lost;
};

/* What is not committed is not the import's. */
static void skip_counted(const struct feed *feed, struct counting *c)
{
	memcpy(c->facts, feed->facts, sizeof(c->facts));
	c->near_misses = feed->near_misses;
}

static int commit(struct feed *feed, struct counting *c, struct diag *d)
{
	struct ingest_counts *counted = &c->result->counted;
	int64_t lines = feed->read.lines, bytes = feed->bytes;
	int r = feed_commit(feed, d);

	if (r < 0)
		return r;
	c->result->new_bytes += bytes;
	counted->lines += lines;
	counted->outcomes[OUTCOME_NEAR_MISS] += feed->near_misses - c->near_misses;
	for (int i = 0; i < FACT_KIND_MAX; i++)
		counted->facts[i] += feed->facts[i] - c->facts[i];
	skip_counted(feed, c);
	return 0;
}

static int read_to_end(struct feed *feed, struct counting *c, struct diag *d)
{
	int more = 1, r = 0;

	while (more > 0 && r == 0) {
		more = feed->kind->read(feed, READ_BUDGET, d);
		c->lost |= has_lost(feed);
		if (more >= 0 && feed->dirty && (more == 0 || feed_is_full(feed)))
			r = commit(feed, c, d);
	}
	return more < 0 ? more : r;
}

static int read_journal(struct feed *feed, struct counting *c, struct diag *d)
{
	bool known = false;
	int r = feed_open(feed, d);

	if (r == 0)
		r = is_known(feed, &known, d);
	if (r >= 0)
		r = read_to_end(feed, c, d);
	/* The service was faster. */
	for (int i = 0; i < TRIES && r == -ESTALE; i++) {
		diag_free(d);
		r = feed_reset(feed, d);
		skip_counted(feed, c);
		if (r == 0)
			r = read_to_end(feed, c, d);
	}
	c->result->verdict = known || !c->result->counted.lines ? STREAM_CONTINUED : STREAM_NEW;
	if (r < 0)
		return r;
	if (feed->trouble)
		return diag_set(d, EBADMSG, NULL, 0, 0, "%s", feed->trouble);
	if (c->lost)
		return diag_set(d, EBADMSG, feed->name, 0, 0,
		    "entries could not be read: damaged, or deleted meanwhile");
	return 0;
}

int import_journal(struct ingest *in, const struct config *config, const char *where,
    struct ingest_result *ret, struct diag *d)
{
	struct feed_environment environment = {
	    .store = in->store,
	    .patterns = in->patterns,
	    .internal = in->internal,
	    .import = &in->import,
	    .overlap_allowed = in->overlap_allowed,
	    .commit_bytes = in->commit_bytes,
	};
	_cleanup_feed_ struct feed *feed = journal_operand_feed(&environment, config, where);
	struct counting counting = {.result = ret};

	*ret = (struct ingest_result){0};
	progress_log(in->progress, feed->name, -1);
	return read_journal(feed, &counting, d);
}
