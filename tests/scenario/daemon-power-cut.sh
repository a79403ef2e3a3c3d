#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The power goes at any moment: what the disk holds then (the log's writer never syncs it) is a sound
# store that has counted nothing but lines which the log still has, and mailtlsd counts the rest.
# Pictures of a disk are taken while everything runs; each is what a cut would leave.  Needs root, for
# a loop device.

. tests/scenario/daemon/harness.sh

pictures=${MAILTLS_PICTURES:-6}

clean() {
	umount "$work/cut" "$work/disk" 2>/dev/null
}

mkdir disk cut
truncate -s 48M disk.img
if ! { mkfs.ext4 -q -O ^metadata_csum_seed disk.img && mount -o loop disk.img disk; } \
	>"$own/why" 2>&1; then
	rm -f "$own/why"
	skip $((2 * pictures + 1)) 'only root can mount a disk of its own'
	echo "1..$test"
	exit 0
fi

launch() {
	NOTIFY_SOCKET=$own/notify "$build/mailtlsd" --store="$1/s.db" --patterns="$patterns" \
		"$1/mail.log" >>"$own/daemon.out" 2>&1 &
	daemon=$!
}

# What the disk has been given so far: equal twice, so that nothing was written meanwhile.
picture() { # FILE
	kill -STOP "$daemon"
	cp --sparse=always disk.img "$1"
	until cmp -s disk.img "$1"; do
		cp --sparse=always disk.img "$1"
	done
	kill -CONT "$daemon"
}

emit 40 >>disk/mail.log
ready_before=0
listen
launch disk
until_true ready
i=0
while [ $i -lt "$pictures" ]; do
	# Some are soon after a commit, some are between two.
	tries=0
	while [ $tries -lt 6 ]; do
		emit 100 >>disk/mail.log
		sleep "0.$((1 + (i * 7 + tries * 3) % 5))"
		tries=$((tries + 1))
	done
	picture "cut$i.img"
	i=$((i + 1))
done
kill9
umount disk
ok $? "$pictures pictures of a disk"

i=0
while [ $i -lt "$pictures" ]; do
	mount -o loop "cut$i.img" cut
	rm -f s.db
	ln -s cut/s.db s.db
	lines=$(grep -c '' cut/mail.log)
	ahead=$(store 'SELECT coalesce(max(offset), 0) FROM stream' 2>/dev/null)
	size=$(wc -c <cut/mail.log)
	[ "${ahead:-0}" -le "$size" ]
	ok $? "picture $i: the store is not ahead of the log ($lines lines)"
	ready_before=$(grep -c '^READY=1' "$own/notified")
	launch cut
	until_true ready
	sleep 1.2
	kill -TERM "$daemon"
	wait "$daemon"
	daemon=''
	# A last line without its end is not counted.
	whole=$(grep -a 'TLS connection established' cut/mail.log | grep -c 'bits)$')
	[ "$(store 'SELECT coalesce(sum(n), 0) FROM handshake')" -eq "$whole" ] &&
		[ "$whole" -gt 0 ] && [ -z "$(store 'SELECT kind FROM gap')" ] &&
		"$build/mailtls-store" --store=cut/s.db check >"$own/why" 2>&1
	ok $? "picture $i: each line that is left is counted once"
	umount cut
	i=$((i + 1))
done
echo "1..$test"
