/* SPDX-License-Identifier: ISC */
#pragma once

/* What people read of a result, whatever the format: which columns and rows, under which title, in
 * which words.
 *
 * wording_cell() writes all but texts and series, which each format makes safe and draws in its own
 * way.  A column of times that are all midnights is one of dates. */

#include "base/buffer.h"
#include "base/zone.h"
#include "report/result.h"

/* Whether it has something to show to people. */
bool wording_is_shown(const struct result *r);
bool wording_column_is_shown(const struct result *r, size_t column);
size_t wording_rows(const struct result *r);

/* "Ciphers by handshakes: postfix"; nothing if it has no title. */
void wording_title(struct buffer *to, const struct result *r);

/* "5 of 12; --view ciphers shows all"; nothing if all rows are shown. */
void wording_cut(struct buffer *to, const struct result *r);

/* Both: "Ciphers by handshakes: postfix (5 of 12; --view ciphers shows all)". */
void wording_full_title(struct buffer *to, const struct result *r);

const char *wording_heading(const struct column *column);

bool wording_only_dates(const struct result *r, size_t column, const struct zone *zone);
bool wording_is_number(const struct column *column);
void wording_cell(struct buffer *to, const struct column *column, const struct cell *cell,
    const struct zone *zone, bool date);
