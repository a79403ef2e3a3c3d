#!/bin/sh
# SPDX-License-Identifier: ISC
#
# systemd is told that mailtlsd lives by who does the work: when that hangs, it is told no more.

. tests/scenario/daemon/harness.sh

fault disk
pings() {
	grep -c '^WATCHDOG=1' "$own/notified"
}
more_pings() {
	[ "$(pings)" -gt "$seen" ]
}
daemon_as="env WATCHDOG_USEC=1000000"
emit 60 >>mail.log
start mail.log
exact 'a log'
seen=$(pings)
until_true more_pings
ok $? 'it tells that it lives'
stop

# A disk does not answer any more, with the second commit.
daemon_as="env WATCHDOG_USEC=1000000 LD_PRELOAD=$fault FAULT_FILE=$work/mail.log FAULT=hang FAULT_AT=2"
emit 40 >>mail.log
start mail.log
exact 'it goes on'
seen=$(pings)
until_true more_pings
emit_lost 40 >>mail.log
is_quiet() {
	seen=$(pings)
	sleep 2
	[ "$(pings)" -eq "$seen" ]
}
until_true is_quiet && kill -0 "$daemon"
ok $? 'it hangs, and does not tell that it lives'
kill9

# As systemd does then: it is killed and started again.
daemon_as=''
tail -n 40 mail.log >>"$own/oracle"
emit 40 >>mail.log
start mail.log
exact 'killed and started again'
end whole
