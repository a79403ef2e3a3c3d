/* SPDX-License-Identifier: ISC */
#pragma once

/* What the request's policies say of a row.
 *
 * The first policy fills the column `verdict`; each further one has a column of its own, named
 * after it, behind the view's.  Without policies (a request whose `policies` is NULL) verdicts are
 * not known.  A verdict that cannot be told is the word unknown. */

#include "report/request.h"
#include "report/result.h"
#include "tls/policy.h"

#define JUDGE_POLICIES 4
#define JUDGE_DEFAULT "bcp195-2026"

struct judge {
	const struct policy *policies[JUDGE_POLICIES];
	size_t count;
};

/* -EINVAL and a diagnosis for a name that is none. */
int judge_read(const struct report_request *request, struct judge *ret, struct diag *d);

enum scope judge_scope(enum service service);

/* Of protocol and suite; suite_told: false where the tuple stands for several suites. */
struct judgement judge_tuple(
    const struct judge *judge, size_t policy, const struct tuple *tuple, bool suite_told);
struct cell judge_cell(
    const struct judge *judge, size_t policy, const struct tuple *tuple, bool suite_told);

/* "bcp195-2026 (IETF BCP 195 with RFC 10015, 2026-07)" and so on, for people. */
void judge_names(const struct judge *judge, struct buffer *to);

/* Columns and cells of the policies after the first; returns where the next cell is. */
void judge_add_columns(const struct judge *judge, struct result *result);
struct cell *judge_add_cells(
    const struct judge *judge, const struct tuple *tuple, bool suite_told, struct cell *cell);
