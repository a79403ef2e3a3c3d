#!/bin/sh
# SPDX-License-Identifier: ISC
#
# This machine's own journal: rotated, vacuumed, read on after a boot and after a boot that set the
# clock back, with what was read last still there and with all of it gone.  Needs root, to have a
# journal of its own in the place of the machine's.

. tests/scenario/daemon/harness.sh
# shellcheck source=tests/scenario/daemon/own-journal.sh
. "$harness/own-journal.sh"

own_journal 25
fault clock
set_clock() { # SECONDS: ahead of the real one
	echo "$1" >clock.new
	mv clock.new "$own/clock"
}
set_clock 0
daemon_as="$daemon_as env LD_PRELOAD=$fault FAULT_CLOCK=$own/clock"

# Of two boots that are over, and of this one.
before=0000000000000000000000000000000a
last=0000000000000000000000000000000b
emit 40 | receive system@1 $before
emit 30 | receive system $last
start journal:
exact 'what is there'
emit 26 | receive system $last
exact 'what comes'
kill9
emit 14 | receive system $last
start journal:
exact 'what came while mailtlsd was down'
emit 22 | receive system "$this_boot"
exact 'the machine was booted'
for i in 1 2 3; do
	emit 12 | receive system "$this_boot"
	mv "$journal/system.journal" "$journal/system@2$i.journal"
	emit 10 | receive system "$this_boot"
done
exact 'rotated'
for i in 1 2 3; do
	kill9
	emit 12 | receive system "$this_boot"
	mv "$journal/system.journal" "$journal/system@3$i.journal"
	emit 10 | receive system "$this_boot"
	[ "$i" -ne 2 ] || rm "$journal"/system@2*.journal
	start journal:
done
exact 'the same, and killed each time; files that were read are deleted'
[ "$(store 'SELECT count(*) FROM gap')" -eq 0 ]
ok $? 'nothing of that is a gap'

# The entry that was read last is deleted, and some that were not read.
kill9
emit_lost 20 | receive system "$this_boot"
rm "$journal"/*
emit 24 | receive system "$this_boot"
start journal:
exact 'vacuumed behind what was read: all that is left is counted, the first of it, too'
[ "$(gaps vacuumed)" -eq 1 ] && shown vacuumed 1
ok $? 'which is a gap'

# Nothing is left but what another boot logged.
now=$(cat "$own/next") real_begin=$begin
kill9
rm "$journal"/*
emit 20 | receive system $last
start journal:
exact 'all of it is gone with its boot'
[ "$(gaps vacuumed)" -eq 2 ]
ok $? 'which is one more'

# A boot with a clock that is behind what was read.
kill9
begin=$((real_begin - 10 * 86400))
set_clock $((begin + now * 15 + 86400 - $(date +%s)))
emit 32 | receive system "$this_boot"
start journal:
exact 'what is logged since a boot that set the clock back'
[ "$(store 'SELECT count(*) FROM gap')" -eq 2 ]
ok $? 'is read, and no gap'

# And all that was read is gone.
kill9
set_clock 0
begin=$real_begin
rm "$journal"/*
emit 20 | receive system $last
start journal:
exact 'the right time again'
before_gaps=$(store 'SELECT count(*) FROM gap')
kill9
begin=$((real_begin - 9 * 86400))
set_clock $((begin + now * 15 + 86400 - $(date +%s)))
rm "$journal"/*
emit 28 | receive system "$this_boot"
start journal:
exact 'the clock is set back, and all that was read is gone'
[ "$(gaps clock-back)" -eq 1 ] && [ "$(store 'SELECT count(*) FROM gap')" -eq $((before_gaps + 1)) ] &&
	shown clock-back 1
ok $? 'which is a gap'
[ "$(store "SELECT from_time < to_time FROM gap WHERE kind = 'clock-back'")" -eq 1 ]
ok $? 'from what the clock says to what was read'
kill9
emit 12 | receive system "$this_boot"
start journal:
exact 'it goes on'
[ "$(gaps clock-back)" -eq 1 ]
ok $? 'and that is told once'

# The same without a boot.
kill9
rm "$journal"/*
begin=$((begin - 86400))
emit 16 | ahead=172800 receive system "$this_boot"
start journal:
exact 'the clock is set back while the machine runs, and all that was read is gone'
[ "$(gaps clock-back)" -eq 2 ] && shown clock-back 2
ok $? 'which is a gap, too'

end lossy
