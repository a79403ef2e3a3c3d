#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Writes, truncations and syncs of the store fail, each once (input/output error, full disk, half a
# write), and the import is killed at them: what the store says then is what the log holds up to its
# position, and the next import makes it whole.  At every fifth; MAILTLS_FAULT_EVERY=1: at each.

set -u

build=$PWD/${BUILD:-build}
unset MAILTLS_STORE
export TZ=UTC
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A sanitizer must be the first library; it is told that this is meant.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"
kinds='eio enospc short kill'
every=${MAILTLS_FAULT_EVERY:-5}
! grep -q __asan_init "$build/mailtls-import" || every=31

import() { # STORE FAULT AT [COUNT]
	FAULT_FILE="$work/$1" FAULT=$2 FAULT_AT=$3 FAULT_COUNT=${4:-1} FAULT_TOTAL="$work/total" \
		LD_PRELOAD="$build/tests/disk.so" "$build/mailtls-import" --quiet --peers=all \
		--patterns="$work/patterns" --commit-bytes=20000 --store="$work/$1" "$work/mail.log" \
		>"$work/out" 2>&1
}

counts() {
	sqlite3 "$work/$1" 'SELECT hour_utc, protocol, cipher, sum(n) FROM handshake
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3; SELECT lines, bytes FROM source;
		SELECT offset FROM stream; SELECT sum(handshakes) FROM peer_day;
		SELECT sum(handshakes) FROM minute'
}

# The store's own account of how far it came, against the log up to there.
agrees() {
	[ -s "$work/$1" ] || return 0
	offset=$(sqlite3 "$work/$1" 'SELECT coalesce(max(offset), 0) FROM stream' 2>/dev/null)
	counted=$(sqlite3 "$work/$1" 'SELECT coalesce(sum(n), 0) FROM count' 2>/dev/null)
	[ "${counted:-0}" = "$(head -c "${offset:-0}" "$work/mail.log" |
		grep -c 'TLS connection established')" ]
}

echo 1..6
# One file is enough, and loads in no time.
mkdir "$work/patterns"
cp patterns/postfix.yaml patterns/reasons.yaml "$work/patterns"
awk -v from=0 -v lines=800 -f tests/scenario/postfix.awk >"$work/mail.log"
make -s BUILD="$build" "$build/tests/disk.so" >"$work/out" 2>&1 && import whole.db none 0
r=$?
total=$(cat "$work/total")
if [ $r -ne 0 ] || [ "$total" -lt 20 ]; then
	echo "not ok 1 - an import that nothing disturbs"
	sed 's/^/# /' "$work/out"
	exit 1
fi
echo "ok 1 - an import that nothing disturbs"
echo "# $total operations"
counts whole.db >"$work/whole"

test=1
for kind in $kinds; do
	test=$((test + 1)) wrong='' at=1 failed=0
	while [ $at -le "$total" ]; do
		rm -f "$work"/s.db*
		import s.db "$kind" $at
		r=$?
		[ $r -eq 0 ] || failed=$((failed + 1))
		if [ "$kind" != kill ] && [ $r -gt 1 ]; then
			wrong="$at: exit $r: $(head -n 3 "$work/out")"
			break
		fi
		# What failed and was retried or made up for is whole; what was not told is a lie.
		agrees s.db || wrong="$at: the counts are not those of the position"
		if ! import s.db none 0; then
			wrong="$at: the next import fails: $(head -n 3 "$work/out")"
			break
		fi
		counts s.db >"$work/now"
		cmp -s "$work/whole" "$work/now" || wrong="$at: the counts are not those of the log"
		[ -z "$wrong" ] || break
		at=$((at + every))
	done
	# What is written short is mostly made up for at once.
	if [ -z "$wrong" ] && { [ $failed -gt 0 ] || [ "$kind" = short ]; }; then
		echo "ok $test - $kind at each of them"
	else
		echo "not ok $test - $kind at each of them"
		printf '%s\n' "$wrong" | sed 's/^/# /'
	fi
	echo "# $failed imports ended early"
done

rm -f "$work"/s.db*
import s.db eio $((total / 2)) 1000000
[ $? -eq 1 ] && grep -q 'nothing of this batch was counted\|cannot\|error' "$work/out" && r='ok' || r='not ok'
echo "$r 6 - a disk that stays broken is told, with exit 1"
sed 's/^/# /' "$work/out"
