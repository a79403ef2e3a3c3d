#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The benchmark: mailtls against what people use today, as ratios on one corpus in one run.
#
# Every mailtls run is checked against the corpus's true counts; a wrong count ends the benchmark
# with status 1, as a fast wrong answer is none.  Nothing is installed (`make deps-bench` lists what
# is compared with); a tool that is missing is a row that says so.
#
#   BENCH_BYTES   size of the corpus, default 1000000000
#   BENCH_MODE    mixed (default), postfix-rfc3339, exim, dovecot or hosts
#   BENCH_PAIRS   pairs of runs a row, default 7
#   BENCH_DIR     where corpus and results go, default $TMPDIR/mailtls-bench or $BUILD/bench

set -eu
export LC_ALL=C TZ=UTC

build=${BUILD:-build}
bytes=${BENCH_BYTES:-1000000000}
mode=${BENCH_MODE:-mixed}
pairs=${BENCH_PAIRS:-7}
dir=${BENCH_DIR:-${TMPDIR:+$TMPDIR/mailtls-bench}}
dir=${dir:-$build/bench}
here=$(dirname "$0")

log=$dir/$mode-$bytes.log
truth=$dir/$mode-$bytes.tsv
counted=$dir/counted.csv
store=$dir/bench.db
results=$dir/results.csv

report="$build/mailtls-report --format csv --view ciphers --raw"

mkdir -p "$dir"

have() {
	command -v "$1" >/dev/null 2>&1
}

# make_once FILE COMMAND: a compressed copy is made once and kept.
make_once() {
	[ -s "$1" ] || { sh -c "$2" >"$1.new" && mv "$1.new" "$1"; }
}

# row NAME FLOOR GOAL PREPARE CHECK A B: one comparison, one line of the table, one of results.csv.
# FLOOR and GOAL are the project's targets for that ratio, for reading beside it; nothing fails here
# because something is slow.
row() {
	result=$("$build/tests/compare" -n "$pairs" -p "$4" -c "$5" "$6" "$7")
	printf '%s\n' "$result" | awk -F '\t' -v name="$1" -v floor="$2" -v goal="$3" -v csv="$results" '{
		printf "%-44s %8.3f %8.3f  %6.2f %6.2f %6.2f %6.2f %6s %6s %8d\n",
		    name, $1, $2, $3, $4, $5, $6, floor, goal, $7
		printf "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n",
		    name, $1, $2, $3, $4, $5, $6, floor, goal, $7 >>csv
	}'
}

skip() {
	printf '%-44s skipped: %s is not installed\n' "$1" "$2"
}

right="awk -f $here/check-counts.awk $truth $counted >&2"

# one_liner_on FILE: the BetterCrypto guide's command, to be run by compare.
one_liner_on() {
	sed "s|LOG|$1|" <<-'END'
		zegrep "TLS connection established from.*with cipher" LOG | awk '{printf("%s %s %s %s\n", $12, $13, $14, $15)}' | sort | uniq -c | sort -n >/dev/null
	END
}

if [ ! -s "$log" ] || [ ! -s "$truth" ]; then
	"$build/tests/corpus" --mode "$mode" --bytes "$bytes" --out "$log" --truth "$truth"
fi
cat "$log" >/dev/null # into the page cache

awk -F '\t' -v log_file="$log" '
	NR > 1 { n[$2] += $7 }
	END { printf "%s: %d handshakes, %d sessions, %d failures\n\n",
	    log_file, n["handshake"], n["session"], n["failure"] }' "$truth"
printf '%-44s %8s %8s  %6s %6s %6s %6s %6s %6s %8s\n' 'A / B' 'A s' 'B s' \
	min median max cpu floor goal 'RSS KiB'
echo 'comparison,a_seconds,b_seconds,ratio_min,ratio_median,ratio_max,cpu_ratio_median,floor,goal,rss_kib' \
	>"$results"

plain="$report $log >$counted"
import="$build/mailtls-import --quiet --store $store $log"
fresh="rm -f $store $store-wal $store-shm"
imported="$report --store $store --since 2000-01-01 >$counted && $right"

row 'report / wc -l' 4 2.5 : "$right" "$plain" "wc -l $log >/dev/null"
row 'import / wc -l' 4 2.5 "$fresh" "$imported" "$import" "wc -l $log >/dev/null"
row 'report / one-liner' 1.0 0.75 : "$right" "$plain" "$(one_liner_on "$log")"
row 'import / one-liner' 1.0 0.75 "$fresh" "$imported" "$import" "$(one_liner_on "$log")"

if have rg && have mawk; then
	row 'report / rg | mawk (target is of CPU time)' 1.0 0.7 : "$right" "$plain" \
		"rg -N ' with cipher ' $log | mawk '{ n[\$12 \" \" \$15]++ } END { for (k in n) print n[k], k }' >/dev/null"
else
	skip 'report / rg | mawk' 'rg or mawk'
fi
if have perl; then
	row 'report / Perl counter' 0.5 0.33 : "$right" "$plain" "perl $here/count.pl $log >/dev/null"
else
	skip 'report / Perl counter' perl
fi

# compressed NAME SUFFIX PACK UNPACK FLOOR GOAL
compressed() {
	if ! have "${4%% *}" || ! have "${3%% *}"; then
		skip "$1" "${4%% *}"
		return
	fi
	make_once "$log.$2" "$3 <$log"
	cat "$log.$2" >/dev/null
	row "$1" "$5" "$6" : "$right" "$report $log.$2 >$counted" "$4 $log.$2 >/dev/null"
}

compressed 'report .gz / igzip -dc' gz 'gzip -c' 'igzip -dc' 1.35 1.2
if [ -s "$log.gz" ]; then
	row 'report .gz / one-liner .gz' 0.6 0.45 : "$right" "$report $log.gz >$counted" \
		"$(one_liner_on "$log.gz")"
fi
compressed 'report .zst / zstd -dc' zst 'zstd -qc' 'zstd -qdc' 1.6 1.3
compressed 'report .xz / xz -dc' xz 'xz -1c' 'xz -dc' 1.1 1.05

printf '\nEvery count of every run equals the true counts.  Ratios as CSV: %s\n' "$results"
