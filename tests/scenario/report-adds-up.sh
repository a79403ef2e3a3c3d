#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Reports of random stores add up (report/adds_up.py), and in days and hours of many zones
# (report/zones.py).  MAILTLS_STORES: how many stores; MAILTLS_SEED: the first seed, of which each
# store prints its own.

set -u

stores=${MAILTLS_STORES:-1}
seed=${MAILTLS_SEED:-$(date +%s)}
unset MAILTLS_STORE
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT

result() { # SCRIPT
	python3 -B "tests/scenario/report/$1" "${BUILD:-build}" "$seed" >"$scratch" 2>&1 && r='ok' || r='not ok'
	echo "$r $test - $1, seed $seed"
	sed 's/^[^#]/# &/' "$scratch"
}

echo "1..$((stores + 1))"
test=1
result zones.py
while [ $test -le "$stores" ]; do
	test=$((test + 1))
	result adds_up.py
	seed=$((seed + 1))
done
