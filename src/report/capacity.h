/* SPDX-License-Identifier: ISC */
#pragma once

/* What view capacity counts.
 *
 * A row is a bucket of a line, which is a direction, and with --by host a host.  Unlike in other
 * views, mail servers, services and units are added up: whatever made a handshake, the machine had
 * the work, and minutes are not kept by any of them.  What all of a line has in common is told, and
 * sessions of different units, or what different mail servers call a delivery, are not added. */

#include "report/minutes.h"
#include "tls/work.h"

#define SEVERAL (-2) /* units or services; beside UNIT_NOT_ANY, there is none */

struct capacity_line {
	const char *host, *mta; /* mta: "" several */
	const char *carrier;	/* the mta of the sessions; NULL: none, "" several */
	enum direction direction;
	int service, unit, handshake_unit;
	int64_t handshakes, failures; /* in all of the period */
	size_t latest;		      /* row */
};

struct capacity_row {
	size_t line;
	int64_t bucket; /* 0: time not known */
	int64_t handshakes, failures, sessions;
	int64_t resumed, resumed_known;
	int64_t key_costs_known, exchange_costs_known, cost; /* of handshakes; nanoseconds */
	int64_t keys[WORK_KEYS], exchanges[WORK_EXCHANGES];
	bool busy_known;
	struct busy busy;
};

struct capacity {
	struct report *report;
	struct result *result;
	struct table *numbers; /* of hosts and directions: places in lines */
	struct buffer key;
	struct capacity_line *lines;
	struct capacity_row *rows;
	size_t line_count, row_count, row_room;
};

/* Adds the result with its rows (capacity_columns.c). */
void capacity_write(struct capacity *c);

/* The peaks of each line, one after another in time. */
void capacity_charts_add(const struct capacity *c);
