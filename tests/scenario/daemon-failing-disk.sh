#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The disk of the store fails once, at this write or that one, and mailtlsd goes on by itself; and it
# is killed at each of them: every line is counted once.  MAILTLS_FAULT_EVERY: 1 for each write; more
# leave some out.

. tests/scenario/daemon/harness.sh

fault disk
every=${MAILTLS_FAULT_EVERY:-11}
! grep -q __asan_init "$build/mailtlsd" || every=13
mkdir one
cp "$patterns/postfix.yaml" "$patterns/reasons.yaml" one
daemon_patterns=$work/one

faulty() { # KIND NUMBER
	daemon_as="env LD_PRELOAD=$fault FAULT_FILE=$work/s.db FAULT=$1 FAULT_AT=$2
		FAULT_TOTAL=$work/total"
	launch mail.log
	daemon_as=''
}

gone() {
	! kill -0 "$daemon" 2>/dev/null
}

read_or_gone() {
	gone || has_read "$(wc -l <"$own/oracle")"
}

# In the first run the store is made, in the second it grows.
prepare() { # RUN
	rm -f s.db* mail.log
	echo 0 >"$own/next"
	: >"$own/oracle"
	emit 60 >>mail.log
	[ "$1" -eq 1 ] && return
	start mail.log
	stop
	emit 40 >>mail.log
}

same() {
	handshakes_meant >"$own/meant"
	handshakes >"$own/found"
	[ -s "$own/meant" ] && cmp -s "$own/meant" "$own/found"
}

# One fault; what it leaves is whole, at once or after a restart.
survive() { # RUN KIND NUMBER
	prepare "$1"
	faulty "$2" "$3"
	until_true read_or_gone || {
		echo "run $1, $2 at $3: it neither ends nor reads on" >"$own/why"
		kill9
		return 1
	}
	# A fault may wait for the end, where the write-ahead log goes into the store.
	if gone || ! stop; then
		[ -z "$daemon" ] || wait "$daemon" 2>/dev/null
		daemon=''
		ended=$((ended + 1))
		start mail.log
		until_true has_read "$(wc -l <"$own/oracle")"
		stop || return 1
	fi
	same || {
		echo "run $1, $2 at $3: not each line once" >"$own/why"
		diff "$own/meant" "$own/found" | head -n 10 >>"$own/why"
		return 1
	}
}

for run in 1 2; do
	prepare $run
	faulty none 0
	until_true has_read "$(wc -l <"$own/oracle")"
	stop
	total=$(cat total)
	[ "$total" -ge 8 ] && same
	ok $? "run $run without a fault ($total writes)"
	for kind in kill eio enospc short; do
		at=1 ended=0 bad=0
		while [ $at -le "$total" ]; do
			survive $run $kind $at || {
				bad=1
				break
			}
			at=$((at + every))
			# What fails once is tried again a second later: a part of them will do.
			[ $kind = kill ] || at=$((at + 2 * every))
		done
		ok $bad "run $run, $kind"
		echo "# it ended $ended times"
	done
done
echo "1..$test"
