#!/bin/sh
# SPDX-License-Identifier: ISC
#
# How long reports of an old store take, and how large it is: 200 combinations an hour, for one and
# for five years.  Counts are compared with what was put in; a fast wrong answer is none.

set -eu

build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
now=$(date +%s)
export TZ=UTC MAILTLS_CONFIG=/dev/null MAILTLS_PATTERNS="$PWD/patterns" \
	MAILTLS_POLICIES="$PWD/policies"

seconds() { # COMMAND...: the best of three
	for _ in 1 2 3; do
		begin=$(date +%s%N)
		"$@" >"$work/out"
		echo $(($(date +%s%N) - begin))
	done | sort -n | awk 'NR == 1 { printf "%.3f", $1 / 1e9 }'
}

for years in 1 5; do
	store=$work/$years.db
	put=$("$build/tests/old-store" "$store" "$years" "$now")
	got=$(sqlite3 "$store" 'SELECT sum(n) FROM counters')
	if [ "$put" -ne "$got" ]; then
		echo "store of $years years: put in $put, holds $got" >&2
		exit 1
	fi
	"$build/mailtls-store" --store="$store" check >/dev/null
	echo "store of $years years: $(stat -c %s "$store" | awk '{ printf "%.1f", $1 / 1e6 }') MB"
	for since in 7d 1y 5y; do
		for view in summary ciphers protocols groups coverage; do
			echo "--since $since --view $view: $(seconds "$build/mailtls-report" \
				--store="$store" --since="$since" --view="$view") s"
		done
		echo "--since $since trend by day: $(seconds "$build/mailtls-report" \
			--store="$store" --since="$since" --view=protocols --bucket=day) s"
	done
done
