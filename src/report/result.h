/* SPDX-License-Identifier: ISC */
#pragma once

/* A result set: what a view hands to a renderer.
 *
 * Named, typed columns and rows of cells.  A cell that is not known is not the same as 0, no or "":
 * it is empty in CSV, null in JSON and "-" in a table.  {0} is a cell that is not known.  Texts in
 * cells are as logged, never escaped; that is the renderer's job.  They are borrowed, unless
 * result_text() copied them, and must live as long as the result.  result_free() frees the rest. */

#include "base/buffer.h"
#include "base/macros.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_type {
	COLUMN_TEXT,
	COLUMN_COUNT,
	COLUMN_FRACTION, /* 0..1 */
	COLUMN_TIME,	 /* UTC seconds */
	COLUMN_FLAG,
	COLUMN_CHANGE, /* of a fraction: -1..1 */
	COLUMN_SERIES, /* a fraction over time; only people see it */
	COLUMN_NUMBER, /* any number, nine digits of it */
	COLUMN_MIXED,  /* each cell is a count, a fraction, a change or a number */
};

/* Who is shown a column, or a whole result. */
enum audience {
	AUDIENCE_ALL,
	AUDIENCE_DATA,	/* CSV and JSON: programs */
	AUDIENCE_TABLE, /* people */
};

static inline bool seen_by(enum audience audience, enum audience reader)
{
	return audience == AUDIENCE_ALL || audience == reader;
}

struct column {
	const char *name;  /* in CSV and JSON */
	const char *title; /* in a table; NULL: the name */
	enum column_type type;
	enum audience audience;
	bool kept;	    /* a table shows it even where nothing in it is known */
	bool sign;	    /* people see that a count or a number is more, or less */
	bool blank;	    /* a table leaves a cell that is not known empty, instead of `-` */
	bool once;	    /* if all rows say the same, a table with a title says it there, once */
	const char *legend; /* under a table that shows it */
	int spare; /* a table that is too wide leaves out the columns with the highest first; 0
		      stays */
};

/* How a share went, bucket by bucket.  A bucket without a whole is one in which nothing was. */
struct series {
	size_t count;
	struct {
		int64_t part, whole;
	} points[];
};

struct chart;

struct cell {
	bool known;
	enum column_type type; /* in a COLUMN_MIXED */
	union {
		const char *text;
		int64_t count; /* also of COLUMN_TIME */
		double fraction, number;
		bool flag;
		const struct series *series;
	};
};

struct result {
	const char *name;
	const char *title; /* over a table, NULL for none */
	enum audience audience;
	const char
	    *note; /* what a table says in the place of rows, none or such that tell nothing */
	const char *legend;    /* under a table: what its words and signs mean */
	size_t table_rows;     /* a table shows no more than these, 0: all */
	bool beside;	       /* may stand beside the result before it where there is room */
	struct chart **charts; /* what can be drawn of it; freed with it */
	size_t chart_count;
	struct column *columns;
	size_t column_count;
	struct cell *cells; /* row_count times column_count */
	size_t row_count, row_room;
	struct result_kept *kept;
};

struct result *result_new(const char *name);
struct result *result_free(struct result *r);

/* All columns are added before the first row. */
void result_column(struct result *r, const struct column *column);

/* A new row, nothing known yet; valid until the next one. */
struct cell *result_row(struct result *r);

/* Live as long as the result.  The series is zeroed. */
const char *result_text(struct result *r, const char *text);
struct series *result_series(struct result *r, size_t count);

void result_chart(struct result *r, struct chart *chart);

static inline const struct cell *result_cell(const struct result *r, size_t row, size_t column)
{
	return &r->cells[row * r->column_count + column];
}

/* NULL and "" say that the log did not tell. */
static inline struct cell cell_text(const char *text)
{
	return text && *text ? (struct cell){.known = true, .text = text} : (struct cell){0};
}

static inline struct cell cell_count(int64_t count)
{
	return (struct cell){.known = true, .count = count};
}

static inline enum column_type cell_type(const struct column *column, const struct cell *cell)
{
	return column->type == COLUMN_MIXED ? cell->type : column->type;
}

static inline struct cell cell_number(double number)
{
	return (struct cell){.known = true, .type = COLUMN_NUMBER, .number = number};
}

/* For a column of mixed cells. */
static inline struct cell cell_as(enum column_type type, struct cell cell)
{
	cell.type = type;
	return cell;
}

/* Not known when there is nothing to be a part of. */
static inline struct cell cell_share(int64_t part, int64_t whole)
{
	if (whole <= 0)
		return (struct cell){0};
	return (struct cell){.known = true, .fraction = (double)part / (double)whole};
}

/* Not known unless both are. */
static inline struct cell cell_change(struct cell before, struct cell after)
{
	if (!before.known || !after.known)
		return (struct cell){0};
	return (struct cell){.known = true, .fraction = after.fraction - before.fraction};
}

/* 1, 0, or -1 for not known. */
static inline struct cell cell_flag(int flag)
{
	return flag < 0 ? (struct cell){0} : (struct cell){.known = true, .flag = flag};
}

DEFINE_CLEANUP(struct result, result_free);
#define _cleanup_result_ _cleanup_(result_free_p)
