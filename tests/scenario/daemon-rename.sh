#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Rotation by renaming while mailtlsd runs: lines that the old file gets late are counted, too.

. tests/scenario/daemon/harness.sh

emit 100 >>mail.log
start mail.log
exact 'what is there when it starts'
emit 57 >>mail.log
exact 'what is written while it runs'
grep TLS mail.log >mail.log.errors
emit 12 | tee -a mail.log.errors >>mail.log
exact 'some of its lines stand in a log of another name, too'

# logrotate itself, as Debian configures it for rsyslog, whose daemon writes to the old file until
# it is told.  No session goes from the new file back to the old one: what is read at once is read
# file by file.
mkdir -m 0755 run
cat >logrotate.conf <<END
$work/mail.log {
	rotate 4
	missingok
	notifempty
	compress
	delaycompress
	su root root
}
END
turn() {
	logrotate -f -s "$work/run/state" logrotate.conf >"$own/why" 2>&1
}

if command -v logrotate >/dev/null && [ "$(id -u)" -eq 0 ]; then
	chmod 0755 "$work"
	for i in 1 2 3; do
		exec 3>>mail.log
		emit 33 >&3
		turn
		ok $? "logrotate, $i"
		emit 21 >&3
		emit 13 >>mail.log
		emit 8 >&3
		exec 3>&-
		emit 41 >>mail.log
		exact 'before, late and after it'
	done
else
	skip 6 'needs root and logrotate'
fi

# Late lines come after those of the new file were counted, and once more later.
exec 3>>mail.log
emit 10 >&3
mv mail.log mail.log.new-1
emit 10 >>mail.log
exact 'the new file'
emit 3 >&3
exact 'late lines of the old one'
emit 10 >>mail.log
exact 'the new one again'
emit 4 >&3
exec 3>&-
exact 'and the old one again'

# As syslog daemons do it: the new file is made, and gets its first line when there is one.
mv mail.log mail.log.kept-1
exec 3>>mail.log
sleep 2
emit 2 >&3
exact 'the first lines of a file that was made empty'
emit 12 >&3
exact 'and more'
exec 3>&-

# The next rotations come before anybody could read.
kill -STOP "$daemon"
for i in 1 2 3 4; do
	emit 25 >>mail.log
	mv mail.log "mail.log.$((20 - i))"
done
emit 25 >>mail.log
kill -CONT "$daemon"
exact 'four rotations in a moment'

# Removed while it is written: what its writer still adds is there for who holds it open.
exec 3>>mail.log
emit 10 >&3
exact 'before it is removed'
rm mail.log
sleep 2 # long enough for it to have been looked at
emit 10 >&3
exact 'a file without a name'
exec 3>&-
emit 10 >>mail.log
exact 'and the next of its name'

end whole
