/* SPDX-License-Identifier: ISC */
#pragma once

/* From a store and a request to a report on a stream.
 *
 * The whole report sees one snapshot of the store.  A request that cannot be met (an unknown view,
 * format, dimension or word of a filter) gives -EINVAL and a diagnosis before anything is written.
 * report_write() tells a failed write as its errno; report_write_file() writes a new file beside
 * `path` and puts it in its place only when it is whole and on disk, so a reader never sees half of
 * one and a failure leaves the old one.  The new one has the old one's mode, and a link stays one.
 * Texts go to a terminal only after setlocale().
 *
 * report_check() refuses such a request without a store: whoever is about to read logs for it asks
 * first. */

#include "base/diag.h"
#include "report/request.h"
#include <stdio.h>

int report_check(const struct report_request *request, struct diag *d);
int report_write(
    struct store *store, const struct report_request *request, FILE *out, struct diag *d);
int report_write_file(
    struct store *store, const struct report_request *request, const char *path, struct diag *d);

/* What a report of the request will look at: who is about to read logs for it keeps nothing else,
 * which is faster. */
bool report_asks_for_peers(const struct report_request *request);
bool report_asks_for_minutes(const struct report_request *request);

/* Of peers it may be those of some tuples only, for whom the function that is given is true; NULL:
 * of all.  Of the tuple all but the id is to be filled in. */
report_asks_fn report_asks_for_peers_of(const struct report_request *request);

/* Where a report of a store begins, unless the request says: a span before now. */
const char *report_usual_since(const struct report_request *request);

/* The first instant that a report of a request with a beginning looks at; a period that is open
 * ends at `now`. */
int64_t report_begins(const struct report_request *request, int64_t now);

/* The names for --help, the manual and the completion: what a view answers; false past the last. */
bool report_view(size_t number, const char **ret_name, const char **ret_answers);
bool report_format(size_t number, const char **ret_name);
