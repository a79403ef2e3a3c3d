#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A mailtlsd that is killed at random while its log is written, rotated and packed at random counts
# each line once (daemon/random.py).  MAILTLS_KILLS: how many kills; MAILTLS_SEED: the first seed, of
# which each run prints its own.

set -u

if [ -n "${MAILTLS_BARE:-}" ]; then
	echo '1..0 # SKIP needs a machine, not a root folder'
	exit 0
fi

build=${BUILD:-build}
kills=${MAILTLS_KILLS:-40}
seed=${MAILTLS_SEED:-$(date +%s)}
each=10
runs=$(((kills + each - 1) / each))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAILTLS_STORE

echo "1..$runs"
# Most of a run is waiting, so some go side by side.
run=0
while [ $run -lt $runs ]; do
	pids='' first=$run
	while [ $run -lt $runs ] && [ $((run - first)) -lt "${MAILTLS_SIDE_BY_SIDE:-4}" ]; do
		# Every fourth follows journals.
		[ $((run % 4)) -eq 3 ] && [ -x /lib/systemd/systemd-journal-remote ] &&
			kind=journal || kind=''
		python3 tests/scenario/daemon/random.py "$build/mailtlsd" patterns $((seed + run)) \
			$each ${kind:+"$kind"} >"$work/$run" 2>&1 &
		pids="$pids $!"
		run=$((run + 1))
	done
	number=$first
	for pid in $pids; do
		wait "$pid" && r='ok' || r='not ok'
		number=$((number + 1))
		echo "$r $number - seed $((seed + number - 1))"
		sed 's/^[^#]/# &/' "$work/$((number - 1))"
	done
done
