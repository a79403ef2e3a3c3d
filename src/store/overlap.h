/* SPDX-License-Identifier: ISC */
#pragma once

/* The same mail told twice: a server's lines lie in a file and in the journal.  Of one host and MTA
 * one class of source, file or journal, speaks for an hour; what another class says of an hour that
 * has lines already is not counted.  Nor is what another journal says: of two journals with lines
 * of one host, one was copied or sent from where the other is.  Where hours were rolled up, a day
 * stands for all of its. */

#include "base/diag.h"
#include "store/coverage_table.h"
#include "store/rollup.h"
#include "store/store.h"
#include <stdint.h>

/* For store/commit.c, inside its transaction and before the lines are written: -EEXIST and a
 * sentence with both sources and the hours if another class, or another journal beside a journal,
 * covers any of them. */
int overlap_check(struct store *s, const struct rollup *rollup, const struct coverage_table *lines,
    const char *class, struct slice source, struct diag *d);

/* When what other classes than this one cover of a host and MTA ends, UTC seconds, 0 if they cover
 * nothing: a new source that is followed begins there. */
int store_coverage_end(struct store *s, struct slice host, struct slice mta, const char *class,
    int64_t *ret, struct diag *d);
