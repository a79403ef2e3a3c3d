#!/bin/sh
# SPDX-License-Identifier: ISC
#
# usage: quick.sh [--update]
#
# What the way of a line costs, in instructions, which no other load on the machine disturbs: whole
# runs of the programs on small corpora under valgrind, less what they cost on an empty log, for
# each byte of the log; and what starting costs, for each byte of the pattern files.  Held to
# tests/bench/instructions.tsv: more than a tenth above it fails, and so does a wrong count.
# --update writes that file anew, for a change that made things cheaper or is worth its cost.
#
# valgrind shows every program the same processor, so wherever the machine has AVX2 the C library
# and PCRE2 take the same ways.  What is left is how their packages and ours were built: the file
# names those that it was made with, of Debian 12.

set -eu
export LC_ALL=C TZ=UTC MAILTLS_CONFIG=/dev/null MAILTLS_PATTERNS="$PWD/patterns" \
	MAILTLS_POLICIES="$PWD/policies"
unset MAILTLS_STORE MAILTLS_NO_JIT

build=${BUILD:-build}
baseline=tests/bench/instructions.tsv
corpus_bytes=1000000
tolerated=1.10

if ! command -v valgrind >/dev/null; then
	echo 'valgrind is not installed: make deps-check' >&2
	exit 1
fi
if ! grep -qw avx2 /proc/cpuinfo; then
	echo 'bench-quick: SKIPPED: the counts are those of a processor with AVX2'
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/rows"
: >"$work/empty.log"
number=0 running=''

# count NAME LESS CORPUS COMMAND...: the command's instructions, with LOG in it for the corpus and
# STORE for one of its own.  LESS names the row that tells what starting costs, - for such a row.
count() {
	number=$((number + 1))
	if [ "$2" = - ]; then
		bytes=$(cat patterns/*.yaml | wc -c)
	else
		bytes=$(wc -c <"$work/$3.log")
	fi
	printf '%s\t%s\t%d\t%d\n' "$1" "$2" "$number" "$bytes" >>"$work/rows"
	log=$work/$3.log truth=$work/$3.tsv out=$work/$number
	shift 3
	# shellcheck disable=SC2046 # none of the words has spaces
	set -- $(echo "$@" | sed "s|LOG|$log|; s|STORE|$out.db|")
	run_counted "$@" &
	running="$running $!"
	[ $((number % 2)) -eq 1 ] || wait_for_all
}

run_counted() { # [VARIABLE=VALUE] COMMAND...
	case $1 in *=*)
		export "${1?}"
		shift
		;;
	esac
	# Counts what callgrind counts, in half the time.
	if ! valgrind --tool=cachegrind --cache-sim=no --vex-iropt-level=1 --vex-guest-chase=no \
		--cachegrind-out-file="$out.cachegrind" "$@" >"$out.csv" 2>"$out.err"; then
		cat "$out.err" >&2
		return 1
	fi
	sed -n 's/^summary: //p' "$out.cachegrind" >"$out.total"
	[ -s "$out.total" ]
	[ -s "$truth" ] || return 0
	[ ! -e "$out.db" ] ||
		"$build/mailtls-report" --format csv --view ciphers --raw --store "$out.db" \
			--since 2000-01-01 >"$out.csv"
	awk -f tests/bench/check-counts.awk "$truth" "$out.csv" >&2
}

wait_for_all() {
	for pid in $running; do
		wait "$pid"
	done
	running=''
}

report="$build/mailtls-report --format csv --view ciphers --raw LOG"
portable="$build/tests/mailtls-report-portable ${report#* }"
interpreter="MAILTLS_NO_JIT=1 $report"
summary="$build/mailtls-report LOG"
import="$build/mailtls-import --quiet --store STORE LOG"
of_these_days="$build/mailtls-import --quiet --config tests/bench/keep.yaml --store STORE LOG"

modes='mixed postfix-rfc3339 exim hosts quiet hostile'
for mode in $modes; do
	"$build/tests/corpus" --mode "$mode" --bytes $corpus_bytes --out "$work/$mode.log" \
		--truth "$work/$mode.tsv" 2>/dev/null
done
ln "$work/mixed.log" "$work/untold.log" # whose counts are not compared
start='start of a report'
count "$start" - empty "$report"
count "$start, the interpreter" - empty "$interpreter"
count "$start, the portable scan" - empty "$portable"
count 'start of a summary' - empty "$summary"
count 'start of an import' - empty "$import"
for mode in $modes; do
	count "$mode" "$start" "$mode" "$report"
done
count 'mixed, the interpreter' "$start, the interpreter" mixed "$interpreter"
count 'mixed, the portable scan' "$start, the portable scan" mixed "$portable"
count 'mixed, the summary' 'start of a summary' untold "$summary"
count 'mixed, an import' 'start of an import' mixed "$import"
count 'mixed, an import of these days' 'start of an import' mixed "$of_these_days"
wait_for_all

# What each byte costs.
{
	echo '# Instructions a byte, counted and written by: make bench-quick UPDATE=1'
	dpkg-query -W -f '# ${Package} ${Version}\n' libc6 libpcre2-8-0 libsqlite3-0 libyaml-0-2 valgrind 2>/dev/null || :
	echo "# $(${CC:-cc} --version | head -n 1)"
	while IFS='	' read -r name less number bytes; do
		total=$(cat "$work/$number.total")
		printf '%s\t%s\t%d\t%d\n' "$name" "$less" "$total" "$bytes"
	done <"$work/rows" | awk -F '\t' '
		{ total[$1] = $3; printf "%s\t%.2f\n", $1, ($3 - total[$2]) / $4 }'
} >"$work/now.tsv"
grep '^#' "$work/now.tsv" >"$work/versions"

if [ "${1:-}" = --update ]; then
	cp "$work/now.tsv" "$baseline"
	echo "$baseline is written"
fi
awk -F '\t' -v tolerated=$tolerated '
	NR == 1 { printf "%-40s %10s %10s %8s\n", "instructions a byte", "held to", "now", "change" }
	/^#/ { next }
	FNR == NR { held[$1] = $2; next }
	!($1 in held) { printf "%-40s %10s %10.2f   not in the file\n", $1, "-", $2; failed = 1; next }
	{
		worse = $2 > held[$1] * tolerated
		printf "%-40s %10.2f %10.2f %+7.1f%%%s\n", $1, held[$1], $2,
		    100 * ($2 / held[$1] - 1), worse ? "  TOO MUCH" : ""
		failed = failed || worse
		delete held[$1]
	}
	END {
		for (name in held) {
			printf "%-40s %10.2f   is not measured\n", name, held[name]
			failed = 1
		}
		exit failed
	}' "$baseline" "$work/now.tsv" && exit 0

cat >&2 <<-END
	A row costs more than a tenth above $baseline, or is missing.
	If the change is worth that: make bench-quick UPDATE=1, and commit the file with it.
END
grep '^#' "$baseline" | diff - "$work/versions" >"$work/differ" || {
	echo 'It was made with other packages (<) than these (>):' >&2
	cat "$work/differ" >&2
}
exit 1
