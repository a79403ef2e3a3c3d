#!/bin/sh
# SPDX-License-Identifier: ISC
#
# tests/layers.sh finds what it is there to find: each rule is broken once in a small tree.

set -u

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/base" "$scratch/report" "$scratch/store"

cat >"$scratch/base/string_util.c" <<-'END'
	#include "parse/fact.h"
	#include <zlib.h>
	#include <stdio.h>
	strcpy(to, from);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) < 0)
END
cat >"$scratch/report/chart.c" <<-'END'
	#include "store/query.h"
	#include "store/sqlite.h"
	# include <zlib.h>
END
cat >"$scratch/store/store.h" <<-'END'
	#include <sqlite3.h>
	/* not strcpy() */
	int log_sprintf(const char *text);
END
cat >"$scratch/expected" <<-'END'
	not ok 1 - each layer includes only what it may know
	# base/string_util.c includes parse/fact.h
	# report/chart.c includes store/sqlite.h
	not ok 2 - a library is known to one .c file
	# store/store.h shows sqlite3.h to whoever includes it
	# zlib.h is included by base/string_util.c report/chart.c
	not ok 3 - no call that copies or scans without a bound
	# base/string_util.c:4:strcpy(to, from);
	not ok 4 - SQL is run as text in store/sqlite.c alone
	# base/string_util.c:5:if (sqlite3_exec(db, text, NULL, NULL, NULL) < 0)
	not ok 5 - every file and folder has a noun
	# base/string_util.c
	1..5
END

echo 1..1
tests/layers.sh "$scratch" | sed "s|$scratch/||" >"$scratch/found"
# Files are found in any order.
sort "$scratch/expected" >"$scratch/expected.sorted"
if sort "$scratch/found" | diff "$scratch/expected.sorted" - >"$scratch/difference"; then
	echo 'ok 1 - every rule finds its breach, and nothing else'
else
	echo 'not ok 1 - every rule finds its breach, and nothing else'
	sed 's/^/# /' "$scratch/difference"
fi
