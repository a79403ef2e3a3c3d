#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The benchmark: mailtls against what people use today and against its targets, on logs of its own.
# Ratios of commands that ran in turns in this one run; absolute seconds say nothing of another day
# or machine.  Every count of every run is compared with the truth.  A program that is missing is a
# row that says so (`make deps-bench` installs them).
#
#   BENCH_MB      size of a log in MB, default 100; the targets are meant for 1000
#   BENCH_PAIRS   pairs of runs a row, default 5
#   BENCH_PARTS   of tests/bench/part/, default all: logs start peers packed journal daemon store
#   BENCH_IDLE    seconds for which an idle daemon is watched, default 60
#   BENCH_DIR     where logs and results go, default $BUILD/bench

# shellcheck source=tests/bench/harness.sh
. tests/bench/harness.sh

mkdir -p "$dir"
: >"$results"
for part in ${BENCH_PARTS:-logs start peers packed journal daemon store}; do
	"$bench/part/$part.sh"
done

printf '\n%s MB a log, %s pairs a row, %s cores of %s\n\n' "$megabytes" "$pairs" "$(nproc)" \
	"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
awk -v csv="$dir/results.csv" -v markdown="$dir/results.md" -f $bench/table.awk $bench/targets.tsv "$results"
echo "Every count of mailtls in every run was the true one."
echo "All figures: $dir/results.csv; README's table: $dir/results.md"
