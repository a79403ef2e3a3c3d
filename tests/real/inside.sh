# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154
#
# For the run of a test inside of its container: says its results, whose names are the lines of
# $names.  The test has a function why, which tells what to look at when one is not as it should be.

test=0
# shellcheck disable=SC2034
store=/var/lib/mailtls/mailtls.db

result() { # STATUS
	test=$((test + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $test - $(sed -n "${test}p" <<<"$names")"
	else
		echo "not ok $test - $(sed -n "${test}p" <<<"$names")"
		why 2>&1 | sed 's/^/# /'
	fi
}

until_true() { # COMMAND [ARGUMENT...]: for half a minute
	for _ in $(seq 300); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}
