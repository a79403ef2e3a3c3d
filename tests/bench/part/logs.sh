#!/bin/sh
# SPDX-License-Identifier: ISC
#
# mailtls against `wc -l`, which has to look at every byte and no more.

# shellcheck source=tests/bench/harness.sh
. tests/bench/harness.sh

corpus mixed "$megabytes"
mixed=$log
wc_mixed="wc -l $mixed >/dev/null"
handshakes="--patterns $bench/handshakes"
fresh="rm -f $store $store-wal $store-shm"
stored="$report --store $store --since 2000-01-01 $to_counted"

# import_row ROW LOGS [OPTIONS]: an import of the corpus into a new store.
import_row() {
	ratio "$1" "$build/mailtls-import --quiet ${3:-} --store $store $2" "wc -l $2 >/dev/null" \
		-p "$fresh" -c "$stored && awk -f $bench/check-counts.awk $truth $counted >&2"
}

# What it takes, of the row before; small whatever the log's size.
memory_of() {
	figure "peak memory of an import$1" MiB "$(awk '{ printf "%.1f", $NF / 1024 }' "$dir/compared")"
}

all_right "$build/mailtls-report" "$log"
right_ratio 'report, handshakes only / wc -l' "$report $handshakes $log $to_counted" "$wc_mixed"
import_row 'import, handshakes only / wc -l' "$log" "$handshakes"
right_ratio 'report / wc -l' "$report $log $to_counted" "$wc_mixed"
import_row 'import / wc -l' "$log"
memory_of ''
import_row 'import, of these days / wc -l' "$log" "--config $bench/keep.yaml"
memory_of ' (of these days)'
all_right "$build/mailtls-report" --store "$store" --since 2000-01-01

ratio 'report, summary / wc -l' "$build/mailtls-report $log >/dev/null" "$wc_mixed"

right_ratio 'report, interpreter / JIT' "MAILTLS_NO_JIT=1 $report $log $to_counted" \
	"$report $log >/dev/null"
right_ratio 'report, portable scan / wc -l' \
	"$build/tests/mailtls-report-portable $ciphers $log $to_counted" "$wc_mixed"

# Logs that are not like the first.
for mode in postfix-rfc3339 exim hosts quiet hostile; do
	corpus $mode "$megabytes"
	all_right "$build/mailtls-report" "$log"
	right_ratio "$mode: report / wc -l" "$report $log $to_counted" "wc -l $log >/dev/null"
	import_row "$mode: import / wc -l" "$log"
	memory_of " ($mode)"
	rm "$log" "$truth"
done

# The same bytes as the first, in files of 200 KB.
corpus mixed "$megabytes"
rm -rf "$dir/files"
mkdir "$dir/files"
split -a 5 -C 200k "$log" "$dir/files/mail."
all_right "$build/mailtls-report" "$dir"/files/mail.*
right_ratio 'many files: report / wc -l' "$report $dir/files/mail.* $to_counted" \
	"wc -l $dir/files/mail.* >/dev/null"
import_row 'many files: import / wc -l' "$dir/files/mail.*"
memory_of ' (many files)'
rm -r "$dir/files"
