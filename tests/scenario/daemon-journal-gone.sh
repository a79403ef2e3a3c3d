#!/bin/sh
# SPDX-License-Identifier: ISC
#
# This machine's own journal, whose files vanish under the reader, and one that is kept in memory and
# lost with the next boot.  Needs root, to have a journal of its own in the place of the machine's.

. tests/scenario/daemon/harness.sh

remote=/lib/systemd/systemd-journal-remote
mkdir -p own-log/journal own-run
cat >as.sh <<'END2'
set -e
mount --make-rprivate /
mount --bind "$1" /var/log
mount -t tmpfs none /run
mkdir -p /run/log/journal
mount --bind "$2" /run/log/journal
shift 2
exec "$@"
END2
machine=$(cat /etc/machine-id 2>/dev/null)
if [ ! -x "$remote" ] || [ -z "$machine" ] ||
	! unshare -m sh as.sh "$work/own-log" "$work/own-run" true 2>"$own/why"; then
	rm -f "$own/why"
	skip 25 'needs root, for a mount namespace, and systemd-journal-remote'
	echo "1..$test"
	exit 0
fi
this_boot=$(tr -d - </proc/sys/kernel/random/boot_id)
last=0000000000000000000000000000000b
fault journal
daemon_as="unshare -m sh as.sh $work/own-log $work/own-run
	env LD_PRELOAD=$fault FAULT_JOURNAL=$own/fault"

# Lines on standard input are entries of a boot, in a file of the journal.
receive() { # FILE BOOT
	awk -v uid=0 -v boot="$2" -f "$harness/export.awk" |
		"$remote" -o "$journal/$1.journal" - >>"$own/remote.out" 2>&1
}
all_gaps() { # COUNT
	[ "$(store 'SELECT count(*) FROM gap')" -eq "$1" ]
}
fail() { # COUNT: of calls that it takes
	rm -f "$own/fault.calls"
	echo "$1" >fault.new
	mv fault.new "$own/fault"
}

# On the disk.
journal=$work/own-log/journal/$machine
mkdir "$journal"
emit 40 | receive system "$this_boot"
start journal:
exact 'a journal on the disk'
! grep -q 'in memory only' daemon.out
ok $? 'which is not said to be in memory'
fail 3
emit 20 | receive system "$this_boot"
exact 'reading fails until the library has looked at its files again'
cat "$own/fault.calls" >"$own/why"; grep -q np "$own/fault.calls" && [ ! -e "$own/fault" ] && all_gaps 0
ok $? 'which it is told to do, and that is no gap'
fail 9
emit 20 | receive system "$this_boot"
exact 'it fails for longer'
[ "$(gaps read-error)" -eq 1 ] && all_gaps 1 && shown read-error 1
ok $? 'which is one gap, and nothing is counted twice'
emit 20 | receive system "$this_boot"
exact 'it goes on'

# Deleted as journald does it: what it held is not there any more for who has it open.
for i in 1 2 3; do
	mv "$journal/system.journal" "$journal/system@$i.journal"
	emit 20 | receive system "$this_boot"
	exact "a file is rotated, $i"
	kill -STOP "$daemon"
	emit 20 | receive system "$this_boot"
	fallocate -p -o 0 -l "$(stat -c %s "$journal/system@$i.journal")" "$journal/system@$i.journal"
	rm "$journal/system@$i.journal"
	kill -CONT "$daemon"
	exact "a file that was read is deleted and emptied, $i"
done
all_gaps 1
ok $? 'none of which is a gap'

# The same before it was read.
kill -STOP "$daemon"
emit_lost 20 | receive system "$this_boot"
mv "$journal/system.journal" "$journal/system@4.journal"
emit 20 | receive system "$this_boot"
fallocate -p -o 0 -l "$(stat -c %s "$journal/system@4.journal")" "$journal/system@4.journal"
rm "$journal/system@4.journal"
kill -CONT "$daemon"
exact 'a file that was not read to its end is deleted and emptied'
[ "$(gaps vacuumed)" -eq 1 ] && all_gaps 2
ok $? 'which is a gap'
kill9

# In memory.
rm -rf s.db* "$journal"
: >"$own/oracle"
: >daemon.out
journal=$work/own-run/$machine
mkdir "$journal"
emit 40 | receive system $last
start journal:
exact 'a journal in memory'
grep -q 'in memory only: what is not read before the next boot is lost' daemon.out
ok $? 'which is warned of'
all_gaps 0
ok $? 'and no gap'
kill9
emit_lost 12 | receive system $last
rm "$journal"/*
emit 20 | receive system "$this_boot"
start journal:
exact 'the machine is booted, and what was in memory is lost'
[ "$(gaps vacuumed)" -eq 1 ] && all_gaps 1 && shown vacuumed 1
ok $? 'which is a gap'

end lossy
