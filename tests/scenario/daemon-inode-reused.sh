#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A new log that gets the inode of a deleted one is not its continuation.  Needs root, for a small
# ext4, which gives a freed inode away at once.

. tests/scenario/daemon/harness.sh

clean() {
	umount "$work/disk" 2>/dev/null
}
mkdir disk
truncate -s 8M image
if ! { mkfs.ext4 -q -F image && mount -o loop image disk; } >"$own/why" 2>&1; then
	reason=$(tail -n 1 "$own/why")
	skip 6 "no ext4 can be mounted: $reason"
	echo "1..$test"
	exit 0
fi

emit 100 >>disk/mail.log
start disk/mail.log
exact 'before'
before=$(stat -c %i disk/mail.log)
kill9
rm disk/mail.log
emit 200 >>disk/mail.log
[ "$(stat -c %i disk/mail.log)" = "$before" ]
ok $? 'the inode is the same'
start disk/mail.log
exact 'the log is another, and longer'
kill9
rm disk/mail.log
emit 30 >>disk/mail.log
start disk/mail.log
exact 'and shorter'
stop
ok $? 'it ends well'

end whole
