#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Files whose first 4 KiB are a longer log's: a part of it, a copy that is being made, or another log.
# They are told apart when nobody makes that copy any more.

. tests/scenario/daemon/harness.sh

fault clock
pass() { # SECONDS: let time pass
	echo "$1" >steady.new
	mv steady.new "$own/steady"
}
pass 0
daemon_as="env LD_PRELOAD=$fault FAULT_STEADY=$own/steady"

banner() {
	awk 'BEGIN { while (n++ < 80) print "2026-11-01T00:00:00+00:00 mx1 newsyslog[7]: logfile turned over" }'
}
counted_banner() {
	banner | tee -a "$own/oracle"
}
said() { # TEXT
	grep -q "$1" daemon.out
}

mkdir logs
counted_banner >logs/a.log
emit 200 >>logs/a.log
start --poll=1 'logs/*.log'
exact 'a log'

# A part of it, that nobody writes any more.
head -n 101 logs/a.log >part
touch -d '2 hours ago' part
mv part logs/part.log
counted_banner >other
emit 21 >>other
touch -d '2 hours ago' other
mv other logs/other.log
exact 'a part of it is not counted, and another log is'
said "other.log' begins like '.*' and is another log"
ok $? 'which is said'
kill9
start --poll=1 'logs/*.log'
emit 20 >>logs/other.log
emit 20 >>logs/a.log
exact 'both grow, after a restart'

# One that is written still, for as long as a copy takes.
head -n 120 logs/a.log >logs/copy.log
counted_banner >logs/young.log
lines=$(wc -l <"$own/oracle")
emit 21 >>logs/young.log
sleep 3
[ "$(store 'SELECT sum(lines) FROM source')" -eq $((lines - 80)) ]
ok $? 'what may be a copy that is being made is not counted'
pass 4000
exact 'until that takes too long'
[ "$(store 'SELECT count(*) FROM gap')" -eq 0 ] && ! said 'not counted'
ok $? 'nothing of that is a gap'
kill9

# The log that it may be a part of is not there any more, so nothing can tell.
rm -rf logs s.db*
: >"$own/oracle"
: >daemon.out
counted_banner >mail.log
emit 200 >>mail.log
start --poll=1 mail.log
exact 'a log of its own'
stop
rm mail.log
banner >mail.log.1
emit_lost 21 >>mail.log.1
touch -d '2 hours ago' mail.log.1
emit 20 >>mail.log
start --poll=1 mail.log
exact 'it is gone, with an older one in its place'
unclear() {
	[ "$(gaps unclear)" -eq 1 ] && shown unclear 1
}
until_true unclear
ok $? 'which is a gap'
said "mail.log.1' begins like .*cannot be told"
ok $? 'and said'
kill9
start --poll=1 mail.log
emit 20 >>mail.log
exact 'it goes on'
unclear
ok $? 'and that gap is recorded once'

end lossy
