/* SPDX-License-Identifier: ISC */
#pragma once

/* Conditions that a monitoring asks for: METRIC OP VALUE, as of --fail-if.
 *
 * A share is a part of all that the filters let through, is written with a percent sign, and has
 * unknown in what it is a part of.  One of sessions leaves out those that carried nothing.  A
 * metric of which there is no data fails the check, and never passes it. */

#include "base/buffer.h"
#include "report/view.h"

enum alarm_metric {
	ALARM_LEGACY_SHARE, /* below TLSv1.2: of encrypted and clear sessions, else of handshakes */
	ALARM_PLAINTEXT_SHARE,
	ALARM_PLAINTEXT_SHARE_IN,
	ALARM_PLAINTEXT_SHARE_OUT,
	ALARM_NONCOMPLIANT_SHARE, /* of handshakes, by the first policy; unknown is compliant to
				     none */
	ALARM_FAILURES,
	ALARM_NEAR_MISS,
	ALARM_GAPS,
	ALARM_GAP_SECONDS,
	ALARM_SILENT_SECONDS,	/* since the last event */
	ALARM_NEW_LEGACY_PEERS, /* with a protocol below TLSv1.2, and never so before the period */
	ALARM_METRIC_MAX,
};

enum alarm_operator {
	ALARM_ABOVE,
	ALARM_AT_LEAST,
	ALARM_BELOW,
	ALARM_AT_MOST,
	ALARM_EQUAL,
	ALARM_NOT
};

struct alarm {
	enum alarm_metric metric;
	enum alarm_operator operator;
	double value;	  /* a share as a fraction */
	const char *text; /* as it was given; borrowed */
};

/* -EINVAL with a sentence that says what would do. */
int alarm_parse(const char *text, struct alarm *ret, struct diag *d);

/* 1: it holds, or cannot be told; a sentence that says which is appended.  0: it does not hold. */
int alarm_judge(
    struct report *report, const struct alarm *alarm, struct buffer *why, struct diag *d);
