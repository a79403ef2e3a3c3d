#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Logs that are cut where they lie: by copytruncate, and by hand.

. tests/scenario/daemon/harness.sh

emit 100 >>mail.log
start mail.log
exact 'before it is cut'

# logrotate's copytruncate, with its writer at rest.
for i in 1 2 3; do
	emit 30 >>mail.log
	cp mail.log "mail.log.$i"
	: >mail.log
	emit 10 >>mail.log
	exact "copytruncate, $i"
done

# Cut before the last lines were read, which are in the copy.
kill -STOP "$daemon"
emit 30 >>mail.log
cp mail.log mail.log.4
: >mail.log
emit 10 >>mail.log
kill -CONT "$daemon"
exact 'copytruncate, while it does not look'

# The same while it is down.
kill9
emit 30 >>mail.log
cp mail.log mail.log.5
: >mail.log
emit 10 >>mail.log
start mail.log
exact 'copytruncate, while it is down'

# Cut and grown beyond where it was before anyone looks: nothing was lost, all that is there is new.
kill -STOP "$daemon"
: >mail.log
emit 200 >>mail.log
kill -CONT "$daemon"
exact 'cut, and longer than before'
kill9
: >mail.log
emit 400 >>mail.log
start mail.log
exact 'the same while it is down'

# With lines that nobody had read: they are gone, and a gap says so.
kill -STOP "$daemon"
emit_lost 20 >>mail.log
: >mail.log
emit 8 >>mail.log
kill -CONT "$daemon"
exact 'cut before it was read'
[ "$(gaps truncated)" -ge 1 ]
ok $? 'which is a gap'

# A writer that does not append leaves a hole where the file was.
exec 3<>mail.log
emit 40 >&3
exact 'a writer that keeps its place'
: >mail.log
emit 12 >&3
exec 3>&-
exact 'the lines behind the hole'

# One of two is cut, and the other has grown: what is new in the first comes after the commit of the
# second's lines, and nobody wakes the service for it once more.
stop
mkdir two
emit 40 >>two/a.log
emit 40 >>two/b.log
start 'two/*.log'
exact 'two logs of one source'
exec 3>>two/a.log 4>>two/b.log
for cut in 3 4; do
	kill -STOP "$daemon"
	python3 -c 'import os; os.ftruncate(1, 0)' >&$cut # without a word of closing it
	emit 8 >&$cut
	emit 8 >&$((7 - cut))
	kill -CONT "$daemon"
	exact "one is cut while the other grows, $cut"
done
exec 3>&- 4>&-

end lossy
