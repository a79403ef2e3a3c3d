/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/disabled.h"
#include "report/figure.h"
#include <string.h>

#define SHORT_WINDOW (35 * LISTING_DAY)

/* How many there are of each outcome: what a reader wants to know before the list. */

struct sum {
	size_t item;
	const struct tuple *tuple; /* for its mta, direction and service; NULL: nobody used it */
	enum outcome_kind outcome;
	bool idle, may_be;
	int64_t named, sessions, mail, mail_known;
	bool sessions_told, any_unnamed;
};

struct sums {
	struct sum *p;
	size_t n;
};

static bool same_flow(const struct tuple *a, const struct tuple *b)
{
	return a->direction == b->direction && a->service == b->service &&
	       strcmp(a->mta, b->mta) == 0;
}

static struct sum *sum_of(struct sums *sums, const struct listed *row, const struct use *use)
{
	const struct sum like = {
	    .item = use->item,
	    .tuple = &row->common.tuple,
	    .outcome = use->outcome,
	    .idle = use_is_idle(use),
	    .may_be = use->may_be,
	};

	for (size_t i = 0; i < sums->n; i++) {
		struct sum *s = &sums->p[i];

		if (s->item == like.item && s->outcome == like.outcome && s->idle == like.idle &&
		    s->may_be == like.may_be && same_flow(s->tuple, like.tuple))
			return s;
	}
	sums->p = memory_grow(sums->p, sums->n + 1, sizeof(*sums->p));
	sums->p[sums->n] = like;
	return &sums->p[sums->n++];
}

static void add_row(struct sums *sums, const struct listed *row)
{
	const struct use *use = row->own;
	struct sum *s = sum_of(sums, row, use);

	s->named += use->peers;
	s->any_unnamed |= !use->peers;
	s->sessions += use->sessions;
	s->mail += use->mail;
	s->mail_known += use->mail_known;
	s->sessions_told |= row->common.unit != UNIT_NOT_ANY;
}

static const char *note(const struct sum *s)
{
	if (!s->tuple)
		return "nobody, as far as the log tells";
	if (s->may_be)
		return "perhaps: the log does not tell what they used";
	if (s->any_unnamed)
		return "counted, and not all named";
	return s->idle ? "no mail: scanners, monitoring" : NULL;
}

static void write_sum(struct result *result, const struct disable *set, const struct sum *s)
{
	struct cell *cell = result_row(result);

	*cell++ = cell_text(set->items[s->item].name);
	*cell++ = cell_text(s->tuple ? s->tuple->mta : NULL);
	*cell++ = cell_text(s->tuple ? direction_name(s->tuple->direction) : NULL);
	*cell++ = cell_text(s->tuple ? service_name(s->tuple->service) : NULL);
	*cell++ = cell_text(s->tuple ? outcome_name(s->outcome) : NULL);
	*cell++ = s->any_unnamed ? (struct cell){0} : cell_count(s->named);
	*cell++ = s->sessions_told || !s->tuple ? cell_count(s->sessions) : (struct cell){0};
	*cell++ = s->mail_known > 0 ? cell_count(s->mail) : (struct cell){0};
	*cell = cell_text(note(s));
}

static void add_columns(struct result *result)
{
	static const struct column columns[] = {
	    {.name = "item"},
	    {.name = "mta", .spare = 1},
	    {.name = "direction", .title = "dir"},
	    {.name = "service"},
	    {.name = "verdict", .kept = true},
	    {.name = "peers", .title = "who", .type = COLUMN_COUNT},
	    {.name = "sessions", .type = COLUMN_COUNT},
	    {.name = "sessions_mail", .title = "with mail", .type = COLUMN_COUNT, .spare = 2},
	    {.name = "note", .title = "", .blank = true, .spare = 3},
	};

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		result_column(result, &columns[i]);
}

/* The listing is sorted, so sums come in its order. */
void disabled_impact(struct report *report, const struct listing *list)
{
	struct result *result = result_new("impact");
	struct sums sums = {0};

	view_add(report, result);
	result->title = "What would happen";
	add_columns(result);
	for (size_t i = 0; i < list->row_count; i++)
		if (list->rows[i].n > 0)
			add_row(&sums, &list->rows[i]);
	for (size_t item = 0; item < report->disable.count; item++) {
		bool any = false;

		for (size_t i = 0; i < sums.n; i++)
			if (sums.p[i].item == item) {
				write_sum(result, &report->disable, &sums.p[i]);
				any = true;
			}
		if (!any && report->evidence.counted_count)
			write_sum(result, &report->disable, &(struct sum){.item = item});
	}
	free(sums.p);
}

/* Who could not agree on anything has no version or suite that could be in this list. */
static void point_to_failures(struct report *report)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (!report->evidence.failures || report->request->no_hints)
		return;
	figure_of(&text, report->evidence.failures, "handshake", "handshakes");
	buffer_text_add(&text, " failed already, whatever was tried; `--view failures` shows with "
			       "whom");
	evidence_hint(&report->evidence, buffer_text(&text));
}

bool disabled_unnamed(const struct listing *l)
{
	for (size_t i = 0; i < l->row_count; i++)
		if (l->rows[i].n > 0 && !*l->rows[i].names[LISTING_WHO])
			return true;
	return false;
}

static int64_t count_mixed(const struct listing *l)
{
	int64_t mixed = 0;

	for (size_t i = 0; i < l->row_count; i++)
		if (l->rows[i].n > 0)
			mixed += ((const struct use *)l->rows[i].own)->mixed;
	return mixed;
}

static void warn_of_mixed(struct evidence *e, int64_t mixed)
{
	_cleanup_buffer_ struct buffer text = {0};

	if (!mixed)
		return;
	figure_of(&text, mixed, "verdict is", "verdicts are");
	buffer_text_add(&text, " ok because something stronger was seen too, and not only since: "
			       "where several machines share an address or a user, one of them "
			       "may break");
	evidence_warn(e, buffer_text(&text));
}

/* Of the period, what there is something of: a year that was asked for is no year of logs. */
static int64_t covered(const struct evidence *e)
{
	int64_t since = e->since > e->from ? e->since : e->from;
	int64_t until = e->until < e->to + 3600 ? e->until : e->to + 3600;

	return e->any && until > since ? until - since : 0;
}

void disabled_warn(struct report *report, const struct listing *list)
{
	struct evidence *e = &report->evidence;

	point_to_failures(report);
	if (covered(e) < SHORT_WINDOW)
		evidence_warn(e, "less than 35 days are looked at: who sends once a month may not "
				 "be among them; "
				 "--since=90d, if there is as much");
	if (disabled_unnamed(list))
		evidence_warn(e,
		    "some of what would be gone, or may be (basis not-told), is counted and nobody "
		    "is named for it: rows without a peer, verdict unknown");
	warn_of_mixed(e, count_mixed(list));
}
