#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Reports of a store that a busy host has filled for years, 200 combinations an hour, and its size.
# What it holds is compared with what was put in.

# shellcheck source=tests/bench/harness.sh
. tests/bench/harness.sh

now=$(date +%s)

# best_of_three COMMAND...: $milliseconds
best_of_three() {
	: >"$dir/times"
	for _ in 1 2 3; do
		begin=$(date +%s%N)
		"$@" >/dev/null
		echo $((($(date +%s%N) - begin) / 1000000)) >>"$dir/times"
	done
	milliseconds=$(sort -n "$dir/times" | head -n 1)
}

for years in 1 5; do
	old=$dir/$years-years.db
	rm -f "$old" "$old-wal" "$old-shm"
	put=$("$build/tests/old-store" "$old" "$years" "$now")
	held=$(sqlite3 "$old" 'SELECT sum(n) FROM counters')
	if [ "$put" -ne "$held" ]; then
		say "a store of $years years holds $held of $put facts"
		exit 1
	fi
	"$build/mailtls-store" --store="$old" check >/dev/null
	figure "store of $years year$([ "$years" -eq 1 ] || echo s)" MB \
		"$(stat -c %s "$old" | awk '{ printf "%.1f", $1 / 1e6 }')"
done

# The slowest view of each period.
for since in 7d 1y 5y; do
	: >"$dir/slowest"
	for view in summary protocols ciphers groups if-disabled compliance coverage trend; do
		best_of_three "$build/mailtls-report" --store="$old" --since="$since" --view="$view"
		echo "$milliseconds $view" >>"$dir/slowest"
	done
	sort -n "$dir/slowest" >"$dir/sorted"
	figure "--since $since of 5 years" ms "$(tail -n 1 "$dir/sorted" | cut -d ' ' -f 1)" \
		"$(awk '{ printf "%s%s %d", (NR > 1 ? ", " : ""), $2, $1 }' "$dir/sorted")"
done
rm "$dir"/?-years.db*
