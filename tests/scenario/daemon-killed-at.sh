#!/bin/sh
# SPDX-License-Identifier: ISC
#
# mailtlsd is killed when it enters the n-th system call that has to do with files: the next one goes
# on, and every line is counted once.  MAILTLS_KILL_EVERY: 1 for each call, more leave some out;
# MAILTLS_SEED: which.

. tests/scenario/daemon/harness.sh

calls=%desc,%file
if ! strace -qq -o /dev/null true >"$own/why" 2>&1; then
	reason=$(tail -n 1 "$own/why")
	rm -f "$own/why"
	skip 4 "strace cannot trace here: $reason"
	echo "1..$test"
	exit 0
fi
every=${MAILTLS_KILL_EVERY:-97}
seed=${MAILTLS_SEED:-$$}
mkdir one
cp "$patterns/postfix.yaml" "$patterns/reasons.yaml" one
daemon_patterns=$work/one

traced() { # OUTPUT [CALL]
	daemon_as="strace -D -qq -o $1 -e trace=$calls ${2:+-e inject=$2}"
	launch mail.log
	daemon_as=''
}

# strace counts each call by itself: the call in line NUMBER of the trace is the n-th of its name.
call_at() { # NUMBER
	awk -F '(' -v at="$1" '{ n[$1]++ } NR == at { print $1 ":signal=KILL:when=" n[$1]; exit }' trace
}

read_or_gone() {
	! kill -0 "$daemon" 2>/dev/null || has_read "$(wc -l <"$own/oracle")"
}

# A store that grows, a log that was rotated and packed, and one that is written.
prepare() {
	rm -f s.db* mail.log*
	cp -p before/* .
	cp oracle.before "$own/oracle"
}

emit 60 >>mail.log
start mail.log
stop
emit 40 >>mail.log
gzip -c mail.log >mail.log.1.gz
emit 40 >mail.log
mkdir before
cp -p s.db mail.log* before
cp "$own/oracle" oracle.before

prepare
traced "$work/trace"
until_true has_read "$(wc -l <"$own/oracle")"
stop
total=$(wc -l <trace)
[ "$total" -ge 300 ]
ok $? "it makes $total calls"
exact 'and counts each line once'

echo "# MAILTLS_SEED=$seed"
at=$((1 + seed % every)) bad=0 kills=0
while [ $bad -eq 0 ] && [ $at -le "$total" ]; do
	prepare
	traced /dev/null "$(call_at "$at")"
	until_true read_or_gone || bad=1
	stop 2>/dev/null || kills=$((kills + 1)) # also where it was killed while it ended
	start mail.log
	until_true has_read "$(wc -l <"$own/oracle")"
	stop
	handshakes >"$own/found"
	cmp -s "$own/meant" "$own/found" || {
		echo "killed at call $at: $(sed -n "${at}p" trace)" >"$own/why"
		diff "$own/meant" "$own/found" | head -n 10 >>"$own/why"
		bad=1
	}
	at=$((at + every))
done
ok $bad "killed at one of each $every"
echo "# $kills kills"
# No two runs make quite the same calls, so the last ones may not come.
[ $((kills * every * 4)) -ge $((total * 3)) ]
ok $? 'nearly each time'
echo "1..$test"
