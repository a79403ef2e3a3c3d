#!/bin/sh
# SPDX-License-Identifier: ISC
#
# How sqlite means to run the queries of a report: a bounded period must never read all counters.

set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

plan() { # QUERY: its plan, without numbers
	{
		cat sql/schema/*.sql sql/view/*.sql
		printf '.parameter set ?%d 1\n' 1 2 3 4
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

is counts 'MERGE (UNION ALL)
LEFT
SEARCH count USING PRIMARY KEY (hour>? AND hour<?)
RIGHT
SEARCH count_day USING PRIMARY KEY (day>? AND day<?)'
is span 'SCAN CONSTANT ROW
SCALAR SUBQUERY 1
SEARCH count_day USING PRIMARY KEY (day>?)
SCALAR SUBQUERY 2
SEARCH count USING PRIMARY KEY (hour>?)
SCALAR SUBQUERY 3
SEARCH count USING PRIMARY KEY (hour>?)
SCALAR SUBQUERY 4
SEARCH count_day USING PRIMARY KEY (day>?)'
is dictionary 'SCAN tuple USING COVERING INDEX sqlite_autoindex_tuple_1'
is coverage 'MERGE (UNION ALL)
LEFT
CO-ROUTINE v
COMPOUND QUERY
LEFT-MOST SUBQUERY
SCAN o USING COVERING INDEX origin_host
SEARCH c USING PRIMARY KEY (origin=? AND hour>? AND hour<?)
UNION ALL
SCAN o USING COVERING INDEX origin_host
SEARCH c USING PRIMARY KEY (origin=? AND day>? AND day<?)
SCAN v
SEARCH o USING INTEGER PRIMARY KEY (rowid=?)
SEARCH s USING INTEGER PRIMARY KEY (rowid=?)
USE TEMP B-TREE FOR GROUP BY
CORRELATED SCALAR SUBQUERY 1
SEARCH g USING INDEX gap_source (source=?)
CORRELATED SCALAR SUBQUERY 2
SEARCH g USING INDEX gap_source (source=?)
USE TEMP B-TREE FOR ORDER BY
RIGHT
SCAN s USING INDEX sqlite_autoindex_source_1
CORRELATED SCALAR SUBQUERY 8
SEARCH o USING COVERING INDEX sqlite_autoindex_origin_1 (source=?)
SEARCH v USING PRIMARY KEY (origin=? AND hour>? AND hour<?)
CORRELATED SCALAR SUBQUERY 9
SEARCH o USING COVERING INDEX sqlite_autoindex_origin_1 (source=?)
SEARCH v USING PRIMARY KEY (origin=? AND day>? AND day<?)
CORRELATED SCALAR SUBQUERY 6
SEARCH g USING INDEX gap_source (source=?)
CORRELATED SCALAR SUBQUERY 7
SEARCH g USING INDEX gap_source (source=?)'
is peers 'SEARCH peer_day USING INDEX sqlite_autoindex_peer_day_1 (day>? AND day<?)'
is reasons 'SEARCH reason_day USING INDEX sqlite_autoindex_reason_day_1 (day>? AND day<?)'
is minutes 'SEARCH m USING PRIMARY KEY (minute>? AND minute<?)
SEARCH p USING INTEGER PRIMARY KEY (rowid=?)
USE TEMP B-TREE FOR RIGHT PART OF ORDER BY'
is silence 'CO-ROUTINE pauses
CO-ROUTINE (subquery-4)
MATERIALIZE spoke
SCAN s
SEARCH o USING COVERING INDEX sqlite_autoindex_origin_1 (source=?)
SEARCH c USING PRIMARY KEY (origin=? AND hour>?)
USE TEMP B-TREE FOR DISTINCT
SCAN spoke
USE TEMP B-TREE FOR ORDER BY
SCAN (subquery-4)
SCAN p
SEARCH s USING INTEGER PRIMARY KEY (rowid=?)
USE TEMP B-TREE FOR GROUP BY
USE TEMP B-TREE FOR ORDER BY'
