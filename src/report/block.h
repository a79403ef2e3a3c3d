/* SPDX-License-Identifier: ISC */
#pragma once

/* The coverage block: the lines above every report that say what it stands on.
 *
 * block_text() gives them to `say` as label and text, already safe for a terminal; block_problems()
 * gives only what makes the report incomplete, one sentence each, for those who do not see the
 * block. */

#include "report/evidence.h"

enum block_weight { BLOCK_STATEMENT, BLOCK_PROBLEM, BLOCK_HINT };

typedef void (*block_say_fn)(
    void *context, enum block_weight weight, const char *label, const char *text);

void block_text(const struct evidence *e, const struct report_request *request, block_say_fn say,
    void *context);
void block_problems(const struct evidence *e, const struct report_request *request,
    block_say_fn say, void *context);
