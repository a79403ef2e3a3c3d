# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# mailtls against `wc -l`, which has to look at every byte and no more.

corpus mixed "$megabytes"
mixed=$log
wc_mixed="wc -l $mixed >/dev/null"
handshakes="--patterns $bench/handshakes"
fresh="rm -f $store $store-wal $store-shm"
stored="$report --store $store --since 2000-01-01 >$counted"
stored_right="$stored && awk -f $bench/check-counts.awk $truth $counted >&2"

all_right "$build/mailtls-report" "$log"
right_ratio 'report, handshakes only / wc -l' "$report $handshakes $log $to_counted" "$wc_mixed"
ratio 'import, handshakes only / wc -l' \
	"$build/mailtls-import --quiet $handshakes --store $store $log" "$wc_mixed" \
	-p "$fresh" -c "$stored_right"
right_ratio 'report / wc -l' "$report $log $to_counted" "$wc_mixed"
ratio 'import / wc -l' "$build/mailtls-import --quiet --store $store $log" "$wc_mixed" \
	-p "$fresh" -c "$stored_right"
all_right "$build/mailtls-report" --store "$store" --since 2000-01-01
figure 'peak memory of an import' MiB "$(awk '{ printf "%.1f", $NF / 1024 }' "$dir/compared")"

right_ratio 'report, interpreter / JIT' "MAILTLS_NO_JIT=1 $report $log $to_counted" \
	"$report $log >/dev/null"
right_ratio 'report, portable scan / wc -l' \
	"$build/tests/mailtls-report-portable $ciphers $log $to_counted" "$wc_mixed"

# Logs that are not like the first.
for mode in postfix-rfc3339 exim hosts quiet hostile; do
	corpus $mode "$megabytes"
	all_right "$build/mailtls-report" "$log"
	right_ratio "$mode: report / wc -l" "$report $log $to_counted" "wc -l $log >/dev/null"
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
rm -r "$dir/files"
