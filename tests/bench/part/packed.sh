#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Compressed logs, against what only unpacks them.

# shellcheck source=tests/bench/harness.sh
. tests/bench/harness.sh

corpus mixed "$megabytes"

# packed SUFFIX PACK UNPACK: commands that read standard input.
packed() {
	for program in "${2%% *}" "${3%% *}"; do
		have "$program" || {
			missing "report .$1 / $3" "$program"
			return
		}
	done
	[ -s "$log.$1" ] || sh -c "$2 <$log >$log.$1.new && mv $log.$1.new $log.$1"
	all_right "$build/mailtls-report" "$log.$1"
	right_ratio "report .$1 / $3" "$report $log.$1 $to_counted" "$3 <$log.$1 >/dev/null"
}

packed gz 'gzip -c' 'igzip -dc'
if [ -s "$log.gz" ]; then
	right_ratio 'report .gz / gzip -dc' "$report $log.gz $to_counted" "gzip -dc $log.gz >/dev/null"
	right_ratio 'report .gz / one-liner .gz' "$report $log.gz $to_counted" \
		"$(one_liner_on "$log.gz") >/dev/null"
fi
packed zst 'zstd -qc' 'zstd -dc'
packed xz 'xz -1c' 'xz -dc'
packed bz2 'bzip2 -1c' 'bzip2 -dc'
