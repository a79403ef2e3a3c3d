#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What journald dropped, it says in an entry of its own: that is a gap, however many such entries there
# are.  Nobody else can say so.

. tests/scenario/daemon/harness.sh

remote=/lib/systemd/systemd-journal-remote
if [ ! -x "$remote" ]; then
	skip 8 'systemd-journal-remote is not installed'
	echo "1..$test"
	exit 0
fi

dropped() { # UNIT COUNT FIRST-SECOND
	awk -v unit="$1" -v count="$2" -v first="$3" 'BEGIN {
		for (i = 0; i < count; i++) {
			printf "__REALTIME_TIMESTAMP=%d000000\n__MONOTONIC_TIMESTAMP=%d000000\n", first + i,
				first + i - 1767225600
			print "_BOOT_ID=0f0e0d0c0b0a09080706050403020100"
			print "_MACHINE_ID=000102030405060708090a0b0c0d0e0f"
			printf "_SYSTEMD_UNIT=%s\nMESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e\n", unit
			print "N_DROPPED=10\nOBJECT_SYSTEMD_UNIT=postfix@-.service\nMESSAGE=Suppressed\n"
		}
	}'
}

mkdir remote
{
	emit 40 | awk -v uid=0 -f "$harness/export.awk"
	dropped systemd-journald.service 100 $((begin + 86400))
	dropped evil.service 5 $((begin + 90000))
} | "$remote" -o "$work/remote/one.journal" - >"$own/remote.out" 2>&1
for _ in 1 2 3 4 5; do
	echo 'what evil.service says is a line that says nothing' >>"$own/oracle"
done
start journal:remote
exact 'what was logged'
told() {
	[ "$(store "SELECT sum(n) FROM gap WHERE kind = 'suppressed'")" -eq 1000 ]
}
until_true told
ok $? 'all that journald dropped is told, and nothing that another says'
"$build/mailtlsd" --status --store=s.db >"$own/why" 2>&1
grep -q 'gaps  *[1-9]' "$own/why"
ok $? 'and seen in the status'
shown suppressed 100
grep -q '100 gaps of the kind suppressed (1,000 lines)' "$own/coverage"
ok $? 'and in a report'
end lossy
