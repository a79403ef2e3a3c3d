#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Somebody sets the clock, forward and back, by a second and by years: what a line counts for is told
# by the line, and what is waited for is measured by another clock.

. tests/scenario/daemon/harness.sh

fault clock
set_clock() { # SECONDS: ahead of the real one
	echo "$1" >clock.new
	mv clock.new "$own/clock"
}
set_clock 0
daemon_as="env LD_PRELOAD=$fault FAULT_CLOCK=$own/clock"

emit 60 >>mail.log
start mail.log
exact 'a log'
for ahead in 1000000 -40000000; do
	set_clock $ahead
	emit 40 >>mail.log
	exact "the clock is $ahead s ahead"
	off=$(($(store 'SELECT max(last_read) FROM source') - $(date +%s) - ahead))
	[ $off -gt -30 ] && [ $off -le 0 ]
	ok $? 'and mailtlsd goes by it'
done

# A file that is removed stays open for what its writer adds, however late the clock says it is.
exec 3>>mail.log
rm mail.log
sleep 1
set_clock 1000000
emit 40 >>mail.log
exact 'a file that is removed, and another of its name'
emit 40 >&3
exec 3>&-
exact 'it is written still'

# Rotated and packed with the clock elsewhere at each step.
set_clock -5000000
emit 40 >>mail.log
mv mail.log mail.log.1
set_clock 1000000
emit 40 >>mail.log
gzip mail.log.1
kill9
emit 40 >>mail.log
set_clock 0
start mail.log
exact 'a rotation, and a restart at the right time'
end lossy
