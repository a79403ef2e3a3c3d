#!/bin/sh
# SPDX-License-Identifier: ISC
#
# How sqlite means to run the queries of a report: a bounded period must never read all counters.

set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

plan() { # QUERY: its plan, without numbers
	{
		cat sql/schema/*.sql
		printf '.parameter init\n.parameter set ?1 1\n.parameter set ?2 2\n'
		echo 'EXPLAIN QUERY PLAN'
		cat "sql/query/$1.sql"
	} >"$work/in"
	sqlite3 -batch "$work/$1.db" <"$work/in" 2>&1 | grep -v '^QUERY PLAN' | sed 's/^[ |`-]*//'
}

test=0
echo 1..8

is() { # QUERY PLAN
	test=$((test + 1))
	plan "$1" >"$work/plan"
	if [ "$(cat "$work/plan")" = "$2" ]; then
		echo "ok $test - $1"
	else
		echo "not ok $test - $1"
		sed 's/^/# /' "$work/plan"
	fi
}

is counts-total 'SEARCH count USING PRIMARY KEY (hour>? AND hour<?)
USE TEMP B-TREE FOR GROUP BY'
is counts-hourly 'SEARCH count USING PRIMARY KEY (hour>? AND hour<?)'
is span 'SCAN CONSTANT ROW
SCALAR SUBQUERY 1
SEARCH count USING PRIMARY KEY (hour>?)
SCALAR SUBQUERY 2
SEARCH count USING PRIMARY KEY (hour>?)'
is dictionary 'SCAN tuple USING COVERING INDEX sqlite_autoindex_tuple_1'
is coverage 'MERGE (UNION ALL)
LEFT
SCAN o
SEARCH s USING INTEGER PRIMARY KEY (rowid=?)
SEARCH v USING PRIMARY KEY (origin=? AND hour>? AND hour<?)
USE TEMP B-TREE FOR ORDER BY
RIGHT
SCAN s USING INDEX sqlite_autoindex_source_1
CORRELATED SCALAR SUBQUERY 2
SEARCH o USING COVERING INDEX sqlite_autoindex_origin_1 (source=?)
SEARCH v USING PRIMARY KEY (origin=? AND hour>? AND hour<?)'
is peers 'SEARCH peer_day USING INDEX sqlite_autoindex_peer_day_1 (day>? AND day<?)'
is reasons 'SEARCH reason_day USING INDEX sqlite_autoindex_reason_day_1 (day>? AND day<?)'
is minutes 'SEARCH m USING PRIMARY KEY (minute>? AND minute<?)
SEARCH p USING INTEGER PRIMARY KEY (rowid=?)
USE TEMP B-TREE FOR RIGHT PART OF ORDER BY'
