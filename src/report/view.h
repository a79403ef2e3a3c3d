/* SPDX-License-Identifier: ISC */
#pragma once

/* A view answers one question: it turns counters into results.
 *
 * All views are rows of one table.  Most are a tally view: dimensions to group by and columns to
 * fill from each row of the tally; summary and coverage build their results themselves.  A build
 * function adds its results to the report, what programs read first; they are freed with it. */

#include "report/evidence.h"
#include "report/judge.h"
#include "report/result.h"
#include "report/tally.h"
#include "tls/disable.h"

#define SCHEMA_VERSION 1 /* of the columns; rises when they change */
#define REPORT_RESULTS 12

struct view;

/* A report while it is made. */
struct report {
	struct store *store;
	const struct report_request *request;
	const struct view *view;
	const struct dimension *by[REPORT_DIMENSIONS]; /* no bucket, no host, none of `always` */
	size_t by_count;
	bool by_host, by_domain;
	bool by_common; /* names what views but those by_machine are always grouped by */
	struct judge judge;
	struct disable disable; /* of the view that asks what would be gone */
	enum bucket bucket;	/* never BUCKET_AUTO */
	bool for_people;	/* the format shows what AUDIENCE_TABLE sees */
	bool draws;		/* the format shows charts */
	struct evidence evidence;
	struct past *past; /* what it is compared with, once that was asked for (past.h) */
	struct result *results[REPORT_RESULTS];
	size_t result_count;
};

struct view {
	const char *name, *answers;
	bool over_time;	   /* has buckets even when none are asked for */
	const char *since; /* of a store, unless told otherwise; NULL: a week */
	bool fixed;	   /* has no buckets, and nothing of --by but the host */
	bool by_domain;	   /* of its peers' names */
	bool by_machine;   /* --by splits it by time and host only */
	bool disables;	   /* asks what would be gone */
	bool peers;	   /* asks who spoke, */
	bool minutes;	   /* and in which minute */
	bool costs;	   /* asks what handshakes cost */
	bool compares;	   /* with another period, if asked to */
	bool of_change;	   /* is made of nothing but what changed */
	int (*build)(struct report *report, const struct view *view, struct diag *d);
	/* Whether it shows people peers of that tuple; NULL: any.  Programs are told of all. */
	report_asks_fn asks_for_peers_of;
	const struct tally_view *tally;
};

struct view_row {
	const struct report *report;
	const struct tally *tally;
	const struct tally_row *row;
	struct result *result;
};

struct view_column {
	struct column column;
	struct cell (*fill)(const struct view_row *row);
};

struct tally_view {
	const char *dimensions[2]; /* up to the first NULL */
	bool handshakes_only;
	bool failures;	  /* has a column for them */
	bool by_flow;	  /* a table has the rows of a flow together, by protocol */
	bool peers;	  /* has columns for how many they are */
	bool judged;	  /* has a verdict */
	bool by_replaces; /* --by takes the place of the dimensions, else it adds to them */
	const struct view_column *columns;
	size_t column_count;
};

/* Ended by a row without a name. */
extern const struct view views[];

/* NULL and a diagnosis that names the views. */
const struct view *view_find(const char *name, struct diag *d);

/* Adds up all counters of the report's period and filters; the tally must be freed. */
int view_tally(
    struct report *report, const struct tally_plan *plan, struct tally *ret, struct diag *d);

/* -E2BIG: more rows than there may be. */
int view_refuse_rows(struct diag *d);

/* The counters of the report's period that pass its filters, in the order of time: by_hour, those
 * of each hour; else the sums of each of the reader's days, at its last hour that has any.  Where
 * hours were rolled up into days, a day is one hour of the reader's day that its noon is in;
 * by_hour leaves them out and says so. */
int view_counts(
    struct report *report, bool by_hour, query_count_fn row, void *context, struct diag *d);

void view_add(struct report *report, struct result *result);

/* False once --top has all the rows that it asks for. */
bool view_has_room(const struct report *report, const struct result *result);

/* A new row of row->result, with its common cells filled; returns the view's own. */
struct cell *view_begin_row(const struct view_row *row);

/* The common columns and a view's own; a title tells the mail server where there is but one. */
void view_add_columns(
    struct result *result, const char *title, const struct column *own, size_t count);

/* A line above the report that says by which policies it judges. */
void view_name_policies(struct report *report);

/* For a result that has a verdict: that line, and the columns of further policies. */
void view_add_verdicts(struct report *report, struct result *result);

int view_build_tally(struct report *report, const struct view *view, struct diag *d);

/* Built by hand. */
int summary_build(struct report *report, const struct view *view, struct diag *d);
int coverage_build(struct report *report, const struct view *view, struct diag *d);
int failures_build(struct report *report, const struct view *view, struct diag *d);
int plaintext_build(struct report *report, const struct view *view, struct diag *d);
int peers_build(struct report *report, const struct view *view, struct diag *d);
int outbound_build(struct report *report, const struct view *view, struct diag *d);
int compliance_build(struct report *report, const struct view *view, struct diag *d);
int capacity_build(struct report *report, const struct view *view, struct diag *d);
int disabled_build(struct report *report, const struct view *view, struct diag *d);
int diff_build(struct report *report, const struct view *view, struct diag *d);
int forecast_build(struct report *report, const struct view *view, struct diag *d);
int users_build(struct report *report, const struct view *view, struct diag *d);

/* The columns that every view begins with, and those of the tally views (columns.c). */
extern const struct view_column common_columns[];
extern const size_t common_column_count;
extern const struct tally_view protocols_tally, ciphers_tally, groups_tally, signatures_tally,
    trend_tally;
