#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The disk of the store is full: mailtlsd says so once, keeps what it has read, reads no more than it
# has room for, and goes on by itself when there is room.  Needs root, for a small tmpfs.

. tests/scenario/daemon/harness.sh

clean() {
	umount "$work/disk" 2>/dev/null
}

mkdir disk
if ! mount -t tmpfs -o size=720k,mode=0755 none disk 2>"$own/why"; then
	rm -f "$own/why"
	skip 9 'only root can make a small disk'
	echo "1..$test"
	exit 0
fi

# The harness asks the store by its usual name.
ln -s disk/s.db s.db
launch() {
	ready_before=$(grep -c '^READY=1' "$own/notified")
	daemon_arguments=$*
	NOTIFY_SOCKET=$own/notify "$build/mailtlsd" --store=disk/s.db --patterns="$patterns" "$@" \
		>>"$own/daemon.out" 2>&1 &
	daemon=$!
}

emit 40 >>mail.log
start mail.log
exact 'there is room'

# What else is on the disk takes what is left.
dd if=/dev/zero of=disk/fill bs=4k 2>/dev/null
emit 4000 >>mail.log
until_true grep -q 'is full' "$own/daemon.out"
ok $? 'a full disk is told'
sleep 4
[ "$(grep -c 'is full' "$own/daemon.out")" -eq 1 ] && kill -0 "$daemon"
ok $? 'once, and it is tried again'
offset=$(store 'SELECT max(offset) FROM stream')
counted=$(store "SELECT coalesce(sum(n), 0) FROM handshake")
[ "$counted" = "$(head -c "$offset" mail.log | grep -c 'TLS connection established')" ]
ok $? 'meanwhile the store holds what it says it holds'

rm disk/fill
mount -o remount,size=64m disk
exact 'with room it goes on'
grep -q 'can be written again' "$own/daemon.out"
ok $? 'which it says'
emit 40 >>mail.log
exact 'and on'
stop
ok $? 'it ends well'
"$build/mailtls-store" --store=disk/s.db check >"$own/why" 2>&1
ok $? 'the store is sound'
echo "1..$test"
