/* SPDX-License-Identifier: ISC */
#pragma once

/* What is measured of a flow in a period or on a day, by name.
 *
 * A measure is a count, or a part of a whole.  Shares are of the flow's first line: of the sessions
 * that carried mail where the log tells, else of all sessions; those named after handshakes are of
 * the second.  A flow without sessions in its log has only the latter. */

#include "report/flow_lines.h"

enum metric {
	METRIC_HANDSHAKES,
	METRIC_SESSIONS,
	METRIC_SESSIONS_MAIL,
	METRIC_FAILURES,
	METRIC_FAILURE_SHARE,			     /* of handshakes and failures */
	METRIC_SHARE,				     /* and one for each share */
	METRIC_LEGACY_SHARE = METRIC_SHARE + SHARES, /* TLS below 1.2 */
	METRIC_HANDSHAKE_SHARE,
	METRIC_LEGACY_HANDSHAKE_SHARE = METRIC_HANDSHAKE_SHARE + SHARES,
	METRIC_POST_QUANTUM_SHARE,
	METRICS,
};

struct measure {
	bool known;
	int64_t part, whole; /* of a count, whole is 0 */
};

const char *metric_name(enum metric metric);
bool metric_is_share(enum metric metric);

/* Of the two lines of a flow; not known where the log tells nothing of it. */
struct measure metric_measure(enum metric metric, const struct flow_line *lines);

/* A version's share of the handshakes, where those of the sessions tell the same. */
bool metric_is_told_by_sessions(enum metric metric, const struct flow_line *lines);

/* What a share is of: "sessions_mail", "handshakes". */
const char *metric_whole(enum metric metric, const struct flow_line *lines);

struct cell measure_cell(const struct measure *measure);
