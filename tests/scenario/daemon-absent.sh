#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Logs that are not there yet, may not be read, or lie in a folder that is replaced.

. tests/scenario/daemon/harness.sh

mkdir -p log
start log/mail.log
[ "$(store 'SELECT coalesce(sum(lines), 0) FROM source')" -eq 0 ]
ok $? 'it starts without its log'
grep -q "log/mail.log' does not exist" daemon.out
ok $? 'and says so'
emit 30 >>log/mail.log
exact 'the log comes'
stop
ok $? 'it ends well'

# Its folder is moved away and made anew.
start log/mail.log
mv log log.old
mkdir log
emit 30 >>log/mail.log
exact 'its folder is replaced'
emit 30 >>log/mail.log
exact 'and watched'
stop
ok $? 'it ends well'

# Nor its folder.
rm -rf log log.old
start log/mail.log
mkdir log
emit 30 >>log/mail.log
exact 'the folder comes, too'
stop
ok $? 'it ends well'

# As a user who may not.
if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null ||
	! setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$build/mailtlsd"; then
	skip 4 'needs root, to be another user, who may run what was built'
else
	chown -R 65534:65534 "$work"
	chmod 0755 "$work"
	daemon_as='setpriv --reuid=65534 --regid=65534 --clear-groups'
	chmod 0 log/mail.log
	start log/mail.log
	emit 30 >>log/mail.log
	until_true grep -q "log/mail.log' may not be read" daemon.out
	ok $? 'a log that may not be read is named'
	chmod 0644 log/mail.log
	exact 'and read when it may be'
	mv log/mail.log log/mail.log.1
	(umask 077 && emit 30 >>log/mail.log)
	emit 30 >>log/mail.log
	sleep 1
	chmod 0644 log/mail.log
	exact 'rotated, and closed for a moment'
	[ "$(grep -c "may not be read" daemon.out)" -le 2 ]
	ok $? 'which is said once each time'
fi

end whole
