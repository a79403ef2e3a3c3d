# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# shellcheck disable=SC2034 # the parts use them
#
# For the parts of the benchmark, tests/bench/part/*.sh, which run.sh runs: corpora, comparisons,
# figures.  To be sourced from the top of the tree.
#
# Every answer of mailtls is compared with the true counts of its corpus; a wrong one ends the
# benchmark, as a fast wrong answer is none.  Every row becomes a line of $results, which table.awk
# prints beside the targets; nothing fails because something is slow.

set -eu
export LC_ALL=C TZ=UTC MAILTLS_CONFIG=/dev/null MAILTLS_PATTERNS="$PWD/patterns" \
	MAILTLS_POLICIES="$PWD/policies"
unset MAILTLS_STORE MAILTLS_NO_JIT

build=${BUILD:-build}
megabytes=${BENCH_MB:-100}
pairs=${BENCH_PAIRS:-5}
dir=${BENCH_DIR:-$build/bench}
bench=tests/bench
results=$dir/results.tsv
counted=$dir/counted.csv
store=$dir/store.db

have() {
	command -v "$1" >/dev/null 2>&1
}

say() {
	echo "bench: $*" >&2
}

# corpus MODE MEGABYTES: $log and $truth.  Kept for the next time, unless the generator is newer.
corpus() {
	log=$dir/$1-$2.log truth=$dir/$1-$2.tsv
	if [ -z "$(find "$truth" -newer "$build/tests/corpus" 2>/dev/null)" ]; then
		"$build/tests/corpus" --mode "$1" --bytes "${2}000000" --out "$log" --truth "$truth"
		rm -rf "$log".*
	fi
	cat "$log" >/dev/null # into the page cache
}

# note ROW UNIT VALUE LEAST MOST CPU A B MEMORY NOTE: a line of $results.
note() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$results"
}

# ratio ROW A B [OPTION...]: elapsed time of A against B, two commands, in turns.  Options are
# those of compare.
ratio() {
	say "$1"
	ratio_row=$1 ratio_a=$2 ratio_b=$3
	shift 3
	"$build/tests/compare" -n "$pairs" "$@" "$ratio_a" "$ratio_b" >"$dir/compared"
	IFS='	' read -r a b least median most cpu memory <"$dir/compared"
	note "$ratio_row" x "$median" "$least" "$most" "$cpu" "$a" "$b" "$memory" '' >>"$results"
}

# right_ratio ROW A B [OPTION...]: the same, where A writes a report of $log to $counted.
right_ratio() {
	right_row=$1 right_a=$2 right_b=$3
	shift 3
	ratio "$right_row" "$right_a" "$right_b" -c "awk -f $bench/check-counts.awk $truth $counted >&2" "$@"
}

# figure ROW UNIT VALUE [NOTE]
figure() {
	say "$1: $3 $2"
	note "$1" "$2" "$3" '' '' '' '' '' '' "${4:-}" >>"$results"
}

# unmeasured ROW WHY: a row that cannot be measured says so.
unmeasured() {
	say "$1: $2"
	note "$1" - '' '' '' '' '' '' '' "not measured: $2"
}

missing() { # ROW PROGRAM
	unmeasured "$1" "$2 is not installed"
}

# all_right REPORT...: handshakes, sessions and failures of $log; REPORT without its view.
all_right() {
	for view in ciphers protocols failures; do
		"$@" --format csv --raw --view $view >"$dir/$view.csv" 2>"$dir/errors" || {
			cat "$dir/errors" >&2
			exit 1
		}
	done
	awk -f $bench/check-counts.awk "$truth" "$dir/ciphers.csv" "$dir/protocols.csv" \
		"$dir/failures.csv" >&2
}

# The command of the BetterCrypto guide.
one_liner_on() { # FILE
	cat <<-END
		zegrep "TLS connection established from.*with cipher" $1 | awk '{printf("%s %s %s %s\n", \$12, \$13, \$14, \$15)}' | sort | uniq -c | sort -n
	END
}

ciphers='--format csv --view ciphers --raw'
report="$build/mailtls-report $ciphers"
to_counted=">$counted 2>$dir/errors"
