#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Several machines send their journals here, each when it can: what is older than what others sent
# already counts, too, whether it comes while mailtlsd runs or while it does not, and once.

. tests/scenario/daemon/harness.sh

remote=/lib/systemd/systemd-journal-remote
if [ ! -x "$remote" ]; then
	skip 14 'systemd-journal-remote is not installed'
	echo "1..$test"
	exit 0
fi

# Lines on standard input are entries of that machine, in its file.
receive() { # MACHINE
	awk -v uid=0 -v machine="$1" -v ahead="${ahead:-0}" -f "$harness/export.awk" |
		"$remote" -o "$work/remote/machine$1.journal" - >>"$own/remote.out" 2>&1
}

# The next lines of a machine, of which each has days of its own: one is always behind the others.
sends() { # MACHINE COUNT
	echo $((28000 - $1 * 8000 + $(cat "$own/sent$1" 2>/dev/null || echo 0))) >"$own/next"
	echo $(($(cat "$own/sent$1" 2>/dev/null || echo 0) + $2)) >"$own/sent$1"
	host=mx$1
	emit "$2" >"$own/lines$1"
	receive "$1" <"$own/lines$1"
}

# As rotation does it; what is appended then is in a new file.
rotate() { # MACHINE
	mv "remote/machine$1.journal" "remote/machine$1@$(cat "$own/sent$1").journal"
}

mkdir remote
sends 1 42
start journal:remote
exact 'what one machine sent'
# Sessions are cut where a machine stops for a time.
sends 2 41
exact 'another sends what is days older'
sends 1 11
sends 2 22
sends 3 33
exact 'and a third, that was not heard of before, what is older still'
kill9
sends 3 30
sends 1 10
sends 2 18
start journal:remote
exact 'while mailtlsd is down'

# A sender that was interrupted begins again earlier: its file gets the same twice.
sends 2 40
sends 1 9
tail -n 24 "$own/lines2" | receive 2
sends 2 13
exact 'what comes again, late, is not counted again'

for i in 1 2 3 4; do
	sends 2 14
	sends 1 13
	kill9
	tail -n 9 "$own/lines2" | receive 2
	sends 3 7
	sends 2 6
	[ $((i % 2)) -eq 0 ] || rotate 2
	sends 1 6
	sends 2 5
	start journal:remote
	sends 3 17
	rotate 1
	sends 1 5
done
exact 'killed and started again, and files that are rotated'

# More machines than there is room for: whoever sends may name as many as he likes.
echo 40000 >"$own/next"
host=mx4
emit 1200 | awk -v uid=0 -f "$harness/export.awk" |
	awk 'BEGIN { RS = ""; FS = OFS = "\n" } {
		for (i = 1; i <= NF; i++)
			if ($i ~ /^_(MACHINE|BOOT)_ID=/)
				$i = substr($i, 1, index($i, "=")) sprintf("%032x", 4096 + int((NR - 1) / 4))
		print $0 "\n"
	}' | "$remote" -o "$work/remote/many.journal" - >>"$own/remote.out" 2>&1
exact 'three hundred machines'

# The clock of day is set back, that since the boot goes on.
echo 1000 >"$own/next"
host=mx1
emit 24 | ahead=900000 receive 1
kill9
emit 16 | ahead=900000 receive 1
start journal:remote
exact 'what is logged after the clock was set back'
[ "$(store 'SELECT count(*) FROM gap')" -eq 0 ]
ok $? 'nothing of it is a gap'

# As an import of all lines counts them: each machine's in their order.
sort -s -k 2,2 -k 1,1 "$own/oracle" >"$own/sorted"
mv "$own/sorted" "$own/oracle"
end whole
