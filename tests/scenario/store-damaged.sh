#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A store with one wrong byte, at this place or that one: no program crashes, none takes it away or
# makes it anew, and what is refused is said.  MAILTLS_PLACES: how many.

set -u

build=${BUILD:-build}
places=${MAILTLS_PLACES:-16}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAILTLS_STORE

mkdir "$work/one"
cp patterns/postfix.yaml patterns/reasons.yaml "$work/one"
awk -v from=0 -v lines=400 -f tests/scenario/postfix.awk >"$work/a.log"
awk -v from=400 -v lines=100 -f tests/scenario/postfix.awk >"$work/b.log"
"$build/mailtls-import" --quiet --patterns="$work/one" --store="$work/whole.db" "$work/a.log"
awk -v from=500 -v lines=100 -f tests/scenario/postfix.awk >"$work/c.log"
size=$(stat -c %s "$work/whole.db")

ends_well() { # PROGRAM [ARGUMENT...]
	program=$1
	shift
	timeout 60 "$build/$program" --store="$work/s.db" "$@" >"$work/out" 2>&1
	status=$?
	[ $status -eq 0 ] || { [ $status -eq 1 ] && [ -s "$work/out" ]; }
}

# It never ends by itself.
service_ends_well() {
	program=mailtlsd
	timeout --preserve-status -s TERM 1 "$build/mailtlsd" --store="$work/s.db" \
		--patterns="$work/one" "$work/c.log" >"$work/out" 2>&1
	status=$?
	[ $status -eq 0 ] || { [ $status -eq 1 ] && [ -s "$work/out" ]; }
}

i=0 bad=0 refused=0
while [ $i -lt "$places" ] && [ $bad -eq 0 ]; do
	at=$((size * i / places + i * 37 % 512))
	rm -f "$work"/s.db*
	cp "$work/whole.db" "$work/s.db"
	byte=$(od -An -tu1 -j $at -N 1 "$work/s.db")
	# shellcheck disable=SC2059 # an octal escape
	printf "\\$(printf %o $((byte ^ 255)))" |
		dd of="$work/s.db" bs=1 seek=$at conv=notrunc 2>/dev/null
	ends_well mailtls-report --format=csv --since=2026-01-01 || bad=1
	[ $bad -eq 1 ] || ends_well mailtls-import --quiet --patterns="$work/one" "$work/b.log" || bad=1
	[ $bad -eq 1 ] || [ $((i % 4)) -ne 0 ] || service_ends_well || bad=1
	[ $bad -eq 1 ] || ends_well mailtls-store check || bad=1
	refused=$((refused + (status == 1)))
	[ "$(stat -c %s "$work/s.db")" -ge "$size" ] || bad=1
	i=$((i + 1))
done
echo 1..2
[ $bad -eq 0 ] || {
	echo "not ok 1 - a wrong byte at $at: $program ended with $status"
	sed 's/^/# /' "$work/out"
	exit 1
}
echo "ok 1 - a wrong byte at each of $places places"
[ $refused -gt 0 ] && echo "ok 2 - and the check finds $refused of them" || echo 'not ok 2 - the check finds none'
