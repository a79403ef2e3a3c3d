/* SPDX-License-Identifier: ISC */
#include "report/metric.h"

static const char *const names[METRICS] = {
    [METRIC_HANDSHAKES] = "handshakes",
    [METRIC_SESSIONS] = "sessions",
    [METRIC_SESSIONS_MAIL] = "sessions_mail",
    [METRIC_FAILURES] = "failures",
    [METRIC_FAILURE_SHARE] = "failure_share",
    [METRIC_SHARE + SHARE_NONE] = "plaintext_share",
    [METRIC_SHARE + SHARE_OLDER] = "ssl_share",
    [METRIC_SHARE + SHARE_AMBIGUOUS] = "tls10_or_ssl_share",
    [METRIC_SHARE + SHARE_TLS_1_0] = "tls10_share",
    [METRIC_SHARE + SHARE_TLS_1_1] = "tls11_share",
    [METRIC_SHARE + SHARE_TLS_1_2] = "tls12_share",
    [METRIC_SHARE + SHARE_TLS_1_3] = "tls13_share",
    [METRIC_SHARE + SHARE_UNKNOWN] = "unknown_share",
    [METRIC_LEGACY_SHARE] = "legacy_share",
    [METRIC_HANDSHAKE_SHARE + SHARE_OLDER] = "ssl_handshake_share",
    [METRIC_HANDSHAKE_SHARE + SHARE_AMBIGUOUS] = "tls10_or_ssl_handshake_share",
    [METRIC_HANDSHAKE_SHARE + SHARE_TLS_1_0] = "tls10_handshake_share",
    [METRIC_HANDSHAKE_SHARE + SHARE_TLS_1_1] = "tls11_handshake_share",
    [METRIC_HANDSHAKE_SHARE + SHARE_TLS_1_2] = "tls12_handshake_share",
    [METRIC_HANDSHAKE_SHARE + SHARE_TLS_1_3] = "tls13_handshake_share",
    [METRIC_HANDSHAKE_SHARE + SHARE_UNKNOWN] = "unknown_handshake_share",
    [METRIC_LEGACY_HANDSHAKE_SHARE] = "legacy_handshake_share",
    [METRIC_POST_QUANTUM_SHARE] = "post_quantum_share",
};

const char *metric_name(enum metric metric)
{
	return names[metric];
}

bool metric_is_share(enum metric metric)
{
	return metric >= METRIC_FAILURE_SHARE;
}

static struct measure count_of(int64_t count, bool known)
{
	return (struct measure){.known = known, .part = count};
}

static struct measure share_of(const struct flow_line *line, enum share share)
{
	return (struct measure){
	    .known = flow_line_share(line, share).known,
	    .part = line->parts.of[share],
	    .whole = line->parts.whole,
	};
}

/* All that is weak but clear text. */
static struct measure legacy_of(const struct flow_line *line)
{
	struct measure sum = share_of(line, SHARE_TLS_1_0);

	sum.part = 0;
	for (int i = 0; i < SHARES; i++)
		if (share_kinds[i].weak && i != SHARE_NONE)
			sum.part += line->parts.of[i];
	return sum;
}

struct measure metric_measure(enum metric metric, const struct flow_line *lines)
{
	const struct counts *c = &lines->total;
	bool sessions = lines[0].basis != OF_HANDSHAKES;

	switch (metric) {
	case METRIC_HANDSHAKES:
		return count_of(c->handshakes, c->handshakes > 0);
	case METRIC_SESSIONS:
		return count_of(c->sessions, sessions && c->sessions > 0);
	case METRIC_SESSIONS_MAIL:
		return count_of(c->mail, sessions && c->mail_known > 0);
	case METRIC_FAILURES:
		return count_of(c->failures, c->failures > 0);
	case METRIC_FAILURE_SHARE:
		return (struct measure){
		    .known = c->failures > 0,
		    .part = c->failures,
		    .whole = c->failures + c->handshakes,
		};
	case METRIC_POST_QUANTUM_SHARE:
		return (struct measure){
		    .known = c->group_known > 0,
		    .part = c->post_quantum,
		    .whole = c->handshakes,
		};
	case METRIC_LEGACY_SHARE:
		return sessions ? legacy_of(&lines[0]) : (struct measure){0};
	case METRIC_LEGACY_HANDSHAKE_SHARE:
		return legacy_of(&lines[1]);
	default:
		break;
	}
	if (metric >= METRIC_HANDSHAKE_SHARE)
		return share_of(&lines[1], (enum share)(metric - METRIC_HANDSHAKE_SHARE));
	return sessions ? share_of(&lines[0], (enum share)(metric - METRIC_SHARE))
			: (struct measure){0};
}

bool metric_is_told_by_sessions(enum metric metric, const struct flow_line *lines)
{
	return metric >= METRIC_HANDSHAKE_SHARE && metric <= METRIC_LEGACY_HANDSHAKE_SHARE &&
	       lines[0].basis != OF_HANDSHAKES && lines[0].parts.whole && !flow_lines_differ(lines);
}

const char *metric_whole(enum metric metric, const struct flow_line *lines)
{
	if (metric == METRIC_FAILURE_SHARE)
		return "handshakes_and_failures";
	if (metric >= METRIC_HANDSHAKE_SHARE)
		return "handshakes";
	return lines[0].basis == OF_MAIL ? "sessions_mail" : "sessions";
}

struct cell measure_cell(const struct measure *measure)
{
	if (!measure->known)
		return (struct cell){0};
	if (!measure->whole)
		return cell_as(COLUMN_COUNT, cell_count(measure->part));
	return cell_as(COLUMN_FRACTION, cell_share(measure->part, measure->whole));
}
