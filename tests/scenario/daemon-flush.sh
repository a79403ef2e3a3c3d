#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A journald of its own: its journal is kept in memory and moves to the disk, while mailtlsd runs and
# while it does not; and a host without mail, where what was read of an earlier boot is deleted.  Needs
# root, to have the machine's places for a journal to itself.

journald=/lib/systemd/systemd-journald
build=$PWD/${BUILD:-build} patterns=$PWD/patterns
own=$(mktemp -d)
trap 'rm -rf "$own"' EXIT

if [ "$(id -u)" -ne 0 ] || [ ! -x $journald ] || ! unshare -m true 2>/dev/null; then
	echo '1..8'
	seq 8 | sed 's/.*/ok & - # SKIP needs root, for a mount namespace, and systemd-journald/'
	exit 0
fi

cat >"$own/inside.sh" <<'END'
set -u
mount --make-rprivate / && mount -t tmpfs none /run && mount -t tmpfs none /var/log
mkdir -p /run/systemd/journald.conf.d /run/systemd/journal /run/systemd/system /run/log/journal
printf '[Journal]\nReadKMsg=no\nRateLimitIntervalSec=0\n' >/run/systemd/journald.conf.d/own.conf
sent=0 test=0 daemon=

journald() {
	$journald >"$own/journald.out" 2>&1 &
	logger=$!
	until [ -S /run/systemd/journal/socket ]; do sleep 0.1; done
	sleep 0.5
}
send() { # COUNT: handshakes, each with a key length of its own
	python3 - "$sent" "$1" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
first, count = int(sys.argv[1]), int(sys.argv[2])
for n in range(first + 1, first + count + 1):
    s.sendto(('SYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=postfix/smtpd\nSYSLOG_PID=%d\nMESSAGE=Anonymous TLS connection '
              'established from a.example.net[192.0.2.9]: TLSv1.2 with cipher AES128-SHA (%d/256 bits)\n'
              % (n, n)).encode(), '/run/systemd/journal/socket')
PY
	sent=$((sent + $1))
}
start() {
	"$build/mailtlsd" --config=/dev/null --store="$own/s.db" --patterns="$patterns" journal: 2>>"$own/out" &
	daemon=$!
}
stop() {
	kill "$daemon"
	wait "$daemon"
}
store() {
	sqlite3 -cmd '.timeout 10000' "$own/s.db" "$1" 2>>"$own/out"
}
exact() { # NAME: each that was sent was counted once, and there is no gap
	test=$((test + 1))
	for try in $(seq 60); do
		found=$(store 'SELECT count(*), sum(n), (SELECT count(*) FROM gap) FROM handshake')
		[ "$found" != "$sent|$sent|0" ] || break
		sleep 0.25
	done
	sleep 0.5 # what is counted twice comes after what is counted
	found=$(store 'SELECT count(*), sum(n), (SELECT count(*) FROM gap) FROM handshake')
	if [ "$found" = "$sent|$sent|0" ]; then
		echo "ok $test - $1"
	else
		echo "not ok $test - $1"
		echo "# sent $sent, found $found"
		store 'SELECT * FROM gap' | sed 's/^/# /'
		sed 's/^/# /' "$own/out"
	fi
}
flush() {
	mkdir -p /var/log/journal
	kill -USR1 "$logger"
	until ls /var/log/journal/*/system.journal >/dev/null 2>&1; do sleep 0.1; done
	sleep 1
}
rotate() {
	kill -USR2 "$logger"
	sleep 1
}

echo 1..8
journald
send 5
start
send 5
exact 'a journal in memory'
flush
send 5
exact 'it moves to the disk, where there was no folder for it'
stop
start
send 5
exact 'mailtlsd starts again'
stop
kill "$logger"
wait "$logger"

rm -rf /var/log/journal /run/log/journal/* "$own"/s.db*
sent=0
journald
send 5
start
exact 'another in memory'
stop
flush
start
exact 'it moved to the disk meanwhile: the entry that was read last is known again'
send 5
exact 'and what follows'
stop

# Of what was read all but the newest is deleted, as journald does it, and nobody logs mail.
start
exact 'a host without mail'
rotate
echo noise | logger -u /run/systemd/journal/dev-log -p daemon.info
rm -f /var/log/journal/*/system@*.journal
echo noise | logger -u /run/systemd/journal/dev-log -p daemon.info
rotate
exact 'what was read is deleted, and other things were logged since'
stop
kill "$logger"
END
export journald build patterns own
unshare -m sh "$own/inside.sh"
