#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A disk that is full loses nothing: what was committed stands, the rest is counted when there is
# room.  Needs root, for a small tmpfs.

set -u

build=$PWD/${BUILD:-build}
unset MAILTLS_STORE
export TZ=UTC

echo 1..6
work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/disk"
if ! mount -t tmpfs -o size=720k,mode=0755 none "$work/disk" 2>"$work/why"; then
	for i in 1 2 3 4 5 6; do
		echo "ok $i # SKIP only root can make a small disk: $(cat "$work/why")"
	done
	exit 0
fi

import() { # STORE [OPTION...]
	store=$1
	shift
	"$build/mailtls-import" --patterns="$PWD/patterns" --store="$store" "$@" "$work/mail.log" \
		>"$work/out" 2>&1
}

counts() {
	sqlite3 "$1" 'SELECT hour_utc, host, protocol, cipher, sum(n) FROM handshake
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4; SELECT lines, bytes FROM source;
		SELECT offset FROM stream'
}

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok $2 - $3"
	else
		echo "not ok $2 - $3"
		sed 's/^/# /' "$work/out"
	fi
}

# Many hosts and hours, so that the store grows beyond the disk.
for host in $(seq 1 40); do
	awk -v host="mx$host" -v from=$((host * 20000)) -v lines=2000 -f tests/scenario/postfix.awk
done >"$work/mail.log"
import "$work/whole.db"
counts "$work/whole.db" >"$work/whole"

import "$work/disk/s.db" --commit-bytes=100000
[ $? -eq 1 ] && grep -q "the disk that holds '.*s.db' is full; nothing of this batch was counted" \
	"$work/out"
result $? 1 'it is said in a sentence, with exit 1'

cp "$work/disk/s.db" "$work/disk/s.db-wal" "$work/" 2>"$work/out"
offset=$(sqlite3 "$work/s.db" 'SELECT coalesce(max(offset), 0) FROM stream' 2>>"$work/out")
lines=$(head -c "${offset:-0}" "$work/mail.log" | wc -l)
[ "${offset:-0}" -gt 0 ] && [ "$lines" = "$(sqlite3 "$work/s.db" 'SELECT lines FROM source')" ]
result $? 2 'what was committed before stands, up to a line end'
[ "$(head -c "${offset:-0}" "$work/mail.log" | grep -c 'TLS connection established')" = \
	"$(sqlite3 "$work/s.db" 'SELECT sum(n) FROM count')" ]
result $? 3 'and is what the log holds up to there'

import "$work/disk/s.db"
[ $? -eq 1 ]
result $? 4 'without room it fails again'

mount -o remount,size=64m "$work/disk"
import "$work/disk/s.db"
counts "$work/disk/s.db" >"$work/now"
cmp "$work/whole" "$work/now" >>"$work/out" 2>&1 && [ -s "$work/now" ]
result $? 5 'with room it goes on where it was, and all is counted once'
"$build/mailtls-store" --store="$work/disk/s.db" check >"$work/out" 2>&1
result $? 6 'and the store is sound'
