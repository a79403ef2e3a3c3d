#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A machine's journal with a boot that set the clock back and was over before mailtlsd ran again: the
# library shows its entries before what was read, as its file has other sequence numbers.  Needs
# root, to have a journal of its own in the place of the machine's.

. tests/scenario/daemon/harness.sh
# shellcheck source=tests/scenario/daemon/own-journal.sh
. "$harness/own-journal.sh"

own_journal 18
boot=0000000000000000000000000000000
right=$begin

gapless() { # NAME
	[ "$(store 'SELECT count(*) FROM gap')" -eq 0 ]
	ok $? "$1"
}

emit 40 | receive one ${boot}a
start journal:
exact 'a boot'
kill9
emit 12 | receive one ${boot}a
begin=$((right - 10 * 86400))
emit 24 | receive two ${boot}b
begin=$right
start journal:
exact 'what came of it later, and a boot that set the clock back and is over'
kill9
start journal:
emit 8 | receive one ${boot}a
exact 'each of them once, after a restart'
kill9
begin=$((right - 10 * 86400))
emit 20 | receive two ${boot}b
begin=$right
start journal:
exact 'what comes of such a boot'
kill9

# One that begins before what was read and ends after it.
begin=$((right - 30 * 60))
emit 200 | receive three ${boot}c
begin=$right
emit 8 | receive one ${boot}a
start journal:
exact 'a boot that begins before what was read and ends behind it'
kill9
begin=$((right - 9 * 86400))
emit 16 | receive four ${boot}d
begin=$right
emit 8 | receive five ${boot}e
emit 12 | receive six "$this_boot"
start journal:
exact 'two more, and this boot'
gapless 'nothing of that is a gap'
kill9
emit 12 | receive six "$this_boot"
start journal:
exact 'this boot goes on'

# A store of an earlier version does not know which boots were read.
kill9
sqlite3 s.db 'DELETE FROM journal_boot'
emit 12 | receive six "$this_boot"
start journal:
exact 'a store without the boots: nothing is counted again'
stop
[ "$(store 'SELECT count(*) FROM journal_boot')" -eq 6 ]
ok $? 'and they are noted'

# The same where this boot is none of the journal's.
rm "$journal/six.journal"
emit 8 | receive seven ${boot}f
start journal:
exact 'another boot after what was read'
stop
sqlite3 s.db 'DELETE FROM journal_boot'
emit 8 | receive seven ${boot}f
start journal:
exact 'the same without the boots'
kill9
begin=$((right - 12 * 86400))
emit 20 | receive eight ${boot}9
begin=$right
start journal:
exact 'and a boot that set the clock back'

# Killed while such a boot is read.
kill9
begin=$((right - 14 * 86400))
emit 6000 | receive nine ${boot}8
begin=$right
for i in 1 2 3 4; do
	listen
	launch journal:
	sleep "0.0$i"
	kill9
	start journal:
	kill9
done
start journal:
exact 'killed while it is read'

end lossy
