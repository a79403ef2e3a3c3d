#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Reports of random stores add up (report/adds_up.py).  MAILTLS_STORES: how many of them;
# MAILTLS_SEED: the first seed, of which each store prints its own.

set -u

stores=${MAILTLS_STORES:-1}
seed=${MAILTLS_SEED:-$(date +%s)}
unset MAILTLS_STORE
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT

echo "1..$stores"
test=0
while [ $test -lt "$stores" ]; do
	test=$((test + 1))
	python3 -B tests/scenario/report/adds_up.py "${BUILD:-build}" "$seed" >"$scratch" 2>&1 &&
		r='ok' || r='not ok'
	echo "$r $test - seed $seed"
	sed 's/^[^#]/# &/' "$scratch"
	seed=$((seed + 1))
done
