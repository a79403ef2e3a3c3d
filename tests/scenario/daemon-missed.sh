#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A log is gone, or cut, and something is waited for that may be it and never comes: after an hour what
# is missed is recorded nevertheless.

. tests/scenario/daemon/harness.sh

fault clock
pass() { # SECONDS: let time pass
	echo "$1" >steady.new
	mv steady.new "$own/steady"
}
pass 0
daemon_as="env LD_PRELOAD=$fault FAULT_STEADY=$own/steady"
gaps_are() { # KIND COUNT
	[ "$(gaps "$1")" -eq "$2" ] && [ "$(store 'SELECT count(*) FROM gap')" -eq "$2" ]
}

emit 40 >>mail.log
start --poll=1 mail.log
exact 'a log'
kill9
emit_lost 20 >>mail.log
rm mail.log
start --poll=1 mail.log
sleep 3
gaps_are vanished 0
ok $? 'it is gone, and may come back'
pass 4000
until_true gaps_are vanished 1
ok $? 'after an hour that is a gap'
kill9
start --poll=1 mail.log
pass 8000
sleep 3
gaps_are vanished 1
ok $? 'which is recorded once, whoever starts again'
emit 20 >>mail.log
exact 'it comes back'
gaps_are vanished 1
ok $? 'which is no other gap'
kill9

# An archive that is never done.
rm -f s.db* mail.log
: >"$own/oracle"
emit 60 >>mail.log
start --poll=1 mail.log
exact 'a log of another store'
banner() {
	seq 2000 | sha256sum && seq 90000 | shuf --random-source=/dev/zero
}
banner | gzip | head -c 20000 >mail.log.2.gz
kill -STOP "$daemon"
emit_lost 20 >>mail.log
: >mail.log
emit 8 >>mail.log
kill -CONT "$daemon"
exact 'it is cut before it was read'
sleep 3
gaps_are truncated 0
ok $? 'the copy may be what is being packed'
pass 12000
until_true gaps_are truncated 1
ok $? 'after an hour it is not'
exact 'and nothing of the archive is counted'

end lossy
