/* SPDX-License-Identifier: ISC */
#include "base/macros.h"
#include "base/memory.h"
#include "report/disabled.h"
#include <string.h>

enum { WHO = LISTING_WHO, KIND, ITEM };

static const struct use *use_of(const struct listed *row)
{
	return row->own;
}

static struct cell item(const struct listing *l _unused_, const struct listed *row)
{
	return listing_name(row, ITEM);
}

/* Not known where several stand behind the row. */
static struct cell peer(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(row->peer);
}

static struct cell name(const struct listing *l, const struct listed *row)
{
	return cell_text(l->report->by_domain ? NULL : use_of(row)->name);
}

static struct cell domain(const struct listing *l _unused_, const struct listed *row)
{
	bool is = strncmp(row->names[KIND], "domain", strlen("domain")) == 0;

	return cell_text(is ? row->names[WHO] : NULL);
}

static struct cell peers(const struct listing *l, const struct listed *row)
{
	return l->report->by_domain && use_of(row)->peers ? cell_count(use_of(row)->peers)
							  : (struct cell){0};
}

/* How many sessions used it: not known where the log tells of handshakes only. */
static struct cell sessions(const struct listing *l _unused_, const struct listed *row)
{
	return row->common.unit == UNIT_NOT_ANY ? (struct cell){0}
						: cell_count(use_of(row)->sessions);
}

static struct cell sessions_mail(const struct listing *l _unused_, const struct listed *row)
{
	return use_of(row)->mail_known > 0 ? cell_count(use_of(row)->mail) : (struct cell){0};
}

static struct cell days_seen(const struct listing *l _unused_, const struct listed *row)
{
	return use_of(row)->days ? cell_count(use_of(row)->days) : (struct cell){0};
}

/* As much of it as what is switched off is about. */
static struct cell seen(const struct listing *l, const struct listed *row, const struct tuple *t)
{
	const struct disable_item *item = &l->report->disable.items[use_of(row)->item];
	const char *more = item->when.groups ? t->group : t->cipher;
	_cleanup_buffer_ struct buffer text = {0};

	buffer_text_add(&text, protocol_name(t->protocol));
	if ((item->policy || !item->when.protocols) && *more)
		buffer_printf(&text, " %s", more);
	return cell_text(result_text(l->result, buffer_text(&text)));
}

static struct cell best_seen(const struct listing *l, const struct listed *row)
{
	const struct conduct *c = use_of(row)->conduct;

	return c && c->best ? seen(l, row, c->best) : (struct cell){0};
}

/* Where nobody is named, what is switched off is all that is known; where it perhaps was used, not
 * even that. */
static struct cell worst_seen(const struct listing *l, const struct listed *row)
{
	const struct conduct *c = use_of(row)->conduct;

	if (!use_of(row)->peers && !use_of(row)->may_be)
		return listing_name(row, ITEM);
	if (c && c->clear)
		return cell_text(protocol_name(PROTOCOL_NONE));
	return c && c->worst ? seen(l, row, c->worst) : (struct cell){0};
}

static struct cell verdict(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(outcome_name(use_of(row)->outcome));
}

static struct cell basis(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(use_of(row)->basis);
}

static struct cell apart(const struct listing *l _unused_, const struct listed *row)
{
	return cell_text(use_is_idle(use_of(row)) ? "no mail"
			 : use_of(row)->may_be	  ? "perhaps"
						  : NULL);
}

static const struct listing_column columns[DISABLED_COLUMNS] = {
    {{.name = "item", .kept = true}, item},
    {{.name = "domain", .audience = AUDIENCE_TABLE}, domain},
    {{.name = "peers", .type = COLUMN_COUNT, .audience = AUDIENCE_TABLE}, peers},
    {{.name = "peer", .kept = true}, peer},
    {{.name = "name", .audience = AUDIENCE_TABLE, .spare = 5}, name},
    {{.name = "net", .spare = 9}, listing_net},
    {{.name = "user"}, listing_user},
    {{.name = "sessions", .type = COLUMN_COUNT}, sessions},
    {{.name = "sessions_mail", .title = "with mail", .type = COLUMN_COUNT, .spare = 2},
	sessions_mail},
    {{.name = "days_seen", .title = "days", .type = COLUMN_COUNT, .spare = 4}, days_seen},
    {{.name = "first_seen", .title = "first seen", .type = COLUMN_TIME, .spare = 8},
	listing_first_seen},
    {{.name = "last_seen", .title = "last seen", .type = COLUMN_TIME, .spare = 6},
	listing_last_seen},
    {{.name = "best_seen", .title = "best seen", .spare = 3}, best_seen},
    {{.name = "worst_seen", .title = "worst seen", .spare = 7}, worst_seen},
    {{.name = "verdict"}, verdict},
    {{.name = "basis", .spare = 1}, basis},
    {{.name = "idle", .title = "", .audience = AUDIENCE_TABLE, .blank = true}, apart},
};

/* Columns of what the report is grouped by are for everybody. */
void disabled_choose_columns(
    const struct report *report, struct listing_column to[DISABLED_COLUMNS])
{
	memcpy(to, columns, sizeof(columns));
	for (size_t i = 0; i < DISABLED_COLUMNS; i++)
		if (report->by_domain && (columns[i].fill == domain || columns[i].fill == peers))
			to[i].column.audience = AUDIENCE_ALL;
}
