/* SPDX-License-Identifier: ISC */
#pragma once

/* What each flow (mta, direction, service, unit) used: clear text and the versions of TLS, in all
 * and bucket by bucket.
 *
 * A flow has two lines.  The first is of the sessions that carried mail where the log tells of
 * sessions, else of the handshakes; the second is of the handshakes always.  Internal traffic is in
 * none.  TLS versions below 1.0 are one kind. */

#include "report/chart.h"
#include "report/view.h"

enum share {
	SHARE_NONE,
	SHARE_OLDER,
	SHARE_AMBIGUOUS, /* TLSv1/SSLv3 of old OpenSSL builds */
	SHARE_TLS_1_0,
	SHARE_TLS_1_1,
	SHARE_TLS_1_2,
	SHARE_TLS_1_3,
	SHARE_UNKNOWN,
	SHARES,
};

struct share_kind {
	const char *name, *title, *long_title;
	bool always; /* an admin looks for its 0 */
	bool weak;
	enum paint paint;
};

extern const struct share_kind share_kinds[SHARES];

/* What the shares of a line are of. */
enum basis { OF_MAIL, OF_SESSIONS, OF_HANDSHAKES };

struct parts {
	int64_t of[SHARES], whole;
};

struct flow_point {
	struct parts parts;
	struct counts counts;
};

struct flow_line {
	struct tally_row first; /* the greatest row of its total, for its names */
	enum basis basis;
	struct counts total;
	struct parts parts;
	struct flow_point *points; /* one for each bucket; NULL: nothing in any */
};

struct flow_lines {
	struct flow_line *p; /* the flow with the most first */
	size_t flow_count;   /* with two lines each */
	struct table *places;
	struct buffer key;
	bool by_host;
	enum bucket bucket;
	int64_t *starts; /* of the buckets; two or more, or none */
	size_t start_count;
};

int flow_lines_collect(struct report *report, struct flow_lines *ret, struct diag *d);

/* Fills in the buckets; BUCKET_AUTO: of the length that suits the period. */
int flow_lines_over_time(
    struct report *report, struct flow_lines *lines, enum bucket bucket, struct diag *d);

void flow_lines_free(struct flow_lines *lines);
#define _cleanup_flow_lines_ _cleanup_(flow_lines_free)

/* The line of the same flow and basis, or NULL. */
const struct flow_line *flow_lines_find(struct flow_lines *lines, const struct flow_line *like);

/* The number of the flow that a row or a tuple belongs to; SIZE_MAX: there is none. */
size_t flow_lines_place_of_row(struct flow_lines *lines, const struct tally_row *row);
size_t flow_lines_place(
    struct flow_lines *lines, struct evidence *evidence, const struct tuple *tuple);

/* A share, or not known: of what the log does not tell there is no 0 %. */
struct cell flow_line_share(const struct flow_line *line, enum share share);
struct cell flow_line_weak(const struct flow_line *line);

/* Whether the handshakes of a flow, its second line, show an old version that the first does not.
 */
bool flow_lines_differ(const struct flow_line *line);

/* What was counted: "with mail", "deliveries", "handshakes". */
const char *flow_line_things(const struct flow_line *line);
